"""Would another assessor have given the same grade?"""

from __future__ import annotations

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.document import Block, Column, Section, Table, Value, Words
from lamplighter.reporting.words import number
from lamplighter.statistics.agreement.kappa import Kappa
from lamplighter.studies.review.analyses.agreement import ORDER, TABLE
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import Shown
from lamplighter.studies.review.sections.shares import value_of


def agreement_section(review: Review, shown: Shown) -> Section | None:
    """The grades crossed; for those inside also kappa, which says what is left when chance is taken out."""
    count = review.found.counts.get(TABLE)
    if count is None:
        return None
    first, second = count.fields

    def at(one: str, two: str) -> Value:
        codes = (one, two)
        return value_of(shown.count(TABLE, codes)) if codes in count.table.cells else 0

    rows = [(first.title_of(one), *(at(one, two) for two in (*ORDER, TOTAL))) for one in (*ORDER, TOTAL)]
    table = Table(
        TABLE,
        count.table.title,
        (
            Column("First grade"),
            *(Column(f"Second: {second.title_of(two).lower()}", "count") for two in ORDER),
            Column("All", "count"),
        ),
        tuple(rows),
        basis=count.basis,
        notes=("Equal grades stand on the line from the upper left to the lower right.",),
        totals=frozenset({len(rows) - 1}),
    )
    blocks: list[Block] = [
        Words(
            (
                "Some assessments were graded a second time by somebody who did not know the first grade. "
                "Where two people often disagree, the grade says as much about who assessed as about the "
                "risk.",
            )
        ),
        table,
    ]
    found = review.found.agreement
    if found is not None and not shown.protected:
        blocks.append(
            Words(tuple(words for words in _said(found.plain, found.linear, found.why, found.knew) if words))
        )
    return Section("agreement", "Would another assessor have said the same?", tuple(blocks))


def _said(plain: Kappa | None, linear: Kappa | None, why: str, knew: int) -> tuple[str, ...]:
    told = f"Kappa could not be worked out: {why}" if plain is None else ""
    if plain is not None:
        told = (
            f"The two gave the same grade in {number(100 * plain.observed, 1)}% of assessments; chance alone "
            f"would give {number(100 * plain.expected, 1)}%. {_kappa('Kappa', plain)}"
        )
        if linear is not None:
            told += f" {_kappa('Weighted by how far apart the grades are, it', linear)}"
        told += " 1 is agreement throughout, 0 is no more than chance."
    left = f"{knew} more were graded by somebody who knew the first grade, and are left out." if knew else ""
    return told, left


def _kappa(what: str, found: Kappa) -> str:
    limits = f"{number(found.lower, 2)} to {number(found.upper, 2)}"
    return f"{what} is {number(found.kappa, 2)} (95% interval {limits})."
