"""Deadlines in working days and hours, and the work list that is made of them."""
