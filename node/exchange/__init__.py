"""What one unit gives to the other, as rules without I/O: messages on the wire, mail data and queued mail."""
