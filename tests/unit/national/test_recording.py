"""Two records of two forces agree as often as both forces make them: what a force leaves out, abbreviates or
mistypes is learned force by force, and a small force is not made more of than it is."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.comparisons.comparison_levels import kinds
from lamplighter.linkage.dyads import training
from lamplighter.linkage.features.record_features import Features, prepare
from lamplighter.linkage.model.fellegi_sunter import Tables
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model
from lamplighter.national.linking import border_reports
from lamplighter.national.linking.border_reports import Judged, Scene
from lamplighter.national.linking.recording import learned_rates
from lamplighter.national.linking.recording.border_weigher import Recording
from lamplighter.national.linking.recording.ethnic_names import EthnicNames
from lamplighter.national.linking.recording.learned_rates import MayBeOne
from lamplighter.national.linking.recording.source_rates import SourceRates

DAY = dt.date(2027, 1, 1)
FORCES = ("a", "b", "c", "d", "e", "f")
SYLLABLES = ("bar", "den", "fol", "gam", "hus", "kin", "lor", "mat", "nev", "pel", "ros", "sut", "tor", "wim")
NAMED = "surname"


def slipped(name: str) -> str:
    return name[:2] + name[3] + name[2] + name[4:]


@dataclass(frozen=True)
class Recorded:
    """Records of people whom two forces know, the two records of each one after the other."""

    features: Features
    force: np.ndarray
    model: Model

    def told(self) -> MayBeOne:
        left = np.arange(0, len(self.force), 2)
        return MayBeOne(left, left + 1, left // 2, np.arange(len(self.force)), self.force, 1e6)

    def learned(self) -> Recording:
        return learned_rates.learned(self.features, self.model, self.told(), EthnicNames())


def begun(features: Features) -> Model:
    """A model before any fitting, in which hardly anybody has relatives."""
    model = training.start(features, DAY)
    few = {k.name: 1e-9 for k in kinds() if not k.same}
    return replace(model, mixture=replace(model.mixture, shares={**model.mixture.shares, **few}))


def recorded(slips: dict[str, float], people: int = 900, few: int = 0, without_birth: str = "") -> Recorded:
    """``slips``: how often each force mistypes a surname, 0.04 where it is not said; ``few`` people are known
    to the force z too, which mistypes all of them."""
    rng = np.random.default_rng(11)
    rows: list[dict[str, object]] = []
    for i in range(people + few):
        syllables = [SYLLABLES[k] for k in rng.integers(0, len(SYLLABLES), 6)]
        first, surname = "".join(syllables[:3]).title(), "".join(syllables[3:]).title()
        born = dt.date(1950, 1, 1) + dt.timedelta(days=int(rng.integers(0, 18_000)))
        pair = rng.permutation(FORCES)[:2].tolist()
        for force in pair if i < people else ["z", pair[0]]:
            wrong = force == "z" or rng.random() < slips.get(force, 0.04)
            rows.append(
                {
                    "record_id": f"{force}-{i}", "surname": slipped(surname) if wrong else surname,
                    "forenames": first, "source": force,
                    "birth_date": None if force == without_birth else born,
                }
            )  # fmt: skip
    frame = pl.DataFrame(rows, schema_overrides={"birth_date": pl.Date()})
    features = prepare(frame)
    return Recorded(features, frame["source"].to_numpy().astype(np.str_), begun(features))


def at(tables: Tables, model: Model, comparison: str, level: str, kind: int = 0) -> float:
    """The share of a level in pairs of one person."""
    c = next(i for i, c in enumerate(model.table) if c.name == comparison)
    value = next(v.value for v in model.table[c].levels if v.name == level)
    return float(np.exp2(tables.own[kind, c, value]))


def test_a_force_that_mistypes_is_learned_and_the_others_stay_as_the_country() -> None:
    told = recorded({"a": 0.5})
    rates = told.learned().rates
    alike = rates.same[NAMED]["alike"]
    assert alike["a"] > 1
    assert all(alike["a"] - alike[f] > 1.4 for f in FORCES[1:])
    assert rates.same[NAMED]["exact"]["a"] < -0.3
    assert rates.strength[NAMED] < learned_rates.ALIKE
    # Of first names and births, which all record alike, nothing is learned.
    assert set(rates.same) == {NAMED}
    tables = {f: rates.tables(told.model, f, "c") for f in ("a", "b")}
    exact = {f: at(own, told.model, NAMED, "exact") for f, own in tables.items()}
    assert exact["a"] < exact["b"] - 0.12
    for own in tables.values():
        names = [v.name for v in next(c for c in told.model.table if c.name == NAMED).levels]
        assert sum(at(own, told.model, NAMED, n) for n in names) == pytest.approx(1, abs=1e-3)


def test_forces_that_differ_by_chance_alone_record_alike() -> None:
    rates = recorded({}).learned().rates
    assert rates.same == {}
    assert rates.strength == {}


def test_a_small_force_is_drawn_towards_the_country() -> None:
    told = recorded({"a": 0.5}, few=3)
    rates = told.learned().rates
    # All three of its surnames are mistyped: by themselves they say that every one is.
    own = at(rates.tables(told.model, "z", "c"), told.model, NAMED, "exact")
    other = at(rates.tables(told.model, "b", "c"), told.model, NAMED, "exact")
    assert 0.5 < own < other
    assert rates.same[NAMED]["alike"]["z"] < rates.same[NAMED]["alike"]["a"]


def test_a_force_that_leaves_births_out_says_nothing_of_them() -> None:
    told = recorded({"a": 0.5}, without_birth="b")
    rates = told.learned().rates
    assert "birth_date" not in rates.same
    births = slice(0, 1)
    c = next(i for i, c in enumerate(told.model.table) if c.name == "birth_date")
    own = rates.tables(told.model, "b", "c").own[births, c]
    assert np.array_equal(own, told.model.arrays.own[births, c])
    # What it does record is weighed none the less.
    weigher = Recording(rates).weigher(told.features, told.model, told.force)
    pairs = np.flatnonzero(told.force[::2] == "b") * 2
    weighed = weigher.weigh(pairs, pairs + 1)
    assert (weighed.levels[:, c] == -1).all()
    assert np.median(weighed.evidence) > 10


def test_an_error_of_a_force_that_errs_tells_less_against_one_person() -> None:
    told = recorded({"a": 0.5})
    found = told.learned()
    weigher = found.weigher(told.features, told.model, told.force)
    plain = Weigher(told.features, told.model)
    left = np.arange(0, len(told.force), 2)
    weighed, before = weigher.weigh(left, left + 1), plain.weigh(left, left + 1)
    c = next(i for i, c in enumerate(told.model.table) if c.name == NAMED)
    same = next(v.value for v in told.model.table[c].levels if v.name == "exact")
    slip = weighed.levels[:, c] != same
    of_a = (told.force[left] == "a") | (told.force[left + 1] == "a")
    more = weighed.evidence - before.evidence
    assert more[slip & of_a].mean() > more[slip & ~of_a].mean() + 1
    assert more[~slip & of_a].mean() < more[~slip & ~of_a].mean() - 0.1


def test_the_bars_of_a_pair_sum_to_its_evidence() -> None:
    told = recorded({"a": 0.5, "b": 0.3})
    found = told.learned()
    moved = Recording(SourceRates(found.rates.same, found.rates.random, found.rates.strength, 0.3))
    weigher = moved.weigher(told.features, told.model, told.force)
    left, right = told.told().left, told.told().right
    weighed = weigher.weigh(np.r_[left, left[:-2]], np.r_[right, right[2:]])
    assert np.abs(weigher.bars(weighed).sum(axis=1) - weighed.evidence).max() < 1e-9


def test_where_nothing_is_known_of_forces_pairs_are_weighed_as_before() -> None:
    told = recorded({})
    left = np.arange(0, len(told.force), 2)
    weigher = Recording().weigher(told.features, told.model, told.force)
    own, plain = weigher.weigh(left, left + 1), Weigher(told.features, told.model).weigh(left, left + 1)
    assert np.abs(own.evidence - plain.evidence).max() < 1e-9
    some = np.arange(0, 200)
    assert (
        np.abs(weigher.related(own, some) - Weigher(told.features, told.model).related(own, some)).max()
        < 1e-9
    )


def test_what_was_learned_is_kept_as_it_is() -> None:
    found = recorded({"a": 0.5}).learned()
    again = Recording.from_json(json.loads(json.dumps(found.to_json())), b"")
    assert again == found
    assert again.digest == found.digest


def street(place: int) -> str:
    """A name of its own for every place."""
    return "".join(SYLLABLES[place // 14**k % 14] for k in range(4)).title()


def homes(moved: float) -> Recorded:
    """People of whom a share has another telephone and address in the second force."""
    rng = np.random.default_rng(5)
    told = recorded({})
    rows = []
    for i in range(len(told.force)):
        place = i // 2 if i % 2 == 0 or rng.random() > moved else 10_000 + i
        rows.append((f"+4471{place:08d}", f"{place % 90 + 1} {street(place)} Road", f"Town{place}"))
    names = told.features.facts.select("record_id")
    columns = {
        "phones": [[r[0]] for r in rows],
        "address_text": [r[1] for r in rows],
        "town": [r[2] for r in rows],
    }
    own = told.features.columns.by_name
    people = names.with_columns(
        surname=pl.Series([own["sur"].of(i) for i in range(len(rows))]),
        forenames=pl.Series([own["first"].of(i) for i in range(len(rows))]),
        birth_date=pl.Series([own["birth_date"].of(i) for i in range(len(rows))]).str.to_date(),
        **{k: pl.Series(v) for k, v in columns.items()},
    )
    features = prepare(people)
    return Recorded(features, told.force, begun(features))


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_how_many_moved_is_learned_across_borders_and_counts_there_alone(share: float) -> None:
    told = homes(share)
    rates = told.learned().rates
    assert rates.moved == pytest.approx(share, abs=0.08)
    kinds = [
        float(np.exp2(rates.tables(told.model, "a", f, border=f != "a").log_share[1])) for f in ("b", "a")
    ]
    assert kinds[0] == pytest.approx(rates.moved, rel=1e-3)
    assert kinds[1] == pytest.approx(told.model.mixture.shares["moved"], rel=1e-6)


def named() -> tuple[pl.DataFrame, np.ndarray]:
    """A tenth of the country is of an ethnicity that nearly all who are called Hussain have."""
    rows = (
        [("Amir", "Hussain", "A2")] * 40 + [("Sadia", "Hussain", "A2")] * 38 + [("Tom", "Hussain", "W1")] * 2
    )
    rows += [(f, s, "W1") for f in ("John", "Mary", "Ann", "Paul") for s in ("Smith", "Jones", "Brown")] * 60
    frame = pl.DataFrame(rows, schema=["forenames", "surname", "ethnicity"], orient="row")
    ids = pl.Series([f"r{i}" for i in range(len(rows))])
    return frame.with_columns(record_id=ids), np.arange(len(rows))


def test_an_ethnicity_is_no_news_among_those_who_bear_the_name() -> None:
    frame, person = named()
    features = prepare(frame)
    model, force = training.start(features, DAY), np.array(["a", "b"] * (len(person) // 2))
    names = EthnicNames.counted(features, person, b"secret")
    weigher = Recording(names=names).weigher(features, model, force)
    c = next(i for i, c in enumerate(model.table) if c.name == "ethnicity")

    def bars(left: int, right: int) -> tuple[float, float]:
        pair = np.array([left]), np.array([right])
        own, plain = weigher, Weigher(features, model)
        return tuple(float(w.bars(w.weigh(*pair))[0, c]) for w in (own, plain))  # type: ignore[return-value]

    now, before = bars(0, 1)
    assert before > 2.5
    assert now < 0.3
    # One name is enough, and who shares none is weighed as before.
    now, before = bars(0, 45)
    assert before > 2.5
    assert now < 0.5
    now, before = bars(100, 104)
    assert now == pytest.approx(before, abs=0.25)
    # Of three who have a name none is called by it in what is kept.
    assert "hussain" not in json.dumps(names.to_json()).lower()
    assert EthnicNames.from_json(json.loads(json.dumps(names.to_json())), b"secret") == names


PEOPLE = (
    "record_id",
    "report_id",
    "role",
    "forenames",
    "surname",
    "birth_date",
    "age_from",
    "age_to",
    "person",
)


def scene(rows: list[tuple[object, ...]], reports: dict[str, str]) -> tuple[Scene, Model]:
    """``reports``: the force of each."""
    frame = pl.DataFrame(
        [dict(zip(PEOPLE, r, strict=True)) for r in rows],
        schema={n: pl.String() for n in PEOPLE[:5]}
        | {"birth_date": pl.Date(), "age_from": pl.Int64(), "age_to": pl.Int64(), "person": pl.Int64()},
    )
    told = pl.DataFrame(
        {"report_id": list(reports), "source": list(reports.values()), "reported_at": [DAY] * len(reports)}
    )
    features = prepare(frame.drop("person"), told)
    force = np.array([reports[r] for r in frame["report_id"]], dtype=np.str_)
    job = np.unique(force, return_inverse=True)[1].astype(np.int64)
    return Scene(features, frame["person"].to_numpy(), job, force), begun(features)


def part(found: Judged, model: Model, row: int, name: str) -> tuple[float, bool]:
    at = [c.name for c in model.table].index(name)
    return float(found.bars[row, at]), bool(found.compared[row, at])


def test_an_age_that_fits_is_no_news_of_namesakes_whose_births_were_compared() -> None:
    one, two = dt.date(1996, 10, 31), dt.date(1997, 2, 18)
    rows = [
        ("1", "r1", "suspect", "Adam", "Gardner", one, None, None, 0),
        ("2", "r2", "suspect", "Adam", "Gardner", None, 25, 34, 0),
        ("3", "r3", "suspect", "Adam", "Gardner", two, None, None, 1),
        ("4", "r4", "suspect", "Adam", "Gardner", None, 25, 34, 1),
    ]
    born, model = scene(rows, {"r1": "a", "r2": "a", "r3": "b", "r4": "b"})
    found, _ = border_reports.judged(born, np.array([0]), np.array([1]), model)
    assert part(found, model, 0, "birth_date")[1]
    assert part(found, model, 0, "age") == (0.0, False)
    # Where no birth was compared the age is what there is.
    aged, model = scene([r for r in rows if r[0] != "3"], {"r1": "a", "r2": "a", "r4": "b"})
    found, _ = border_reports.judged(aged, np.array([0]), np.array([1]), model)
    assert part(found, model, 0, "age")[0] > 0
    assert not part(found, model, 0, "birth_date")[1]


def test_whom_reports_brought_together_are_judged_by_all_their_records() -> None:
    born = dt.date(1980, 5, 5)
    rows = [
        ("1", "r1", "victim", "Ottilie", "Fennimore", born, None, None, 0),
        ("2", "r1", "suspect", "Marcus", None, None, None, None, 1),
        ("3", "r2", "victim", "Ottilie", "Fennimore", born, None, None, 2),
        ("4", "r2", "suspect", "Marcus", None, None, None, None, 3),
        ("5", "r3", "suspect", "Marcus", "Mills", dt.date(1989, 10, 13), None, None, 1),
        ("6", "r4", "suspect", "Marcus", "Woods", dt.date(1979, 10, 10), None, None, 3),
    ]
    forces = {"r1": "a", "r2": "b", "r3": "a", "r4": "b"}
    near, model = scene(rows[:4], {r: f for r, f in forces.items() if r in ("r1", "r2")})
    whole, _ = scene(rows, forces)
    found, _ = border_reports.judged(near, np.array([0]), np.array([2]), model)
    again = border_reports.half_told(found, np.array([0]), np.array([2]))
    half = found.at(again)
    assert (half.left.tolist(), half.right.tolist()) == ([1], [3])
    every, _ = border_reports.judged(whole, half.left, half.right, model, only=True)
    told = half.told_by(every)
    assert part(told, model, 0, "surname")[0] < -2
    assert part(told, model, 0, "birth_date")[0] < -2
    assert told.total[0] < half.total[0] - 5
    # What the two reports of the one victim say stays.
    assert np.array_equal(
        told.bars[:, -border_reports.OF_REPORTS :], half.bars[:, -border_reports.OF_REPORTS :]
    )
