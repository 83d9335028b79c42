"""Tell two parties by the parts they play: who it befell, or who tells of it, and whom it is told of.

The words are in ``columns.toml``, with how they are shortened: ``VIC_DOB`` and ``Suspect's address``,
``alleged assailant`` and ``pt_surname``. A part alone is who plays it ("Respondent"), and a party may have no
name at all, as where only accounts are known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from lamplighter.linkage_tables.headings import document, named_field
from lamplighter.linkage_tables.headings import words as words_of

Names = dict[str, str]
TELLING = frozenset(
    {"forenames", "surname", "full_name", "nicknames", "birth_date", "handles", "emails", "phones"}
)
"""One of these at the least is told of a party, or its part alone."""
_AGES = frozenset({"age", "age_to"})
"""Of the suspect, though the heading ends as one of no party may: "suspect's age from"."""
_LONGEST = 3


@dataclass(frozen=True, slots=True)
class _Part:
    """A part that is played, by its place among those of its side."""

    side: int
    rank: int


@cache
def _parts() -> Mapping[tuple[str, ...], _Part]:
    known = document()["parties"]
    found: dict[tuple[str, ...], _Part] = {}
    for side, list_ in enumerate((known["told_by"], known["told_of"])):
        for rank, spellings in enumerate(list_):
            for spelling in spellings:
                found[tuple(spelling.split())] = _Part(side, rank)
    return found


def by_role(columns: Sequence[str]) -> list[Names]:
    """Return the columns of each party, by their names without its word; nothing where the words are not
    there.
    """
    groups: tuple[dict[int, Names], dict[int, Names]] = (defaultdict(dict), defaultdict(dict))
    for column in columns:
        read = _read(column)
        if read is not None:
            part, rest = read
            groups[part.side][part.rank][column] = rest
    ranks = [_fullest(side) for side in groups]
    if None in ranks:
        return []
    chosen = [dict(side[rank]) for side, rank in zip(groups, ranks, strict=True) if rank is not None]
    return chosen


def _read(column: str) -> tuple[_Part, str] | None:
    """Return the part in a heading and what the rest of it is called."""
    known = document()["parties"]
    words = [w for w in words_of(column) if w not in known["beside"]]
    for many in range(min(_LONGEST, len(words)), 0, -1):
        for marker, rest in ((words[:many], words[many:]), (words[-many:], words[:-many])):
            part = _parts().get(tuple(marker))
            if part is None:
                continue
            if not rest and " ".join(marker) not in known["never_alone"]:
                return part, "name"
            if not rest or " ".join(rest) in known["of_a_record"]:
                continue
            if rest[-1] in known["not_of_a_party"] and named_field("_".join(rest)) not in _AGES:
                # "Reported on", "relationship to the victim".
                continue
            return part, "_".join(w for w in rest if w != "of") or "name"
    return None


def _fullest(parts: Mapping[int, Names]) -> int | None:
    """Of those who play a part on one side the place of the one of whom most is told, of equals of the one
    that is named first among the words: a witness and a child beside a victim are somebody else."""
    told = [rank for rank, names in parts.items() if _tells(names) and not _is_topic(names)]
    return max(told, key=lambda rank: (_weight(parts[rank]), -rank), default=None)


def _is_topic(names: Names) -> bool:
    """ "Subject", and no more, is of a complaint what that of a letter is."""
    return len(names) == 1 and " ".join(words_of(next(iter(names)))) in document()["parties"]["topics"]


def _tells(names: Names) -> bool:
    return any(named_field(rest) in TELLING for rest in names.values())


def _weight(names: Names) -> int:
    return sum(named_field(rest) not in (None, "answer", "record_id") for rest in names.values())
