"""The wrong units, one module for each topic."""
