"""A wrong unit in a container: the Linux body of the reference unit, on another engine and another shell."""
