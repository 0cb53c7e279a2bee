"""A plain VRRP pair in containers, to measure beside the units."""
