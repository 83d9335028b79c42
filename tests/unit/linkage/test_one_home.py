"""Two people of one home who have one suspect, or who are suspects of one victim."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage import LinkResult, link
from lamplighter.linkage.comparisons.weight_bars import RELATED
from lamplighter.linkage.dyads.cell_priors import related
from lamplighter.linkage.dyads.report_pairs import OTHER_VICTIM, SAME
from lamplighter.linkage.explain import explanations
from tests.unit.linkage.made_up import one, people, reports

HOME = {"surname": "Meadway", "address_text": "73 Gladstone Gardens, Eversby", "town": "Eversby"}
MOTHER = {**HOME, "forenames": "Karen", "birth_date": dt.date(1966, 9, 28), "sex": "female"}
DAUGHTER = {**HOME, "forenames": "Shannon", "birth_date": dt.date(1999, 10, 1), "sex": "female"}
MAN = {
    "forenames": "Mustafa", "surname": "Wright", "birth_date": dt.date(1995, 1, 16), "sex": "male",
    "phones": ["+447142980175"], "relationship": "ex_partner",
}  # fmt: skip
WOMAN = {
    "forenames": "Isla", "surname": "Quarrington", "birth_date": dt.date(1991, 5, 4), "sex": "female",
    "phones": ["+447195101083"],
}  # fmt: skip


def story(*pairs: tuple[dict[str, object], dict[str, object]]) -> dict[str, pl.DataFrame]:
    """A report about each victim and suspect."""
    rows = []
    for i, (victim, suspect) in enumerate(pairs):
        rows += [
            one(f"r{i}/1", report_id=f"r{i}", role="victim", **victim),
            one(f"r{i}/2", report_id=f"r{i}", role="suspect", **suspect),
        ]
    day = dt.datetime(2025, 1, 1)
    told = [
        {"report_id": f"r{i}", "source": "x", "source_ref": f"r{i}", "reported_at": day}
        for i in range(len(pairs))
    ]
    return {"people": people(*rows), "reports": reports(*told)}


def pair_of(result: LinkResult, a: str, b: str) -> dict[str, object]:
    return result.pairs.filter(left_record=a, right_record=b).row(0, named=True)


def test_a_mother_and_her_daughter_who_report_one_man_are_two_people(linked: LinkResult) -> None:
    bundle = story((MOTHER, MAN), (DAUGHTER, MAN))
    found = link(bundle, model=linked.model)
    who = dict(found.persons.iter_rows())
    assert who["r0/1"] != who["r1/1"]
    assert who["r0/2"] == who["r1/2"]
    assert found.report_pairs.row(0, named=True)["relation"] == OTHER_VICTIM
    pair = pair_of(found, "r0/1", "r1/1")
    bar = next(b for b in explanations.waterfall(pair) if b.comparison == RELATED)
    assert bar.weight < -5
    assert "one home or family may have the same suspect" in explanations.sentence(pair)
    # What it was before a model knew that homes have suspects: one woman.
    unknowing = replace(linked.model, priors=replace(linked.model.priors, related_victims=0.0)).named()
    before = link(bundle, model=unknowing)
    assert pair_of(before, "r0/1", "r1/1")["match_weight"] > pair["match_weight"] + 5
    assert RELATED not in {b["comparison"] for b in pair_of(before, "r0/1", "r1/1")["levels"]}


def test_a_woman_who_reports_one_man_twice_is_one_however_much_a_home_would_explain(
    linked: LinkResult,
) -> None:
    found = link(story((MOTHER, MAN), (MOTHER, MAN)), model=linked.model)
    assert found.report_pairs.row(0, named=True)["relation"] == SAME
    pair = pair_of(found, "r0/1", "r1/1")
    assert "home or family" not in explanations.sentence(pair)
    against = explanations.strongest_against(pair)
    assert against is None or against.comparison != RELATED


def test_two_brothers_of_one_victim_are_two_people(linked: LinkResult) -> None:
    home = {"surname": "Wright", "address_text": "66 Poplar Drive, Ambermarsh", "town": "Ambermarsh"}
    elder = {**home, "forenames": "Mustafa", "birth_date": dt.date(1990, 1, 16), "relationship": "neighbour"}
    younger = {**home, "forenames": "Karim", "birth_date": dt.date(1995, 7, 2), "relationship": "neighbour"}
    found = link(story((WOMAN, elder), (WOMAN, younger)), model=linked.model)
    who = dict(found.persons.iter_rows())
    assert who["r0/1"] == who["r1/1"]
    assert who["r0/2"] != who["r1/2"]
    bar = next(b for b in explanations.waterfall(pair_of(found, "r0/2", "r1/2")) if b.comparison == RELATED)
    assert bar.weight < -1
    assert "may have the same victim" in bar.label


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_how_many_victims_of_one_suspect_are_of_one_home_is_learned_whatever_was_thought_before(
    share: float,
) -> None:
    """Of 4,000 pairs a tenth are of one home, and look 50 times as much so as any two do."""
    rng = np.random.default_rng(5)
    n, truth = 4_000, 0.1
    home = rng.random(n) < truth
    alike = np.where(rng.random(n) < np.where(home, 0.5, 0.01), 50.0, 0.505)
    cells = pl.DataFrame({"V_near": alike, "v": 0.0, "s": 20.0, "suspects": True}).with_columns(
        p01=pl.lit(0.99)
    )
    found = related(cells, "p01", "V_near", share)
    assert math.isclose(found, truth, abs_tol=0.02)
