"""What was proposed before need not be weighed again: the pairs since then, and those that stand, are all."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.arrays.pair_ids import unpacked
from lamplighter.linkage.blocking import blocking_rules
from lamplighter.linkage.engines.protocol import Profiles, Rules
from lamplighter.linkage.features.record_features import prepare
from lamplighter.national.linking import proposals
from lamplighter.national.linking.proposals import Proposed, Since

Pair = frozenset[str]
SURNAMES = [f"{a}{b}" for a in ("ash", "brig", "car", "dun", "ell", "fen") for b in ("worth", "ham", "ton")]
FORENAMES = ("ann", "bertha", "colin", "derek", "edwina", "fergus", "gwen", "hal", "iris", "jack")


def people(seed: int, many: int) -> pl.DataFrame:
    """Profiles of which many share a key, in five sources."""
    rng = np.random.default_rng(seed)
    born = [f"{1960 + rng.integers(0, 12)}-0{rng.integers(1, 8)}-1{rng.integers(0, 9)}" for _ in range(many)]
    return pl.DataFrame(
        {
            "record_id": [f"r{i:04d}" for i in range(many)],
            "surname": rng.choice(SURNAMES, many), "forenames": rng.choice(FORENAMES, many),
            "birth_date": born, "sex": rng.choice(("female", "male"), many),
            "phones": [[f"0770090{rng.integers(0, 150):04d}"] for _ in range(many)],
            "source": [f"s{i % 5}" for i in range(many)],
        }
    ).with_columns(pl.col("birth_date").str.to_date())  # fmt: skip


class Looked:
    """Some profiles, and what is proposed of them."""

    def __init__(self, frame: pl.DataFrame, most: int) -> None:
        self.names = frame["record_id"].to_numpy()
        features = prepare(frame)
        sources = frame["source"].str.slice(1).cast(pl.Int64).to_numpy()
        self.profiles = Profiles(features, sources)
        self.rules = Rules(tuple(blocking_rules.usable(features)), most, 30.0 * len(features))

    def proposed(self, since: Since | None = None) -> Proposed:
        return proposals.proposed(self.profiles, self.rules, since)

    def named(self, left: np.ndarray, right: np.ndarray) -> set[Pair]:
        return {frozenset(p) for p in zip(self.names[left].tolist(), self.names[right].tolist(), strict=True)}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("most", [4, 9, 40])
def test_pairs_since_then_and_those_that_stand_are_all(seed: int, most: int) -> None:
    every = people(seed, 420)
    rng = np.random.default_rng(seed + 100)
    kept = every.filter(pl.Series(rng.random(420) < 0.97))
    # Somebody moved, somebody left, somebody came.
    changed = kept.with_columns(
        surname=pl.when(pl.Series(rng.random(kept.height) < 0.02)).then(pl.lit("zeal")).otherwise("surname")
    )
    before, now = Looked(every.filter(pl.Series(rng.random(420) < 0.97)), most), Looked(changed, most)
    were = before.proposed()
    held = {row[0]: row for row in every.iter_rows()}
    own = {row[0]: row for row in changed.iter_rows()}
    fresh = np.array([n not in set(before.names.tolist()) or held[n] != own[n] for n in now.names.tolist()])
    since = now.proposed(Since(fresh, were.crowded))
    every_pair, some = now.named(*now.proposed().pairs), now.named(*since.pairs)
    there = set(now.names[~fresh].tolist())
    stood = {p for p in before.named(*were.pairs) if p <= there}
    doubtful = now.named(*unpacked(since.doubtful, len(now.names)))
    assert some | (stood - doubtful) == every_pair
    assert not since.whole
    assert len(some) < 0.7 * len(every_pair)
    assert np.array_equal(since.crowded, now.proposed().crowded)


def test_where_too_much_has_become_too_common_all_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    before, now = Looked(people(3, 300), 40), Looked(people(3, 300), 4)
    were = before.proposed()
    nobody = np.zeros(300, dtype=bool)
    assert not now.proposed(Since(nobody, were.crowded)).whole
    monkeypatch.setattr(proposals, "MOST_DOUBTFUL", 10)
    found = now.proposed(Since(nobody, were.crowded))
    assert found.whole
    assert now.named(*found.pairs) == now.named(*now.proposed().pairs)
