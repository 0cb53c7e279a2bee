"""What one unit gives to the other: words on the wire, mail data and queued mail, as rules without I/O."""
