"""The three verbs on arrays, beside what plain Python makes of the same rules."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from lamplighter.linkage.blocking.blocking_rules import Key, Part, usable
from lamplighter.linkage.engines.on_arrays import OnArrays
from lamplighter.linkage.engines.protocol import Profiles, Rules
from lamplighter.linkage.features.encoded_columns import Lists, Texts
from lamplighter.linkage.features.record_features import Features, prepare
from lamplighter.linkage.model.match_weights import Weigher
from tests.unit.linkage.made_up import one, people
from tools.verify.countries import Country


def texts_of(features: Features, part: Part, row: int) -> list[str]:
    column = features.columns.by_name[part.column]
    assert isinstance(column, (Texts, Lists))
    code, cut = int(column.codes[row]), slice(part.begin, part.end)
    if code < 0:
        return []
    if isinstance(column, Texts):
        return [column.values[code][cut]]
    return [
        column.values[int(e)][cut] for e in column.elements[column.starts[code] : column.starts[code + 1]]
    ]


def keys_of(features: Features, key: Key, row: int) -> set[Any]:
    made = product(*(texts_of(features, p, row) for p in key.parts))
    return {tuple(sorted(m)) if key.unordered else m for m in made}


def plainly(profiles: Profiles, rules: Rules, largest: int, narrow: int) -> set[tuple[int, int]]:
    """Pairs by the words of :class:`Rules`, with dictionaries."""
    features, groups, finer = profiles.features, defaultdict(set), defaultdict(set)
    for key, row in product(rules.keys, range(len(profiles))):
        for made in keys_of(features, key, row):
            groups[key, made].add(row)
    for (key, made), rows in groups.items():
        if len(rows) > largest:
            for part, row in product(key.narrow, rows):
                for text in texts_of(features, part, row):
                    finer[key, made, part, text].add(row)
    few = [g for g in groups.values() if len(g) <= largest] + [g for g in finer.values() if len(g) <= narrow]
    pairs = {pair for rows in few for pair in combinations(sorted(rows), 2)}
    return {(a, b) for a, b in pairs if profiles.sources[a] != profiles.sources[b]}


@pytest.mark.parametrize("most", [2, 5, 60])
def test_pairs_are_those_that_the_rules_say(little: Country, most: int) -> None:
    profiles = little.profiles
    rules = Rules(tuple(usable(profiles.features, many=True, few=True)), most)
    left, right = OnArrays().pairs(profiles, rules)
    found = set(zip(left.tolist(), right.tolist(), strict=True))
    assert len(found) == len(left) > 100
    assert found == plainly(profiles, rules, most, most)


def test_a_budget_of_pairs_is_kept_and_common_keys_give_way_first(large: Country) -> None:
    many, few = (OnArrays().pairs(large.profiles, replace(large.rules, pairs=p)) for p in (1e9, 200_000))
    n = len(large.profiles)
    assert len(many[0]) > 50_000
    assert 10_000 < len(few[0]) < 0.7 * len(many[0])
    assert np.isin(few[0] * n + few[1], many[0] * n + many[1]).all()
    true = [int((large.persons[a] == large.persons[b]).sum()) for a, b in (many, few)]
    assert true[1] > 0.95 * true[0], "a third of the pairs go, and hardly any of one person"


def test_a_source_is_never_compared_with_itself_and_each_pair_once(large: Country) -> None:
    left, right = OnArrays().pairs(large.profiles, large.rules)
    sources, n = large.profiles.sources, len(large.profiles)
    assert n >= 20_000
    assert len(np.unique(sources)) >= 8
    assert (sources[left] != sources[right]).all()
    assert (left < right).all()
    assert (np.diff(left * n + right) > 0).all()
    of_one = Profiles(large.profiles.features, np.zeros(n, dtype=np.int64))
    assert not len(OnArrays().pairs(of_one, large.rules)[0])


def test_a_telephone_that_two_forces_have_is_found_and_one_listed_twice_counts_once() -> None:
    rows = [one(f"r{i}", phones=["+447195101083"]) for i in range(3)] + [one("r3", phones=["+447195101099"])]
    features = prepare(people(*rows))
    phone = Rules(tuple(k for k in usable(features) if k.name == "phone"), most=3)
    profiles = Profiles(features, np.array([4, 7, 4, 7]))
    left, right = OnArrays().pairs(profiles, phone)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (1, 2)]


def test_weights_are_those_of_the_weigher_from_the_bar_up(large: Country) -> None:
    left, right = OnArrays().pairs(large.profiles, large.rules)
    whole = Weigher(large.profiles.features, large.model).weigh(left, right)
    kept = OnArrays().weights(large.profiles.features, large.model, left, right, 8.0)
    wanted = whole.evidence >= 8.0
    assert 1_000 < wanted.sum() < len(left) / 2
    assert (kept.left == left[wanted]).all()
    assert (kept.right == right[wanted]).all()
    assert (kept.levels == whole.levels[wanted]).all()
    assert np.abs(kept.evidence - whole.evidence[wanted]).max() <= 1e-9
    nothing = OnArrays().weights(large.profiles.features, large.model, left[:0], right[:0], 8.0)
    assert len(nothing) == 0
    assert nothing.levels.shape == (0, len(large.model.table))


def test_components_are_called_by_their_first_row() -> None:
    left, right = np.array([5, 1, 7, 90]), np.array([9, 5, 8, 99])
    for n in (10, 100):
        inside = right < n
        label = OnArrays().components(n, left[inside], right[inside])
        expected = np.arange(n)
        expected[[5, 9]], expected[8] = 1, 7
        if n == 100:
            expected[99] = 90
        assert (label == expected).all()
    assert len(OnArrays().components(0, left[:0], left[:0])) == 0


def test_sources_are_said_of_every_profile(little: Country) -> None:
    with pytest.raises(ValueError, match="source each"):
        Profiles(little.profiles.features, little.profiles.sources[1:])
