"""What belongs to the installation: which rules are in force, since when, and what they say."""
