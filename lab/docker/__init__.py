"""The Docker lab: real containers and networks, faults through Toxiproxy and the packet filter."""
