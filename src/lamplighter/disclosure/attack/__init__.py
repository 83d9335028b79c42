"""Attacks a release from what is printed alone; shares no code with the protector."""
