"""Hold the parts of a study to counts by hand: editions, at liberty, known before, moved, orders, few."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from lamplighter.rule_files.faults import RuleFileError
from lamplighter.studies.reoffending.cohort import Window, number_of
from lamplighter.studies.reoffending.concentration import concentrated
from lamplighter.studies.reoffending.country import CountryError
from lamplighter.studies.reoffending.definitions import definitions_in, shipped
from lamplighter.studies.reoffending.grid import Cohorts, over_time
from lamplighter.studies.reoffending.headline import enter
from lamplighter.studies.reoffending.histories import after_orders, known_before, spread
from lamplighter.studies.reoffending.lag import lag_corrected, learnt_of, proof_delays
from lamplighter.studies.reoffending.lives import Lives, lives_of
from lamplighter.studies.reoffending.study import RELATED, at_liberty, editions_of, scope_of, study_of
from tests.unit.studies.reoffending.making import EXTRACT, YEAR, country, defs, event, held

KEY = ("proven", "stalking_proven", "either", 12, 12)


def lives(folder: Path) -> Lives:
    read = held(folder)
    return lives_of(read.rows, read.links.person, read.links.persons, defs().rules)


def cohorts(folder: Path) -> Cohorts:
    return Cohorts(held(folder), defs(), lives(folder), None)


def convicted(suspect: str, day: str, **rest: str) -> dict[str, object]:
    return event("conviction", "2018-06-01", suspect, **{"proven": day, **rest})


def test_the_risk_over_time_lets_death_compete(tmp_path: Path) -> None:
    """Of four people one reoffends after 100 days, and one dies after 50 who would have been at risk."""
    rows = [convicted(who, "2020-03-01") for who in "abcd"]
    rows.append(event("conviction", "2020-06-09", "a", proven="2020-12-01"))
    rows.append(event("death", "2020-04-20", "b"))
    own = defs()
    found = over_time(
        cohorts(country(tmp_path, rows)), own.index("proven"), own.outcome("stalking_proven"), YEAR
    )
    assert found is not None
    assert found.risk[:2] == (0.25, 0.25)
    assert found.died[0] == 0.25
    # 60 months are not mature by the extract, so the last horizon is 24: 730 days for all.
    assert found.months == (6, 12, 24)
    assert found.free_days == pytest.approx((100 + 3 * 730) / 4)


def test_a_risk_of_nobody_is_nought_with_an_upper_limit(tmp_path: Path) -> None:
    own = defs()
    folder = country(tmp_path, [convicted("a", "2020-03-01")])
    found = over_time(cohorts(folder), own.index("proven"), own.outcome("course"), YEAR)
    assert found is not None
    # What is recorded waits for no proof, so 60 months are mature.
    assert found.risk == (0.0, 0.0, 0.0, 0.0)
    assert 0 < found.high[0] < 1
    assert found.free_days == found.days == 1826


def test_the_risk_stays_where_it_is_when_nobody_is_left(tmp_path: Path) -> None:
    rows = [convicted("a", "2020-03-01"), event("conviction", "2020-04-01", "a", proven="2020-12-01")]
    own = defs()
    found = over_time(
        cohorts(country(tmp_path, rows)), own.index("proven"), own.outcome("stalking_proven"), YEAR
    )
    assert found is not None
    assert found.risk == (1.0, 1.0, 1.0)


def test_early_and_late_editions_differ_by_who_was_proven_between(tmp_path: Path) -> None:
    """The latest period whose final edition is ready: December 2021 to November 2022."""
    rows = [convicted(who, "2022-03-01") for who in "abc"]
    rows.append(event("conviction", "2022-06-01", "a", proven="2023-01-01"))
    rows.append(event("conviction", "2022-07-01", "b", proven="2026-01-01"))
    found = editions_of(held(country(tmp_path, rows)), defs(), scope_of((), {}, "", ""))
    assert found.early is not None
    assert found.late is not None
    assert (found.early.cell.reoffenders, found.late.cell.reoffenders) == (1, 2)
    assert (found.early.known_on, found.late.known_on) == (dt.date(2024, 11, 30), EXTRACT)
    assert (found.came, found.went, found.joined, found.left) == (1, 0, 0, 0)


def test_an_index_event_that_was_recorded_late_joins_the_cohort_between_editions(tmp_path: Path) -> None:
    folder = country(
        tmp_path, [convicted("a", "2022-03-01"), convicted("b", "2022-03-01", recorded="2025-05-05")]
    )
    found = editions_of(held(folder), defs(), scope_of((), {}, "", ""))
    # A conviction is known on the day of proof, so it was there all along.
    assert found.joined == 0


def test_time_in_custody_is_taken_out_of_the_time_at_liberty(tmp_path: Path) -> None:
    rows = [
        convicted("a", "2020-03-01"),
        event("custody_start", "2020-04-01"),
        event("release", "2020-05-01"),
    ]
    rows.append(event("custody_start", "2021-02-19"))  # ten days before the horizon ends, and no release
    found = at_liberty(cohorts(country(tmp_path, rows)), KEY, YEAR)
    assert found is not None
    assert found.custody_known
    assert found.in_custody == 1
    assert found.years * 365.25 == pytest.approx(365)
    assert (found.years - found.years_at_liberty) * 365.25 == pytest.approx(30 + 10)


def test_custody_before_day_0_counts_from_day_0(tmp_path: Path) -> None:
    rows = [
        event("custody_start", "2020-01-01"),
        convicted("a", "2020-03-01"),
        event("release", "2020-03-11"),
    ]
    found = at_liberty(cohorts(country(tmp_path, rows)), KEY, YEAR)
    assert found is not None
    assert (found.years - found.years_at_liberty) * 365.25 == pytest.approx(10)


def test_custody_that_is_not_held_is_said_not_to_be(tmp_path: Path) -> None:
    folder = country(tmp_path, [convicted("a", "2020-03-01")], extra='not_held = ["custody_start"]')
    found = at_liberty(cohorts(folder), KEY, YEAR)
    assert found is not None
    assert not found.custody_known


def test_known_before_tells_own_books_from_other_forces(tmp_path: Path) -> None:
    rows = [
        event("report", "2020-05-01", "a"),
        event("report", "2020-01-01", "a", offence="harassment_s2"),
        event("report", "2020-05-01", "b1", force="South"),
        event("report", "2019-01-01", "b2", offence="harassment_s2"),
        event("report", "2020-05-01", "c"),
        event("report", "2020-06-01", "c", offence="harassment_s2"),  # later is not before
        event("report", "2020-07-01", "d"),
        event("report", "2019-07-01", "d"),  # first recorded as stalking before the period
        event("report", "2020-08-01", "e1"),
        event("report", "2020-07-31", "e2", force="South", offence="harassment_s2"),  # the same act
    ]
    persons = {"b1": "b", "b2": "b", "e1": "e", "e2": "e"}
    found = known_before(lives(country(tmp_path, rows, persons=persons)), YEAR, RELATED, 3, None)
    assert (found.people, found.none, found.own, found.elsewhere, found.reports) == (4, 2, 1, 1, 2)
    assert found.by_force == ((0, 2, 1, 0), (1, 0, 0, 1), (2, 0, 0, 0))
    north = known_before(lives(tmp_path), YEAR, RELATED, 3, frozenset({0}))
    assert (north.people, north.own, north.elsewhere) == (3, 1, 0)


def test_who_moved_and_with_whom(tmp_path: Path) -> None:
    rows = [
        event("report", "2020-01-01", "a1", victim="v1"),
        event("report", "2020-02-01", "a2", victim="v2", force="South"),
        event("report", "2020-03-01", "a1", victim="w"),
        event("report", "2020-01-01", "b1", victim="x"),
        event("report", "2020-02-01", "b2", victim="y", force="South"),
        event("report", "2020-01-01", "c", victim=""),
    ]
    persons = {"a1": "a", "a2": "a", "b1": "b", "b2": "b", "v1": "v", "v2": "v"}
    found = spread(lives(country(tmp_path, rows, persons=persons)), YEAR, RELATED, None)
    assert (found.people, found.victims, found.reports) == (3, 4, 6)
    assert found.forces == (1, 2, 0, 0)
    assert (found.moved, found.returned, found.moved_same_victim) == (2, 1, 1)
    assert found.by_victims == (0, 2, 0, 0)
    assert found.victim_not_named == 1


def test_orders_are_counted_with_what_followed(tmp_path: Path) -> None:
    rows = [
        event("order_made", "2020-02-01", "a", victim="v"),
        event("order_made", "2020-05-01", "a", victim="v"),  # the second of one person
        event("breach", "2020-02-11", "a", offence="breach_spo", proven="2020-08-01", victim="v"),
        event("breach", "2020-03-01", "a", offence="breach_spo", victim="v"),
        event("order_made", "2020-02-01", "b", victim="w"),
        event("report", "2020-03-01", "b", victim="w"),
        event("order_made", "2020-02-01", "c", victim="x"),
        event("breach", "2021-02-02", "c", offence="breach_spo", victim="x"),  # after twelve months
        event("order_made", "2020-12-31", "d"),
    ]
    found = after_orders(lives(country(tmp_path, rows)), YEAR, number_of(dt.date(2021, 3, 1)), None)
    assert (found.orders, found.people, found.mature) == (5, 4, 3)
    assert (found.breach, found.breach_proven, found.report_same_victim) == (1, 1, 1)
    assert (found.nothing, found.median, found.breaches) == (1, 10, 2)


def test_how_few_made_half_of_the_occasions(tmp_path: Path) -> None:
    """One of five people made six of ten occasions."""
    rows = [event("report", f"2026-0{n}-01", "a") for n in range(1, 7)]
    rows += [event("report", "2026-03-01", who) for who in "bcde"]
    rows.append(event("report", "2026-03-01", "b2", force="South"))  # in two books: still ten
    folder = country(tmp_path, rows, persons={"b2": "b"})
    found = concentrated(lives(folder), defs().concentration, RELATED, EXTRACT, None)
    assert found is not None
    assert (found.people, found.occasions, found.half_people, found.half) == (5, 10, 1, 20.0)
    assert found.shares[-1] == (20, 1, 60.0)
    assert (found.prolific_people, found.prolific_occasions) == (1, 6)
    # Gini by hand: 2 (1 + 2 + 3 + 4 + 5 * 6) / (5 * 10) - 6 / 5.
    assert found.gini == pytest.approx(0.4)
    assert found.per_person == (("1", 4, 4), ("2", 0, 0), ("3", 0, 0), ("4 to 9", 1, 6), ("10 or more", 0, 0))
    assert dict(found.spans)["one day"] == 4


def test_delays_to_proof_are_from_day_0_to_the_first_proof_by_the_extract(tmp_path: Path) -> None:
    rows = [convicted(who, "2020-03-01") for who in "abc"]
    rows.append(event("conviction", "2020-06-01", "a", proven="2023-03-01"))
    rows.append(event("conviction", "2020-07-01", "a", proven="2020-12-01"))
    rows.append(event("conviction", "2021-07-01", "b", proven="2021-12-01"))  # not within the horizon
    own, found = defs(), cohorts(country(tmp_path, rows))
    cohort = found.cohort(own.index("proven"), YEAR)
    later = found.later(cohort, own.outcome("stalking_proven"))
    delays = proof_delays(cohort, later, 12, number_of(EXTRACT))
    assert sorted(delays[delays == delays].tolist()) == [275.0]


def test_late_proof_is_not_made_up_where_nothing_is_proven(tmp_path: Path) -> None:
    own, found = defs(), cohorts(country(tmp_path, [convicted("a", "2024-03-01")]))
    window = Window(dt.date(2023, 12, 1), dt.date(2024, 12, 1))
    learnt = learnt_of(found, own.index("proven"), 12)
    by_outcome = {c.outcome: c for c in lag_corrected([learnt], [], "proven", 12, 48, (window,))}
    only = by_outcome["stalking_proven"]
    assert (only.people, only.counted, only.rate) == (1, 0, None)
    assert only.why


def test_a_headline_that_is_changed_after_the_data_were_opened_shows(tmp_path: Path) -> None:
    own = defs()
    first = enter(tmp_path, own, dt.date(2026, 12, 1))
    assert enter(tmp_path, own, dt.date(2026, 12, 5)) == first
    assert not first[0].named_late
    other = replace(own, headline=replace(own.headline, horizon=24))
    found = enter(tmp_path, other, dt.date(2026, 12, 9))
    assert [e.first_used_on for e in found] == ["2026-12-01", "2026-12-09"]
    assert found[0].sha256 != found[1].sha256


def test_the_headline_is_entered_before_any_table_is_read(tmp_path: Path) -> None:
    folder = country(tmp_path, [])
    (folder / "events.csv").unlink()
    entered = []
    with pytest.raises(CountryError, match="no events"):
        study_of(folder, headlines=lambda d: entered.append(d.headline_hash()) or ())  # type: ignore[func-returns-value]
    assert len(entered) == 1


def test_the_hash_is_of_what_the_headline_means() -> None:
    own = defs()
    assert own.headline_hash() != defs(straddling="counted").headline_hash()
    why = replace(own, headline=replace(own.headline, why="Another reason"))
    assert own.headline_hash() == why.headline_hash()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('victim = "either"', 'victim = "anybody"', "anybody"),
        ('outcome = "stalking_proven"\nvictim', 'outcome = "stalking"\nvictim', "no row of that code"),
        ("wait = 12\nnamed_on", "wait = 9\nnamed_on", "not waited for so long"),
        ("horizon = 12\nwait", "horizon = 13\nwait", "no horizon has so many months"),
        ('kinds = ["report"]\nknown', 'kinds = ["death"]\nknown', "nothing is done by it"),
        ("[[horizon]]", "[[horizons]]", "horizons"),
        ("from = 2012-11-25", "from = 2027-01-01", "no row holds"),
    ],
)
def test_definitions_that_contradict_themselves_are_refused(old: str, new: str, said: str) -> None:
    assert old in shipped()
    with pytest.raises(RuleFileError, match=said):
        definitions_in(shipped().replace(old, new), EXTRACT)


def test_a_force_or_a_hub_that_is_not_there_is_refused() -> None:
    with pytest.raises(CountryError, match="No force"):
        scope_of(("North",), {}, "West", "")
    with pytest.raises(CountryError, match="No hub"):
        scope_of(("North",), {"Two": ("North",)}, "", "One")
    assert scope_of(("North", "South"), {"Two": ("South",)}, "", "Two").places == frozenset({1})
