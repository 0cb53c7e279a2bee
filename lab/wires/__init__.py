"""What units say to each other, as far as the lab has to know it: one module for each wire, named by a profile."""
