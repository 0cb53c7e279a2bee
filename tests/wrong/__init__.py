"""Tests of the units that are wrong on purpose: their records, and what stands around the reference."""
