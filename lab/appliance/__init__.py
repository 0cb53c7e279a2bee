"""Real units over SSH, from an inventory file: still to come, so no lab of this name can be opened yet."""
