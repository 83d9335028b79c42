"""Merge cells before they are hidden: a sparse group joins a named neighbour by a rule written here.

A group too small to be shown takes others with it: to protect 15 people "not recorded", up to ten times as
many cells had to be hidden. The rule: where a part of a family has a cell that may not be shown, the family
is shown instead of its parts, step by step outwards. A split of which a quarter would still be hidden is left
out whole, and the report says so. The funnel counts at each stage who reached it: every stage is a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.profiles import Profile
from lamplighter.disclosure.protect import protect
from lamplighter.disclosure.tables import TOTAL, Cell, Codes
from lamplighter.reporting.words import listed
from lamplighter.studies.review import dimensions
from lamplighter.studies.review.analyses.attrition import STAGES
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import NOT_RECORDED, Count, Field

#: A release hides at most this share of its cells; a split is left out that would hide so much of its own.
MOST_HIDDEN = 0.1
TOO_MUCH = 0.25
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Family:
    """Codes that are shown together where one of them is too small. Parts may be families themselves."""

    code: str
    title: str
    parts: tuple[str, ...]


_NO = Family("no_or_not_recorded", "No, or not recorded", ("no", NOT_RECORDED))
_AGES = (
    Family("under-25", "Under 25", ("under-18", "18-24")),
    Family("45-plus", "45 and over", ("45-54", "55-plus")),
    Family("45-plus-or-not", "45 and over, or not recorded", ("45-plus", NOT_RECORDED)),
    Family("under-35", "Under 35", ("under-25", "25-34")),
)
_ETHNIC = (
    Family("not-told", "Not stated or not recorded", ("N", NOT_RECORDED)),
    Family("mixed-or-other", "Mixed or other", ("M", "O")),
    Family("black-mixed-or-other", "Black, mixed or other", ("mixed-or-other", "B")),
    Family("not-white", "Asian, Black, mixed or other", ("black-mixed-or-other", "A")),
)
_SEXES = (Family("other-or-not", "Another sex, or not recorded", ("other", "unknown", NOT_RECORDED)),)
#: By dimension, families in the order in which they are tried.
FAMILIES: Mapping[str, tuple[Family, ...]] = {
    "result": (Family("not_met_or_not_recorded", "No, or not recorded", ("not_met", NOT_RECORDED)),),
    "victim_age_group": _AGES,
    "suspect_age_group": _AGES,
    "victim_ethnic_group": _ETHNIC,
    "suspect_ethnic_group": _ETHNIC,
    "victim_sex": _SEXES,
    "suspect_sex": _SEXES,
    "relationship_group": (
        Family("not-told", "Not known who, or not recorded", ("not_known", NOT_RECORDED)),
        Family("partners", "Partner or former partner", ("partner", "ex_partner")),
        Family("otherwise-known", "Family or known otherwise", ("family", "known")),
        Family("others", "Stranger, not known who, or not recorded", ("stranger", "not-told")),
    ),
    "first_class_group": (
        Family("assault-or-other", "Assault or anything else", ("assault", "other")),
        Family(
            "damage-or-other",
            "Criminal damage, assault or anything else",
            ("criminal_damage", "assault-or-other"),
        ),
    ),
    "agency": (
        Family("other-agencies", "Another agency", ("housing", "council", "prosecution", "other")),
        Family(
            "health-and-others",
            "Health, advocacy or another agency",
            ("health", "advocacy", "other-agencies"),
        ),
    ),
}


def families_of(field: Field) -> tuple[Family, ...]:
    """Return the families of a dimension."""
    if dict(field.titles) == dict(dimensions.YES_NO):
        return (_NO,)
    return FAMILIES.get(field.name, ())


def merged(review: Review, rules: Profile) -> Review:
    """Return the review with sparse groups merged and the funnel counted by stages reached."""
    every = {c.name: c for c in (*review.found.counts.values(), *review.equality)}
    every |= {i.count.name: i.count for i in review.found.indicators if i.count is not None}
    wanted = {name: _sparse(count, rules) for name, count in every.items()}
    for name in every:  # victims and suspects stand side by side, so they are grouped alike
        twin = name.replace("victim-", "suspect-", 1)
        if name.startswith("victim-") and twin in every:
            both = {code for _, code in (*wanted[name], *wanted[twin])}
            for one in (name, twin):
                wanted[one] = {(every[one].fields[0].name, code) for code in both}
    return _with(review, {name: _shown(_declared(c), wanted[name]) for name, c in every.items()})


def thinned(
    review: Review, rules: Profile, name: str, earlier: Sequence[Printed] = ()
) -> tuple[Review, tuple[str, ...]]:
    """Return the review to be released, and sentences on what is merged or left out of it."""
    few = {
        n
        for n, c in review.found.counts.items()
        if n.startswith("behaviour-") and any(rules.too_few(cell.value) for cell in c.table.cells.values())
    }
    gone = [review.found.counts[n].table.title for n in sorted(few)]
    counts = {n: c for n, c in review.found.counts.items() if n not in few}
    kept = merged(replace(review, found=replace(review.found, counts=counts)), rules)
    for _ in range(ROUNDS):
        account = protect(kept.found.release("review", "Review", name), rules, earlier).account
        if len(account.hidden) <= MOST_HIDDEN * account.cells:
            break
        hidden: dict[str, int] = {}
        for cell in account.hidden:
            for table in cell.tables:
                hidden[table] = hidden.get(table, 0) + 1
        splits = {c.name: c for c in kept.equality}
        splits |= {
            i.count.name: i.count for i in kept.found.indicators if i.count and len(i.count.fields) == 2
        }
        worst = sorted((-hidden[n] / len(c.table.cells), n) for n, c in splits.items() if hidden.get(n, 0))
        out = [n for share, n in worst if -share > TOO_MUCH] or [n for _, n in worst[:3]]
        if not out:
            break
        gone += [splits[n].table.title for n in out]
        kept = _without(kept, set(out))
    told = []
    grouped = sorted({title for c in kept.found.counts.values() for title in _grouped(c)})
    if grouped:
        told.append(
            "Small groups are shown together with a neighbour, so that less has to be hidden: "
            f"{listed([f'“{title}”' for title in grouped])}."
        )
    if gone:
        titles = listed([f"“{title}”" for title in sorted(set(gone))])
        told.append(f"Left out, because groups in them are too small to be shown: {titles}.")
    return kept, tuple(told)


def _grouped(count: Count) -> list[str]:
    return [
        family.title
        for at, field in enumerate(count.fields)
        for family in families_of(_plain(field))
        if any(codes[at] == family.code for codes in count.table.cells)
    ]


def _plain(field: Field) -> Field:
    """Return the field without its families."""
    return replace(
        field, titles={c: t for c, t in field.titles.items() if c not in set(field.parents.values())}
    )


def _declared(count: Count) -> Count:
    """Return the count with the families of its dimensions declared, whether they are used or not."""
    if count.name == "furthest-stage":
        return _reached(count)
    fields = []
    for field in count.fields:
        families = families_of(field)
        titles = dict(field.titles) | {family.code: family.title for family in families}
        parents = {part: family.code for family in families for part in family.parts}
        fields.append(replace(field, titles=titles, parents={**field.parents, **parents}))
    return replace(count, fields=tuple(fields))


def _reached(count: Count) -> Count:
    """Return the funnel with a figure for each stage: everybody who reached it, not who stayed there."""
    held = count.fields[0].titles
    stages = [stage for stage in STAGES if stage in held]  # a stage that a force does not hold is not there
    titles, parents = {stage: STAGES[stage] for stage in stages}, {}
    cells: dict[Codes, Cell] = {(TOTAL,): count.table.cells[(TOTAL,)]}
    sofar = 0.0
    for place in range(len(stages) - 1, 0, -1):
        stage, code = stages[place], f"reached_{stages[place]}"
        sofar += count.table.cells[(stage,)].value if (stage,) in count.table.cells else 0.0
        titles[code], parents[stage] = f"{STAGES[stage]}, or further", code
        if place > 1:
            parents[code] = f"reached_{stages[place - 1]}"
        cells[(code,)] = Cell(sofar)
    own = replace(count.fields[0], titles=titles, parents=parents)
    return replace(count, fields=(own,), table=replace(count.table, cells=cells))


def _sparse(count: Count, rules: Profile) -> set[tuple[str, str]]:
    """Return the families that are to be shown in place of their parts, as (dimension, family)."""
    wanted: set[tuple[str, str]] = set()
    if count.name == "furthest-stage":
        return wanted
    for at, field in enumerate(count.fields):
        for family in families_of(field):
            cells = _cells(count, wanted)
            parts = [codes for codes in cells if codes[at] in family.parts]
            many = {codes[at] for codes in parts}
            if len(many) > 1 and any(rules.too_few(cells[codes].value) for codes in parts):
                wanted.add((field.name, family.code))
    return wanted


def _cells(count: Count, wanted: set[tuple[str, str]]) -> dict[Codes, Cell]:
    """Return the cells of a table with families in place of their parts."""
    cells = dict(count.table.cells)
    for at, field in enumerate(count.fields):
        for family in families_of(_plain(field)):
            if (field.name, family.code) not in wanted:
                continue
            together: dict[Codes, Cell] = {}
            for codes, cell in cells.items():
                into = (*codes[:at], family.code, *codes[at + 1 :]) if codes[at] in family.parts else codes
                together[into] = Cell(together[into].value + cell.value) if into in together else cell
            cells = together
    return cells


def _shown(count: Count, wanted: set[tuple[str, str]]) -> Count:
    cells = dict(sorted(_cells(count, wanted).items()))
    return replace(count, table=replace(count.table, cells=cells))


def _with(review: Review, counts: Mapping[str, Count]) -> Review:
    found = replace(
        review.found,
        counts={name: counts[count.name] for name, count in review.found.counts.items()},
        indicators=tuple(
            replace(i, count=counts[i.count.name]) if i.count is not None else i
            for i in review.found.indicators
        ),
    )
    return replace(review, found=found, equality=tuple(counts[c.name] for c in review.equality))


def _without(review: Review, names: set[str]) -> Review:
    """Return the review without these splits; of a line that is split by itself the line stays."""

    def whole(count: Count) -> Count:
        cells = {codes[:1]: cell for codes, cell in count.table.cells.items() if codes[1:] == (TOTAL,)}
        table = replace(count.table, dimensions=count.table.dimensions[:1], cells=cells)
        return replace(count, fields=count.fields[:1], table=table)

    equality = {count.name for count in review.equality}
    found = replace(
        review.found,
        counts={n: c for n, c in review.found.counts.items() if c.name not in names & equality},
        indicators=tuple(
            replace(i, count=whole(i.count)) if i.count is not None and i.count.name in names else i
            for i in review.found.indicators
        ),
    )
    return replace(review, found=found, equality=tuple(c for c in review.equality if c.name not in names))
