"""Units that are wrong on purpose, each in one way: what the suite must catch, and what proves that it can."""
