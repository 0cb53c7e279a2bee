"""The explorer: random schedules on the simulated lab, judged by the rules that always hold."""
