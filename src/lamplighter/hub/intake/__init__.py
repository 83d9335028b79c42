"""How reports come in: a form, files, a feed; and what became of each."""
