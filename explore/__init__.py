"""Explores what can happen to a pair: random schedules on the simulated lab, judged by the rules that always hold."""
