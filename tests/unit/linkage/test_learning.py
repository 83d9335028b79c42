"""What is learned of each kind of pair, from counts of patterns."""

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.comparisons.comparison_levels import comparisons, kinds
from lamplighter.linkage.model.agreement_patterns import Seen
from lamplighter.linkage.model.expectation_maximisation import learn, starting
from lamplighter.linkage.model.fellegi_sunter import tables
from lamplighter.linkage_tables.whole_tables import linked, truth_of

RECORDS = 60_000
PAIRS = RECORDS * (RECORDS - 1) / 2
KEPT = ("forename", "birth_date", "sex")
"""Of what somebody keeps, what no relative need have in common."""

SYLLABLES = ("ba", "del", "fo", "gri", "hun", "ka", "lem", "mo", "nar", "pel", "ri", "sto", "tu", "vin")


def _called(rng):
    return "".join(rng.choice(SYLLABLES, int(rng.integers(2, 4)))).capitalize()


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


@pytest.mark.parametrize("births", [True, False])
def test_those_whose_names_are_badly_written_are_no_twins(births):
    """Twins have two surnames no oftener than one person's records do; anybody else of a home may."""
    table = comparisons()
    rows, times = [], []
    for forename, often in (("exact", 0.8), ("differs", 0.2)):
        for surname, of in (("exact", 0.8), ("differs", 0.2)):
            for born, share in (("exact", 0.7), ("near", 0.3)):
                told = {"birth_date": born} if births else {"address": "same"}
                rows.append(pattern(forename=forename, surname=surname, email="same", **told))
                times.append(20_000.0 * often * of * share)
    levels = np.array(rows, dtype=np.int8)
    seen = Seen(
        levels=levels,
        frequencies=np.where(levels > 0, -9.0, 0.0),
        times=np.array(times),
        offset=np.zeros(len(rows)),
        group=np.full(len(rows), -1),
        tells=np.ones(levels.shape, dtype=bool),
    )
    random = {c.name: {v.name: v.u for v in c.levels} for c in table}
    begin = starting(table, kinds(), random, RECORDS)
    learned, _ = learn(seen, begin, table, kinds(), odds=np.ones(1), of=np.ones(1), pairs=PAIRS)
    of_one, of_twins = (learned.rates[k]["surname"]["differs"] for k in ("same", "twin"))
    assert (of_twins == of_one) is births
    if births:
        assert of_one > 0.15


@pytest.mark.parametrize(("held", "shown"), [("emails", True), ("phones", False), ("birth_date", True)])
def test_two_people_of_one_name_are_reckoned_with_where_records_can_show_them(held, shown):
    """A home and its telephone are both of theirs; an address for letters of one's own is not."""
    table = comparisons()
    random = {c.name: {v.name: v.u for v in c.levels} for c in table}
    columns = {"first", "sur", "dwelling", held}
    begin = starting(table, kinds(), random, RECORDS, columns.__contains__)
    assert (begin.shares["junior"] > 0) is shown


def test_of_a_parent_and_a_child_of_one_name_with_two_addresses_for_letters_nobody_is_sure():
    rng, rows = np.random.default_rng(12), []
    for home in range(700):
        surname, line = _called(rng), f"{home} Mill Lane"
        names = [_called(rng), _called(rng)]
        if rng.random() < 0.1:
            names[1] = names[0]
        for member, forename in enumerate(names):
            own = f"{forename}{rng.integers(10**5, 10**6)}@post.example".lower()
            for _ in range(int(rng.integers(1, 4))):
                moved = rng.random() < 0.1
                rows.append(
                    {
                        "truth": f"{home}-{member}",
                        "name": f"{forename} {surname}",
                        "email": own if rng.random() < 0.95 else None,
                        "address": f"{rng.integers(1, 900)} Wharf Road" if moved else line,
                    }
                )
    table = pl.DataFrame([rows[i] for i in rng.permutation(len(rows))])
    measured = linked(table.drop("truth")).measured(truth_of(table, "truth"))
    sure = measured.beliefs.bins[-1]
    assert sure.believed > 0.99
    assert sure.true > 0.97
