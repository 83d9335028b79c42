"""What is typed on a form of several pages survives everything, and is its author's alone until wiped."""

from __future__ import annotations

import datetime as dt
import logging
import re
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts import tasks
from lamplighter.hub.accounts.credentials import FormDraft
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.own_account import drafts
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case
from lamplighter.hub.intake.models import ReportVersion
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.intake import typed

pytestmark = pytest.mark.django_db
WORD = "zqdraftqz"
REPORT = typed.REPORT | {"summary": f"He said {WORD} again."}
OCCASION = typed.OCCASION | {"at": "5pm", "place_text": f"outside {WORD} hall"}
NEW = reverse("intake:new")


def page(step: str) -> str:
    return reverse("intake:page", args=[step])


def said(client: Client, address: str) -> str:
    return str(client.get(address, secure=True).content.decode())


@pytest.fixture
def officer() -> User:
    return making.somebody(Role.INVESTIGATOR)


@pytest.fixture
def begun(officer: User) -> Client:
    """Page 1 is sent; page 2 is typed and wrong."""
    client = telling.browser(officer)
    client.get(NEW, secure=True)
    assert client.post(page("report"), REPORT, secure=True)["Location"] == page("occasion")
    wrong = client.post(page("occasion"), OCCASION | {"at": "half past"}, secure=True)
    assert "Time must be a time, like 7:30am, 5pm or 17:00" in wrong.content.decode()
    return client


def test_leaving_and_coming_back_offers_what_was_typed_and_loses_nothing(begun: Client) -> None:
    again = said(begun, NEW)
    assert "You have a report that is not saved" in again
    assert WORD not in again
    assert WORD in said(begun, page("report"))
    back = said(begun, page("occasion"))
    assert f"outside {WORD} hall" in back
    assert "half past" in back
    assert "There is a problem" not in back
    assert "There is a problem" in said(begun, page("occasion") + "?unfinished")


def test_back_keeps_what_is_typed_on_the_page(begun: Client) -> None:
    answer = begun.post(page("victim"), {"forenames": WORD, "back": "yes", "phones": "12"}, secure=True)
    assert answer["Location"] == page("occasion")
    assert f'value="{WORD}"' in said(begun, page("victim"))


def test_a_page_that_is_left_without_a_button_is_held_by_its_script(begun: Client) -> None:
    sent = {"forenames": "Half a na", drafts.LEAVING: "yes"}
    assert begun.post(page("victim"), sent, secure=True).status_code == 204
    assert "Half a na" in said(begun, page("victim"))
    assert "data-keep" in said(begun, page("victim"))
    assert "design/keep.js" in said(begun, page("victim"))


def test_another_machine_and_a_lost_cookie_find_it(begun: Client, officer: User) -> None:
    begun.cookies.clear()
    assert "You have a report that is not saved" in said(telling.browser(officer), NEW)
    assert WORD in said(telling.browser(officer), page("report"))


def test_after_a_time_out_on_page_2_both_pages_are_there(officer: User) -> None:
    client = telling.browser(officer)
    client.get(NEW, secure=True)
    client.post(page("report"), REPORT, secure=True)
    session = client.session
    session["seen_at"] = int(time.time()) - 15 * 60 - 5
    session.save()
    answer = client.post(page("occasion"), OCCASION | {drafts.LEAVING: "yes"}, secure=True)
    assert "/account/sign-in" in answer["Location"]
    client = telling.browser(officer)
    kept = said(client, reverse("accounts:kept"))
    text = said(client, re.search(r"/account/kept/[0-9a-f-]+", kept)[0])  # type: ignore[index]  # fails if not there
    assert WORD in text
    assert drafts.LEAVING not in text
    assert client.post(page("occasion"), OCCASION, secure=True)["Location"] == page("victim")
    assert WORD in said(client, page("report"))


def finish(client: Client) -> Any:
    for step, sent in (("occasion", OCCASION), ("victim", typed.VICTIM), ("suspect", typed.SUSPECT)):
        assert client.post(page(step), sent, secure=True).status_code == 302, step
    return client.post(reverse("intake:check"), secure=True)


def test_it_is_encrypted_its_authors_alone_and_wiped_when_it_is_saved(
    begun: Client, officer: User, caplog: pytest.LogCaptureFixture
) -> None:
    colleague = making.somebody(Role.INVESTIGATOR)
    assert "You have a report" not in said(telling.browser(colleague), NEW)
    with as_person(colleague):
        assert not FormDraft.objects.exists()
    with as_person(officer):
        assert FormDraft.objects.count() == 1
    # A row that was put under another person opens for nobody.
    with making.as_the_owner():
        FormDraft.objects.update(user=colleague)
        assert drafts.Stored(colleague, "intake.new").read() is None
        FormDraft.objects.update(user=officer)
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(d::text, ' ') FROM accounts_formdraft d")
            (held,) = cursor.fetchone()
    assert WORD not in held
    assert WORD not in str(dict(begun.session))
    assert WORD not in str(begun.cookies)
    with caplog.at_level(logging.DEBUG):
        assert finish(begun).status_code == 302
    assert WORD not in caplog.text
    with making.as_the_owner():
        assert not FormDraft.objects.exists()
        assert ReportVersion.objects.get().summary == REPORT["summary"]
        assert WORD not in str(list(Event.objects.values()))
    assert begun.get(NEW, secure=True).status_code == 302


def test_its_author_deletes_it_and_it_ends_by_itself(begun: Client, officer: User) -> None:
    assert begun.post(NEW, secure=True).status_code == 302
    assert not FormDraft.objects.exists()
    begun.post(page("report"), REPORT, secure=True)
    held_for = drafts.held_for(timezone.localdate())
    assert dt.timedelta(days=1) <= held_for <= dt.timedelta(days=31)
    FormDraft.objects.update(at=timezone.now() - held_for - dt.timedelta(seconds=1))
    assert WORD not in said(begun, page("report"))
    assert tasks.clear() == 1
    assert not FormDraft.objects.exists()


@pytest.mark.parametrize("wrong", ["12345", "call her mum", "07195 1010", "0719510108311111"])
def test_a_telephone_number_that_cannot_be_one_is_refused_by_name(begun: Client, wrong: str) -> None:
    sent = typed.VICTIM | {"phones": f"07195 101083\n{wrong}"}
    answer = begun.post(page("victim"), sent, secure=True)
    assert f"“{wrong}” cannot be a telephone number" in answer.content.decode()
    for good in ("07195 101083", "+33 1 23 45 67 89", "not known", "01632 960001, 07195 102002"):
        assert begun.post(page("victim"), sent | {"phones": good}, secure=True).status_code == 302, good


def test_a_correction_is_held_until_it_is_saved(officer: User) -> None:
    client = telling.browser(officer)
    key = typed.type_report(client)
    at = reverse("intake:correct_page", args=[key, "report"])
    client.get(reverse("intake:correct", args=[key]), secure=True)
    client.post(at, REPORT | {"offence": ""}, secure=True)
    again = telling.browser(officer)
    assert WORD in said(again, at)
    assert again.post(at, REPORT, secure=True).status_code == 302
    answer = again.post(reverse("intake:correct", args=[key]), {"reason": "Mistyped"}, secure=True)
    assert answer.status_code == 302
    assert not FormDraft.objects.exists()


REFERRAL = {"victim_name": "Priya Nair", "suspect_name": "Daniel Marsh", "why": f"He {WORD} again."}


def test_a_referral_is_held_for_its_author_and_wiped_when_it_is_sent(officer: User) -> None:
    client, place = telling.browser(officer), reverse("cases:refer")
    assert client.post(place, REFERRAL, secure=True).status_code == 422
    again = said(telling.browser(officer), place)
    assert WORD in again
    assert "It has not been sent. Only you can see it." in again.replace("\xa0", " ")
    assert "There is a problem" not in again
    assert WORD not in said(telling.browser(making.somebody(Role.INVESTIGATOR)), place)
    assert client.post(place, {drafts.CLEAR: "yes"}, secure=True)["Location"] == place
    assert WORD not in said(client, place)
    assert client.post(place, REFERRAL | {drafts.LEAVING: "yes"}, secure=True).status_code == 204
    assert not Case.objects.exists()
    assert (
        client.post(place, REFERRAL | {"victim_knows": "yes", "danger": "no"}, secure=True).status_code == 302
    )
    assert not FormDraft.objects.exists()
    assert Case.objects.count() == 1


def test_sharing_is_held_by_case_and_source(officer: User) -> None:
    with as_person(officer):
        case, other = making.a_case(officer, "helpline"), making.a_case(officer, "helpline")
    client, place = telling.browser(officer), reverse("sharing:write", args=[case.key])
    sent = {"title": "Bail", "text": f"He is {WORD}.", "consent_on_day": "3", "page": "words"}
    assert client.post(place, sent, secure=True).status_code == 422
    again = said(telling.browser(officer), place)
    assert WORD in again
    assert re.search(r'name="consent_on_day" value="3"', again)
    assert WORD not in said(client, reverse("sharing:write", args=[other.key]))
