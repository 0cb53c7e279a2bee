"""The Linux body of the reference unit: it carries the engine's effects out in a container and feeds it events."""
