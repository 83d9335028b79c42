"""One report that cannot be read or matched stops nobody else's: it is set aside, and somebody is told."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lamplighter.courses import assemble
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.audit.models import Event
from lamplighter.hub.clocks import notices
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake import tasks
from lamplighter.hub.intake.models import Delivery, SetAside, UnderWay
from lamplighter.hub.intake.set_aside import selectors as set_aside_reports
from lamplighter.hub.intake.set_aside import services as set_aside
from lamplighter.hub.operations import checks
from lamplighter.hub.patterns import selectors, services
from lamplighter.hub.patterns.saved_reports import failing_reports, watched_process
from lamplighter.hub.patterns.saved_reports.services import erase_reports
from lamplighter.hub.people import services as who
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Membership
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story"), pytest.mark.own_server]
REPORTS = sorted(r["report_id"] for r in story.STORY)
FOURTH = story.FOURTH["report_id"]
MARK = "Zqxpoison"
BAD: dict[str, Any] = story.FOURTH | {
    "report_id": "force_a:4A/000666/26",
    "summary": f"IP states he was there again. {MARK}",
}
ODD: dict[str, Any] = story.background(1)[0] | {
    "report_id": "force_a:4A/000777/26",
    "summary": f"Argument about parking. {MARK}",
}


class Poison:
    """Reading a text with the mark raises, or takes for ever; the mark can be taken out of what is poison."""

    how: Any = ValueError(f"what it said: {MARK}")
    on = True

    def read(self, texts: Iterator[Any]) -> None:
        if self.on and any(MARK in (text or "") for text in texts):
            if self.how == "for ever":
                while True:
                    pass
            raise self.how


@pytest.fixture(autouse=True)
def poison(monkeypatch: pytest.MonkeyPatch) -> Poison:
    made, by_rows, by_frames = Poison(), assemble.facts_of, assemble.facts

    def facts_of(rows: Any, *rest: Any) -> Any:
        made.read(r["summary"] for r in rows["reports"])
        return by_rows(rows, *rest)

    def facts(bundle: Any, *rest: Any) -> Any:
        made.read(iter(bundle["reports"]["summary"]))
        return by_frames(bundle, *rest)

    monkeypatch.setattr(assemble, "facts_of", facts_of)
    monkeypatch.setattr(assemble, "facts", facts)
    return made


def aside() -> list[str]:
    rows = SetAside.objects.filter(ended_at=None).order_by("pk")
    return list(rows.values_list("version__report_id", flat=True))


def coordinator() -> Any:
    return ensure_user(
        "coordinator-a",
        password="a-long-password-1",
        display_name="C. Ordinator",
        role=Role.COORDINATOR,
        agency=ensure_agency("force-a", "Force A", "police"),
    )


def the_reports() -> list[str]:
    return selectors.of_report(REPORTS[0]).get().report_ids


def test_a_report_that_cannot_be_read_is_set_aside_and_the_next_ones_join() -> None:
    story.receive([BAD])
    services.report_saved(BAD["report_id"], None)
    assert aside() == [BAD["report_id"]]
    story.receive([story.FOURTH])
    services.report_saved(FOURTH, None)
    assert the_reports() == sorted([*REPORTS, FOURTH])
    row = SetAside.objects.get()
    assert (row.step, row.fault, row.agency_id) == ("coming", "fault", "force-a")
    assert row.place.startswith("ValueError at ")
    assert MARK not in row.place
    assert row.key == intake.report_key(BAD["report_id"])
    assert Event.objects.filter(verb="intake.set_aside", subject=f"report {row.key}").exists()
    assert not Event.objects.filter(verb="patterns.report_saved", subject=f"report {row.key}").exists()


def test_one_that_takes_too_long_is_set_aside_when_its_time_is_over(poison: Poison, settings: Any) -> None:
    settings.FOLLOW_UP_SECONDS, poison.how = 1, "for ever"
    story.receive([BAD, story.FOURTH])
    began = time.thread_time()
    services.reports_saved([BAD["report_id"], FOURTH], None)
    # Of the processor: together, alone, and read by itself.
    assert time.thread_time() - began < 20
    assert aside() == [BAD["report_id"]]
    assert SetAside.objects.get().fault == "time"
    assert the_reports() == sorted([*REPORTS, FOURTH])


def test_one_of_a_delivery_leaves_the_others_of_it_matched() -> None:
    story.receive([ODD, story.FOURTH])
    delivery = Delivery.objects.latest("pk")
    Delivery.objects.filter(pk=delivery.pk).update(finished_at=timezone.now())
    tasks.read_delivery(str(delivery.key))
    assert aside() == [ODD["report_id"]]
    assert the_reports() == sorted([*REPORTS, FOURTH])
    assert not UnderWay.objects.exists()


def test_a_neighbour_that_is_poison_since_an_upgrade_is_the_one_that_is_set_aside(poison: Poison) -> None:
    poison.on = False
    story.receive([BAD])
    services.report_saved(BAD["report_id"], None)
    assert BAD["report_id"] in the_reports()
    poison.on = True
    story.receive([story.FOURTH])
    services.report_saved(FOURTH, None)
    assert aside() == [BAD["report_id"]]
    assert the_reports() == sorted([*REPORTS, FOURTH])
    assert not Membership.objects.filter(report_id=BAD["report_id"], current=True).exists()


def test_matching_everything_again_goes_round_what_is_poison(
    poison: Poison, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison.on = False
    story.receive([BAD, ODD, story.FOURTH])
    services.reports_saved([BAD["report_id"], ODD["report_id"], FOURTH], None)
    poison.on = True
    monkeypatch.setattr(who, "is_due", lambda: True)
    assert services.link_anew_if_due()
    assert sorted(aside()) == sorted([BAD["report_id"], ODD["report_id"]])
    assert set(SetAside.objects.values_list("step", flat=True)) == {"everything"}
    assert the_reports() == sorted([*REPORTS, FOURTH])
    # And from now on nobody stops at them.
    relinking.relink_all()
    services.refresh_all()
    held = Membership.objects.filter(report_id__in=[BAD["report_id"], ODD["report_id"]], current=True)
    assert not held.exists()
    assert the_reports() == sorted([*REPORTS, FOURTH])


def test_a_fault_of_all_together_is_nobodys_and_is_seen() -> None:
    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing_reports.everything(fails)
    assert aside() == []


def test_a_fault_of_the_database_sets_nothing_aside(poison: Poison) -> None:
    poison.how = OperationalError("the server went away")
    story.receive([BAD])
    with pytest.raises(OperationalError):
        services.report_saved(BAD["report_id"], None)
    assert aside() == []


def test_a_corrected_report_is_matched_at_once() -> None:
    story.receive([BAD])
    services.report_saved(BAD["report_id"], None)
    story.receive([BAD | {"summary": story.FOURTH["summary"]}])
    services.report_saved(BAD["report_id"], None)
    assert the_reports() == sorted([*REPORTS, BAD["report_id"]])
    assert set_aside_reports.how_many() == 0
    assert set_aside_reports.waiting() == []


def test_a_correction_that_is_poison_leaves_nothing_of_what_it_corrects(poison: Poison) -> None:
    story.receive([story.FOURTH])
    services.report_saved(FOURTH, None)
    assert FOURTH in the_reports()
    story.receive([story.FOURTH | {"summary": BAD["summary"]}])
    services.report_saved(FOURTH, None)
    assert aside() == [FOURTH]
    assert the_reports() == REPORTS


def test_what_was_set_aside_is_erased_with_its_report() -> None:
    story.receive([BAD])
    services.report_saved(BAD["report_id"], None)
    set_aside.begin([BAD["report_id"]])
    erase_reports([BAD["report_id"]])
    assert not SetAside.objects.exists()
    assert not UnderWay.objects.exists()


def test_another_version_of_the_software_tries_again(poison: Poison, monkeypatch: pytest.MonkeyPatch) -> None:
    story.receive([BAD])
    services.report_saved(BAD["report_id"], None)
    assert services.try_set_aside() == 0
    monkeypatch.setattr(set_aside_reports, "software", lambda: "the next one")
    assert services.try_set_aside() == 1
    # It is poison still, and set aside by the new one.
    assert SetAside.objects.get(ended_at=None).software == "the next one"
    monkeypatch.setattr(set_aside_reports, "software", lambda: "the one after")
    poison.on = False
    assert services.try_set_aside() == 1
    assert aside() == []
    assert the_reports() == sorted([*REPORTS, BAD["report_id"]])


def test_somebody_lets_it_be_tried_again(poison: Poison, client: Client) -> None:
    story.receive([BAD])
    services.report_saved(BAD["report_id"], None)
    user, key = coordinator(), intake.report_key(BAD["report_id"])
    client.force_login(user)
    again = reverse("intake:set_aside_again", args=[key])
    assert client.get(again, secure=True).status_code == 405
    answer = client.post(again, secure=True, follow=True)
    assert "tried again now" in answer.content.decode()
    assert SetAside.objects.get().ended_by_id == user.pk
    poison.on = False
    tasks.follow_up_report(str(key))
    assert the_reports() == sorted([*REPORTS, BAD["report_id"]])
    assert "is not set aside any more" in client.post(again, secure=True, follow=True).content.decode()


@pytest.fixture
def ended_on_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of which the hub knows that its worker ended twice while it worked on it."""

    class KilledError(BaseException):
        pass

    story.receive([story.FOURTH])

    def killed(*_: Any) -> None:
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "reports_saved", killed)
        patch.setattr(set_aside, "ended", lambda _: None)
        for times in (1, 2):
            with pytest.raises(KilledError):
                services.followed_up([FOURTH])
            assert UnderWay.objects.get().times == times


def ends(how: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import os, signal, sys, time; {how}")


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), signal.SIGKILL)", "os.abort()", "sys.exit(1)"])
def test_what_ends_a_process_of_its_own_too_is_set_aside(
    how: str, ended_on_twice: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_process, "COMMAND", ends(how))
    services.followed_up([FOURTH])
    assert aside() == [FOURTH]
    assert SetAside.objects.get().fault == "ended"
    assert not Event.objects.filter(verb="patterns.report_saved").exists()
    assert not UnderWay.objects.exists()


def test_what_never_ends_is_set_aside_for_its_time(
    ended_on_twice: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_process, "COMMAND", ends("time.sleep(600)"))
    assert watched_process.follow_up(uuid.uuid4(), 0.5) == "time"


def test_a_database_that_fails_meanwhile_says_nothing_of_the_report(
    ended_on_twice: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_process, "COMMAND", ends(f"sys.exit({watched_process.NOBODYS})"))
    with pytest.raises(watched_process.NotTriedError):
        services.followed_up([FOURTH])
    assert aside() == []


@pytest.mark.django_db(transaction=True)
def test_a_report_that_is_not_why_its_worker_was_killed_twice_is_matched(ended_on_twice: None) -> None:
    """Whoever stops the machine twice at the wrong moment leaves no report waiting for somebody."""
    services.followed_up([FOURTH])
    assert aside() == []
    assert FOURTH in the_reports()
    assert not UnderWay.objects.exists()


def test_it_is_put_before_those_who_look_after_imports(client: Client) -> None:
    user, page = coordinator(), reverse("intake:set_aside")
    client.force_login(user)
    assert "No report is set aside" in client.get(page, secure=True).content.decode()
    assert checks.reports_set_aside(timezone.now()).state is checks.State.OK
    story.receive([BAD])
    services.report_saved(BAD["report_id"], None)
    said = client.get(page, secure=True).content.decode()
    key = intake.report_key(BAD["report_id"])
    assert reverse("intake:report", args=[key]) in said
    assert "4A/000666/26" in said
    assert "This does not mend itself" in said
    assert MARK not in said
    assert page in client.get(reverse("intake:history"), secure=True).content.decode()
    assert [c.href for c in notices.counts(user) if "set aside" in c.text] == [page]
    found = checks.reports_set_aside(timezone.now())
    assert found.state is checks.State.NOW
    assert "1 report could not be matched" in found.says
    # And before whoever opens the report, or has just saved it.
    for name in ("intake:report", "patterns:joined"):
        said = client.get(reverse(name, args=[key]), secure=True).content.decode()
        assert "could not match this report" in said
        assert "has been compared with everything held" not in said


def test_who_may_read_no_report_is_shown_no_reference(client: Client) -> None:
    story.receive([BAD])
    services.report_saved(BAD["report_id"], None)
    administrator = ensure_user(
        "admin-a", password="a-long-password-1", display_name="A. Dmin", role=Role.ADMINISTRATOR, agency=None
    )
    client.force_login(administrator)
    said = client.get(reverse("intake:set_aside"), secure=True).content.decode()
    assert "Try again" in said
    assert "4A/000666/26" not in said
    assert reverse("intake:report", args=[intake.report_key(BAD["report_id"])]) not in said


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.ADVOCATE, Role.ANALYST])
def test_others_do_not_see_the_list(client: Client, role: str) -> None:
    other = ensure_user(
        "other", password="a-long-password-1", display_name="O. Ther", role=role,
        agency=ensure_agency("force-a", "Force A", "police"),
    )  # fmt: skip
    client.force_login(other)
    assert client.get(reverse("intake:set_aside"), secure=True).status_code == 403
