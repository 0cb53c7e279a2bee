"""The lab's agent: a small program inside a network namespace, driven by JSON Lines over stdin and stdout."""
