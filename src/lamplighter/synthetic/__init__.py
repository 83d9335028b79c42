"""A made-up world whose truth we know. Nothing here knows how the linkage or the studies work."""
