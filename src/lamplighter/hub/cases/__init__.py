"""The spine of a case: two people, the agencies that work on it, its status, and what happened."""
