"""Every indicator that the hub's rows can answer, against a count by hand of the small hub."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.insight import rules, services
from lamplighter.hub.insight.export import bundle as exporting
from lamplighter.hub.insight.export.casework import INFORMED
from lamplighter.hub.insight.models import Publication as Published
from lamplighter.hub.insight.models import Release
from lamplighter.hub.victim_side.rules import RULES
from lamplighter.studies.review.analyses.agreement import graded_twice
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.evaluation import evaluate
from lamplighter.studies.review.indicators.lines import lines
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle import checking
from lamplighter.study_bundle.bundle import Publication
from lamplighter.study_bundle.schema import codes_of
from tests.integration.insight import making
from tests.integration.insight.small_hub import a_small_hub, period

pytestmark = pytest.mark.django_db

#: Indicator → met, of how many, and of these not recorded. Counted by hand; who they are is in ``small_hub``.
BY_HAND = {
    # Of six cases one was called stalking from the first (D); nobody corrected the other five in 3 days.
    "1": (1, 6, 0),
    "2b": (0, 5, 0),
    # A and F have three reports. The rules brought F's last in within the day; A's were months old.
    "4a": (1, 2, 0),
    # Somebody decided on F; of A nobody did.
    "4b": (1, 2, 1),
    # Two files were audited for it.
    "6": (1, 2, 0),
    # All six are named from the first. A within the day, B weeks later, nobody else.
    "7": (1, 6, 4),
    # A and F within the day, E a day later, B in March.
    "9": (2, 6, 2),
    # F's second rating after 20 hours, A's withdrawal after 47; A's charge after 48 and a half, B's end in
    # March, and her withdrawal never. A's breach, told twice, waited for weeks, B's until March; C's and the
    # ends of A's and F's proceedings for nobody.
    "10": (2, 11, 4),
    # A has a plan with nothing overdue; E has neither.
    "11a": (1, 2, 0),
    # F was judged low, and the second judged it higher.
    "11b": (1, 1, 0),
    # A's file minimises, D's does not.
    "12": (1, 2, 0),
    # A on the fifth working day. B on the sixth, C was sent away, F was taken on; of D, E there is nothing.
    "13": (1, 6, 2),
    # A and B reached a decision on charging, F was dropped; of A the impact was there before, of B after.
    "14a": (1, 3, 1),
    # A was charged, and offered a statement.
    "14b": (1, 1, 0),
    # A and B on day 8.
    "15": (2, 6, 0),
    "16a": (0, 6, 0),
    "16b": (0, 2, 0),
    # A was asked about pressure; of B it was not safe to ask, and that is no check.
    "17a": (1, 2, 0),
    # A was looked at again after two days, B in March.
    "17b": (1, 2, 0),
    # B, C, D (out of time) and F ended without action. Of B every line was done; of the others they apply.
    "18a": (1, 4, 0),
    # Of those four B, C and F were texted. B's data were asked for; of C and F nobody asked.
    "18b": (2, 3, 0),
    # B and F were dropped on a day. B was signed by two before; F by nobody, for it was an override.
    "19a": (1, 2, 1),
    # B, C, D and F are closed. B was told in one working day, C in four; D and F were not told.
    "19b": (1, 4, 2),
    # D was anonymous once: authorised after 46 and a half hours, and to be told.
    "25a": (1, 1, 0),
    "25b": (1, 1, 0),
    # A after 26 days and F after 28, which was empty; B's came late, C's never: of it nothing is on record.
    # D's was not submitted.
    "20": (2, 4, 1),
    # A, B and C agreed. A in two working days, B in three; of C no service accepted.
    "26a": (1, 3, 1),
    # A, B, C, and E, whose own service brought her.
    "26b": (4, 6, 2),
    # A in two working days, B in three, C was not taken on.
    "26c": (1, 3, 1),
    # Of A; B declined one, and of the others nothing is written down.
    "26d": (1, 6, 4),
    # A and D have the summary offence; D's time has passed.
    "27b": (1, 2, 0),
    # A on the fourth day, B on the eighth; the others never.
    "21a": (1, 6, 4),
    # A and B have an order.
    "21b": (2, 6, 0),
    # A's and B's were granted, D's refused.
    "21c": (2, 3, 0),
    # A's after 26 hours, B's after 49.
    "22b": (1, 2, 0),
    # A's arrest after 23 hours and ten minutes; B's reason on the next day, after 47; C's never.
    "23a": (1, 3, 1),
    "23b": (2, 3, 1),
    # A in time, B a day late, and A's new address never.
    "23c": (1, 3, 0),
    # A's proceedings and F's ended.
    "24": (1, 2, 1),
    # A on the tenth day, B on the eleventh, of C nothing was decided.
    "28": (1, 3, 1),
    # The police in time, the advocate late, health not; what was called off was not due.
    "29a": (1, 3, 0),
    # A and E were high; A was discussed by three agencies on the sixth working day.
    "29b": (1, 2, 1),
    # The lead judged F twice; nobody else has training that is in date.
    "32": (2, 7, 0),
    # The hub's own pack, which came out a day after it was due.
    "33": (0, 1, 0),
}
#: What no row of the hub says, and so is said not to be held: never nought.
NOT_HELD = {
    *("3", "5"),
    "31",
}


def test_every_indicator_of_the_small_hub_is_what_was_counted_by_hand(tmp_path: Path) -> None:
    a_small_hub()
    day = dt.date(2026, 6, 1)
    pack = Publication("The hub", day, day + dt.timedelta(days=1))
    exporting.export("cases", period(), tmp_path / "b", timezone.localdate(), packs=(pack,))
    cohort = Cohort(checking.check(tmp_path / "b").required(), settings())
    assert cohort.bundle.height("reports") == 14
    assert cohort.cases.height == 6
    found = evaluate(cohort)
    assert {row.what.removeprefix("indicator ") for row in found.not_answered} == NOT_HELD
    answered = {line.name: line for line in lines(settings()) if line.name not in NOT_HELD}
    counted = {}
    for name in BY_HAND:
        results = answered[name].find(cohort)["result"]
        counted[name] = ((results == "met").sum(), results.len(), results.null_count())
    assert counted == BY_HAND
    _by_agency(answered["29a"].find(cohort))
    # A's, from the decision of the 16th to the interim order of the 21st.
    assert answered["22a"].find(cohort)["days"].to_list() == [5]
    # 27a: B was dropped on 5 March and F on 6 March, of reports of 26 January. The others are open, or their
    # outcome has no day.
    ended = answered["27a"].find(cohort).filter("event")
    assert sorted(ended["days"].to_list()) == [38, 39]
    # F: low, then moderate by the second rater. E: both high. Neither knew of the first.
    twice = graded_twice(cohort).sort("first_grade")
    assert twice.select("first_grade", "second_grade", "blind").rows() == [
        ("high", "high", True),
        ("standard", "medium", True),
    ]


def _by_agency(actions: pl.DataFrame) -> None:
    assert sorted(actions.select("agency", "result").rows()) == [
        ("advocacy", "not_met"),
        ("health", "not_met"),
        ("police", "met"),
    ]


def test_every_event_of_the_code_has_its_word_in_a_bundle() -> None:
    """What the victim was told of is counted as what it was; a new kind of event is given its word first."""
    known = {rule.code for rule in RULES.every("event")}
    assert set(INFORMED) <= known
    assert set(INFORMED.values()) <= codes_of("informed_of")
    # An interview and a warrant are none of what an indicator asks for.
    assert known - set(INFORMED) == {"interview", "warrant"}
    assert INFORMED["no_action"] == INFORMED["no_investigation"] == "closure"


def test_the_hubs_own_pack_is_due_where_its_rules_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Indicator 33: without a row nothing was promised, and of a quarter no pack of a year is due."""
    year, today = (dt.date(2025, 7, 1), dt.date(2026, 6, 30)), dt.date(2026, 7, 1)
    assert services._packs(year, today) == ()
    monkeypatch.setattr(rules.RULES, "tables", lambda: {"publication_due"})
    monkeypatch.setattr(rules, "in_force", lambda *_: {"months": 12, "days": 180})
    assert services._packs((dt.date(2026, 4, 1), year[1]), today) == ()
    due = dt.date(2026, 12, 27)
    assert services._packs(year, today) == (Publication("The hub", due, None),)
    review = making.a_review(period=year)
    with identity.as_service(services.PURPOSE):
        release = Release.objects.create(review=review, profile="police-victim", edition="first")
        Published.objects.create(
            release=release,
            title="Review",
            period_from=year[0],
            period_to=year[1],
            profile="police-victim",
            edition="first",
            at=dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC),
            printed={},
            archive=b"",
        )
        assert services._packs(year, today) == (Publication("The hub", due, dt.date(2026, 11, 2)),)
