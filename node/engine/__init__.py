"""The sans-IO HA engine of the reference unit."""
