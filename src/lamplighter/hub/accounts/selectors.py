"""Read what agencies are called, and of which kind they are."""

from __future__ import annotations

from lamplighter.hub.accounts.models import Agency
from lamplighter.vocabulary.codes import code_set


def agency_names() -> dict[str, str]:
    """Return the names of agencies for pages."""
    names = {c.code: c.title for c in code_set("agencies").codes.values()}
    return names | dict(Agency.objects.values_list("code", "name"))


def agency_kinds() -> dict[str, str]:
    """'police', 'advocacy' ... by agency code."""
    kinds = {c.code: str(c.extra.get("kind", "")) for c in code_set("agencies").codes.values()}
    return dict(Agency.objects.values_list("code", "kind")) | kinds
