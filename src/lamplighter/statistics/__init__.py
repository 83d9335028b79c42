"""What does the number say, and how sure is it? Estimators over arrays; nothing here knows a record."""
