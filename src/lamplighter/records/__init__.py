"""What did an agency send us? The schema of a report as received, and the one door by which it enters."""
