"""May this number leave? Protects tables before they are released, and attacks them as an intruder would."""
