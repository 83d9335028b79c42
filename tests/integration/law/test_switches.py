"""A switch is off until somebody has signed and a second person has checked, and nothing is forgotten."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.law import rules, services, work
from lamplighter.hub.law.configuration import CODES, PART
from lamplighter.hub.law.models import Check, Reading
from lamplighter.hub.law.selectors import in_force, standings
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SINCE = dt.date(2026, 6, 29)


def told(**others: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "instrument": "Crime and Policing Act 2026",
        "reference": "section 90; SI 2026/689, regulation 2",
        "read_on": today,
        "next_review": today + 90 * DAY,
        "valid_from": SINCE,
    } | others


@pytest.fixture
def reader() -> User:
    return making.somebody(Role.COORDINATOR, "hub")


@pytest.fixture
def second() -> User:
    return making.somebody(Role.STALKING_LEAD, "force-a")


def sign(user: User, code: str = "spo_on_conviction", **others: Any) -> Reading:
    with identity.as_person(user):
        return services.sign(user, rules.switch(code), **told(**others))


def agree(user: User, row: Reading, *, agrees: bool = True) -> Check:
    with identity.as_person(user):
        return services.check(user, row, agrees=agrees, reason="Read the same")


def test_nineteen_are_shipped_and_every_one_is_off() -> None:
    shipped = tomllib.loads(PART.shipped.read_text("utf-8"))
    assert tuple(row["code"] for row in shipped["switch"]) == CODES
    assert len(CODES) == 19
    for one in standings():
        assert one.holding(timezone.localdate()) is None
        assert one.coming(dt.date(1950, 1, 1)) is None
    # Nothing in the file could switch one on.
    assert all("from" not in row and row["mark"] == "K" for row in shipped["switch"])


def test_it_is_on_from_its_day_only_once_a_second_person_has_checked(reader: User, second: User) -> None:
    row = sign(reader)
    assert not in_force("spo_on_conviction", SINCE)
    with pytest.raises(NotPossibleError, match="A second person must check"):
        agree(reader, row)
    agree(second, row)
    assert in_force("spo_on_conviction", SINCE)
    assert not in_force("spo_on_conviction", SINCE - DAY)
    assert not in_force("spo_on_acquittal", SINCE)
    with pytest.raises(NotPossibleError, match="Somebody else has checked"):
        agree(making.somebody(Role.COORDINATOR, "hub"), row)
    seen = list(Event.objects.filter(verb__startswith="law.").order_by("pk").values_list("verb", flat=True))
    assert seen == ["law.signed", "law.checked"]


def test_a_check_that_does_not_agree_leaves_it_off(reader: User, second: User) -> None:
    agree(second, sign(reader), agrees=False)
    assert not in_force("spo_on_conviction", SINCE)


def test_the_database_refuses_a_check_by_whoever_signed_and_any_change(reader: User, second: User) -> None:
    row = sign(reader)
    with pytest.raises(DatabaseError), transaction.atomic(), identity.as_person(reader):
        Check.objects.create(reading=row, agrees=True, reason="I", by=reader)
    with pytest.raises(DatabaseError), transaction.atomic(), identity.as_person(second):
        Check.objects.create(reading=row, agrees=True, reason="In another's name", by=reader)
    analyst = making.somebody(Role.ANALYST, "hub")
    with pytest.raises(DatabaseError), transaction.atomic(), identity.as_person(analyst):
        Check.objects.create(reading=row, agrees=True, reason="I", by=analyst)
    with pytest.raises(DatabaseError), transaction.atomic(), identity.as_person(reader):
        Reading.objects.filter(pk=row.pk).update(valid_from=dt.date(2020, 1, 1))
    with pytest.raises(DatabaseError), transaction.atomic(), identity.as_person(reader):
        row.delete()
    agree(second, row)
    assert in_force("spo_on_conviction", SINCE)


def test_what_was_known_at_a_moment_stays_known_of_it(reader: User, second: User) -> None:
    start = timezone.now() - 10 * DAY
    with moment.at(start):
        row = sign(reader, read_on=start.date())
    with moment.at(start + 2 * DAY):
        agree(second, row)
    with moment.at(start + 5 * DAY), identity.as_person(reader):
        services.switch_off(reader, rules.switch("spo_on_conviction"), day=SINCE, reason="Not commenced")
    on = timezone.localdate()
    known = [in_force("spo_on_conviction", on, as_at=start + n * DAY) for n in (-1, 1, 3, 6)]
    assert known == [False, False, True, False]
    assert not in_force("spo_on_conviction", on)
    with identity.as_person(reader):
        agree(second, sign(reader, valid_from=on))
    assert in_force("spo_on_conviction", on)
    assert not in_force("spo_on_conviction", on - DAY)


def test_switched_off_from_a_day_it_holds_before(reader: User, second: User) -> None:
    agree(second, sign(reader))
    today = timezone.localdate()
    with identity.as_person(reader):
        services.switch_off(reader, rules.switch("spo_on_conviction"), day=today, reason="Repealed")
    assert in_force("spo_on_conviction", today - DAY)
    assert not in_force("spo_on_conviction", today)


def test_a_later_signature_counts_from_its_own_day_and_an_end_is_kept(reader: User, second: User) -> None:
    later, end = SINCE + 60 * DAY, SINCE + 90 * DAY
    agree(second, sign(reader))
    agree(second, sign(reader, valid_from=later, valid_until=end))
    held = [in_force("spo_on_conviction", day) for day in (SINCE, later - DAY, later, end - DAY, end)]
    assert held == [True, True, True, True, False]


def test_of_an_area_it_holds_there_alone_and_is_asked_for_one(reader: User, second: User) -> None:
    agree(second, sign(reader, "dapo_available", per="  Northshire  east"))
    assert in_force("dapo_available", SINCE, "northshire East")
    assert not in_force("dapo_available", SINCE, "Northshire")
    with pytest.raises(ValueError, match="name one"):
        in_force("dapo_available", SINCE)
    with pytest.raises(ValueError, match="not signed for each"):
        in_force("isa_guidance", SINCE, "Northshire")
    with pytest.raises(KeyError, match="no switch"):
        in_force("made_up", SINCE)
    with pytest.raises(NotPossibleError, match="Enter the area"):
        sign(reader, "dapo_available")


def test_who_may_sign_and_check(reader: User) -> None:
    row = sign(reader)
    for role in set(Role) - {Role.COORDINATOR}:
        with pytest.raises(NotPossibleError):
            sign(making.somebody(role, "hub"))
    for role in set(Role) - {Role.COORDINATOR, Role.STALKING_LEAD}:
        with pytest.raises(NotPossibleError):
            agree(making.somebody(role, "hub"), row)
    today = timezone.localdate()
    for wrong in (
        {"next_review": today},
        {"next_review": today + 181 * DAY},
        {"read_on": today + DAY},
        {"valid_until": SINCE},
    ):
        with pytest.raises(NotPossibleError):
            sign(reader, **wrong)


def texts(user: User) -> list[tuple[str, str]]:
    with identity.as_person(user):
        return [(n.text, n.whose) for n in work.notices(user, team=False)]


def test_a_check_and_an_overdue_review_are_tasks_with_an_owner(reader: User, second: User) -> None:
    other = making.somebody(Role.COORDINATOR, "hub")
    start = timezone.now() - 100 * DAY
    task = "Check what was signed: Stalking protection orders on conviction"
    review = "Review the law: Stalking protection orders on conviction"
    with moment.at(start):
        row = sign(reader, next_review=timezone.localdate() + DAY)
    assert (task, "Those who check for the hub") in texts(second)
    assert task not in [text for text, _ in texts(reader)]
    agree(second, row)
    assert task not in [text for text, _ in texts(second)]
    assert (review, "Assigned to you") in texts(reader)
    assert review not in [text for text, _ in texts(other)]
    # Once the person has left, it is one other person's who signs, and nobody's who does not.
    with making.as_the_owner():
        User.objects.filter(pk=reader.pk).update(is_active=False)
    assert (review, "Assigned to you") in texts(other)
    assert review not in [text for text, _ in texts(second)]
    assert texts(making.somebody(Role.ADVOCATE, "helpline")) == []
    # Reading it again, and finding that it is not in force, ends the review.
    sign(other, valid_from=None)
    assert review not in [text for text, _ in texts(other)]


def test_a_switch_that_nobody_has_read_for_so_long_is_the_task_of_one_named_person(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As shipped, each is looked at 180 days after it was written; whoever signs has 180 days at most."""
    others = [making.somebody(Role.COORDINATOR, code) for code in ("force-a", "hub")]
    review = "Review the law: Stalking protection orders on acquittal"
    assert not [text for text, _ in texts(reader) if text.startswith("Review the law")]
    monkeypatch.setattr(work, "AHEAD", 400 * DAY)
    found = texts(reader)
    assert len([text for text, _ in found if text.startswith("Review the law")]) == len(CODES)
    assert (review, "Assigned to you") in found
    assert all(review not in [text for text, _ in texts(other)] for other in others)
    with making.as_the_owner():
        User.objects.filter(pk=reader.pk).update(is_active=False)
    assert [review in [text for text, _ in texts(other)] for other in others] == [False, True]
    assert rules.signing(timezone.localdate()).extra["longest_days"] == 180


def test_rules_whose_review_is_overdue_are_a_task(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    task = "files of rules"
    assert not [text for text, _ in texts(reader) if task in text]
    monkeypatch.setattr(work, "AHEAD", 400 * DAY)
    assert [text for text, whose in texts(reader) if task in text and whose == work.OWNERS]
