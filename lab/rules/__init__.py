"""The rules that a pair keeps whatever happens to it, judged on the timeline, so that every lab can be held to them."""
