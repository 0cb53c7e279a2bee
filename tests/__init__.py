"""Tests of the harness, mirroring the rooms; the suite itself is in features/."""
