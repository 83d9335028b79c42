"""Look again at what affects people now, when somebody mended it. See ``intake.hooks``."""

from __future__ import annotations

from lamplighter.hub.operations import checks


def tried_again() -> None:
    """Ask anew for the next page what is set aside."""
    checks.forget()
