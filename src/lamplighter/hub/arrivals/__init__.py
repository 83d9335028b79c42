"""A report arrived: which cases it concerns, who is told, and what a case shows of it."""
