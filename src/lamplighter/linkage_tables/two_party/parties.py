"""Return which columns of a table are of which party: said by the caller, or read off the columns' names.

Columns of one party share a word that those of the other have another of, or none: ``victim_surname`` and
``suspect_surname``, ``surname_1`` and ``surname_2``, ``last_name`` and ``spouse_last_name``. What has no
counterpart is of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from lamplighter.linkage.features.encoded_columns import all_different
from lamplighter.linkage_tables.column_roles import several_tables
from lamplighter.linkage_tables.column_roles.columns import ColumnUnknown, Said, listed, there, understood
from lamplighter.linkage_tables.column_roles.guessing import guessed as fields_of
from lamplighter.linkage_tables.column_roles.looks import name_by_look
from lamplighter.linkage_tables.column_roles.reading import Understood
from lamplighter.linkage_tables.headings import named_field
from lamplighter.linkage_tables.headings import words as words_of
from lamplighter.linkage_tables.inputs.row_ids import checked, row_ids, told_apart
from lamplighter.linkage_tables.two_party.days import with_ages, with_days
from lamplighter.linkage_tables.two_party.party_markers import OF_FIELDS, guessed
from lamplighter.linkage_tables.two_party.relationship import Told, with_relation

SHARED = "shared"


@dataclass(frozen=True, slots=True)
class TwoParties:
    """A table about two people a record: each party in our words, what is of both, and the records' ids."""

    first: Understood
    second: Understood
    shared: Understood
    record_ids: pl.Series


def of_parties(frame: pl.DataFrame) -> several_tables.Told:
    """Return what the columns of a table about two people a record hold, whose names tell the parties."""
    found: dict[str, tuple[str, str | None]] = {}
    for party, names in zip(("first", "second"), _guessed(frame), strict=True):
        fields = fields_of(_named(frame, names).frame, {})
        found |= {column: (party, field) for column, field in zip(names, fields.values(), strict=True)}
    shared = fields_of(frame.drop(list(found)), {})
    return found | {column: (SHARED, field) for column, field in shared.items()}


def two_parties(frame: pl.DataFrame, columns: Said = None) -> TwoParties:
    """``frame`` taken apart.

    ``columns`` may have ``record_id``, a column; two parties by any names, each the beginning or the end of
    its columns' names (``"victim_"``) or what :func:`columns.understood` takes for one person; and
    ``shared``, the same for what is of both. Or it says each column by itself
    (``{"victim_surname": "v_sn", ...}``): the names then tell the parties. What is not said is guessed.

    Raises:
        ColumnUnknown: a column that is not there, or no two parties to be told apart.
    """
    if columns is not None and not isinstance(columns, Mapping):
        frame, columns = listed(frame, columns), None
    said = dict(columns or {})
    ids = _ids(frame, said.pop("record_id", None))
    shared = said.pop(SHARED, None)
    rest = frame.drop(ids.name, strict=False)
    if said and not _of_parties(rest, said):
        rest, said = _renamed(rest, said), {}
    if said:
        first, second = (_party(rest, v) for v in said.values())
    else:
        first, second = (_named(rest, p) for p in _guessed(rest))
    taken = {*first.columns, *second.columns}
    if twice := sorted(set(first.columns) & set(second.columns)):
        raise ColumnUnknown(f"Column {twice[0]!r} is said to be of both parties: leave it out of one.")
    both = _Party(rest.drop(taken), None, []) if shared is None else _party(rest, shared)
    of_both = with_days(_understood(both, ids))
    one, other = with_ages((_understood(first, ids), _understood(second, ids)), of_both)
    told = (Told(one, first.frame), Told(other, second.frame), Told(of_both, both.frame))
    return TwoParties(*with_relation(*told), ids.alias("record_id"))


def _guessed(frame: pl.DataFrame) -> list[dict[str, str]]:
    """Return the columns of each party by their names without its word, or, where these tell no two, by what
    is in them: two columns of whole names are two parties, whatever they are called, and what begins as
    either is called is of that party.

    Raises:
        ColumnUnknown: there are no two.
    """
    try:
        return guessed(frame.columns)
    except ColumnUnknown:
        named = [c for c in frame.columns if name_by_look(frame[c]) == "full_name"]
        words = [words_of(c) for c in named]
        if len(named) != 2 or not all(words) or any(w[0] in OF_FIELDS for w in words):
            raise
    return [{name: "name"} | _begun_with(own, frame.columns) for name, own in zip(named, words, strict=True)]


def _begun_with(own: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Return the columns whose names begin with some words and go on, by what they go on with."""
    split = {c: words_of(c) for c in columns}
    return {
        c: "_".join(w[len(own) :]) for c, w in split.items() if len(w) > len(own) and w[: len(own)] == own
    }


@dataclass(frozen=True, slots=True)
class _Party:
    """The columns of one party, by names that tell their fields or with what the caller says they are."""

    frame: pl.DataFrame
    said: Said
    columns: Sequence[str]


def _ids(frame: pl.DataFrame, column: Any) -> pl.Series:
    """Return the records' ids, by the name of the column that has them."""
    source = next((frame[c] for c in frame.columns if named_field(c) == "source"), None)
    if column is not None:
        there(frame, column)
        return checked(told_apart(frame[column], source), column)
    numbered = (told_apart(frame[c], source) for c in frame.columns if named_field(c) == "record_id")
    return next((ids for ids in numbered if all_different(ids)), row_ids(frame.height))


def _of_parties(frame: pl.DataFrame, said: Mapping[str, Any]) -> bool:
    """Tell whether what is said are two parties, not columns."""
    plain = [isinstance(v, str) and (v in frame.columns or k in frame.columns) for k, v in said.items()]
    if len(said) == 2 and not any(plain):
        return True
    if any(plain) and all(isinstance(v, str) for v in said.values()):
        return False
    raise ColumnUnknown(
        "Say two parties, each with its columns, and at most record_id and shared beside them, as in "
        'columns={"first": "victim_", "second": "suspect_"}; not: '
        + ", ".join(str(k) for k in said)
        + f". Columns are: {', '.join(frame.columns)}."
    )


def _renamed(frame: pl.DataFrame, said: Mapping[str, str]) -> pl.DataFrame:
    """Return the columns that are said, by the names they are said to have, and the others as they are."""
    names: dict[str, str] = {}
    for one, other in said.items():
        column, name = (other, one) if other in frame.columns else (one, other)
        if column not in frame.columns:
            there(frame, other, one)
        names[column] = name
    rest = [c for c in frame.columns if c not in names and c not in names.values()]
    return frame.select(*(pl.col(c).alias(n) for c, n in names.items()), *rest)


def _party(frame: pl.DataFrame, said: Any) -> _Party:
    if isinstance(said, str):
        begins = {c: c.removeprefix(said) for c in frame.columns if c.startswith(said)}
        names = begins or {c: c.removesuffix(said) for c in frame.columns if c.endswith(said)}
        if not names:
            raise ColumnUnknown(
                f"No column begins or ends with {said!r}. Columns are: {', '.join(frame.columns)}."
            )
        return _named(frame, names)
    if isinstance(said, Mapping):
        return _mapped(frame, said)
    return _named(frame, _stripped(listed(frame, said).columns))


def _named(frame: pl.DataFrame, names: Mapping[str, str]) -> _Party:
    """Return a party whose columns go by ``names``; where two would have one name they keep their own."""
    held = list(names.values())
    own = [pl.col(c).alias(n if held.count(n) == 1 else c) for c, n in names.items()]
    return _Party(frame.select(own), None, list(names))


def _mapped(frame: pl.DataFrame, said: Mapping[str, Any]) -> _Party:
    """Return a party whose columns are said one by one, either way round.

    The columns lose the word that tells the party, so that those of the other party are called the same.
    """
    columns: dict[str, list[str]] = {}
    for one, other in said.items():
        named = [other] if isinstance(other, str) else list(other)
        turned = one in frame.columns and not set(named) <= set(frame.columns)
        columns.setdefault(named[0] if turned else one, []).extend([one] if turned else named)
    used = [c for some in columns.values() for c in some]
    for column in used:
        there(frame, column)
    party = _named(frame, _stripped(used))
    now = dict(zip(used, party.frame.columns, strict=True))
    return _Party(
        party.frame, {f: [now[c] for c in some] for f, some in columns.items()} | {"only": True}, used
    )


def _stripped(names: Sequence[str]) -> dict[str, str]:
    """Columns without the word that all of them begin, or end, with."""
    words = {n: words_of(n) for n in names}
    for at, rest in ((0, slice(1, None)), (-1, slice(None, -1))):
        marks = {w[at] for w in words.values() if w}
        if len(names) > 1 and len(marks) == 1 and not marks & OF_FIELDS:
            return {n: "_".join(w[rest]) or n for n, w in words.items()}
    return {n: n for n in names}


def _understood(party: _Party, ids: pl.Series) -> Understood:
    frame = party.frame.with_columns(ids.alias("record_id"))
    said = {**party.said, "record_id": "record_id"} if isinstance(party.said, Mapping) else None
    return understood(frame, said)
