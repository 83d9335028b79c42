"""The bars of a pair as they are shown: all that counts, in few, and their sum."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest

from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.explain import explanations
from lamplighter.linkage_tables import link, link_pairs, whole_tables
from lamplighter.linkage_tables.two_party import pair_bars
from tests.unit.linkage.tables import pairs_table, persons_table


def pair(*weights: float) -> dict[str, Any]:
    names = ("_prior", "forename", "sex", "town", "vehicle", "surname")
    levels = [
        {"comparison": n, "title": n.capitalize(), "level": "same", "words": f"{n} the same", "weight": w}
        for n, w in zip(names, weights, strict=False)
    ]
    return {"levels": levels, "match_weight": math.fsum(weights)}


def test_bars_that_would_be_rounded_to_nought_are_one_and_the_sum_is_exact() -> None:
    told = pair(-0.01, 6.0, 0.03, -0.04, 0.02, -3.0)
    bars = explanations.waterfall(told)
    assert [b.comparison for b in bars] == ["_prior", "forename", "surname", explanations.REST]
    assert bars[-1].label == "Hardly telling anything: Sex, Town, Vehicle"
    assert math.fsum(b.weight for b in bars) == pytest.approx(told["match_weight"], abs=1e-12)
    alone = explanations.waterfall(pair(-1.0, 6.0, 0.03))[-1]
    assert (alone.label, alone.weight) == ("Hardly telling anything: Sex", 0.03)
    # What is together is never what speaks most against.
    against = explanations.strongest_against(pair(-1.0, 6.0, -0.03, -0.02))
    assert against is not None
    assert against.comparison == "sex"


def test_reasons_beside_a_pair_leave_out_what_hardly_tells() -> None:
    frame = persons_table(80).drop("truth")
    found = whole_tables.linked(frame)
    small = found.pairs.explode("levels").unnest("levels").filter(pl.col("weight").abs() < 0.05)
    assert small.height
    assert not found.pairs_with_reasons(frame)["reasons"].str.contains(r"\(-?0\.0\)").any()


def test_bars_of_many_pairs_are_made_where_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_bars, "MOST_EXPLAINED", 1)
    people, cases = persons_table(40).drop("truth"), pairs_table(40).drop("truth")
    assert pair_bars.with_bars is weight_bars.with_bars
    for bare, whole in (
        (link(people).pairs, link(people, explained=True).pairs),
        (link_pairs(cases).pairs, link_pairs(cases, explained=True).pairs),
    ):
        assert bare["levels"].null_count() == bare.height
        assert whole["levels"].null_count() == 0
        with pytest.raises(ValueError, match="link with explained=True"):
            explanations.waterfall(bare.row(0, named=True))
    assert link(people, explained=False).pairs["levels"].null_count()
