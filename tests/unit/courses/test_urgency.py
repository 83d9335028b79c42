"""The order of the list: what stands above its line, what decides below it, and in which words."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.courses.coding.severity import NEVER_EXPLAINED
from lamplighter.courses.findings import urgency
from lamplighter.courses.findings.urgency import Known
from lamplighter.courses.reports.readings import DOMESTIC, POSSIBLE
from lamplighter.courses.results import Row
from lamplighter.vocabulary import current
from lamplighter.vocabulary.codes import code_set

AS_AT = dt.datetime(2026, 12, 1, 12)
FOLLOWED, THREAT, VIOLENCE = frozenset({"following"}), frozenset({"threat_harm"}), frozenset({"violence"})
CONTACT, DAMAGE = frozenset({"unwanted_contact"}), frozenset({"damage"})
NOTHING: frozenset[str] = frozenset()


def known(
    *occasions: tuple[float, frozenset[str]], possible: bool = True, told: tuple[str, ...] = ()
) -> Known:
    """A course by days since each occasion and what was done on it; ``told`` of each."""
    days = tuple(d for d, _ in occasions)
    return Known(
        possible=possible,
        days=days,
        latest=tuple(0.0 if math.isinf(d) else d for d in days),
        acts=tuple(a for _, a in occasions),
        told=tuple(frozenset(told) for _ in occasions),
        of_late=91,
    )


def acts(*codes: str) -> frozenset[str]:
    return frozenset(codes)


RED = [
    (acts("violence"), ()),
    (acts("strangulation"), ()),
    (acts("sexual_violence"), ()),
    (acts("threat_kill"), ()),
    (acts("break_in"), ()),
    (acts("breach"), ()),
    (acts("threat_self_harm"), ("separated",)),
    (acts("threat_self_harm"), ("ex_partner",)),
    (acts("threat_harm"), ("weapon",)),
    (acts("damage"), ("fire",)),
    (acts("threat_harm"), ("children",)),
]


@pytest.mark.parametrize(("done", "told"), RED)
def test_above_the_line_comes_before_every_flagged_course_whatever_it_reads_as(
    done: frozenset[str], told: tuple[str, ...]
) -> None:
    course = known((90, done), possible=False, told=told)
    flagged = known(*[(1, FOLLOWED | THREAT | DAMAGE)] * 5, told=("ex_partner", "fear"))
    assert urgency.key(course) < urgency.key(flagged)
    assert urgency.key(course)[0] == urgency.ABOVE
    assert urgency.reasons(course)[0].startswith("above the line: ")
    # Of late, or with no date at all; not what is longer ago than that.
    assert urgency.key(known((math.inf, done), possible=False, told=told))[0] == urgency.ABOVE
    assert urgency.key(known((92, done), possible=False, told=told))[0] == 1.0


@pytest.mark.parametrize(
    ("done", "told"),
    [(acts("threat_self_harm"), ()), (NOTHING, ("weapon", "fire", "children")), (CONTACT, ())],
)
def test_what_is_not_above_the_line(done: frozenset[str], told: tuple[str, ...]) -> None:
    assert urgency.key(known((1, done), told=told))[0] == 1.0


def test_above_the_line_no_place_hangs_on_the_reading() -> None:
    partner = known((1, acts("strangulation")), (2, VIOLENCE), possible=False)
    stale = known((90, VIOLENCE), possible=True)
    assert urgency.key(partner) < urgency.key(stale)


def test_an_incident_counts_by_the_last_day_on_which_it_can_have_been() -> None:
    row = occasion(1, 120, VIOLENCE) | {"until": AS_AT - dt.timedelta(days=80)}
    assert urgency.key(looked([row]))[0] == urgency.ABOVE


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (known((40, VIOLENCE)), known((2, FOLLOWED))),
        # Where both go on, one in which there ever was a threat comes before one that is only more recent.
        (known((400, THREAT), (40, FOLLOWED)), known((2, FOLLOWED))),
        (known((2, FOLLOWED)), known((3, FOLLOWED))),
        # What has been quiet waits for what has not been.
        (known((80, FOLLOWED)), known((100, VIOLENCE))),
        # Of what is quiet, violence still counts.
        (known((160, VIOLENCE)), known((150, FOLLOWED))),
        (known((400, VIOLENCE), (40, CONTACT)), known((300, THREAT), (30, CONTACT))),
        # Former partners, an explicit threat and damage, all three, before another with violence long ago.
        (
            known((40, THREAT), (50, DAMAGE), told=("separated",)),
            known((300, VIOLENCE), (30, CONTACT)),
        ),
        (known((9, CONTACT), told=("ex_partner",)), known((2, CONTACT))),
        (known((9, CONTACT), told=("order_in_force",)), known((2, CONTACT))),
        (known((9, FOLLOWED)), known((2, CONTACT))),
        (known((9, CONTACT), told=("release",)), known((2, CONTACT))),
        (known((9, CONTACT), told=("court",)), known((2, CONTACT))),
        (known((9, CONTACT), told=("new_partner",)), known((2, CONTACT))),
        (known((9, CONTACT), told=("fear",)), known((2, CONTACT))),
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
        (known((2, VIOLENCE)), "above the line: violence, 2 days ago"),
        (known((math.inf, VIOLENCE)), "above the line: violence, date not known"),
        (
            known((2, VIOLENCE | acts("breach")), possible=False),
            "above the line: violence, 2 days ago; a possible breach of an order or condition, 2 days ago",
        ),
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
    assert urgency.reasons(known((300, CONTACT))) == ["possible stalking", "last incident 10 months ago"]
    assert all(math.isfinite(place) for place in urgency.key(known()))


# Whatever is added ------------------------------------------------------------------------------------------


def occasion(number: int, days: float | None, done: frozenset[str], told: frozenset[str] = NOTHING) -> Row:
    at = None if days is None else AS_AT - dt.timedelta(days=days)
    return {
        "course_id": "C",
        "occasion_no": number,
        "at": at,
        "until": None,
        "acts": sorted(done),
        "circumstances": sorted(told),
        "reversed": False,
    }


def looked(rows: list[Row], reading: str = DOMESTIC) -> Known:
    return urgency.known_of([{"course_id": "C", "reading": reading}], rows, [], AS_AT)["C"]


BEHAVIOURS = sorted(code_set("behaviours").codes)
some_acts = st.frozensets(st.sampled_from(BEHAVIOURS), max_size=3)
some_told = st.frozensets(st.sampled_from(sorted(urgency.CIRCUMSTANCES)), max_size=3)
rows_of = st.builds(
    occasion, st.integers(1, 5), st.one_of(st.none(), st.floats(0, 500)), some_acts, some_told
)


@given(st.lists(rows_of, max_size=6), rows_of, st.sampled_from([POSSIBLE, DOMESTIC]))
def test_a_report_more_never_moves_it_down(rows: list[Row], more: Row, reading: str) -> None:
    assert urgency.key(looked([*rows, more], reading)) <= urgency.key(looked(rows, reading))


@given(st.lists(rows_of, min_size=1, max_size=6), some_acts, some_told)
def test_a_ticked_act_or_a_word_more_never_moves_it_down(
    rows: list[Row], ticked: frozenset[str], told: frozenset[str]
) -> None:
    with_it = [*rows[1:], rows[0] | {"acts": sorted({*rows[0]["acts"], *ticked})}]
    with_it[-1]["circumstances"] = sorted({*rows[0]["circumstances"], *told})
    assert urgency.key(looked(with_it)) <= urgency.key(looked(rows))


@given(st.lists(rows_of, max_size=6), rows_of)
def test_a_counter_report_changes_nothing(rows: list[Row], counter: Row) -> None:
    both = [*rows, counter | {"reversed": True, "occasion_no": 9}]
    assert urgency.key(looked(both)) == urgency.key(looked(rows))


# The data ---------------------------------------------------------------------------------------------------


def test_every_rule_and_line_has_a_source_a_mark_and_a_day_and_uses_known_codes() -> None:
    data = tomllib.loads((files("lamplighter.courses") / "order.toml").read_text("utf-8"))
    for row in (*data["red_line"], *data["rule"]):
        assert row["mark"] in {"S", "K", "I"}
        assert row["source"]
        assert isinstance(row["from"], dt.date)
    for line in urgency.red_lines():
        assert line.acts <= set(BEHAVIOURS)
        assert line.told | line.beside <= urgency.CIRCUMSTANCES
        assert line.acts <= NEVER_EXPLAINED, "A dispute told in the same words would take it away."


def test_no_made_up_world_is_a_source() -> None:
    text = (files("lamplighter.courses") / "order.toml").read_text("utf-8").lower()
    assert "seed" not in text
    assert "benchmark" not in text


def test_of_late_is_what_current_means() -> None:
    assert looked([]).of_late == current.days(AS_AT.date()) == 91
    assert f"in the last {current.newest_days()} days" in urgency.RULES[0].title
