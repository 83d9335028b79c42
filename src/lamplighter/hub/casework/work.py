"""List what is new on cases since the person opened them, for the work list."""

from __future__ import annotations

from lamplighter.hub.casework.visits import news

__all__ = ["news"]
