"""Tests of what the manual says, as data."""
