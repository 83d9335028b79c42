"""How common the cells of two reports are, told from the few pairs that anything proposes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage import link
from lamplighter.linkage.dyads.cell_priors import counted, with_keys
from lamplighter.linkage.dyads.pair_context import KIND
from lamplighter.synthetic.worlds.world import World, generate


@pytest.fixture(scope="module")
def world() -> World:
    return generate(seed=5, person_records=6_000)


def seen(
    rng: np.random.Generator, cell: str, pairs: int, *, of_victims: float, of_suspects: float
) -> pl.DataFrame:
    """Pairs of reports of one cell, those that a key proposes; who is not the same is found by none."""
    by_victim = rng.random(pairs) < (of_victims if cell in ("p11", "p10") else 0)
    by_suspect = rng.random(pairs) < (of_suspects if cell in ("p11", "p01") else 0)
    return pl.DataFrame(
        {
            **{c: np.full(pairs, float(c == cell)) for c in ("p11", "p10", "p01")},
            "by_victim": by_victim,
            "by_suspect": by_suspect,
            "suspects": np.ones(pairs, dtype=bool),
        }
    ).filter(pl.col("by_victim") | pl.col("by_suspect"))


def test_pairs_that_nothing_proposed_are_counted() -> None:
    rng = np.random.default_rng(7)
    cells = pl.concat(
        [
            seen(rng, cell, pairs, of_victims=0.9, of_suspects=0.3)
            for cell, pairs in (("p11", 4_000), ("p10", 1_000), ("p01", 6_000))
        ]
    )
    found = counted(cells)
    assert found.of_one_victim == pytest.approx(5_000, rel=0.05)
    assert found.share_of_one_suspect == pytest.approx(0.8, abs=0.02)
    # As many as are seen were 1,800.
    assert found.suspect_only == pytest.approx(6_000, rel=0.08)


def test_with_next_to_nothing_seen_what_was_thought_before_counts() -> None:
    rng = np.random.default_rng(1)
    found = counted(seen(rng, "p01", 8, of_victims=0, of_suspects=1))
    assert found.suspect_only == pytest.approx(8 / 0.5 + 0.5)


def test_a_pair_of_reports_is_found_by_whom_the_keys_propose() -> None:
    frame = pl.DataFrame(
        {
            "rep_l": [1, 1, 1, 2],
            "rep_r": [5, 5, 6, 5],
            "kind": pl.Series(["victim", "suspect", "suspect", "other"], dtype=KIND),
            "keyed": [False, True, True, True],
        }
    )
    cells = pl.DataFrame({"rep_l": [1, 1, 2, 3], "rep_r": [5, 6, 5, 4]})
    found = with_keys(cells, frame)
    assert found["by_victim"].to_list() == [False, False, False, False]
    assert found["by_suspect"].to_list() == [True, True, False, False]


def test_a_suspect_with_another_victim_is_as_common_as_in_the_world(world: World) -> None:
    """It was learned to be a quarter of what it is, since most such pairs are never looked at."""
    truth = world.truth.records.select("record_id", "person_id")
    who = world.bundle["people"].select("record_id", "report_id", "role").join(truth, on="record_id")
    victims, suspects = (
        who.filter(role=role).select("report_id", name="person_id").rename({"name": role})
        for role in ("victim", "suspect")
    )
    told = victims.join(suspects, on="report_id")
    both = told.join(told, on="suspect", suffix="_r").filter(pl.col("report_id") < pl.col("report_id_r"))
    other = both.filter(pl.col("victim") != pl.col("victim_r")).unique(["report_id", "report_id_r"]).height
    reports = world.bundle["reports"].height
    share = other / (reports * (reports - 1) / 2)
    learned = link(world.bundle).model.priors.suspect_only
    assert share / 1.6 < learned < share * 1.6
