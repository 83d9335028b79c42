"""Decide which measures the force holds: the one place that does, for every output.

A measure whose fields are not there, are declared as not held, or are blank in every row that would be
counted is not held: it is no table of noughts, no headline and no chart, and its place says what to ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lamplighter.disclosure.tables import TOTAL
from lamplighter.studies.review.results import NOT_RECORDED, Count, NotAnswered
from lamplighter.study_bundle.bundle import StudyBundle
from lamplighter.study_bundle.limitations import lacking
from lamplighter.study_bundle.needs import lacked, measures


def not_held(bundle: StudyBundle, name: str) -> NotAnswered | None:
    """Return the reason why a measure cannot be made, and what to ask for; ``None`` where it can.

    Raises:
        KeyError: there is no such measure.
    """
    need = measures()[name]
    missing = lacked(bundle, need)
    return NotAnswered(f"measure {name}", need.title, lacking(missing)) if missing else None


def sorted_out(bundle: StudyBundle, counts: Iterable[Count]) -> tuple[list[Count], Mapping[str, NotAnswered]]:
    """The counts that the force holds, and by name those that it does not."""
    held: list[Count] = []
    without: dict[str, NotAnswered] = {}
    for count in counts:
        known = count.name in measures()
        why = not_held(bundle, count.name) if known else None
        if why is None and known and _blank(count):
            need = measures()[count.name]
            why = NotAnswered(f"measure {count.name}", need.title, lacking(need.needs))
        if why is None:
            held.append(count)
        else:
            without[count.name] = why
    return held, without


def _blank(count: Count) -> bool:
    """Tell whether somebody is counted, and of nobody it is recorded what the table asks."""
    cells = count.table.cells
    whole = cells[(TOTAL,) * len(count.fields)].value
    silent = cells.get((NOT_RECORDED, *((TOTAL,) * (len(count.fields) - 1))))
    return bool(whole) and silent is not None and silent.value == whole
