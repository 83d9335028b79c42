"""Who may see which partition: the written rules, and the row security that the database makes of them."""
