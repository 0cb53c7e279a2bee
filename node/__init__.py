"""The reference unit: our own open implementation of the documented system, in containers and in the simulation."""
