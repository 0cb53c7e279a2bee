"""The operator's command line: `Shell` reads lines and prints text, `System` is the unit around it."""
