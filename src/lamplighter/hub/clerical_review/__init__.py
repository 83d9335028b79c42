"""Are these records one person? Where people see what the hub holds to be one person, and decide."""
