"""Somebody whom nothing names, and two people whom they fit."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage import LinkResult, link
from lamplighter.linkage.clustering import clusters, decisions
from lamplighter.linkage.clustering.ambiguous_suspects import choices, competing
from lamplighter.linkage.dyads.report_pairs import UNCLEAR
from lamplighter.linkage.explain import explanations
from tests.unit.linkage.made_up import one, people, reports

VICTIM = {
    "forenames": "Isla", "surname": "Quarrington", "birth_date": dt.date(1991, 5, 4), "sex": "female",
    "phones": ["+447195101083"],
}  # fmt: skip
DAN = {"forenames": "Daniel", "surname": "Hollis", "birth_date": dt.date(1969, 8, 20), "sex": "male"}
SANJAY = {"forenames": "Sanjay", "surname": "Grewal", "birth_date": dt.date(1988, 1, 2), "sex": "male"}


def rivals(pairs: dict[tuple[int, int], tuple[float, bool]], two: set[tuple[int, int]]) -> list[float]:
    """What rivals take from pairs of rows with their bits, and whether they compare what names somebody."""
    left, right = (np.array(side) for side in zip(*pairs, strict=True))
    bits = np.array([b for b, _ in pairs.values()])
    named, nowhere = np.array([known for _, known in pairs.values()]), np.zeros(len(pairs), dtype=bool)
    some = choices(int(right.max()) + 1, left, right, bits, named=named, cannot=nowhere)
    if some is None:
        return [0.0] * len(pairs)
    every = list(pairs)
    found = competing(some, left, right, bits, np.array([every[at] in two for at in some.beside]))
    return [round(float(x), 9) for x in found]


def test_nobody_who_fits_two_people_is_shared_between_them() -> None:
    """0 and 1, and 2 and 3, are two people; 4 fits 0 and 2, the first a little better."""
    pairs = {
        (0, 1): (20.0, True), (2, 3): (20.0, True), (0, 2): (-9.0, True), (0, 4): (6.0, False),
        (2, 4): (5.0, False),
    }  # fmt: skip
    taken = rivals(pairs, two={(0, 2)})
    assert taken == [0.0, 0.0, 0.0, round(-math.log2(1 + 2**5), 9), round(-math.log2(1 + 2**6), 9)]
    odds = [2 ** (b + t) for (b, _), t in zip(pairs.values(), taken, strict=True)][3:]
    assert sum(o / (1 + o) for o in odds) < 1.1


@pytest.mark.parametrize(
    ("named", "between", "two"),
    [
        (True, -9.0, True),  # whoever is somebody keeps what they fit
        (False, 3.0, False),  # the two may be one person
    ],
)
def test_who_is_somebody_and_whom_one_person_fits_have_no_rivals(
    named: bool, between: float, two: bool
) -> None:
    pairs = {(0, 1): (between, True), (0, 2): (6.0, named), (1, 2): (5.0, named)}
    assert rivals(pairs, two={(0, 1)} if two else set()) == [0.0, 0.0, 0.0]


def test_nobody_is_no_rival() -> None:
    """Two whom nothing names do not take Daniel from each other."""
    pairs = {(0, 1): (20.0, True), (0, 2): (6.0, False), (0, 3): (6.0, False), (2, 3): (-9.0, False)}
    assert rivals(pairs, two={(2, 3)}) == [0.0] * 4


def story(*suspects: dict[str, object]) -> dict[str, pl.DataFrame]:
    """A report by one victim about each of some suspects, described alike."""
    rows = []
    for i, suspect in enumerate(suspects):
        rows += [
            one(f"r{i}/1", report_id=f"r{i}", role="victim", **VICTIM),
            one(f"r{i}/2", report_id=f"r{i}", role="suspect", relationship="colleague", **suspect),
        ]
    day = dt.datetime(2025, 1, 1)
    told = [
        {"report_id": f"r{i}", "source": "x", "source_ref": f"r{i}", "reported_at": day}
        for i in range(len(suspects))
    ]
    return {"people": people(*rows), "reports": reports(*told)}


def test_the_colleague_whom_nobody_names_is_the_one_colleague(linked: LinkResult) -> None:
    who = dict(link(story(DAN, DAN, {}), model=linked.model).persons.iter_rows())
    assert who["r0/2"] == who["r1/2"] == who["r2/2"]


def test_the_colleague_whom_nobody_names_is_neither_of_two_until_a_person_says_which(
    linked: LinkResult,
) -> None:
    bundle = story(DAN, DAN, SANJAY, SANJAY, {})
    found = link(bundle, model=linked.model)
    who = dict(found.persons.iter_rows())
    assert who["r0/2"] == who["r1/2"] != who["r2/2"] == who["r3/2"]
    assert who["r4/2"] not in {who["r0/2"], who["r2/2"]}
    told = found.report_pairs.filter(left_report="r0", right_report="r4").row(0, named=True)
    assert told["relation"] == UNCLEAR
    assert 0.2 < told["probability"] < 0.55
    bar = next(b for b in explanations.waterfall(told) if b.comparison == "_rivals")
    assert bar.weight < -1
    assert "somebody else fits" in explanations.sentence(told)
    # Worked out again from what was stored, they are the same persons.
    again = clusters.resolve(
        bundle["people"].select("record_id"), found.pairs, link_at=found.model.bands.link_at
    )
    assert again.persons.equals(found.persons)

    said = pl.DataFrame(
        [
            {
                "decision_id": "d1", "at": dt.datetime(2025, 2, 1), "by": "officer", "kind": "same",
                "left_record": "r2/2", "right_record": "r4/2", "undoes": None, "reason": "Seen on film.",
            }
        ],
        schema=decisions.SCHEMA,
    )  # fmt: skip
    decided = dict(link(bundle, model=linked.model, decisions=said).persons.iter_rows())
    assert decided["r4/2"] == decided["r2/2"] != decided["r0/2"]
