"""The hub's meeting: planned, its agenda, what agencies send before it, and its minutes."""
