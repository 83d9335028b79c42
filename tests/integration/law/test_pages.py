"""Everybody reads the law as the hub has it; those whom the hub names sign, check and switch off on pages."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.design.environment import long_date
from lamplighter.hub.law import presenters, rule_files
from lamplighter.hub.law.models import Reading, SwitchedOff
from lamplighter.hub.law.selectors import in_force
from tests.integration.access import making

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
CODE = "multi_agency_duty"


def client(user: User) -> Client:
    made = Client()
    made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def page(user: User, path: str = "", status: int = 200) -> str:
    answer = client(user).get(f"/law/{path}", secure=True)
    assert answer.status_code == status, path
    return words(answer)


def parts(name: str, day: dt.date) -> dict[str, str]:
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def filled(**others: str) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "instrument": "Guidance of June 2026",
        "reference": "Chapter 2",
        "found": "yes",
        "words": "Named bodies must have due regard",
        **parts("read_on", today),
        **parts("valid_from", today - 30 * DAY),
        **parts("next_review", today + 100 * DAY),
    } | others


def test_every_role_reads_it_and_only_those_named_sign() -> None:
    for role in Role:
        user = making.somebody(role, "hub")
        told = page(user)
        assert "No change of law or guidance is on." in told
        assert told.count("Off. Nobody has read it and signed.") == 19
        assert "Hub coordinators read and sign." in told
        page(user, CODE)
        page(user, f"{CODE}/sign", 200 if role == Role.COORDINATOR else 403)
        assert ("Sign what you have read" in page(user, CODE)) == (role == Role.COORDINATOR)
    page(making.somebody(Role.AUDITOR, "hub"), "no_such_switch", 404)


def test_every_page_leads_there() -> None:
    answer = client(making.somebody(Role.ADVOCATE, "helpline")).get("/work/", secure=True)
    assert 'href="/law/"' in answer.content.decode()
    told = client(making.somebody(Role.ADMINISTRATOR, "hub")).get("/configuration/", secure=True)
    assert told.content.decode().count('href="/law/"') == 2


def test_signing_checking_and_switching_off() -> None:
    reader, second = making.somebody(Role.COORDINATOR, "hub"), making.somebody(Role.STALKING_LEAD, "force-a")
    answer = client(reader).post(f"/law/{CODE}/sign", filled(found="no"), secure=True)
    assert answer.status_code == 422
    assert "Correct one of the two" in words(answer)
    empty = client(reader).post(f"/law/{CODE}/sign", {}, secure=True)
    for error in (
        "Enter what you read",
        "Enter its number and section",
        "Enter day on which you read it",
        "Choose whether it is in force",
        "Enter next review",
    ):
        assert error in words(empty), error
    late = filled(**parts("next_review", timezone.localdate() + 200 * DAY))
    assert "not later than" in words(client(reader).post(f"/law/{CODE}/sign", late, secure=True))
    assert not Reading.objects.exists()

    assert client(reader).post(f"/law/{CODE}/sign", filled(), secure=True).status_code == 302
    key = Reading.objects.get().key
    assert "waits for the check of a second person" in page(reader, CODE)
    assert "Check what was signed" not in page(reader, CODE)
    own = client(reader).post(f"/law/signed/{key}/check", {"agrees": "yes", "reason": "I"}, secure=True)
    assert own.status_code == 422
    assert "A second person must check it" in words(own)
    assert "Check what was signed" in page(second, CODE)
    assert "Guidance of June 2026, Chapter 2" in page(second, f"signed/{key}/check")
    with_reason = {"agrees": "yes", "reason": "Read it at GOV.UK"}
    assert client(second).post(f"/law/signed/{key}/check", with_reason, secure=True).status_code == 302
    since = timezone.localdate() - 30 * DAY
    assert in_force(CODE, since)
    told = page(second)
    assert "1 change of law or guidance is on." in told
    assert f"On from {long_date(since)}. By: Guidance of June 2026, Chapter 2 Read by: Sam Reed on " in told
    assert "Switch off" not in page(second, CODE)

    page(second, f"signed/{key}/off", 403)
    nothing = client(reader).post(f"/law/signed/{key}/off", parts("day", since), secure=True)
    assert "Enter why" in words(nothing)
    assert in_force(CODE, since)
    gone = parts("day", since) | {"reason": "It was the draft"}
    assert client(reader).post(f"/law/signed/{key}/off", gone, secure=True).status_code == 302
    assert SwitchedOff.objects.get().reason == "It was the draft"
    assert not in_force(CODE, since)
    told = page(reader, CODE)
    assert f"Off. Switched off from {long_date(since)}." in told
    for kept in ("It was the draft", "Read it at GOV.UK", "Signed: in force from"):
        assert kept in told


def test_as_it_was_on_a_day() -> None:
    reader = making.somebody(Role.COORDINATOR, "hub")
    with moment.at(timezone.now() - 5 * DAY):
        client(reader).post(f"/law/{CODE}/sign", filled(), secure=True)
    before = (timezone.localdate() - 9 * DAY).isoformat()
    assert "waits for the check" in page(reader)
    assert "waits for the check" not in page(reader, f"?as_at={before}")
    told = page(reader, f"{CODE}?as_at={before}")
    assert "Nobody has signed anything by then." in told
    assert "Sign what you have read" not in told
    asked = client(reader).get("/law/", parts("day", timezone.localdate() - 9 * DAY), secure=True)
    assert asked.headers["Location"] == f"/law/?as_at={before}"


def test_files_of_rules_are_shown_and_an_overdue_review_is_marked() -> None:
    user = making.somebody(Role.CLINICIAN, "health")
    told = page(user)
    assert told.count("Not checked by a practitioner yet") == len(rule_files.every())
    marked = client(user).get("/law/", secure=True).content.decode()
    assert "govuk-tag--orange" not in marked
    after = max(f.upkeep.next_review for f in rule_files.every()) + DAY
    shown = presenters.page([], user, after)
    assert shown["files_overdue"] == len(rule_files.every())
    assert all(f["overdue"] for f in shown["files"])
