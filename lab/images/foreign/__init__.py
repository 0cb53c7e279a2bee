"""A pair of existing software behind a shell of its own: keepalived, Postfix and OpenSSH."""
