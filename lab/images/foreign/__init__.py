"""A pair of existing software behind a shell of its own: keepalived, Postfix and OpenSSH. It shares no code with `node`."""
