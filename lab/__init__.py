"""The lab contract with its claims, invariants and ledger; the drivers that make labs are rooms of their own."""
