"""Thin views of the victim's side, one module a subject."""
