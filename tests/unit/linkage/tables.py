"""Small made-up tables with other people's columns: of persons, and of two people a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from tests.unit.linkage.made_up import FORENAMES, SURNAMES

STREETS = ("Mill Lane", "Wharf Road", "Orchard Close", "Tanner Street", "Beacon Hill")


def _slip(rng: np.random.Generator, text: str) -> str:
    at = int(rng.integers(1, len(text)))
    return text[:at] + "x" + text[at + 1 :]


def person(rng: np.random.Generator) -> dict[str, str | None]:
    day = np.datetime64("1950-01-01") + np.timedelta64(int(rng.integers(0, 20_000)), "D")
    return {
        "fname": str(rng.choice(FORENAMES)),
        "lname": str(rng.choice(SURNAMES)),
        "dob": str(day),
        "street_address": f"{rng.integers(1, 90)} {rng.choice(STREETS)}",
        "zip": f"ZA{rng.integers(1, 40)} {rng.integers(1, 9)}BB",
        "mobile": f"07{rng.integers(10**8, 10**9)}",
    }


def _recorded(rng: np.random.Generator, who: dict[str, str | None], loss: float) -> dict[str, str | None]:
    kept = {k: None if rng.random() < loss else v for k, v in who.items()}
    for name in ("fname", "lname"):
        text = kept[name]
        if text is not None and rng.random() < 0.08:
            kept[name] = _slip(rng, text)
    return kept


def persons_table(people: int = 400, seed: int = 3, loss: float = 0.12) -> pl.DataFrame:
    """Columns of another's naming, with ``truth`` (the person) and ``ref``."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, str | None]] = []
    for number in range(people):
        who = person(rng)
        rows.extend(
            _recorded(rng, who, loss) | {"truth": f"t{number:04d}"} for _ in range(int(rng.integers(1, 4)))
        )
    frame = pl.DataFrame(rows).sample(fraction=1, shuffle=True, seed=seed)
    return frame.with_columns(ref=pl.int_range(pl.len()).cast(pl.String()).str.zfill(6))


def pairs_table(dyads: int = 250, seed: int = 5, loss: float = 0.1) -> pl.DataFrame:
    """Records about two people each (``victim_*``, ``suspect_*``), with ``truth`` (the dyad)."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, str | None]] = []
    victims = [person(rng) for _ in range(dyads)]
    suspects = [person(rng) for _ in range(dyads)]
    for d in range(dyads):
        # One suspect in five has another victim, one victim in five another suspect.
        victim = victims[d - 1] if d % 5 == 1 else victims[d]
        suspect = suspects[d - 1] if d % 5 == 3 else suspects[d]
        for _ in range(int(rng.integers(1, 4))):
            row: dict[str, str | None] = {"truth": f"d{d:04d}"}
            for party, who in (("victim", victim), ("suspect", suspect)):
                row |= {f"{party}_{k}": v for k, v in _recorded(rng, who, loss).items()}
            rows.append(row)
    frame = pl.DataFrame(rows).sample(fraction=1, shuffle=True, seed=seed)
    return frame.with_columns(ref=pl.int_range(pl.len()).cast(pl.String()).str.zfill(6))


Mates = Mapping[str, frozenset[str]]


def mates(groups: Iterable[tuple[str, str]]) -> Mates:
    """Who is with whom, from (record, group): record -> the records of its group."""
    found: dict[str, set[str]] = {}
    for record, group in groups:
        found.setdefault(group, set()).add(record)
    return {r: frozenset(g) for g in found.values() for r in g}


def strangers(rows: pl.DataFrame, party: str = "") -> pl.DataFrame:
    """Rows of :func:`persons_table`, or of a ``party`` ("victim_") of :func:`pairs_table`, of people who have
    nothing in common with anybody of another such table."""
    # Of a few rows nothing may be known in a column.
    return rows.cast({pl.Null(): pl.String()}).with_columns(
        pl.col(f"{party}fname", f"{party}lname").str.to_uppercase().str.replace_all("[AEIOU]", "ZQ"),
        pl.col(f"{party}mobile").str.replace("^07", "06"),
        pl.col(f"{party}zip").str.replace("^ZA", "QX"),
        pl.concat_str(pl.lit("18"), pl.col(f"{party}dob").str.slice(2)).alias(f"{party}dob"),
        pl.concat_str(pl.lit("9"), f"{party}street_address", pl.lit(" zzq")).alias(f"{party}street_address"),
    )


def with_rows(pairs: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Pairs of rows that are called by their numbers, with the columns of both, those of the second "_2"."""
    told = table.with_row_index("at").with_columns(pl.col("at").cast(pl.String()).str.zfill(9))
    return pairs.join(told, left_on="left_record", right_on="at").join(
        told, left_on="right_record", right_on="at", suffix="_2"
    )


def grouped_right(found: pl.DataFrame, truth: pl.DataFrame) -> tuple[float, float]:
    """Pairwise precision and recall. ``found``: record, group; ``truth``: record, group."""
    both = found.rename(dict(zip(found.columns, ("r", "f"), strict=True))).join(
        truth.rename(dict(zip(truth.columns, ("r", "t"), strict=True))), on="r"
    )

    def pairs(*columns: str) -> float:
        sizes = both.group_by(columns).len()["len"]
        return float((sizes * (sizes - 1) / 2).sum())

    right = pairs("f", "t")
    return right / pairs("f"), right / pairs("t")
