"""Made-up countries of events without names: what is said to be true of them is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lamplighter.synthetic.histories.history import History, history
from lamplighter.synthetic.histories.proofs import NEVER
from lamplighter.synthetic.histories.settings import FORCES, Settings
from lamplighter.synthetic.histories.tables import events_of, named, partitions_of, persons_of, there, write

SETTINGS = Settings(people=6_000)


@pytest.fixture(scope="module")
def made() -> History:
    return history(SETTINGS, 4)


def test_the_same_seed_makes_the_same_country_and_another_seed_another(made: History, tmp_path: Path) -> None:
    small = replace(SETTINGS, people=300, draws=3)
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        write(history(small, seed), tmp_path / folder)
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*") if p.is_file())
    assert [p.as_posix() for p in files] == [
        "country.toml",
        "events.parquet",
        "links/links.json",
        "links/partitions.parquet",
        "links/persons.parquet",
        "truth/acts.parquet",
        "truth/links.parquet",
    ]
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert (tmp_path / "a/events.parquet").read_bytes() != (tmp_path / "c/events.parquet").read_bytes()
    assert json.loads((tmp_path / "a/links/links.json").read_text()) == {"draws": 3}
    assert not (made.drawn(1) == made.drawn(2)).all()
    assert (made.drawn(1) == made.drawn(1)).all()
    with pytest.raises(ValueError, match="20 draws"):
        made.drawn(21)


def test_lives_run_forward_and_end_with_death(made: History) -> None:
    acts = made.acts
    same = acts.life[1:] == acts.life[:-1]
    assert (acts.day[1:] > acts.day[:-1])[same].all()
    assert (acts.day < acts.death[acts.life]).all()
    proven = acts.proven < NEVER
    assert (acts.proven[proven] < acts.death[acts.life[proven]]).all()
    assert (acts.day[proven] < acts.proven[proven]).all()
    # Nobody acts in custody: between proof and release of their act before.
    before = np.flatnonzero(acts.custodial[:-1] & same)
    inside = (acts.day[before + 1] >= acts.proven[before]) & (acts.day[before + 1] < acts.released[before])
    assert before.size > 100
    assert not inside.any()
    assert (made.recorded >= acts.day).all()
    assert (made.charged[proven] <= acts.proven[proven]).all()
    assert (made.charged[~proven] == NEVER).all()
    assert len(np.unique(acts.force)) == FORCES


def test_delays_have_the_median_that_was_asked_for_and_courts_differ() -> None:
    steady = history(Settings(people=20_000, median_delay=300, dies=0.0, courts_differ=0.0), 1)
    proven = steady.acts.proven < NEVER
    delay = (steady.acts.proven - steady.acts.day)[proven]
    assert np.median(delay) == pytest.approx(300, rel=0.03)
    differ = history(Settings(people=20_000, median_delay=300, courts_differ=0.5), 1)
    by_area = [
        np.median((differ.acts.proven - differ.acts.day)[(differ.acts.proven < NEVER) & (differ.area == a)])
        for a in range(12)
    ]
    assert max(by_area) > 1.6 * min(by_area)
    slower = history(Settings(people=40_000, slower=0.2, courts_differ=0.0, dies=0.0), 1)
    acts = slower.acts
    early, late = ((acts.day - slower.upto) // 365 == year for year in (-6, -1))
    median = [np.median((acts.proven - acts.day)[part & (acts.proven < NEVER)]) for part in (early, late)]
    assert median[1] / median[0] == pytest.approx(1.2**5, rel=0.1)


@pytest.mark.parametrize("lookalikes", ["alike", "random"])
def test_of_links_with_a_belief_that_share_is_true(lookalikes: str) -> None:
    made = history(Settings(people=20_000, lookalikes=lookalikes), 8)  # type: ignore[arg-type]
    links = made.links
    for low in np.arange(0, 1, 0.1):
        mine = (links.belief >= low) & (links.belief < low + 0.1)
        assert mine.sum() > 300
        error = np.sqrt(links.belief[mine].mean() * (1 - links.belief[mine].mean()) / mine.sum())
        assert links.true[mine].mean() == pytest.approx(links.belief[mine].mean(), abs=4 * error + 0.002)


def test_beliefs_of_a_whole_country_may_be_off_and_draws_may_allow_for_it(made: History) -> None:
    off = [history(replace(SETTINGS, calibration=1.0), seed).links for seed in range(12)]
    doubt = [(links.belief > 0.2) & (links.belief < 0.8) for links in off]
    gaps = np.array(
        [(links.true[d].mean() - links.belief[d].mean()) for links, d in zip(off, doubt, strict=True)]
    )
    assert gaps.min() < -0.08
    assert gaps.max() > 0.08
    plain = [len(set(made.drawn(draw).tolist())) for draw in range(1, 21)]
    wide = [len(set(made.drawn(draw, 1.0).tolist())) for draw in range(1, 21)]
    assert np.std(wide) > 3 * np.std(plain)
    assert np.mean(wide) == pytest.approx(np.mean(plain), rel=0.03)


def test_links_across_forces_are_missed_three_times_as_often(made: History) -> None:
    assert 0.05 < made.links.missed(across=False) < 0.09
    assert 2.5 < made.links.missed(across=True) / made.links.missed(across=False) < 3.5
    assert 0.004 < made.links.false() < 0.015
    one, other = (made.acts.group[made.links.first] == g for g in (0, 1))
    published = made.links.belief >= 0.75
    missed = [
        (part & made.links.true & ~published).sum() / (part & made.links.true).sum() for part in (one, other)
    ]
    assert missed[1] > 1.3 * missed[0]


def test_partitions_follow_from_links(made: History) -> None:
    truth, links = made.links.truth(), made.links
    assert (truth[links.first[links.true]] == truth[links.second[links.true]]).all()
    assert (truth[links.first[~links.true]] != truth[links.second[~links.true]]).all()
    drawn = made.drawn(3)
    taken = drawn[links.first] == drawn[links.second]
    assert taken.mean() == pytest.approx(links.belief.mean(), abs=0.01)
    unseen = history(replace(SETTINGS, unseen=0.2), 4)
    hidden = ~unseen.links.seen
    assert unseen.links.true[hidden].all()
    assert unseen.links.across[hidden].all()
    for reading in (unseen.links.published(), unseen.drawn(1)):
        assert (reading[unseen.links.first[hidden]] != reading[unseen.links.second[hidden]]).all()


def test_an_extract_holds_nothing_of_later(made: History) -> None:
    events = events_of(made)
    last = made.settings.extract
    for column in ("occurred", "recorded", "proven"):
        assert events[column].max() <= last
    counted = dict(events["kind"].value_counts().iter_rows())
    by_now = there(made)
    assert counted["report"] == by_now.sum()
    assert counted["conviction"] == (made.acts.proven <= made.upto).sum()
    assert counted["charge"] == (made.charged <= made.upto).sum()
    assert counted["custody_start"] == (made.acts.custodial & (made.acts.proven <= made.upto)).sum()
    assert counted["release"] == (made.acts.custodial & (made.acts.released <= made.upto)).sum()
    lives = np.unique(made.acts.life[by_now])
    assert counted["death"] == (made.acts.death[lives] <= made.upto).sum()
    assert (made.acts.proven[made.acts.proven < NEVER] > made.upto).any()
    assert events["event"].n_unique() == events.height
    assert set(events["suspect"]) == set(persons_of(made).filter(pl.col("role") == "suspect")["record"])


def test_drawn_partitions_are_told_by_what_differs_and_nothing_is_lost(made: History) -> None:
    persons = persons_of(made).filter(pl.col("role") == "suspect")
    partitions = partitions_of(made)
    assert partitions["draw"].unique().sort().to_list() == list(range(1, 21))
    assert partitions.height < 0.3 * 20 * persons.height
    by_now = np.flatnonzero(there(made))
    for draw in (1, 20):
        own = partitions.filter(pl.col("draw") == draw).select("record", "person")
        told = persons.select("record", "person").update(own, on="record")["person"].to_numpy()
        true = made.drawn(draw)[by_now]
        # The same records are together, and no others.
        pairs = len(set(zip(told.tolist(), true.tolist(), strict=True)))
        assert pairs == len(set(told.tolist())) == len(set(true.tolist()))
        joined = own.join(persons, on="record")
        assert (joined["person"] != joined["person_right"]).all()


def test_names_of_drawn_persons_are_those_of_published_ones_where_there_is_one() -> None:
    # 0 and 1 are joined, 2 is taken apart; 9 is a draw's own number.
    name, fresh = named(np.array([0, 0, 1, 2, 2]), np.array([9, 9, 9, 5, 7]))
    assert name[:4].tolist() == [0, 0, 0, 2]
    assert fresh.tolist() == [False, False, False, False, True]


@pytest.mark.parametrize("wrong", [{"proven": 1.2}, {"people": 0}, {"median_delay": 0.0}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"country|share"):
        Settings(**wrong)  # type: ignore[arg-type]
