"""Every weight of the batch beside that of the same pair weighed when a report is saved.

    python -m benchmarks.linkage_parity --person-records 14000 --seed 2026

A made-up world is linked in the batch. All pairs that the batch weighs are weighed once more, one by one, as
online: levels, bits of value frequencies, evidence, and what the rest of the two reports adds. Stops with an
error where fewer than ``--at-least`` pairs were compared, or one differs by more than 1e-9 bits.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lamplighter.linkage import link, linking
from lamplighter.linkage.arrays.pair_words import packed
from lamplighter.linkage.comparisons.weight_bars import HELD
from lamplighter.linkage.dyads import report_candidates, weighed_pairs
from lamplighter.linkage.features import compact_frames, compact_records
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.online.compared_records import Met
from lamplighter.linkage.online.scorer import Judge, Weights
from lamplighter.synthetic.worlds.world import generate

PARTS = ("prior", "shared", "described", "matter", "apart", "related")
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Parity:
    """How many pairs were compared; how many have another level or another hold; and the largest distance, in
    bits, of the value frequencies, of the evidence and of what the two reports add."""

    pairs: int
    levels: int
    holds: int
    furthest: dict[str, float]

    def alike(self) -> bool:
        """Whether both ways say the same of every pair."""
        return not self.levels and not self.holds and max(self.furthest.values()) <= CLOSE


def compared(seed: int, person_records: int) -> Parity:
    """Both ways on all pairs that the batch weighs in one world."""
    world = generate(seed, person_records=person_records)
    model = link(world.bundle, as_at=dt.datetime.combine(world.config.as_at, dt.time.max)).model
    reports = world.bundle["reports"]
    features = prepare(world.bundle["people"].sort("record_id"), reports)
    batch = weighed_pairs.of_reports(features, model, report_candidates.references(features, reports))
    texts = compact_frames.texts_of(features, reports)
    rows = zip(features.record_ids, features.facts["report_id"], texts, strict=True)
    people = [compact_records.read(*row) for row in rows]
    judge = Judge(model)
    met = Met()
    at = np.array(met.add(people), dtype=np.int64)
    alone = judge.judged(packed(at[batch.weighed.left], at[batch.weighed.right]), Weights(judge, met))
    furthest = {
        "value frequencies": _apart(alone.frequencies, batch.weigher.frequencies(batch.weighed)),
        "evidence": _apart(alone.evidence, batch.weighed.evidence),
        **{p: _apart(getattr(alone.context, p), getattr(batch.context, p)) for p in PARTS},
        "weight": _apart(alone.bits, batch.bits),
    }
    held = [HELD[why] for why in linking.holds(batch).to_list()]
    return Parity(
        len(batch.weighed),
        int((alone.levels != batch.weighed.levels).any(axis=1).sum()),
        int((alone.hold != np.array(held)).sum()),
        furthest,
    )


def _apart(one: np.ndarray, other: np.ndarray) -> float:  # type: ignore[type-arg]  # of numbers
    return float(np.abs(one - other).max(initial=0.0))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--person-records", type=int, default=14_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--at-least", type=int, default=100_000)
    asked = parser.parse_args(arguments)
    began = time.process_time()
    found = compared(asked.seed, asked.person_records)
    print(f"{found.pairs:,} pairs, {time.process_time() - began:.0f} processor seconds")
    print(f"another level: {found.levels}; another hold: {found.holds}")
    for name, bits in found.furthest.items():
        print(f"{name}: at most {bits:.1e} bits apart")
    if found.pairs < asked.at_least:
        raise SystemExit(f"Fewer than {asked.at_least:,} pairs: ask for more person records.")
    if not found.alike():
        raise SystemExit("The two ways do not agree.")


if __name__ == "__main__":
    main()
