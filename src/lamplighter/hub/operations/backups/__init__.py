"""A whole copy of the hub's database, sealed with a key, and the drill that proves it can come back."""
