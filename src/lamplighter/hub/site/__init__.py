"""The hub's settings, addresses and the things every page shares."""
