"""The day's work on a case: notes, tasks by hand, what came of a task, and what is new since a visit."""
