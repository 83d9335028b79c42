"""Giants are capped and named, and who stands in one report as somebody else is never that person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.clustering.decisions import Standing
from lamplighter.linkage.dyads import training
from lamplighter.linkage.dyads.dyad_evidence import KINDS
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.model.parameters import Model
from lamplighter.national.linking import consolidation, priors
from lamplighter.national.linking.across_forces import Edges
from lamplighter.national.linking.border_reports import Judged
from lamplighter.national.linking.consolidation import Consolidated
from lamplighter.national.linking.priors import PartSizes
from lamplighter.national.run import Settings

NOBODY = Standing((), (), ())
APART = np.empty((0, 2), dtype=np.int64)


@pytest.fixture(scope="module")
def model() -> Model:
    import datetime as dt

    people = pl.DataFrame({"record_id": ["a", "b"], "report_id": ["1", "2"], "role": ["victim", "suspect"],
                           "surname": ["Hill", "Ford"]})  # fmt: skip
    return training.start(prepare(people), dt.date(2026, 1, 1))


def pairs(model: Model, edges: dict[tuple[int, int], float], part: str = "telephone") -> Judged:
    """Judged pairs of which one comparison says so many bits."""
    table = [c.name for c in model.table]
    n, width = len(edges), len(table) + 2
    bars, compared = np.zeros((n, width)), np.zeros((n, width), dtype=bool)
    bars[:, table.index(part)] = list(edges.values())
    compared[:, [table.index(part), -1]] = True
    left, right = (np.array([p[i] for p in edges], dtype=np.int64) for i in (0, 1))
    zeros = np.zeros(n, dtype=bool)
    return Judged(left, right, bars, compared, zeros, ~zeros, np.full(n, 1, np.int8), np.ones(n))


def made(
    model: Model, judged: Judged, forces: list[str], *, standing: Standing = NOBODY,
    apart: np.ndarray = APART, most: int = 500,
) -> Consolidated:  # fmt: skip
    def look(left: np.ndarray, right: np.ndarray) -> Judged:
        """Whoever nothing proposed is held to be somebody else."""
        return pairs(model, dict.fromkeys(zip(left.tolist(), right.tolist(), strict=True), -20.0))

    person_of = {f"r{i}": i for i in range(len(forces))}
    return consolidation.consolidated(
        judged, np.array(forces), model, Settings().engine, standing, person_of, apart, look, most
    )


def test_what_is_likely_is_joined_and_the_rest_stays_apart(model: Model) -> None:
    found = made(
        model, pairs(model, {(0, 1): 8.0, (1, 2): 6.0, (0, 2): 7.0, (2, 3): -9.0}), ["a", "b", "c", "d"]
    )
    assert len(set(found.label[:3])) == 1
    assert found.label[3] != found.label[0]


def test_one_strong_false_edge_chains_nobody(model: Model) -> None:
    edges = {(0, 1): 30.0, (2, 3): 30.0, (1, 2): 2.0, (0, 2): -30.0, (0, 3): -30.0, (1, 3): -30.0}
    found = made(model, pairs(model, edges, "surname"), ["a", "b", "c", "d"])
    assert found.label[0] == found.label[1] != found.label[2] == found.label[3]


def test_two_people_of_one_report_are_never_one_person(model: Model) -> None:
    """A victim and a suspect of one report, both of whom fit somebody elsewhere."""
    edges = {(0, 2): 12.0, (1, 2): 11.0}
    apart = np.array([[0, 1]])
    found = made(model, pairs(model, edges), ["a", "a", "b"], apart=apart)
    assert found.label[0] == found.label[2] != found.label[1]


def test_decisions_come_first(model: Model) -> None:
    edges = {(0, 1): 12.0, (2, 3): -12.0}
    said = Standing((("r2", "r3"),), (("r0", "r1"),), ())
    found = made(model, pairs(model, edges), ["a", "b", "c", "d"], standing=said)
    assert found.label[0] != found.label[1]
    assert found.label[2] == found.label[3]


def test_a_giant_is_capped_and_named_and_its_strong_pairs_stay(model: Model) -> None:
    """A hostel's telephone: sixty persons of three forces, each of whom has it, and two who are one."""
    n = 60
    edges = {(i, i + 1): 3.0 for i in range(n - 1)} | {(10, 20): 40.0}
    found = made(model, pairs(model, edges), [f"f{i % 3}" for i in range(n)], most=25)
    assert np.bincount(found.label, minlength=n).max() <= 25
    assert found.label[10] == found.label[20]
    (giant,) = found.capped
    assert (giant.persons, giant.forces) == (n, ("f0", "f1", "f2"))
    assert giant.members == tuple(range(n))
    assert "members" not in giant.figures()
    assert giant.held_by[0].lower().startswith("telephone")
    assert giant.edges_cut >= 30
    assert giant.bar > 0


def test_a_giant_that_no_bar_cuts_is_not_joined_at_all(model: Model) -> None:
    n = 30
    edges = {(i, j): 90.0 for i in range(n) for j in range(i + 1, n)}
    found = made(model, pairs(model, edges), [f"f{i}" for i in range(n)], most=10)
    assert len(set(found.label)) == n
    assert found.capped[0].edges_cut == len(edges)


def test_forces_that_share_more_people_than_their_sizes_say_are_told(model: Model) -> None:
    rng = np.random.default_rng(1)
    force_of = np.array(["a"] * 300 + ["b"] * 300 + ["c"] * 300)
    left = np.r_[np.arange(80), rng.integers(0, 300, 10)]
    right = np.r_[300 + np.arange(80), 600 + np.arange(10)]
    edges = Edges(left, right, np.full(90, 40.0))
    found = priors.source_pairs(edges, force_of, {"a": 300, "b": 300, "c": 300}, model)
    assert found.matches["a|b"] == pytest.approx(80, abs=0.5)
    assert found.shift["a|b"] > 1 > 0 > found.shift["b|c"]
    # A single match between two small forces is hardly news.
    few = Edges(left[-1:], right[-1:], np.full(1, 40.0))
    assert abs(priors.source_pairs(few, force_of, {"a": 300, "b": 300, "c": 300}, model).shift["a|c"]) < 0.2


def test_matches_that_their_reports_tell_do_not_make_namesakes_likelier(model: Model) -> None:
    """100 suspects who crossed with their victim, and 400 who share a name: 2 bits short of even odds."""
    kind = KINDS["suspect"]
    edges = {(i, 1000 + i): 30.0 if i < 100 else -2.0 for i in range(500)}
    told = np.arange(500) < 100
    sizes = PartSizes(np.full(len(KINDS), 1e8))

    def shift(leaning: np.ndarray) -> float:
        some = replace(pairs(model, edges), kind=np.full(500, kind, dtype=np.int8), leaning=leaning)
        return float(priors.by_part(some, np.ones(500, dtype=bool), sizes, model)[kind])

    by_reports, by_themselves = shift(np.where(told, 0.02, 1.0)), shift(np.ones(500))
    assert by_reports < by_themselves - 2
