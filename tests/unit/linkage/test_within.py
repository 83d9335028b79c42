"""What the parties of a record have in common, and what others who share it tell by that."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.linkage.comparisons.comparison_levels import comparisons
from lamplighter.linkage_tables import link_pairs
from lamplighter.linkage_tables.two_party.within_record import Within
from tests.unit.linkage.tables import person, with_rows

SURNAME = next(i for i, c in enumerate(comparisons()) if c.name == "surname")
EXACT = next(v for v in comparisons()[SURNAME].levels if v.name == "exact")
SAME = EXACT.value
LIKE = next(v.value for v in comparisons()[SURNAME].levels if v.name == "alike")


def _levels(*surnames: int) -> np.ndarray:
    found = np.full((len(surnames), len(comparisons())), -1, dtype=np.int8)
    found[:, SURNAME] = surnames
    return found


def _raised(own: int, other: int, within: tuple[int, int], frequency: float) -> float:
    """Bits added where two records whose parties compare as ``within`` have one pair of parties at the level
    ``own``, the other pair at ``other``; a fifth of all records have a surname in common."""
    known = Within.of(_levels(*within, SAME, *[0] * 12), comparisons())
    shades = np.zeros((1, len(comparisons())))
    shades[0, SURNAME] = np.log2(frequency)
    sides = _levels(own), _levels(other)
    first, _ = known.raised(np.array([0]), np.array([1]), sides, (shades, shades), comparisons())
    return float(first[0, SURNAME])


def test_what_somebody_shares_with_the_victim_is_as_common_as_that_is() -> None:
    m = EXACT.m
    rare = _raised(SAME, SAME, (SAME, SAME), 0.001)
    assert np.isclose(rare, np.log2(0.2 * m) - np.log2(0.001))
    # A name that every second person has is commoner than a name in common.
    assert _raised(SAME, SAME, (SAME, SAME), 0.5) == 0.0


def test_nothing_is_explained_by_what_is_not_shared_or_shared_less_well() -> None:
    assert _raised(SAME, SAME, (SAME, 0), 0.001) == 0.0  # another surname than hers in one record
    assert _raised(SAME, 0, (SAME, SAME), 0.001) == 0.0  # two victims
    assert _raised(SAME, -1, (SAME, SAME), 0.001) == 0.0  # nothing known of a victim
    assert _raised(SAME, SAME, (SAME, LIKE), 0.001) == 0.0
    assert _raised(LIKE, SAME, (SAME, LIKE), 1.0) > 0.0


def _families(victims: int = 260, seed: int = 5) -> pl.DataFrame:
    """Four reports of each victim, two of each of two suspects; those of every third victim are relatives
    of hers. Half of the reports name a suspect by no more than the surname."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, str | None]] = []
    for number in range(victims):
        victim, suspects = person(rng), [person(rng), person(rng)]
        for which in (0, 0, 1, 1):
            family = number % 3 == 0
            row: dict[str, str | None] = {"truth": f"{number}/{which}", "family": str(family)}
            row |= {f"victim_{k}": victim[k] for k in ("fname", "lname", "dob")}
            row["suspect_fname"] = suspects[which]["fname"] if rng.random() < 0.5 else None
            row["suspect_lname"] = victim["lname"] if family else suspects[which]["lname"]
            rows.append(row)
    return pl.DataFrame(rows).sample(fraction=1, shuffle=True, seed=seed)


def test_two_relatives_of_one_victim_are_not_one_suspect_for_their_surname() -> None:
    table = _families()
    found = link_pairs(table.drop("truth", "family"), explained=True)
    pairs = with_rows(found.pairs, table).filter(
        pl.col("victim_dob") == pl.col("victim_dob_2"),
        pl.col("suspect_fname").is_null() | pl.col("suspect_fname_2").is_null(),
        pl.col("suspect_lname") == pl.col("suspect_lname_2"),
    )
    told_apart = {
        family: (some["both"].mean(), (some["truth"] == some["truth_2"]).mean())
        for (family,), some in pairs.group_by("family")
    }
    # Of strangers the surname tells; of her family it is one in three that is the same one.
    for believed, right in told_apart.values():
        assert abs(believed - right) < 0.1
    assert told_apart["False"][0] > 0.8
