"""The rules that always hold for a pair, judged on the timeline, so that they work on every lab."""
