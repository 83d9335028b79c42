"""The linker's page on why records of several forces were taken for one person. Names are in it."""

from __future__ import annotations

from collections.abc import Sequence

from lamplighter.national.release.reasons import Habit, Known, Reason
from lamplighter.reporting.document import Column, Heading, Points, Report, Section, Table, Words

_TITLES = {
    "names": "Names", "birth_date": "Born", "postcode": "Postcode", "phones": "Telephone", "emails": "Email",
    "pnc_id": "PNC id", "cro": "CRO number",
}  # fmt: skip
_KINDS = {
    "victim": "victim in both", "suspect": "suspect in both", "within": "of one report",
    "swapped": "victim in one, suspect in the other", "other": "other people of reports",
}  # fmt: skip
_HOW = (
    "A person of a force is whoever its own records were linked to. What any two such persons' records and "
    "reports say is summed up in bits: ten bits make it about a thousand times as likely that they are one.",
    "The last part, what the two reports say, begins below nought: two people of two forces are hardly ever "
    "one. It is near nought or above it where the reports have the same other party.",
    "What agrees or differs counts by how both forces record: a slip says less against one person where a "
    "force has many, and an ethnicity less for one person where most who bear the name have it. The bits of "
    "a link sum to its weight all the same.",
    "How sure is the belief after rivals were taken off. A person can decide otherwise: it stands "
    "in the linker's folder, and the next run obeys it.",
)


def page(known: Sequence[Known], habits: Sequence[Habit], purpose: str, release: str) -> Report:
    """Return the report."""
    blocks = [block for number, one in enumerate(known, 1) for block in _person(number, one)]
    return Report(
        title="Why they were taken for one person",
        subtitle=f"Links for {purpose}, release {release}",
        standing="For the linker alone: holds names",
        facts=(("Persons shown", f"{len(known):,}"),),
        sections=(
            Section("persons", "Persons", tuple(blocks) or (Words(("Nobody in this release is.",)),)),
            Section("habits", "How forces record", (_habits(habits),), appendix=True),
            Section("how", "How to read this", (Points(_HOW),), appendix=True),
        ),
        source="from the stages in the linker's folder",
    )


def _habits(habits: Sequence[Habit]) -> Table | Words:
    if not habits:
        return Words(("As far as links show, all forces record alike.",))
    return Table(
        "habits",
        "Between records of one person, times as often as with any force",
        (Column("Force"), Column("Outcome"), Column("Times as often")),
        tuple((h.force, h.outcome, f"{h.times:.1f}") for h in habits),
    )


def _person(number: int, one: Known) -> list[Heading | Table]:
    forces = len({r.force for r in one.recorded})
    recorded = Table(
        f"recorded-{number}",
        f"Person {number}, as each force recorded them",
        (Column("Force"), Column("Records", "count"), *(Column(t) for t in _TITLES.values())),
        tuple(
            (r.force, len(r.records), *("; ".join(r.values[c]) or "not recorded" for c in _TITLES))
            for r in one.recorded
        ),
    )
    links = Table(
        f"links-{number}",
        f"Person {number}: what speaks for each link, and against it",
        (Column("Forces"), Column("How sure"), Column("As"), Column("In bits, the largest first")),
        tuple(
            (f"{r.left} and {r.right}", _sure(r.belief), _KINDS.get(r.kind, r.kind), _parts(r))
            for r in one.links
        ),
    )  # fmt: skip
    return [Heading(f"Person {number}, known to {forces} forces"), recorded, links]


def _sure(belief: float) -> str:
    """Return a belief in per cent; nothing is believed wholly."""
    return "over 99.9%" if belief >= 0.9995 else f"{100 * belief:.1f}%"


def _parts(reason: Reason) -> str:
    told = [f"{title} {bits:+.1f}" for title, bits in reason.parts]
    if abs(reason.rest) >= 0.05:
        told.append(f"all others {reason.rest:+.1f}")
    return "; ".join(told).replace("-", "−")
