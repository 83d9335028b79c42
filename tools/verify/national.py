"""Link a made-up country in stages and beside its truth: python -m tools.verify.national FOLDER [--whole].

FOLDER is what ``lamplighter synth country`` writes. Every force is delivered, linked and published as the
command does it, into a folder beside FOLDER. Told are F1 of the persons, precision and recall within forces
and across them, recall at 99% precision, how beliefs across forces agree with the truth, seconds and memory.
``--whole`` links all forces at once as well, and says how far the two are apart. ``--uneven``: the three
largest forces record in ways of their own (:data:`UNEVEN`); the pairs that they are part of are told too.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from lamplighter.linkage import link
from lamplighter.linkage.arrays.log_odds import probability_of
from lamplighter.linkage.thresholds import SURE
from lamplighter.national.delivery import deliveries, splitting
from lamplighter.national.delivery.keys import Key, Release
from lamplighter.national.release import links
from lamplighter.national.run import Linked, Settings, linked

RELEASE = Release("verify", "one")
TABLES = ("people", "reports", "offences", "occasions")
NAMES = ("forenames", "surname")
BELIEFS = (0.01, 0.1, 0.5, 0.9, 0.99, 1.0001)


def _no_dates(people: pl.DataFrame) -> pl.DataFrame:
    return people.with_columns(birth_date=pl.lit(None, dtype=people.schema["birth_date"]))


def _initials(people: pl.DataFrame) -> pl.DataFrame:
    return people.with_columns(forenames=pl.col("forenames").str.slice(0, 1))


def _badly_typed(people: pl.DataFrame) -> pl.DataFrame:
    """Two letters of one name in three change places, the first stays."""
    slips = np.random.default_rng(20261201)

    def typed(name: str | None) -> str | None:
        if name is None or len(name) < 4 or slips.random() > 1 / 3:
            return name
        at = int(slips.integers(1, len(name) - 1))
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]

    changed = [pl.Series(c, [typed(v) for v in people[c].to_list()], pl.String()) for c in NAMES]
    return people.with_columns(changed)


UNEVEN = {
    "leaves dates of birth out": _no_dates,
    "writes first names as initials": _initials,
    "types one name in three badly": _badly_typed,
}
"""How the largest forces record with ``--uneven``, the largest first."""


def largest(country: Path) -> dict[str, str]:
    """Return how each of the largest forces records with ``--uneven``."""
    sizes = {
        f.name: pl.scan_parquet(f / "people.parquet").select(pl.len()).collect().item()
        for f in sorted(country.glob("force-*"))
    }
    return dict(zip(sorted(sizes, key=lambda f: -sizes[f]), UNEVEN, strict=False))


def delivered(country: Path, into: Path, uneven: Mapping[str, str]) -> pl.DataFrame:
    """Deliver every force; return the truth of its records: record_id (the linker's), force, person."""
    linker, analyst = into / "linker", into / "analyst"
    release = Key.read(deliveries.analyst_key(analyst, RELEASE))
    told = []
    for folder in sorted(country.glob("force-*")):
        held = {name: pl.read_parquet(folder / f"{name}.parquet") for name in TABLES}
        if not held["people"].height:
            continue
        if folder.name in uneven:
            held["people"] = UNEVEN[uneven[folder.name]](held["people"])
        own = Key.kept(into / "forces" / folder.name / "key")
        split = splitting.split(held, folder.name, own, release)
        deliveries.deliver(split, folder.name, linker, analyst, RELEASE, names=True)
        ids = held["people"]["record_id"]
        tokens = own.derived("record", folder.name).tokens(ids.to_list())
        linkers = own.derived("linker").sealed(splitting.LINKERS, tokens)
        told.append(pl.DataFrame({"own": ids, "record_id": linkers, "force": folder.name}))
    truth = pl.read_parquet(country / "truth/records.parquet").filter("identifiable")
    known = truth.select(own="record_id", person="person_id", force="force")
    return known.join(pl.concat(told), on=["own", "force"]).select("record_id", "force", "person")


def pairs(frame: pl.DataFrame, *keys: str) -> int:
    """Return how many pairs of rows have the same keys."""
    sizes = frame.group_by(*keys).len()["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


@dataclass(frozen=True)
class Scores:
    """Hold F1 of the persons, and precision and recall of pairs of records within and across forces."""

    f1: float
    within: tuple[float, float]
    across: tuple[float, float]

    @classmethod
    def of(cls, ours: pl.DataFrame, truth: pl.DataFrame) -> Scores:
        """Return those of persons (record_id, group)."""
        both = truth.join(ours, on="record_id")
        true, found, right = pairs(both, "person"), pairs(both, "group"), pairs(both, "person", "group")
        t, f, r = (pairs(both, *keys, "force") for keys in (["person"], ["group"], ["person", "group"]))
        return cls(
            2 * right / (true + found), (r / max(f, 1), r / max(t, 1)),
            ((right - r) / max(found - f, 1), (right - r) / max(true - t, 1)),
        )  # fmt: skip

    def __str__(self) -> str:
        parts = [f"F1 {self.f1:.4f}"]
        for name, (p, r) in (("within", self.within), ("across", self.across)):
            parts.append(f"{name} forces precision {p:.4f} recall {r:.4f}")
        return ", ".join(parts)


def recall_sure(p: np.ndarray, right: np.ndarray, true: int, sure: float = SURE) -> float:
    """Return the recall where 99 of 100 pairs are right, or what share else is ``sure`` enough."""
    order = np.argsort(-p, kind="stable")
    found = np.cumsum(right[order])
    good = np.flatnonzero(found / np.arange(1, len(found) + 1) >= sure)
    return float(found[good[-1]] / true) if len(good) else 0.0


def across(found: Linked, truth: pl.DataFrame, uneven: Mapping[str, str]) -> list[str]:
    """Tell how well persons of two forces are linked: a true pair is of one person in two forces, each by
    the person of the force that has most of their records there."""
    placed = truth.join(found.index.records.select("record_id", fp="person"), on="record_id")
    sizes = placed.group_by("person", "force", "fp").len()
    order = {"descending": [False, False, True, False]}
    main = sizes.sort("person", "force", "len", "fp", **order).unique(
        ["person", "force"], keep="first", maintain_order=True
    )
    whose = sizes.sort("fp", "len", "person", descending=[False, True, False]).unique(
        "fp", keep="first", maintain_order=True
    )
    code = dict(zip(whose["person"].unique().sort().to_list(), range(len(whose)), strict=False))
    of, is_main = np.full(found.index.persons, -1), np.zeros(found.index.persons, dtype=bool)
    of[whose["fp"].to_numpy()] = [code[p] for p in whose["person"].to_list()]
    is_main[main["fp"].to_numpy()] = True
    a, b = found.judged.left, found.judged.right
    some = (found.index.force_of[a] != found.index.force_of[b]) & (of[a] >= 0) & (of[b] >= 0)
    same = of[a] == of[b]
    # A part of somebody that their own force's job left apart is a miss of that job.
    some &= ~same | (is_main[a] & is_main[b])
    p, right, true = probability_of(found.bits[some]), same[some], pairs(main, "person")
    told = [f"persons of two forces: {true:,}; compared {right.sum() / true:.4f}, recall at 99% precision "
            f"{recall_sure(p, right, true):.4f}, at 98% {recall_sure(p, right, true, 0.98):.4f}"]  # fmt: skip
    for low, high in itertools.pairwise(BELIEFS):
        bin_ = (p >= low) & (p < high)
        if bin_.any():
            told.append(
                f"  believed {low:.2f} to {min(high, 1):.2f}: {bin_.sum():,} pairs, "
                f"mean {p[bin_].mean():.3f}, true {right[bin_].mean():.3f}"
            )
    left, other = (found.index.force_of[side[some]] for side in (a, b))
    for force, habit in uneven.items():
        mine, own = (left == force) | (other == force), main.filter(force=force).select("person")
        of = main.join(own, on="person").filter(pl.col("force") != force).height
        told.append(
            f"  with a force that {habit}: {of} pairs, linked {(right & mine & (p >= 0.5)).sum() / of:.4f}, "
            f"wrong {(~right & mine & (p >= 0.5)).sum()}"
        )
    return told


def within(found: Linked, truth: pl.DataFrame) -> str:
    """Tell the recall at 99% precision of pairs of records of one force."""
    own = truth.select("record_id", "person")
    every = pl.concat([f.pairs for f in found.within])
    known = every.join(own, left_on="left_record", right_on="record_id").join(
        own, left_on="right_record", right_on="record_id", suffix="_2"
    )
    right = (known["person"] == known["person_2"]).to_numpy()
    true = pairs(truth, "person", "force")
    sure = recall_sure(known["probability"].to_numpy(), right, true)
    return f"pairs of records of one force: {true:,}; recall at 99% precision {sure:.4f}"


def main() -> None:
    """Run the programme."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("country", type=Path)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--uneven", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    into = asked.country.with_name(f"{asked.country.name}-linked")
    uneven = largest(asked.country) if asked.uneven else {}
    begun = time.perf_counter()
    truth = delivered(asked.country, into, uneven)
    print(f"delivered in {time.perf_counter() - begun:.0f} s")
    begun = time.perf_counter()
    settings = Settings(workers=asked.workers)
    found = linked(into / "linker", RELEASE, settings, lambda step: None)
    middle = time.perf_counter()
    links.publish(found, into / "linker", into / "analyst", RELEASE, lambda step: None)
    print(f"linked in {middle - begun:.0f} s, published in {time.perf_counter() - middle:.0f} s")
    most = max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"largest process {most / 1e6:.2f} GB; made: {len(found.made)} outputs")
    group = found.group[found.index.records["person"].to_numpy()]
    staged = Scores.of(found.index.records.select("record_id", group=pl.Series(group)), truth)
    print(f"in stages: {staged}")
    print("\n".join([*across(found, truth, uneven), within(found, truth)]))
    if asked.whole:
        begun = time.perf_counter()
        every = {
            "people": pl.concat([f.people() for f in found.index.forces]),
            "reports": pl.concat([f.told() for f in found.index.forces]),
        }
        once = Scores.of(link(every).persons.rename({"person_id": "group"}), truth)
        print(f"all at once ({time.perf_counter() - begun:.0f} s): {once}")
        print(f"in stages F1 is {staged.f1 - once.f1:+.4f}")


if __name__ == "__main__":
    main()
