"""The embedded lab: two units in virtual time, in one process, with no dependency beyond the reference unit."""
