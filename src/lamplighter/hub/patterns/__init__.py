"""What belongs together: courses of conduct waiting for a person's decision."""
