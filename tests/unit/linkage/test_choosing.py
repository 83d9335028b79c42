"""Which keys are taken for a table."""

from __future__ import annotations

import numpy as np

from lamplighter.linkage.blocking.blocking_rules import Key, key_kinds, part
from lamplighter.linkage.blocking.rule_selection import Sampled, chosen


def test_the_key_that_does_without_names_is_taken_whatever_is_expected_of_it() -> None:
    keys = [
        Key("names", (part("first"), part("sur")), ()),
        Key("town", (part("town"),), ()),
        Key("home", (part("postcode"),), (), always=True),
        Key("absent", (part("phones"),), (), always=True),
    ]
    members = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0]], dtype=bool)
    belief = np.array([0.99, 0.98, 0.0, 0.0])
    rows, costs = np.arange(4), np.array([2.0, 2.0, 2.0, 0.0])
    sampled = Sampled(rows, rows + 4, members, costs, np.ones(4), [])
    assert [k.name for k in chosen(sampled, belief, keys)] == ["names", "home"]


def test_among_many_records_one_key_does_without_names() -> None:
    always = [k for k in key_kinds(many=True) if k.always]
    assert always
    assert all(not k.columns() & {"first", "sur", "first_class", "sur_ph"} for k in always)
    assert not any(k.always for k in key_kinds())
