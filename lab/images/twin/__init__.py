"""The reference unit under other paths, words and numbers: what the lab must not have known but from a profile."""
