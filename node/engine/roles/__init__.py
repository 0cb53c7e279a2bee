"""One module for each role: all that a unit does on entering it, on leaving it, and on news while it has it."""
