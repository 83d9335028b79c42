"""The table of levels, and that every executor weighs by it alike."""

from __future__ import annotations

import copy
import datetime as dt
import tomllib
from importlib.resources import files
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from rapidfuzz.distance import JaroWinkler

from lamplighter.linkage import LinkResult
from lamplighter.linkage.arrays.pair_ids import distinct, packed, unpacked
from lamplighter.linkage.blocking import blocking_rules, candidate_pairs
from lamplighter.linkage.blocking.candidate_pairs import Limits
from lamplighter.linkage.clustering import cluster_evidence
from lamplighter.linkage.comparisons import comparison_levels, weight_bars
from lamplighter.linkage.comparisons.comparison_vectors import LIST_FEATURES, Scorer, ladder
from lamplighter.linkage.comparisons.evaluate.on_arrays import NUMBER_COLUMNS, condition
from lamplighter.linkage.dyads import pair_context
from lamplighter.linkage.engines.on_duckdb import OnDuckDB
from lamplighter.linkage.features.record_features import Features, prepare
from lamplighter.linkage.features.row_pairs import NotUnderstood
from lamplighter.linkage.model import training
from lamplighter.linkage.model.fellegi_sunter import Mixture
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage_tables import link
from tests.unit.linkage.made_up import Made, made, one, people


def test_every_column_of_the_table_is_a_feature() -> None:
    features = prepare(people(one("a")))
    used = set().union(*(c.columns() for c in comparison_levels.comparisons()))
    assert used <= set(features.columns.by_name)
    keyed = set().union(*(k.columns() for k in blocking_rules.key_kinds()))
    assert keyed <= set(features.columns.by_name)


def test_rates_of_a_comparison_are_shares() -> None:
    for comparison in comparison_levels.comparisons():
        free = [v for v in comparison.levels if not v.fixed] or comparison.levels
        assert sum(v.m for v in free) == pytest.approx(1, abs=0.04), comparison.name
        assert sum(v.u for v in free) == pytest.approx(1, abs=0.04), comparison.name


def test_a_table_with_a_condition_on_the_last_level_is_refused() -> None:
    document = tomllib.loads((files("lamplighter.linkage.comparisons") / "levels.toml").read_text("utf-8"))
    broken = copy.deepcopy(document)
    broken["comparison"][0]["levels"][-1]["sql"] = "true"
    with pytest.raises(ValueError, match="only the last level"):
        comparison_levels.read(broken)


def test_a_condition_that_arrays_cannot_run_is_refused_by_name() -> None:
    with pytest.raises(NotUnderstood, match=r"(?i)soundex"):
        condition("soundex(first_l) = soundex(first_r)", LIST_FEATURES)


def test_kinds_of_pairs_speak_of_comparisons_that_there_are() -> None:
    known = {c.name for c in comparison_levels.comparisons()} | {"identifier", "generation"}
    for kind in comparison_levels.kinds():
        assert kind.at_random | kind.as_same | kind.as_same_with | kind.starts_at_random <= known, kind.name
    assert [k.same for k in comparison_levels.kinds()] == sorted(
        (k.same for k in comparison_levels.kinds()), reverse=True
    )


@pytest.fixture(scope="module")
def many() -> Features:
    big = made(dyads=500, seed=5)
    return prepare(big.bundle["people"].sort("record_id"), big.bundle["reports"])


def some_pairs(features: Features, at_least: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that share a key, and as many random ones as make up ``at_least``."""
    hashed, n = candidate_pairs.Hashed(features), len(features)
    parts = [
        packed(a, b, n)
        for key in blocking_rules.usable(features)
        for block in candidate_pairs.blocks(key, hashed, Limits())
        for a, b in candidate_pairs.pairs_in(block)
    ]
    likely = distinct(parts)
    left, right = training.random_rows(n, most=max(at_least - len(likely), 0) + 2_000)
    return unpacked(distinct([likely, packed(left, right, n)]), n)


def test_arrays_and_sql_give_100_000_pairs_the_same_levels_and_weights(
    many: Features, linked: LinkResult
) -> None:
    left, right = some_pairs(many, 100_000)
    assert len(left) >= 100_000
    ours = Weigher(many, linked.model).weigh(left, right)
    theirs = OnDuckDB().weights(many, linked.model, left, right, -np.inf)
    assert (theirs.left == left).all()
    assert (theirs.levels == ours.levels).all()
    assert len(np.unique(ours.evidence)) > 2_000
    assert np.abs(theirs.evidence - ours.evidence).max() <= 1e-9


def test_whoever_is_dropped_early_could_not_have_come_to_the_bar(many: Features, linked: LinkResult) -> None:
    left, right = some_pairs(many, 30_000)
    weigher = Weigher(many, linked.model)
    whole = weigher.weigh(left, right)
    for least in (0.0, 8.0, 20.0):
        kept = weigher.promising(left, right, least)
        wanted = whole.evidence >= least
        assert 0 < wanted.sum() < len(left)
        assert (kept.left == left[wanted]).all()
        # Few pairs are summed in another order than many.
        assert np.abs(kept.evidence - whole.evidence[wanted]).max() < 1e-12
        assert (kept.levels == whole.levels[wanted]).all()


def test_bars_sum_to_the_evidence_in_any_mixture(many: Features, linked: LinkResult) -> None:
    left, right = some_pairs(many, 5_000)
    weigher = Weigher(many, linked.model)
    weighed = weigher.weigh(left, right)
    bars = weigher.bars(weighed)
    assert np.abs(bars.sum(axis=1) - weighed.evidence).max() <= 1e-9
    assert (bars[weighed.levels < 0] == 0).all(), "what was not compared has no bar"


def test_numbers_are_named(many: Features) -> None:
    held = {n for n, c in many.columns.by_name.items() if type(c).__name__ == "Numbers"}
    assert held <= NUMBER_COLUMNS
    assert {n for n, c in many.columns.by_name.items() if type(c).__name__ == "Lists"} == LIST_FEATURES


@pytest.fixture
def weigh():  # type: ignore[no-untyped-def]  # a function of two dicts, used in this file only
    def between(left: dict[str, object], right: dict[str, object]) -> dict[str, str]:
        found = Scorer(prepare(people(one("a", **left), one("b", **right)))).levels(
            np.array([0]), np.array([1])
        )[0]
        named = zip(comparison_levels.comparisons(), found, strict=True)
        return {c.name: c.level(int(v)).name for c, v in named if v != comparison_levels.NULL_LEVEL}

    return between


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"forenames": "Nicoleta"}, {"forenames": "Nycoleta"}, {"forename": "alike"}),
        ({"forenames": "David"}, {"forenames": "Dave"}, {"forename": "nickname"}),
        ({"forenames": "Gurpreet"}, {"forenames": "Gurps"}, {"forename": "nickname"}),
        ({"forenames": "Nicola"}, {"forenames": "Nicky"}, {"forename": "nickname"}),
        ({"forenames": "Michelle"}, {"forenames": "Shell"}, {"forename": "nickname"}),
        ({"forenames": "Jack"}, {"nicknames": ["Big Jack"]}, {"forename": "exact"}),
        ({"forenames": "J"}, {"forenames": "Jamie"}, {"forename": "initial"}),
        ({"forenames": "J"}, {"forenames": "J"}, {"forename": "initial"}),
        ({"forenames": "Gwendolyn"}, {"forenames": "Gewndolin"}, {"forename": "near"}),
        ({"forenames": "Ricky"}, {"forenames": "Delphia"}, {"forename": "differs"}),
        ({"surname": "THUNRWOOD"}, {"surname": "Thornwood"}, {"surname": "near"}),
        ({"surname": "O'Neil-Shaw"}, {"surname": "Shaw"}, {"surname": "part"}),
        (
            {"forenames": "Popa", "surname": "Nicoleta"},
            {"forenames": "Nicoleta", "surname": "POPA"},
            {"forename": "swapped", "surname": "swapped"},
        ),
        ({"birth_date": dt.date(1990, 4, 7)}, {"birth_date": dt.date(1990, 7, 4)}, {"birth_date": "slip"}),
        ({"birth_date": dt.date(1990, 4, 7)}, {"birth_date": dt.date(1990, 4, 17)}, {"birth_date": "slip"}),
        (
            {"birth_date": dt.date(1990, 4, 7)},
            {"birth_date": dt.date(1990, 4, 28)},
            {"birth_date": "two_parts"},
        ),
        ({"phones": ["+447195101083"]}, {"phones": ["+447195101083"]}, {"telephone": "same"}),
        ({"phones": ["+447195101083"]}, {"phones": ["+447195101038"]}, {"telephone": "slip"}),
        (
            {"forenames": "Ava", "surname": "Hill", "emails": ["fiupiilq98@post.example"]},
            {"forenames": "Ava", "emails": ["fiupiplq98@post.example"]},
            {"forename": "exact", "email": "near"},
        ),
        (
            {"forenames": "Ava", "surname": "Hill", "emails": ["a.hill7@post.example"]},
            {"forenames": "Ava", "emails": ["a.hill8@post.example"]},
            {"forename": "exact", "email": "slip"},
        ),
        (
            {"forenames": "Ava", "emails": ["fiupiilq98@post.example"]},
            {"emails": ["fiupiplq98@post.example"]},
            {"email": "slip"},
        ),
        ({"handles": ["?:tyler.cooper"]}, {"handles": ["x:tyler.cooper"]}, {"account": "same"}),
        (
            {"handles": ["facebook:tyler.cooper"]},
            {"handles": ["x:tyler.cooper"]},
            {"account": "other_platform"},
        ),
        ({"vehicles": ["BMW3*"]}, {"vehicles": ["BM23ABC"]}, {"vehicle": "differs"}),
        ({"vehicles": ["UN18*"]}, {"vehicles": ["UN18CHP"]}, {"vehicle": "partial"}),
        (
            {"address_text": "29 Meadow Lane, Harrowmere", "town": "Harrowmere"},
            {"address_text": "29 Meadow Ln, Harrowmere", "town": "Harrowmere"},
            {"address": "same"},
        ),
        (
            {"address_text": "29 Meadow Lane, Harrowmere", "town": "Harrowmere"},
            {"address_text": "92 Meadow Lane, Harrowmere", "town": "Harrowmere"},
            {"address": "slip"},
        ),
        ({}, {"forenames": "Jack", "phones": ["+447195101083"]}, {}),
    ],
)
def test_levels_of_pairs(weigh, left, right, expected) -> None:  # type: ignore[no-untyped-def]  # cases above
    assert weigh(left, right) == expected


def test_missing_is_never_different(weigh) -> None:  # type: ignore[no-untyped-def]  # fixture above
    full = {"forenames": "Emily", "surname": "Hayes", "phones": ["+447195101083"], "sex": "female"}
    assert weigh(full, {}) == {}


def test_a_reused_person_record_is_one_observation(weigh) -> None:  # type: ignore[no-untyped-def]  # fixture above
    # Without a source there is no telling whose reference it is, so the fields count.
    same = {"forenames": "Roy", "surname": "Watson", "source_person_ref": "N1"}
    assert weigh(same, same) == {"forename": "exact", "surname": "exact"}


def evidence(linked: LinkResult, left: dict[str, object], right: dict[str, object]) -> float:
    features = prepare(people(one("a", **left), one("b", **right)))
    return float(Weigher(features, linked.model).weigh(np.array([0]), np.array([1])).evidence[0])


def test_who_shares_a_home_is_not_the_same_person(linked: LinkResult) -> None:
    home = {
        "address_text": "18 Poplar Lane",
        "postcode": "AV1 6AS",
        "phones": ["+447195101083"],
        "surname": "Jones",
        "sex": "male",
    }
    father = {**home, "forenames": "Stephen", "birth_date": dt.date(1965, 4, 1)}
    son = {**home, "forenames": "Stephen", "birth_date": dt.date(1994, 7, 9)}
    twin = {**home, "forenames": "Daniel", "birth_date": dt.date(1994, 7, 9)}
    mistyped = {**home, "forenames": "Stephen", "birth_date": dt.date(1994, 7, 19)}
    prior = float(np.log2(linked.model.priors.other))
    assert evidence(linked, father, son) + prior < 0
    assert evidence(linked, son, twin) + prior < 0
    assert evidence(linked, son, mistyped) + prior > 6
    # Home and telephone are not counted twice where a relative explains both.
    apart = {"forenames": "Daniel", "surname": "Jones", "sex": "male"}
    alone = {"forenames": "Stephen", "surname": "Jones", "sex": "male"}
    assert evidence(linked, {**home, **apart}, {**home, **alone}) < evidence(linked, apart, alone) + 12


def test_twins_are_as_often_of_one_sex_as_twins_are_and_never_more_than_a_few(linked: LinkResult) -> None:
    twin = next(k for k in comparison_levels.kinds() if k.name == "twin")
    mixture, n = linked.model.mixture, linked.model.records
    assert mixture.rates["twin"]["sex"] == twin.known["sex"] == {"same": 0.67, "differs": 0.33}
    assert twin.at_most
    assert 0 < mixture.shares["twin"] <= twin.share * n / (n * (n - 1) / 2) * (1 + 1e-9)


@pytest.mark.parametrize("shared", [0.3, 0.8])
def test_that_a_telephone_differs_is_never_evidence_for_one_person(shared: float) -> None:
    """A table in which most rows have the number of the office that filled it in."""
    rng, rows = np.random.default_rng(8), []
    parts = [a + b for a in "bdfgklmnprst" for b in "ai"]
    for person in range(200):
        names = {
            "forename": "".join(rng.choice(parts, 3)),
            "surname": "".join(rng.choice(parts[:8], 2)) + "son",
        }
        born = f"{1940 + person % 60}-0{1 + person % 9}-{10 + person % 17}"
        for _ in range(2):
            phone = "01632960000" if rng.random() < shared else f"07{rng.integers(10**8, 10**9)}"
            rows.append({**names, "dob": born, "phone": phone})
    weights = link(pl.DataFrame(rows)).notes["weights"]
    differs = weights.filter(comparison="telephone", level="differs")["weight"]
    assert len(differs) == 1
    assert differs[0] <= 1e-9


def test_frequent_values_weigh_less(linked: LinkResult, small: Made) -> None:
    frequencies = linked.model.frequencies
    assert frequencies.plain is not None
    shares = frequencies.plain["first"]
    common = max(shares, key=lambda k: shares[k])
    assert shares[common] > frequencies.rare["first"]
    names = (common, "zebedee")
    found = [evidence(linked, {"forenames": n}, {"forenames": n}) for n in names]
    assert found[0] < found[1]
    assert isinstance(small.bundle["people"], pl.DataFrame)


def test_string_distances_are_those_of_the_database() -> None:
    import duckdb

    rng = np.random.default_rng(3)
    letters = np.array(list("abcde"))
    words = ["".join(rng.choice(letters, rng.integers(1, 9))) for _ in range(4_000)]
    pairs = pl.DataFrame({"a": words[::2], "b": words[1::2]})
    with duckdb.connect() as connection:
        connection.register("p", pairs.to_arrow())
        theirs = connection.sql("select jaro_winkler_similarity(a, b) from p").fetchall()
    ours = [JaroWinkler.normalized_similarity(a, b) for a, b in pairs.iter_rows()]
    assert np.abs(np.array(theirs).ravel() - ours).max() < 1e-12


def test_a_mixture_is_made_of_shares(linked: LinkResult) -> None:
    mixture: Mixture = linked.model.mixture
    assert sum(mixture.shares[k.name] for k in comparison_levels.kinds() if k.same) == pytest.approx(1)
    for rates in (mixture.random, *mixture.rates.values()):
        for comparison in comparison_levels.comparisons():
            free = [v.name for v in comparison.levels if not v.fixed]
            if free:
                assert sum(rates[comparison.name][v] for v in free) == pytest.approx(1, abs=0.01)


def test_every_ladder_can_be_run_on_arrays() -> None:
    extra = tuple(comparison_levels.Extra(f"x_{k}", k, k) for k in ("identifier", "text", "category"))
    features = prepare(people(one("a", forenames="Ann", surname="Lee")))
    table = comparison_levels.comparisons(extra)
    assert {c.name for c in table if ladder(c, features).levels} == {"forename", "surname"}
    every = SimpleNamespace(has=lambda column: True, has_all=lambda column: False)
    for comparison in table:
        assert len(ladder(comparison, every).levels) == len(comparison.levels) - 1


@pytest.mark.parametrize(("level", "tells"), [("fits", True), ("other", False)])
def test_an_account_tells_who_somebody_is_where_the_name_is_in_it(level: str, tells: bool) -> None:
    table = comparison_levels.comparisons()
    at = next(i for i, c in enumerate(table) if c.name == pair_context.ACCOUNT_NAME)
    values = {v.name: v.value for v in table[at].levels}
    compared = np.full((1, len(table)), comparison_levels.NULL_LEVEL, dtype=np.int8)
    compared[0, at] = values[level]
    assert pair_context.named_pairs(compared, table).tolist() == [tells]
    # The same of a pair that is kept, by its bars.
    words = {"comparison": "account_name", "title": "", "level": level, "words": ""}
    pairs = pl.DataFrame(
        {"left_record": ["a"], "right_record": ["b"], "hold": [None],
         "levels": [[{"weight": 5.4 if tells else -0.6, **words}]]},
        schema_overrides={"hold": pl.String(), "levels": pl.List(weight_bars.BAR)},
    )  # fmt: skip
    _, held = cluster_evidence.from_frame(pairs, pl.Series(["a", "b"]))
    assert held.named.tolist() == [tells]
