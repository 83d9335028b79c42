"""The order of urgency: what decides, and in which words."""

from __future__ import annotations

import math

import pytest

from lamplighter.courses import urgency
from lamplighter.courses.urgency import Known

FOLLOWED, THREAT, VIOLENCE = frozenset({"following"}), frozenset({"threat_harm"}), frozenset({"violence"})


def known(*occasions: tuple[float, frozenset[str]], possible: bool = True) -> Known:
    """A course by days since each occasion and what was done on it."""
    return Known(
        possible=possible,
        relationship=None,
        days=tuple(d for d, _ in occasions),
        acts=tuple(a for _, a in occasions),
        met=frozenset(),
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Violence of late comes before what is only more recent.
        (known((40, VIOLENCE)), known((2, FOLLOWED))),
        # Where both go on, one in which there ever was a threat comes before one that is only more recent.
        (known((400, THREAT), (40, FOLLOWED)), known((2, FOLLOWED))),
        (known((2, FOLLOWED)), known((3, FOLLOWED))),
        # What has been quiet for three months waits for what has not been, whatever was done.
        (known((80, FOLLOWED)), known((100, VIOLENCE))),
        (known((150, FOLLOWED)), known((160, VIOLENCE))),
        # Of two on one day the more frequent.
        (known((5.2, FOLLOWED), (9, FOLLOWED)), known((5.1, FOLLOWED))),
        (known((170, FOLLOWED)), known((2, FOLLOWED), possible=False)),
        (known((170, FOLLOWED)), known()),
    ],
)
def test_which_of_two_comes_first(first: Known, second: Known) -> None:
    assert urgency.key(first) < urgency.key(second)


@pytest.mark.parametrize(
    ("course", "words"),
    [
        (known((2, VIOLENCE)), "violence, a threat to kill or an entry in the last three months"),
        (known((2, FOLLOWED), (80, THREAT)), "threats in the last three months"),
        (
            known((2, FOLLOWED), (200, VIOLENCE)),
            "violence, a threat to kill or an entry, more than three months ago",
        ),
        (known((2, FOLLOWED), (200, THREAT)), "threats, more than three months ago"),
        (known((2, FOLLOWED)), "something this week"),
        (known((20, FOLLOWED)), "going on now"),
        (known((90, FOLLOWED)), "still going on"),
        (known((3, FOLLOWED), (5, FOLLOWED)), "two incidents in the last six months"),
    ],
)
def test_the_place_is_said_in_words(course: Known, words: str) -> None:
    assert words in urgency.reasons(course)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "last incident today"),
        (0.4, "last incident today"),
        (1, "last incident yesterday"),
        (2, "last incident 2 days ago"),
        (70, "last incident 2 months ago"),
    ],
)
def test_the_last_incident_is_told_as_people_say_it(days: float, words: str) -> None:
    assert words in urgency.reasons(known((days, FOLLOWED)))


def test_what_never_happened_is_not_said() -> None:
    assert urgency.reasons(known((300, FOLLOWED))) == ["possible stalking", "last incident 10 months ago"]
    assert all(math.isfinite(place) for place in urgency.key(known()))
