"""Warn of a table about two people a row that is linked as if each row were about one."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence

from lamplighter.linkage_tables.column_roles.no_identifiers import callers_level
from lamplighter.linkage_tables.headings import named_field
from lamplighter.linkage_tables.two_party.roles import by_role

_CALLED = frozenset({"forenames", "surname", "full_name", "birth_date"})


class TwoTold(UserWarning):
    """The columns of a table are of two people, and only the one is linked."""


def warn_of_two(columns: Sequence[str]) -> None:
    """Warn with :class:`TwoTold` where the headings plainly tell of two parties, and say the remedy."""
    parties = by_role(columns)
    if not parties or not all(_CALLED & {named_field(rest) for rest in p.values()} for p in parties):
        return
    first, second = (_told(p) for p in parties)
    warnings.warn(
        f"Each row seems to be about two people, one in {first}, the other in {second}, and was taken for "
        "one. Which rows are about the same two is asked with --two-party on the command line, and with "
        "link_pairs in Python.",
        TwoTold,
        stacklevel=callers_level(),
    )


def _told(columns: Iterable[str]) -> str:
    return ", ".join(map(repr, columns))
