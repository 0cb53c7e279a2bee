"""A wrong unit in a container: the reference unit's Linux body, with another engine and another shell."""
