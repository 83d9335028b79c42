"""The people who sign in, the agencies they work for, and what each role may do."""
