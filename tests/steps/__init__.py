"""Tests of the sentences: how they are declared."""
