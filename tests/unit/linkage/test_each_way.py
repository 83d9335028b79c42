"""Rows of two people whose parts are swapped now and then: what is of both is hers who comes first."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage_tables.two_party.candidate_pairs import proposed
from lamplighter.linkage_tables.two_party.cell_model import SAME, CellModel, fitted
from lamplighter.linkage_tables.two_party.parties import two_parties
from lamplighter.linkage_tables.two_party.record_pairs import Scene, frequencies, scene_of
from tests.unit.linkage.tables import person

HER_BEAT, OTHER_BEATS = 0.9, 40
STRAIGHT, SWAPPED = 0, 1


def _records(victims: int = 600, seed: int = 11) -> pl.DataFrame:
    """Four records of each victim, two of each of two suspects; in a third of them whoever was the suspect is
    the complainant. The beat is that of the complainant, nine times in ten."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, str | int | None]] = []
    for _ in range(victims):
        victim, suspects = person(rng), [person(rng), person(rng)]
        beats = {id(p): int(rng.integers(OTHER_BEATS)) for p in (victim, *suspects)}
        for which in (0, 0, 1, 1):
            first, second = victim, suspects[which]
            if rng.random() < 1 / 3:
                first, second = second, first
            row: dict[str, str | int | None] = {
                f"{part}_{k}": who[k]
                for part, who in (("victim", first), ("suspect", second))
                for k in ("fname", "lname", "dob")
            }
            own = rng.random() < HER_BEAT
            row["beat"] = f"beat {beats[id(first)] if own else int(rng.integers(OTHER_BEATS))}"
            rows.append(row)
    return pl.DataFrame(rows).sample(fraction=1, shuffle=True, seed=seed)


@pytest.fixture(scope="module")
def learned() -> tuple[Scene, CellModel]:
    told = two_parties(_records())
    scene = scene_of(told, told.record_ids.arg_sort())
    return fitted(scene, proposed(scene).pairs, frequencies(scene))


@pytest.mark.parametrize(
    ("kind", "way", "expected"),
    [
        (SAME, STRAIGHT, HER_BEAT**2),
        ("another second", STRAIGHT, HER_BEAT**2),
        # Who complained is another, although the same two are meant.
        (SAME, SWAPPED, 1 / OTHER_BEATS),
        ("another second", SWAPPED, 1 / OTHER_BEATS),
    ],
)
def test_how_often_the_beat_is_the_same_is_learned_each_way(
    learned: tuple[Scene, CellModel], kind: str, way: int, expected: float
) -> None:
    scene, model = learned
    at = next(i for i, c in enumerate(scene.table) if c.name == "b:x_beat")
    level = next(v.value for v in scene.table[at].levels if v.name == "same")
    k = next(i for i, kind_ in enumerate(model.kinds) if kind_.name == kind)
    assert np.exp2(model.ways[way].own[k, at, level]) == pytest.approx(expected, abs=0.08)
