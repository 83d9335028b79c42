"""The only writers of the victim's side, one module a subject."""
