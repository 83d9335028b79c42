"""The register as rows, as at a day: every number of a page is a cell of one of these.

A row's first column, ``id``, is its key. Decimal numbers are written as they are shown.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lamplighter.studies.register.entries import Recommendation, Register, Source, known
from lamplighter.studies.register.schema import NOT_HELD
from lamplighter.studies.register.verdicts import (
    CONTRADICTED,
    EVIDENCED,
    MEANINGS,
    NO_RESPONSE,
    STATUSES,
    WORDS,
    Standing,
    standing,
)

QUOTED = "register-quoted"
"""Numbers inside quoted texts, each with the cell of its text."""
SOURCES, RECOMMENDATIONS, STANDINGS, FORCES, CLAIMS, EVIDENCE, RULES, PARTS, SILENCE = (
    "register-publications",
    "register-recommendations",
    "register-status",
    "register-forces",
    "register-claims",
    "register-evidence",
    "register-rules",
    "register-parts",
    "register-country",
)
FORCE_GROUP = "chief_constables"
"""The body that stands for all forces, each asked on its own."""

Row = dict[str, object]


@dataclass(frozen=True)
class Slot:
    """One recommendation that a force has to answer; ``of`` is ``None`` where it is not identified."""

    key: str
    source: Source
    of: Recommendation | None


@dataclass(frozen=True)
class Tables:
    """All rows by table. ``standings`` are the statuses behind them, by recommendation and body."""

    rows: Mapping[str, list[Row]]
    standings: Mapping[tuple[str, str], Standing]
    slots: tuple[Slot, ...]
    forces: tuple[str, ...]

    def row(self, table: str, key: str) -> Row:
        """Return one row. Raises ``StopIteration``."""
        return next(row for row in self.rows[table] if row["id"] == key)


def tables(register: Register, as_at: dt.date) -> Tables:
    """Return the register's rows as at a day."""
    held = register.held(as_at)
    standings = {
        (one.id, body): standing(register, one, body, as_at)
        for one in held
        for body in register.asked(one, as_at)
    }
    forces = register.each(FORCE_GROUP, as_at)
    slots = tuple(_slots(register, held, as_at))
    rows: dict[str, list[Row]] = {
        SOURCES: [_source(register, s, held) for s in register.publications(as_at)],
        RECOMMENDATIONS: [_recommendation(register, one, standings, as_at) for one in held],
        STANDINGS: list(_standings(register, held, standings, slots, forces, as_at)),
        PARTS: [
            {
                "id": f"{one.id}--{p.number}",
                "recommendation": one.id,
                "number": p.number,
                "words": p.words,
                "asks": p.asks,
            }
            for one in held
            for p in one.parts
        ],
        RULES: [
            {
                "id": f"{one.id}--{r.id}",
                "recommendation": one.id,
                "written": r.written,
                "by": r.by,
                "text": r.text,
                "measure": r.measure,
                "at_least": _plain(r.at_least),
                "at_most": _plain(r.at_most),
            }
            for one in held
            for r in one.rules
            if r.written <= as_at
        ],
        CLAIMS: [
            {
                "id": f"{one.id}--{c.number}",
                "recommendation": one.id,
                "by": register.title(c.by),
                "about": register.title(c.about or c.by),
                "kind": c.kind,
                "on": c.on,
                "or_before": c.by_then,
                "new_date": c.new_date,
                "text": c.text,
                "link": c.link,
                "archive": c.archive,
                "recorded": c.recorded,
            }
            for one in held
            for c in one.claims
            if known(c, as_at)
        ],
        EVIDENCE: [
            {
                "id": f"{one.id}--{e.number}",
                "recommendation": one.id,
                "about": register.title(e.about),
                "rule": e.rule,
                "published": e.published,
                "first": e.first,
                "last": e.last,
                "measure": e.measure,
                "value": _plain(e.value),
                "low": _plain(e.low),
                "high": _plain(e.high),
                "found": e.found,
                "read_by": e.read_by,
                "checked_by": e.checked_by,
                "text": e.text,
                "link": e.link,
                "archive": e.archive,
                "recorded": e.recorded,
            }
            for one in held
            for e in one.evidence
            if known(e, as_at)
        ],
    }
    rows[FORCES] = [_force(register, force, rows[STANDINGS], as_at) for force in forces]
    rows[SILENCE] = list(_country(rows))
    return Tables(rows, standings, slots, forces)


def cell_key(slot: str, body: str) -> str:
    """Return the key of the status of one recommendation for one body."""
    return f"{slot}--{body}"


def _slots(register: Register, held: list[Recommendation], as_at: dt.date) -> Iterator[Slot]:
    """Return what a force has to answer, a publication after the other, as many as it says there are.

    Those that are not identified have a place each: a page of fifteen shows fifteen.
    """
    for source in register.publications(as_at):
        mine = [r for r in held if r.source == source.id and FORCE_GROUP in r.to and r.says_something]
        for one in mine:
            yield Slot(one.id, source, one)
        for number in range(1, source.addressed.get(FORCE_GROUP, 0) - len(mine) + 1):
            yield Slot(f"{source.id}-not-identified-{number:02}", source, None)


def _source(register: Register, source: Source, held: list[Recommendation]) -> Row:
    mine = [r for r in held if r.source == source.id]
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "published": source.published,
        "recommendations": source.recommendations,
        "to_chief_constables": source.addressed.get(FORCE_GROUP),
        "words_held": sum(r.words_held for r in mine),
        "known_by_number": sum(r.says_something and r.numbered for r in mine),
        "known_without_number": sum(r.says_something and not r.numbered for r in mine),
        "number_only": sum(not r.says_something for r in mine),
        "held": source.held,
        "address": source.address,
        "next_review": source.upkeep.next_review,
    }


def _recommendation(
    register: Register,
    one: Recommendation,
    standings: Mapping[tuple[str, str], Standing],
    as_at: dt.date,
) -> Row:
    bodies = register.asked(one, as_at)
    counts = Counter(standings[one.id, body].status for body in bodies)
    return {
        "id": one.id,
        "publication": one.source,
        "number": one.number,
        "title": one.title,
        "to": "; ".join(register.title(t) for t in one.to) or "not held",
        "words": one.words,
        "asks": one.asks or NOT_HELD,
        "page": one.page or "not held",
        "due": one.due or "not held",
        "days_since_due": None if one.due is None else max(0, (as_at - one.due).days),
        "bodies": len(bodies),
        **{status: counts[status] for status in STATUSES},
        "note": one.note,
        "no_rule": one.no_rule,
        "read_at": " ".join(one.read_at),
        "recorded": one.recorded,
        "history": " ".join(c.what for c in one.upkeep.changes if c.on <= as_at),
        "next_review": one.upkeep.next_review,
    }


def looked_words(register: Register, source: Source, body: str, as_at: dt.date) -> str:
    """Return whether what a body publishes about a publication was read for the register."""
    seen = register.looked(source.id, body, as_at)
    if not seen:
        return "not read"
    return "read whole" if any(x.whole for x in seen) else "read in part"


def _standings(
    register: Register,
    held: list[Recommendation],
    standings: Mapping[tuple[str, str], Standing],
    slots: tuple[Slot, ...],
    forces: tuple[str, ...],
    as_at: dt.date,
) -> Iterator[Row]:
    for one in held:
        source = register.sources[one.source]
        for body in register.asked(one, as_at):
            yield _cell(register, source, one.id, one, body, standings[one.id, body], as_at)
    for slot in slots:
        for force in forces if slot.of is None else ():
            yield _cell(register, slot.source, slot.key, None, force, None, as_at)


def _cell(
    register: Register,
    source: Source,
    slot: str,
    one: Recommendation | None,
    body: str,
    found: Standing | None,
    as_at: dt.date,
) -> Row:
    status = NO_RESPONSE if found is None else found.status
    return {
        "id": cell_key(slot, body),
        "recommendation": slot,
        "identified": one is not None,
        "title": "Not identified: its number and words are not held" if one is None else one.title,
        "body": body,
        "name": register.title(body),
        "status": status,
        "words": WORDS[status],
        "why": MEANINGS[status] if found is None else found.why,
        "since": None if found is None else found.since,
        "days_slipped": None if found is None else found.slipped,
        "slip": "No due date is held." if found is None else found.slip_words,
        "days_since_due": None if found is None else found.since_due,
        "claims": 0 if found is None else len(found.claims),
        "evidence": 0 if found is None else len(found.evidence),
        "its_own_pages": looked_words(register, source, body, as_at),
    }


def _force(register: Register, force: str, cells: list[Row], as_at: dt.date) -> Row:
    mine = [row for row in cells if row["body"] == force]
    counts = Counter(str(row["status"]) for row in mine)
    read = {str(row["its_own_pages"]) for row in mine}
    return {
        "id": force,
        "name": register.title(force),
        "asked": len(mine),
        "identified": sum(bool(row["identified"]) for row in mine),
        "not_identified": sum(not row["identified"] for row in mine),
        **{status: counts[status] for status in STATUSES},
        "its_own_pages": next((w for w in ("read whole", "read in part") if w in read), "not read"),
        "read": " ".join(
            x.found for s in register.publications(as_at) for x in register.looked(s.id, force, as_at)
        ),
    }


def _country(rows: Mapping[str, list[Row]]) -> Iterator[Row]:
    forces = rows[FORCES]

    def one(key: str, value: int, what: str) -> Row:
        return {"id": key, "count": value, "what": what}

    yield one("forces", len(forces), "police forces with an area")
    yield one("each", max((_int(f["asked"]) for f in forces), default=0), "recommendations to each force")
    yield one("cells", sum(_int(f["asked"]) for f in forces), "answers asked of forces: each force, each one")
    for status in STATUSES:
        yield one(status, sum(_int(f[status]) for f in forces), f"of these: {WORDS[status].lower()}")
    yield one(
        "not_identified",
        sum(_int(f["not_identified"]) for f in forces),
        "of these: the recommendation is not identified",
    )
    quiet = sum(f[NO_RESPONSE] == f["asked"] for f in forces)
    yield one("quiet_forces", quiet, "forces of which nothing at all is held")
    unread = sum(f["its_own_pages"] == "not read" for f in forces)
    yield one("unread_forces", unread, "forces whose own pages nobody read for the register")
    whole = sum(f["its_own_pages"] == "read whole" for f in forces)
    yield one("whole_forces", whole, "forces whose own pages were read whole")
    yield one(
        "judged",
        sum(_int(f[EVIDENCED]) + _int(f[CONTRADICTED]) for f in forces),
        "answers that evidence judged",
    )
    yield one(
        "recommendations", sum(_int(s["recommendations"]) for s in rows[SOURCES]), "recommendations published"
    )
    yield one("words_held", sum(_int(s["words_held"]) for s in rows[SOURCES]), "of which the words are held")


def _plain(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
