"""Known elsewhere: where the national index found a suspect, for the police on the case, and whom to ask."""
