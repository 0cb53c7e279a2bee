"""Tests of the suite itself; they read the output of runs and know no unit."""
