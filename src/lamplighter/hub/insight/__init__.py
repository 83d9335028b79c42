"""Insight: the hub's own records as a pseudonymised bundle, and the review made of it, inside the hub."""
