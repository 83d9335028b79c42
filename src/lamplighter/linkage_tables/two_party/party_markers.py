"""Tell two parties of a record apart by words in the headings of a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from lamplighter.linkage_tables.column_roles.columns import ColumnUnknown
from lamplighter.linkage_tables.headings import document, named_field
from lamplighter.linkage_tables.headings import words as words_of
from lamplighter.linkage_tables.two_party.roles import by_role

NAMES = frozenset({"forenames", "surname", "full_name", "birth_date", "nicknames", "middle_name"})
CALLED = frozenset({"forenames", "surname", "full_name"})
# Words of fields: none of them tells one party from another.
OF_FIELDS = frozenset(
    {"name", "names", "date", "number", "address", "code", "first", "last", "given", "family", "middle",
     "street", "city", "home", "mailing", "phone", "full", "birth", "year"}
)  # fmt: skip
_ORDINALS = (frozenset({"first", "1st"}), frozenset({"second", "2nd"}))
Names = dict[str, str]


def guessed(columns: Sequence[str]) -> list[Names]:
    """Return the two groups of columns that say most of two people: column -> name without the party's word.

    Raises:
        ColumnUnknown: there are no two.
    """
    found = by_role(columns) or _marked_apart(columns)
    if not found:
        raise ColumnUnknown(
            "No two parties can be told apart by the names of the columns: say which columns are of which "
            'party, as in columns={"first": ["their_name", "their_dob"], "second": ["other_name"]}.'
            f" Columns are: {', '.join(columns)}."
        )
    return sorted(found, key=lambda g: min(columns.index(c) for c in g))


def _readings(name: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield a heading as the words for a party and the rest."""
    own = words_of(name)
    for many in (1, 2):
        for marker, rest in ((own[:many], own[many:]), (own[-many:], own[:-many])):
            # "First party", though "first" is a word of a name; of "p1" the letter alone tells nothing.
            telling = not set(marker) & OF_FIELDS or (
                many == 2 and any(marker[0] in o for o in _ORDINALS) and marker[1] not in OF_FIELDS
            )
            if marker and rest and telling:
                yield marker, rest


def _marked_apart(columns: Sequence[str]) -> list[Names]:
    groups: dict[str, Names] = defaultdict(dict)
    alone = {*document()["parties"]["words"]} - {*document()["parties"]["topics"]}
    for name in columns:
        words = words_of(name)
        whole = named_field(name)
        if whole is not None and whole != "answer":
            groups[""][name] = name
        elif len(words) == 1 and words[0] in alone:
            # "Petitioner", and no more: who it is.
            groups[words[0]][name] = "name"
        for marker, rest in _readings(name):
            stripped = "_".join(rest)
            if named_field(stripped) not in (None, "answer"):
                groups[" ".join(marker)].setdefault(name, stripped)
    told = {
        marker: {c: s for c, s in found.items() if marker or not _marked(c, groups)}
        for marker, found in groups.items()
    }
    # A doctor or an officer beside a party is hardly ever the other one.
    aside = {*document()["headings"]["others"]} - alone

    def by_names(group: tuple[str, Names]) -> tuple[bool, int, str]:
        marker, found = group
        return marker in aside, -len({named_field(s) for s in found.values()} & NAMES), marker

    scored = sorted(told.items(), key=by_names)
    scored = [(m, f) for m, f in scored if {named_field(s) for s in f.values()} & NAMES]
    for one, other in document()["parties"]["couples"]:
        couple = {m: f for m, f in scored if m in (one, other)}
        if len(couple) == 2 and all(_named(f) for f in couple.values()):
            return [_all_of(m, f, columns, set()) for m, f in couple.items()]
    return _alike(scored, columns)


def _named(party: Names) -> bool:
    """Tell whether columns tell what somebody is called."""
    return bool({named_field(s) for s in party.values()} & CALLED)


def _alike(scored: list[tuple[str, Names]], columns: Sequence[str]) -> list[Names]:
    """Two of whom the same is told, a name or a birth among it."""
    for i, (mark, one) in enumerate(scored):
        for other_mark, other in scored[i + 1 :]:
            if set(one) & set(other):
                continue
            both = {named_field(s) for s in one.values()} & {named_field(s) for s in other.values()}
            if both & NAMES:
                return [_all_of(mark, one, columns, both), _all_of(other_mark, other, columns, both)]
    return []


def _all_of(mark: str, known: Mapping[str, str], columns: Sequence[str], both: set[str | None]) -> Names:
    """Return the columns of a party: with a word of its own all that bear it, else those that the other has
    too.
    """
    if not mark:
        return {c: s for c, s in known.items() if named_field(s) in both}
    found = dict(known)
    many = len(mark.split())
    for name in columns:
        words = words_of(name)
        if name not in found and len(words) > many:
            if " ".join(words[:many]) == mark:
                found[name] = "_".join(words[many:])
            elif " ".join(words[-many:]) == mark:
                found[name] = "_".join(words[:-many])
    return {name: found[name] for name in columns if name in found}


def _marked(name: str, groups: Mapping[str, Mapping[str, str]]) -> bool:
    """Tell whether a column belongs to a party with a word of its own."""
    return any(
        name in found and len({named_field(s) for s in found.values()} & NAMES) > 1
        for marker, found in groups.items()
        if marker
    )
