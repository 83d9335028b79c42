"""Slips, contacts and places one by one."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.synthetic.people import contact_details, places
from lamplighter.synthetic.reports import recording_errors
from lamplighter.synthetic.sampling import draws
from lamplighter.synthetic.sampling.config import Config


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu"]), min_size=3, max_size=20), st.integers())
def test_a_typo_is_one_small_slip_and_keeps_the_first_letter(value: str, seed: int) -> None:
    slipped = recording_errors.typo(value, random.Random(seed))
    assert slipped[0] == value[0]
    assert abs(len(slipped) - len(value)) <= 2


@given(st.integers(0, 10**9), st.integers())
def test_a_wrong_digit_leaves_a_number_of_the_same_length_and_range(number: int, seed: int) -> None:
    phone = contact_details.mobile(np.array([number]))[0]
    slipped = recording_errors.digits(phone, random.Random(seed))
    assert len(slipped) == len(phone)
    assert slipped[:5] == phone[:5]


@given(st.lists(st.integers(0, 199_999_999), min_size=2, max_size=50, unique=True))
def test_mobiles_are_a_permutation(ids: list[int]) -> None:
    assert len(set(contact_details.mobile(np.array(ids)))) == len(ids)


def test_a_shuffle_is_a_permutation_without_pattern() -> None:
    for size in (1_000, 4_096, 9_973):
        assert sorted(contact_details.shuffled(np.arange(size), size).tolist()) == list(range(size))
    # Telephones of the same place in two parts of the world have nothing in common.
    one, two = contact_details.mobile(np.arange(500)), contact_details.mobile(np.arange(500) + 1_000_000)
    alike = [sum(a == b for a, b in zip(x[4:], y[4:], strict=True)) for x, y in zip(one, two, strict=True)]
    assert np.mean(alike) < 2.5


def test_pnc_letters_follow_the_published_rule() -> None:
    letters = contact_details._PNC_LETTERS
    assert letters[int("999999999") % 23] == "V"
    assert letters[int("241234567") % 23] == "K"
    shown = contact_details.pnc_id(np.array([12, 13]), np.array([2019, 1998]))
    for one in shown:
        year, rest = one.split("/")
        assert rest[-1] == letters[int(year[2:] + rest[:-1]) % 23]


def test_next_door_is_in_the_same_street_and_never_the_same_house() -> None:
    where = places.make(Config(seed=5))
    rng = np.random.default_rng(1)
    homes = where.address(rng, rng.integers(0, len(where.towns), 2_000))
    near = where.next_door(homes, rng.integers(1, 4, 2_000))
    assert (where.street_name(homes) == where.street_name(near)).all()
    assert (where.town_of(homes) == where.town_of(near)).all()
    assert (homes // places.FLATS != near // places.FLATS).all()


def test_towns_have_names_of_their_own_and_forces_share_none() -> None:
    where = places.make(Config(seed=5, person_records=2_000_000, forces=6))
    assert len(set(where.towns)) == len(where.towns)
    assert set(where.force) == set(range(6))
    for area in set(where.areas):
        assert len(set(where.force[where.areas == area])) == 1


def test_streams_are_apart_by_purpose_and_part() -> None:
    first = draws.stream(1, 0, "people").integers(0, 1 << 30, 8)
    assert (first == draws.stream(1, 0, "people").integers(0, 1 << 30, 8)).all()
    for other in (draws.stream(1, 1, "people"), draws.stream(1, 0, "rows"), draws.stream(2, 0, "people")):
        assert (first != other.integers(0, 1 << 30, 8)).any()


def test_group_cumsum_begins_afresh_in_each_group() -> None:
    out = draws.group_cumsum(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([2, 0, 3]))
    assert out.tolist() == [1.0, 3.0, 3.0, 7.0, 12.0]
    assert draws.within(np.array([2, 0, 3])).tolist() == [0, 1, 0, 1, 2]


@pytest.mark.parametrize("line", ["29 Derby Drive, Castleby", "4 Elm Street, Wexby"])
def test_abbreviation_shortens_the_street_only(line: str) -> None:
    short = places.abbreviate(line)
    assert len(short) < len(line)
    assert short.split(", ")[1] == line.split(", ")[1]
