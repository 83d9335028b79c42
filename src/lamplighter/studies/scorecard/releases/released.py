"""Figures of releases as tables of the site: each line of an indicator, with the cell of the file it is from.

A hidden cell is empty and is said to be protected; it is never a nought.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from lamplighter.disclosure.printed import Printed, PrintedTable
from lamplighter.disclosure.tables import TOTAL
from lamplighter.studies.review.indicators.lines import Line
from lamplighter.studies.scorecard.releases import reoffending
from lamplighter.studies.scorecard.releases.cards import Card, cards
from lamplighter.studies.scorecard.releases.held import TABLE, Held
from lamplighter.studies.scorecard.releases.reoffending import ReoffendingCard, ReoffendingLine
from lamplighter.studies.scorecard.tables import Row, Table

RELEASED, RELEASES, LINES, WHO = "released", "releases", "lines", "published"
PUBLISHED, PROTECTED, TOO_FEW = reoffending.PUBLISHED, reoffending.PROTECTED, reoffending.TOO_FEW
AnyCard = Card | ReoffendingCard
AnyLine = Line | ReoffendingLine

_FIGURE = {
    "id": "measure.line.release, and the force where it is of one of several",
    "measure": "Measure, an id of measures.csv",
    "line": "Line of the indicator, an id of lines.csv",
    "release": "Release, an id of releases.csv",
    "name": "Who published it",
    "force": "Code of the force; empty for several together",
    "within": "Force that the figure is of, as the release codes it; empty for all of the release",
    "within_name": "The same, in words",
    "first": "First day that it counts; empty for everything that is held",
    "last": "Last day that it counts; empty for everything that is held",
    "edition": "Edition of the release",
    "met": "How many met it, as printed; empty where it is protected, of too few, or not counted",
    "met_is": "published, protected, or too_few (to be read out); empty where the line has no count",
    "out_of": "Of how many, as printed",
    "out_of_is": "published or protected; empty where the line has no count",
    "share": "Per cent, of the counts as printed; of an estimate, as the release prints it",
    "low": "Lower limit of it, per cent: by chance, of the counts as printed; of an estimate, as printed",
    "high": "Upper limit of it",
    "days": "Median days, as printed",
    "days_is": "published or protected; empty where the line has no median",
    "file": "File of the release, where it has the count, or else the median",
    "source": "Source, an id of sources.csv",
}


def every_card() -> tuple[AnyCard, ...]:
    """Return the cards of every kind of release: of the 33 indicators, then of studies of reoffending."""
    return (*cards(), *reoffending.cards())


def key(card: AnyCard, line: AnyLine, held: Held, within: str = "") -> str:
    """Return the key of a figure; ``within`` is the force that it is of, as the release codes it."""
    return f"{card.name}.{line.name}.{held.id}" + (f".{within}" if within else "")


def figures(held: Held) -> Iterator[tuple[AnyCard, AnyLine, Row]]:
    """Return each line of which a release says something, in the order of the cards."""
    printed = held.printed()
    if held.is_reoffending:
        for card, line, said in reoffending.figures(printed):
            of = str(said.get("within", ""))
            yield card, line, _figure(card, line, held, of) | said
        return
    yield from _of_review(held, printed)


def _figure(card: AnyCard, line: AnyLine, held: Held, within: str = "") -> dict[str, object]:
    """Return what a figure is of; days are those of the release where its cards count by them."""
    dated = {} if held.is_reoffending else {"first": held.first, "last": held.last}
    return {
        "id": key(card, line, held, within),
        "measure": card.name,
        "line": line.name,
        "release": held.id,
        "name": held.publisher,
        "force": held.forces[0] if len(held.forces) == 1 else "",
        **dated,
        "edition": held.edition,
        "source": held.id,
    }


def _of_review(held: Held, printed: Printed) -> Iterator[tuple[Card, Line, Row]]:
    tables = {t.name: t for t in printed.tables}
    for card in cards():
        for line in card.lines:
            said = {**_counted(tables.get(TABLE.format(line.name))), **_median(printed, line)}
            if not said:
                continue
            yield card, line, _figure(card, line, held) | said


def _counted(table: PrintedTable | None) -> dict[str, object]:
    if table is None:
        return {}
    met, whole = (
        table.counts.get((result, *[TOTAL] * (len(table.dimensions) - 1))) for result in ("met", TOTAL)
    )
    known = met is not None and whole is not None and whole > 0
    return {
        "met": None if met is None else int(met),
        "met_is": PROTECTED if met is None else PUBLISHED,
        "out_of": None if whole is None else int(whole),
        "out_of_is": PROTECTED if whole is None else PUBLISHED,
        "share": 100 * met / whole if known and met is not None and whole is not None else None,
        "file": f"{table.name}.csv",
    }


def _median(printed: Printed, line: Line) -> dict[str, object]:
    own = next((s for s in printed.summaries if s.name == TABLE.format(line.name)), None)
    if own is None or own.statistic != "median":
        return {}
    value = own.rows.get(())
    told: dict[str, object] = {
        "days": None if value is None else float(value),
        "days_is": PROTECTED if value is None else PUBLISHED,
    }
    counted = any(t.name == own.name for t in printed.tables)
    return told if counted else told | {"file": f"{own.name}.csv"}


def tables_of(shown: Sequence[Held], forces: Collection[str]) -> list[Table]:
    """Return the tables of what is published; ``forces`` are the codes of all forces of the site."""
    every = [row for held in shown for _, _, row in figures(held)]
    # A study of a whole country is not the own work of each of its forces.
    named = {f for held in shown if not held.is_reoffending for f in held.forces}
    return [
        Table(RELEASED, "What hubs and forces publish of their own work", _FIGURE, tuple(every), bound=True),
        Table(
            RELEASES,
            "Releases of hubs and forces, each through the gate",
            {
                "id": "Name of the release",
                "title": "Title",
                "publisher": "Who published it",
                "forces": "Codes of its forces",
                "first": "First day that it counts",
                "last": "Last day that it counts",
                "edition": "Edition",
                "published": "Day of publication",
                "profile": "Rules of disclosure",
                "threshold": "Least count that is printed",
                "base": "Counts are rounded to multiples of this; one is not rounded",
                "lines": "Lines of indicators of which it says something",
                "protected": "Of these, with a figure that is protected",
                "sha256": "Hash of the list of its files",
                "folder": "Folder of the site with its files",
                "definition": "What counts as doing it again; empty where the release is of something else",
                "read_out_people": "People at least of whom a figure may be read out",
                "read_out_points": "Percentage points between its limits at most",
            },
            tuple(_release(held, every) for held in shown),
        ),
        Table(
            LINES,
            "Lines of the indicators",
            {
                "id": "Number and part",
                "measure": "Measure, an id of measures.csv",
                "title": "Title",
                "numerator": "What is counted",
                "denominator": "Of what",
                "unit": "What one of them is",
                "good": "Which result is the wanted one; empty for neither",
                "note": "Note",
            },
            tuple(
                {
                    "id": line.name,
                    "measure": card.name,
                    **{n: getattr(line, n) for n in ("title", "numerator", "denominator", "unit", "good")},
                    "note": line.note,
                }
                for card in every_card()
                if any(row["measure"] == card.name for row in every)
                for line in card.lines
            ),
        ),
        Table(
            WHO,
            "How many forces publish anything of their own work here",
            {
                "id": "all",
                "forces": "Forces of this site",
                "some": "Of which something is published, alone or together with others",
                "none": "Of which nothing is published",
            },
            (
                {
                    "id": "all",
                    "forces": len(forces),
                    "some": len(named & set(forces)),
                    "none": len(set(forces) - named),
                },
            ),
        ),
    ]


def _release(held: Held, every: Sequence[Row]) -> Row:
    own = [row for row in every if row["release"] == held.id]
    printed = held.printed()
    rules, rule = printed.rules, reoffending.read_out(printed) if held.is_reoffending else None
    return {
        "id": held.id,
        "title": held.title,
        "publisher": held.publisher,
        "forces": " ".join(held.forces),
        "first": held.first,
        "last": held.last,
        "edition": held.edition,
        "published": held.published,
        "profile": str(rules.get("title", rules.get("name", ""))),
        "threshold": int(rules["threshold"]),
        "base": int(rules["base"]),
        "definition": reoffending.definition(printed) if held.is_reoffending else "",
        "read_out_people": rule.people if rule else None,
        "read_out_points": rule.points if rule else None,
        "lines": len(own),
        "protected": sum(
            PROTECTED in (row.get("met_is"), row.get("out_of_is"), row.get("days_is")) for row in own
        ),
        "sha256": held.sha256,
        "folder": held.on_site,
    }


def card_rows(shown: Sequence[Held], as_at: dt.date) -> Iterator[Row]:
    """Return a row of measures.csv for each card of which something is published."""
    told = {card.name for held in shown for card, _, _ in figures(held)}
    for card in every_card():
        if card.name in told:
            yield {
                "id": card.name,
                "title": card.title,
                "why": card.why,
                "numerator": card.numerator,
                "denominator": card.denominator,
                "comes_from": card.comes_from,
                "basis": card.basis,
                "unit": card.unit,
                "maturity": card.maturity,
                "direction": card.direction,
                "gaming": card.gaming,
                "paired": card.paired_name,
                "must_not": card.must_not,
                "author": card.author,
                "checker": card.checker,
                "next_review": card.next_review,
                "overdue": card.overdue(as_at),
                "held": True,
                "not_held": "",
                "changes": "; ".join(f"{c.on}, {c.by}: {c.what}" for c in card.changes),
            }
