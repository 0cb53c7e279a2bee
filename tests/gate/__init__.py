"""Tests of the gate: what CI asks of a run."""
