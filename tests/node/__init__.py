"""Tests of the reference unit: engine, settings, shell, Linux body."""
