"""Warn of a table in which nothing tells who somebody is, of one of payments, of a heading that stands twice,
or of a column in which nothing can be read, with the remedy."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lamplighter.linkage.comparisons.comparison_levels import CODES
from lamplighter.linkage_tables.headings import document, named_field, plain

_TELLING = frozenset(
    {
        "forenames", "surname", "second_surname", "full_name", "nicknames", "birth_date", "birth_day",
        "phones", "emails", "handles", "vehicles", "address_text", "pnc_id", "cro", "source_person_ref",
        "identifier",
    }
)  # fmt: skip


_MAY_BE_A_NAME = ("text", "identifier", *CODES, None)
_OURS = str(Path(__file__).parents[2])


class NobodyTold(UserWarning):
    """No column of a table tells who somebody is, so that nobody is linked."""


def warn_unless_told(taken_for: Mapping[str, str | None]) -> None:
    """Warn with :class:`NobodyTold` where no column tells who somebody is, and say the remedy."""
    theirs = {c: f for c, f in taken_for.items() if f != "record_id"}
    if theirs and not _TELLING & set(theirs.values()):
        may_be = [c for c in theirs if named_field(c) != "answer"] or list(theirs)
        name = min(may_be, key=lambda c: [*_MAY_BE_A_NAME, theirs[c]].index(theirs[c]))
        warnings.warn(
            "Nothing in this table tells who somebody is, so nobody is linked: no column was taken for a "
            "name, a date of birth, a telephone, an email address, a home or a number of somebody's. "
            f"Say which is which, as in columns={{'full_name': {name!r}}}. "
            f"They were taken so: {'; '.join(told(theirs))}.",
            NobodyTold,
            stacklevel=callers_level(),
        )


class PaymentsTold(UserWarning):
    """The rows of a table are payments, and no column tells who anybody is."""


_NUMBERS = frozenset({"identifier", "source_person_ref"})
"""Columns that number somebody, or an account that everybody pays into."""


def warn_of_payments(taken_for: Mapping[str, str | None]) -> None:
    """Warn with :class:`PaymentsTold` where headings speak of money and of what it was for, as on a bank
    statement, and no column was taken for what somebody is known by; and say the remedy."""
    if (_TELLING - _NUMBERS) & set(taken_for.values()):
        return
    known, called = document()["payments"], {plain(c): c for c in taken_for}
    money = [c for name, c in called.items() if name in known["money"]]
    what_for = [called[name] for name in known["what_for"] if name in called]
    if not (money and what_for):
        return
    numbers = [c for c, f in taken_for.items() if f in _NUMBERS]
    by = f"They are compared by {', '.join(map(repr, numbers))} alone. " if numbers else ""
    warnings.warn(
        f"These rows seem to be payments, as on a bank statement, and not people: {money[0]!r} and "
        f"{what_for[0]!r} say so, and no column was taken for a name, a date of birth, a telephone, an email "
        f"address or a home. Who paid is not read out of a memo. {by}Take no person found here for somebody. "
        f"If a column has names of those who paid, say so, as in columns={{'full_name': {what_for[0]!r}}}.",
        PaymentsTold,
        stacklevel=callers_level(),
    )


class NothingRead(UserWarning):
    """A column was taken for something, and nothing in it can be read as that."""


def warn_of_unread(taken_for: Mapping[str, str | None], field: str) -> None:
    """Warn with :class:`NothingRead` that no cell of the columns of a field could be read."""
    columns = [c for c, f in taken_for.items() if f == field]
    warnings.warn(
        f"Column {' and '.join(map(repr, columns))} was taken for {field.replace('_', ' ')!r}, and nothing "
        "in it can be read as that: it tells nothing. A day is written as 1984-03-12 or 12/03/1984, an "
        f"age as a number. If it is something else, say so, as in columns={{'text': {columns[0]!r}}}.",
        NothingRead,
        stacklevel=callers_level(),
    )


class RepeatedHeading(UserWarning):
    """A heading stands twice in a table, and whatever read it has given the second column another name."""


_AGAIN = re.compile(r"(?:_duplicated_|\.)\d+$")
"""Matches what polars and pandas put behind a heading that they have met before."""


def warn_of_repeated(columns: Sequence[str]) -> None:
    """Warn with :class:`RepeatedHeading` of columns that are named so, and say the remedy."""
    again = [(c, first) for c in columns if (first := _AGAIN.sub("", c)) != c and first in columns]
    for column, first in again:
        warnings.warn(
            f"The heading {first!r} seems to stand twice: the second column is called {column!r}, and may be "
            "left out or taken for something else. Give each column a heading of its own, or say which is "
            f"which, as in columns={{{named_field(first) or 'text'!r}: {first!r}, 'ignore': {column!r}}}.",
            RepeatedHeading,
            stacklevel=callers_level(),
        )


def callers_level() -> int:
    """Tell how far above the warning the line stands that called this package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OURS):
        frame, level = frame.f_back, level + 1
    return level


def told(taken_for: Mapping[str, str | None]) -> Iterable[str]:
    """Return what each column was taken for, a line each."""
    for column, field in taken_for.items():
        yield f"{column}: {field.replace('_', ' ') if field else 'left out'}"
