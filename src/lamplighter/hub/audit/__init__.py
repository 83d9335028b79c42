"""What was done: append-only events, by whom, to which opaque id, and why."""
