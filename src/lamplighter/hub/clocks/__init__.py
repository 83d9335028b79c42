"""Deadlines in working days and hours: what must be done on a case by when, and by whom."""
