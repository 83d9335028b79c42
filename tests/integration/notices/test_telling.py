"""Who is told by email, of what, when, to which address; and that nothing is said and nothing is lost."""

from __future__ import annotations

import ast
import datetime as dt
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from procrastinate.contrib.django import app

from lamplighter import hub
from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.meetings import services as meetings
from lamplighter.hub.notices import addresses, configuration, rules, sending, services
from lamplighter.hub.notices.carriers import chosen
from lamplighter.hub.notices.models import Letter, Mailbox, Notice
from lamplighter.hub.operations import checks
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.workforce import services as workforce
from tests.integration.access import making
from tests.integration.meetings import making as meeting
from tests.integration.notices import servers
from tests.integration.notices.making import (
    NOW,
    a_mailbox,
    a_minute,
    a_task,
    address_of,
    later,
    user_letters,
)
from tests.integration.printed import Lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def advocate() -> User:
    return making.somebody(Role.ADVOCATE, "helpline")


@pytest.fixture
def case(advocate: User) -> Case:
    made = making.a_case(None, "helpline")
    Clock.objects.all().delete()  # those that a referral starts
    return made


def states(user: User) -> list[str]:
    return list(user_letters(user).order_by("pk").values_list("state", flat=True))


# Of what, and when ----------------------------------------------------------------------------------------


def test_something_urgent_is_told_of_by_the_next_run_and_once(
    post: servers.Post, advocate: User, case: Case
) -> None:
    a_mailbox(advocate, digest=False)
    a_task(advocate, case)
    a_task(advocate, case, "safety.warning")
    assert a_minute() == (1, 1)
    assert post.to == [address_of(advocate)]
    assert "You have 2 new things on your work list." in post.took[0][1].get_content()
    assert a_minute(later(minutes=1)) == (0, 0)


def test_the_job_runs_every_minute_and_its_task_does_both(
    post: servers.Post, advocate: User, case: Case
) -> None:
    [periodic] = [p for p in app.periodic_registry.periodic_tasks.values() if p.task.name == "notices.tell"]
    assert periodic.cron == "* * * * *"
    a_mailbox(advocate, digest=False)
    a_task(advocate, case)
    periodic.task.func(timestamp=0)
    assert post.to == [address_of(advocate)]


def test_what_is_not_urgent_waits_for_the_daily_email(post: servers.Post, advocate: User, case: Case) -> None:
    a_mailbox(advocate)
    a_task(advocate, case, "contact_plan")
    early = NOW.replace(hour=7, minute=59)
    assert a_minute(early) == (0, 0)
    assert a_minute(early + dt.timedelta(minutes=1)) == (1, 1)
    # Once a day, though something new has come.
    a_task(advocate, case, "another_plan")
    assert a_minute(NOW) == (0, 0)
    assert a_minute(NOW + dt.timedelta(days=1)) == (1, 1)
    assert ["1 new thing" in letter.get_content() for _, letter in post.took] == [True, True]


def test_nothing_new_is_no_email(post: servers.Post, advocate: User) -> None:
    a_mailbox(advocate)
    assert a_minute() == (0, 0)
    assert Mailbox.objects.get(user=advocate).digest_on == NOW.date()


def test_what_cannot_be_switched_off_is_told_of_at_once_all_the_same(
    post: servers.Post, advocate: User, case: Case
) -> None:
    a_mailbox(advocate, at_once=False, digest=False)
    a_task(advocate, case, "case.answer")  # may be off
    assert a_minute() == (0, 0)
    a_task(advocate, case)
    assert a_minute() == (1, 1)


def test_quiet_hours_hold_and_what_waited_is_sent_when_they_end(
    post: servers.Post, advocate: User, case: Case
) -> None:
    a_mailbox(advocate, digest=False, quiet_from=dt.time(19), quiet_until=dt.time(7), quiet_days=True)
    a_task(advocate, case)
    friday = dt.datetime(2026, 11, 27, 19, 0, tzinfo=dt.UTC)
    for moment in (
        friday,
        friday + dt.timedelta(hours=15),  # Saturday morning
        dt.datetime(2026, 11, 30, 6, 59, tzinfo=dt.UTC),
    ):
        assert a_minute(moment) == (0, 0)
    assert a_minute(dt.datetime(2026, 11, 30, 7, 0, tzinfo=dt.UTC)) == (1, 1)


def wishes(begins: dt.time, ends: dt.time, days: bool = False) -> Any:
    return SimpleNamespace(
        quiet_from=begins, quiet_until=ends, quiet_days=days, digest=True, digest_on=None, at_once=True
    )


@given(
    st.times(),
    st.times(),
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 30), timezones=st.just(dt.UTC)),
)
def test_quiet_is_a_question_of_the_clock_on_the_wall(
    begins: dt.time, ends: dt.time, now: dt.datetime
) -> None:
    time = timezone.localtime(now).time()
    inside = begins <= time < ends
    outside = ends <= time < begins
    expected = inside if begins <= ends else not outside
    assert rules.is_quiet(wishes(begins, ends), now) is expected


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        # The clocks go forward on 29 March 2026 at 1:00: 06:59 on the wall is 05:59 UTC.
        (dt.datetime(2026, 3, 28, 6, 59, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 3, 28, 7, 0, tzinfo=dt.UTC), False),
        (dt.datetime(2026, 3, 29, 5, 59, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 3, 29, 6, 0, tzinfo=dt.UTC), False),
        # And back on 25 October: the hour that comes twice is quiet both times.
        (dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 10, 25, 6, 59, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 10, 25, 7, 0, tzinfo=dt.UTC), False),
    ],
)
def test_quiet_hours_on_the_days_on_which_the_clocks_change(now: dt.datetime, quiet: bool) -> None:
    assert rules.is_quiet(wishes(dt.time(19), dt.time(7)), now) is quiet


def test_bank_holidays_and_weekends_are_quiet_where_somebody_says_so() -> None:
    none = (dt.time(0), dt.time(0))
    christmas = dt.datetime(2026, 12, 25, 12, 0, tzinfo=dt.UTC)
    saturday, monday = (dt.datetime(2026, 11, day, 12, 0, tzinfo=dt.UTC) for day in (28, 30))
    found = [rules.is_quiet(wishes(*none, True), day) for day in (christmas, saturday, monday)]
    assert found == [True, True, False]
    # Past the last year whose bank holidays are known, a Monday is a Monday.
    assert not rules.is_quiet(wishes(*none, True), dt.datetime(2050, 1, 10, 12, tzinfo=dt.UTC))
    assert not rules.is_quiet(wishes(*none), christmas)


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25), dt.date(2026, 11, 25)])
def test_the_daily_email_is_due_once_on_every_day_of_the_clock(day: dt.date) -> None:
    person, due = wishes(dt.time(0), dt.time(0)), 0
    midnight = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    for minutes in range(0, 25 * 60, 5):
        now = (midnight.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(dt.UTC)
        if timezone.localdate(now) == day and rules.digest_is_due(person, now):
            person.digest_on, due = day, due + 1
            assert timezone.localtime(now).time() == dt.time(8)
    assert due == 1


# What it says ---------------------------------------------------------------------------------------------


def test_an_email_says_that_there_is_something_and_nothing_else(
    post: servers.Post, advocate: User, case: Case
) -> None:
    a_mailbox(advocate, digest=False)
    task = a_task(advocate, case)
    a_minute()
    letter = post.took[0][1]
    whole = letter.as_string()
    for told in (case.reference, str(case.key), str(task.key), task.text, task.why, "Priya", "Hollinshaw"):
        assert told not in whole
    for told in (advocate.display_name, "stalk", "victim", "case", "Lamplighter", "helpline"):
        assert told.lower() not in letter.get_content().lower()
    assert letter.get_content().splitlines() == [
        "You have 1 new thing on your work list.",
        "",
        "Sign in: https://hub.example/account/sign-in",
        "",
        "This email was sent by a machine. Nobody reads an answer to it.",
    ]


def test_whoever_is_asked_to_a_meeting_gets_its_calendar_file_its_change_and_its_end(
    post: servers.Post, advocate: User
) -> None:
    h = meeting.hub()
    a_mailbox(advocate, digest=False)
    starts = timezone.now() + dt.timedelta(days=5)
    with identity.as_person(h.coordinator):
        told: dict[str, Any] = {"minutes": 90, "chair": h.coordinator, "place": "Room 4"}
        asked = [making.agency("helpline")]
        found, _ = meetings.plan(h.coordinator, starts_at=starts, agencies=asked, times=2, **told)
        later = starts + dt.timedelta(hours=1)
        meetings.change(h.coordinator, found, starts_at=later, agencies=asked, **told)
        meetings.cancel(h.coordinator, found, "The building is closed.")
        meetings.plan(h.coordinator, starts_at=starts, agencies=[making.agency("health")], **told)
    assert a_minute(timezone.now())[1] == 3
    files = [part.get_content() for _, mail in post.took for part in mail.iter_attachments()]
    read = [Calendar.from_ical(file) for file in files]
    assert [str(one["METHOD"]) for one in read] == ["PUBLISH", "PUBLISH", "CANCEL"]
    events = [one.walk("VEVENT") for one in read]
    assert [len(of) for of in events] == [2, 1, 1]
    assert [int(of[0]["SEQUENCE"]) for of in events] == [0, 1, 2]
    assert len({str(of[0]["UID"]) for of in events}) == 1
    assert "Room 4" not in str(files)


def test_an_invitation_carries_the_file_and_says_nothing_of_it(post: servers.Post, advocate: User) -> None:
    a_mailbox(advocate)
    without, waits = making.somebody(Role.INVESTIGATOR), making.somebody(Role.CLINICIAN, "health")
    file = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nUID:1\r\nEND:VCALENDAR\r\n"
    with identity.as_person(without):
        assert services.send_with_calendar(without, [advocate, without, waits], file) == [without, waits]
        with pytest.raises(ValueError, match="calendar"):
            services.send_with_calendar(without, [advocate], b"PK")
    assert a_minute(timezone.now())[1] == 1
    [letter] = [mail for _, mail in post.took]
    body = letter.get_body().get_content()  # type: ignore[union-attr]  # it has one
    assert "There is an invitation for you." in body
    assert [part.get_payload(decode=True) for part in letter.iter_attachments()] == [file]
    # The file is not kept.
    assert not Letter.objects.exclude(calendar=None).exists()


# To whom --------------------------------------------------------------------------------------------------


def test_an_address_is_written_to_once_its_owner_has_sent_back_the_code(
    post: servers.Post, advocate: User, case: Case
) -> None:
    with identity.as_person(advocate):
        services.ask_address(advocate, "  Sam.Reed@WORK.example ")
    a_task(advocate, case)
    assert a_minute(timezone.now()) == (0, 1)
    [(to, letter)] = post.took
    assert to == "Sam.Reed@work.example"
    code = letter.get_content().partition("Your code is ")[2][:6]
    with identity.as_person(advocate):
        for _ in range(4):
            with pytest.raises(NotPossibleError, match="not the code"):
                services.confirm_address(advocate, "12345")
        services.confirm_address(advocate, f" {code[:3]} {code[3:]}")
        services.choose(
            advocate,
            at_once=True,
            digest=False,
            quiet_from=dt.time(0),
            quiet_until=dt.time(0),
            quiet_days=False,
        )
    assert a_minute(timezone.now())[1] == 1


def test_a_code_ends_with_the_fifth_wrong_one_and_after_an_hour(post: servers.Post, advocate: User) -> None:
    with identity.as_person(advocate):
        box = services.ask_address(advocate, address_of(advocate))
        code = addresses.code_of(box)
        for _ in range(addresses.TRIES):
            with pytest.raises(NotPossibleError):
                services.confirm_address(advocate, "x")
        with pytest.raises(NotPossibleError, match="no code"):
            services.confirm_address(advocate, code)
        box = services.ask_address(advocate, address_of(advocate))
        assert addresses.is_code(box, addresses.code_of(box), timezone.now())
        assert not addresses.is_code(box, addresses.code_of(box), timezone.now() + addresses.CODE_FOR)


@pytest.mark.parametrize(
    "address",
    ["priya.nair@home.example", "a@b@work.example", "work.example", "", "a b@work.example", "@work.example"],
)
def test_an_address_outside_the_domains_of_the_agencies_is_refused(
    post: servers.Post, advocate: User, address: str
) -> None:
    with identity.as_person(advocate), pytest.raises(NotPossibleError) as refused:
        services.ask_address(advocate, address)
    assert refused.value.field == "address"
    assert not Mailbox.objects.exists()


def test_nobody_fills_a_letter_box_with_codes(post: servers.Post, advocate: User) -> None:
    with identity.as_person(advocate):
        for _ in range(addresses.CODES_A_DAY):
            services.ask_address(advocate, address_of(advocate))
        with pytest.raises(NotPossibleError, match="tomorrow"):
            services.ask_address(advocate, address_of(advocate))


def test_a_hub_that_sends_no_email_says_so_and_sends_none(advocate: User, case: Case) -> None:
    with identity.as_person(advocate), pytest.raises(NotPossibleError, match="sends no email"):
        services.ask_address(advocate, address_of(advocate))
    assert a_minute() == (0, 0)


def test_there_is_no_way_to_an_address_that_is_no_accounts(
    post: servers.Post, advocate: User, case: Case
) -> None:
    """One caller of a carrier; one opener of addresses; and it opens rows of accounts only."""
    callers, openers = set(), set()
    for path in Path(hub.__file__).parent.rglob("*.py"):
        if "carriers" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = getattr(node, "func", None)
            name = ast.unparse(called) if called is not None else ""
            if name in {"carrier.send", "chosen.carrier", "Smtp", "Notify"} or "smtplib" in name:
                callers.add(path.name)
            if name.endswith(("addresses.opened", "addresses.to_write_to", "addresses.seal")):
                openers.add(path.name)
    assert callers <= {"sending.py", "selectors.py"}
    assert openers <= {"sending.py", "services.py", "presenters.py", "views.py"}
    # An address is a column of an account's own row, and a letter has none.
    assert Mailbox._meta.get_field("user").related_model is User
    assert {f.name for f in Letter._meta.get_fields() if "address" in f.name or "mail" in f.name} == set()
    # A victim's address beside it changes nothing, nor one whose domain was taken out of the file.
    box = a_mailbox(advocate)
    a_task(advocate, case)
    with identity.as_service(services.PURPOSE):
        sealed = addresses.seal(advocate, "priya.nair@home.example")
        Mailbox.objects.filter(pk=box.pk).update(sealed=sealed)
    assert a_minute()[1] == 0
    assert post.took == []
    assert states(advocate) == [Letter.State.DROPPED]


# What its reader may see ----------------------------------------------------------------------------------


def test_a_number_is_of_what_the_reader_may_see_when_it_is_sent(
    post: servers.Post, advocate: User, case: Case
) -> None:
    a_mailbox(advocate, digest=False)
    a_task(advocate, case)
    other = making.a_case(None, "helpline")
    Clock.objects.filter(case=other).delete()
    a_task(advocate, other)
    post.refuses = {address_of(advocate): 451}
    assert a_minute() == (1, 0)
    # Between the first try and the second somebody keeps them off one of the two cases.
    Exclusion.objects.create(case=other, user=advocate, reason="A relative of the suspect.", by=advocate)
    post.refuses = {}
    assert a_minute(later(minutes=1)) == (0, 1)
    assert "You have 1 new thing " in post.took[0][1].get_content()


def test_what_was_done_meanwhile_is_not_told_of(post: servers.Post, advocate: User, case: Case) -> None:
    a_mailbox(advocate, digest=False)
    task = a_task(advocate, case)
    post.refuses = {address_of(advocate): 451}
    a_minute()
    with identity.as_person(advocate):
        clocks.end(advocate, task)
    post.refuses = {}
    assert a_minute(later(minutes=1)) == (0, 0)
    assert states(advocate) == [Letter.State.DROPPED]


def test_an_account_that_is_closed_or_waits_gets_none(post: servers.Post, advocate: User, case: Case) -> None:
    waiting = making.somebody(Role.ADVOCATE, "helpline")
    for user in (advocate, waiting):
        a_mailbox(user, digest=False)
        a_task(user, case)
    post.refuses = {address_of(user): 451 for user in (advocate, waiting)}
    assert a_minute() == (2, 0)
    post.refuses = {}
    with making.as_the_owner():
        User.objects.filter(pk=advocate.pk).update(is_active=False)
        User.objects.filter(pk=waiting.pk).update(waits_since=NOW)
    assert a_minute(later(minutes=1)) == (0, 0)
    assert post.took == []
    assert states(advocate) == states(waiting) == [Letter.State.DROPPED]


def test_the_address_of_a_closed_account_is_forgotten(post: servers.Post, advocate: User) -> None:
    a_mailbox(advocate)
    kept = making.somebody(Role.ADVOCATE, "helpline")
    a_mailbox(kept)
    with making.as_the_owner():
        User.objects.filter(pk=advocate.pk).update(is_active=False)
    with identity.job(services.PURPOSE):
        sending.forget()
        assert list(Mailbox.objects.values_list("user", flat=True)) == [kept.pk]


def test_whoever_is_reported_is_told_of_nothing_of_it_and_their_other_emails_go_on(
    post: servers.Post, advocate: User, case: Case
) -> None:
    """An email that stops on the day of the report would tell them of it."""
    other = making.a_case(None, "helpline")
    Clock.objects.filter(case=other).delete()
    a_mailbox(advocate, digest=False)
    for of in (case, other):
        a_task(advocate, of)
    lead = making.somebody(Role.STALKING_LEAD)
    with identity.as_person(lead):
        workforce.mark(
            lead,
            case=case,
            agency=advocate.agency,
            sector="other",
            post="staff",
            known="victim",
            named=advocate,
        )
    assert a_minute() == (1, 1)
    assert "You have 1 new thing " in post.took[0][1].get_content()
    a_task(advocate, other, "safety.warning")
    assert a_minute(later(minutes=1)) == (1, 1)


def test_a_minute_in_which_nothing_is_new_asks_little_and_as_much_whatever_there_is(
    post: servers.Post, advocate: User, case: Case
) -> None:
    a_mailbox(advocate, digest=False)
    a_minute()
    with CaptureQueriesContext(connection) as few:
        a_minute(later(minutes=1))
    for _ in range(5):
        a_task(advocate, case, "contact_plan")
        making.a_case(None, "helpline")
    with CaptureQueriesContext(connection) as many:
        assert a_minute(later(minutes=2)) == (0, 0)
    assert len(many) == len(few) <= 15


def test_nobody_reads_the_mailbox_or_the_letters_of_another(
    post: servers.Post, advocate: User, case: Case
) -> None:
    a_mailbox(advocate)
    a_task(advocate, case)
    a_minute()
    for role, code in ((Role.ADMINISTRATOR, "hub"), (Role.COORDINATOR, "hub"), (Role.ADVOCATE, "helpline")):
        with identity.as_person(making.somebody(role, code)):
            assert not Mailbox.objects.exists()
            assert not Letter.objects.exists()
            assert not Notice.objects.exists()
    # Nor does the table say where somebody is reached, or what they were told of.
    row = Mailbox.objects.get(user=advocate)
    assert address_of(advocate) not in row.sealed
    assert {n.subject for n in Notice.objects.all()} != {str(case.key)}


# Where it does not arrive ---------------------------------------------------------------------------------


def test_a_server_that_is_away_is_tried_again_with_growing_waits_and_nothing_is_lost(
    post: servers.Post, advocate: User, case: Case
) -> None:
    a_mailbox(advocate, digest=False)
    a_task(advocate, case)
    post.data_code = 554
    moment, tried = NOW, []
    a_minute(moment)
    for minutes in (1, 5, 30, 120, 480, 480):
        moment += dt.timedelta(minutes=minutes)
        a_minute(moment - dt.timedelta(seconds=1))
        before = user_letters(advocate).get().tries
        a_minute(moment)
        tried.append((before, user_letters(advocate).get().tries))
    assert tried == [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7)]
    assert user_letters(advocate).get().fault == "rejected"
    post.data_code = 250
    a_minute(moment + dt.timedelta(minutes=480))
    assert states(advocate) == [Letter.State.SENT]
    assert post.to == [address_of(advocate)]


def test_a_refused_address_is_left_alone_for_a_day_and_then_told_of_the_same_thing(
    post: servers.Post, advocate: User, case: Case
) -> None:
    a_mailbox(advocate, digest=False)
    task = a_task(advocate, case)
    post.refuses = {address_of(advocate): 550}
    assert a_minute() == (1, 0)
    assert states(advocate) == [Letter.State.FAILED]
    box = Mailbox.objects.get(user=advocate)
    assert (box.fault, box.paused_until) == ("refused", NOW + dt.timedelta(hours=24))
    assert a_minute(later(hours=23)) == (0, 0)
    post.refuses = {}
    assert a_minute(later(hours=24)) == (1, 1)
    assert Mailbox.objects.get(user=advocate).fault == ""
    # It was on the work list all the time.
    assert Clock.objects.get(key=task.key).state == Clock.State.RUNNING


def test_whoever_is_killed_while_sending_leaves_a_letter_that_is_sent(
    post: servers.Post, advocate: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_mailbox(advocate, digest=False)
    a_task(advocate, case)

    class Killed(BaseException):
        pass

    def killed(day: dt.date) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(chosen, "carrier", killed)
        with pytest.raises(Killed):
            a_minute()
    assert a_minute(NOW) == (0, 0)
    assert a_minute(later(minutes=1)) == (0, 1)


def test_a_missing_password_is_said_and_nothing_is_sent_without_it(
    post: servers.Post, advocate: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_mailbox(advocate, digest=False)
    a_task(advocate, case)
    monkeypatch.delenv(chosen.PASSWORD)
    assert a_minute() == (1, 0)
    assert user_letters(advocate).get().fault == "not_set_up"


def test_no_log_line_has_an_address(post: servers.Post, advocate: User, case: Case) -> None:
    handler, root = Lines(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        a_mailbox(advocate, digest=False)
        a_task(advocate, case)
        post.refuses = {address_of(advocate): 550}
        a_minute()
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    text = "\n".join(handler.printed)
    assert "was not sent: refused" in text
    assert "@" not in text
    assert advocate.username not in text


def test_what_was_sent_long_ago_is_forgotten(post: servers.Post, advocate: User, case: Case) -> None:
    a_mailbox(advocate, digest=False)
    task = a_task(advocate, case)
    a_minute()
    with identity.job(services.PURPOSE):
        assert sending.forget(later(days=91)) == 0  # it is still on the list, and was told of
        Notice.objects.all().delete()
        assert sending.forget(later(days=89)) == 0
        assert sending.forget(later(days=91)) == 1
    assert Clock.objects.filter(key=task.key).exists()


def test_the_address_of_the_door_is_the_doors() -> None:
    from django.urls import reverse

    from lamplighter.hub.notices import letters

    assert reverse("accounts:sign_in") == letters.SIGN_IN
    assert configuration.PART.shipped_document() is not None


def test_service_says_how_email_stands_and_names_no_address(
    post: servers.Post, advocate: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = checks.email(NOW)
    assert (found.state, found.says) == (
        checks.State.OK,
        "0 emails sent in the last 7 days, 0 waiting.",
    )
    a_mailbox(advocate, digest=False)
    a_task(advocate, case)
    post.data_code = 554
    a_minute()
    found = checks.email(NOW)
    assert (found.state, found.says) == (
        checks.State.SOON,
        "The server did not take the email. 1 email waiting. What is new is on My work.",
    )
    post.data_code, post.refuses = 250, {address_of(advocate): 550}
    a_minute(later(minutes=1))
    found = checks.email(NOW)
    assert found.says == "Email to 1 person came back. What is new is on My work."
    assert "@" not in found.says + found.remedy
    monkeypatch.delenv(chosen.PASSWORD)
    assert checks.email(NOW).says.startswith("A password or key is missing.")


def test_service_of_a_hub_without_email_says_just_that() -> None:
    assert (checks.email(NOW).state, checks.email(NOW).says) == (
        checks.State.OK,
        "This hub sends no email.",
    )
