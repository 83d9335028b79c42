"""What is learned of each kind of pair, from counts of patterns."""

import numpy as np

from lamplighter.linkage.learning import learn, starting
from lamplighter.linkage.levels import comparisons, kinds
from lamplighter.linkage.mixture import tables
from lamplighter.linkage.patterns import Seen

RECORDS = 60_000
PAIRS = RECORDS * (RECORDS - 1) / 2
KEPT = ("forename", "birth_date", "sex")
"""Of what somebody keeps, what no relative need have in common."""


def pattern(**levels):
    """A row of levels by comparison and name of the level; nothing to compare in the others."""
    return [next((v.value for v in c.levels if v.name == levels.get(c.name)), -1) for c in comparisons()]


def test_relatives_who_live_apart_and_share_a_suspect_do_not_pass_for_somebody_who_has_moved():
    """That the suspect is the same in both reports speaks for one victim, whoever the two are."""
    table = comparisons()
    one = pattern(forename="exact", surname="exact", birth_date="exact", sex="same", address="same")
    moved = pattern(forename="exact", surname="exact", birth_date="exact", sex="same", address="differs")
    relatives = [
        pattern(forename="differs", surname="exact", birth_date=born, sex=sex, address="differs")
        for born in ("years", "differs")
        for sex in ("same", "differs")
    ]
    rows = np.array([one, moved, *relatives], dtype=np.int8)
    names = [c.name for c in table]
    frequencies = np.zeros(rows.shape)
    frequencies[:, names.index("surname")] = -9.0
    frequencies[:2, names.index("forename")] = -8.0
    seen = Seen(
        levels=rows,
        frequencies=frequencies,
        times=np.array([20_000.0, 300.0, *[200.0] * len(relatives)]),
        offset=np.array([0.0, 0.0, *[6.0] * len(relatives)]),
        group=np.full(len(rows), -1),
        tells=np.ones(rows.shape, dtype=bool),
    )
    random = {c.name: {v.name: v.u for v in c.levels} for c in table}
    begin = starting(table, kinds(), random, RECORDS)
    learned, _ = learn(seen, begin, table, kinds(), odds=np.ones(1), of=np.ones(1), pairs=PAIRS)
    arrays = tables(learned, table, kinds())
    evidence = arrays.evidence(arrays.with_frequencies(arrays.patterns(rows), frequencies))
    assert (evidence[:2] > 10).all()
    assert (evidence[2:] < -10).all()
    for name in KEPT:
        assert learned.rates["moved"][name] == learned.rates["same"][name]
