"""Somebody who works with the suspect warns: the message reaches those who act, and no other word does."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.wall.identity import as_person, job
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.cases.participants import services as lead_workers
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.safeguarding import policies, presenters, rules, selectors, services
from lamplighter.hub.safeguarding.models import DangerWarning, WarningMessage
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side.services import standing_by
from tests.integration.access import making
from tests.integration.cases import telling as browsing
from tests.integration.perpetrator_side import telling

pytestmark = pytest.mark.django_db
HEARD = "He said zqwarn0001qz: I will wait for her at the depot with a knife tomorrow."
MESSAGE = "Keep the victim away from work tomorrow, and have an officer there from 6am."


def warned(user: User, case: Case, **rest: object) -> DangerWarning:
    given = {
        "in_danger": ["victim"],
        "how_soon": "now",
        "heard": HEARD,
        "message": MESSAGE,
        "basis": "vital_interests",
    }
    with as_person(user):
        return services.warn(user, case, **given | rest)  # type: ignore[arg-type]


def tasks(case: Case) -> dict[str, Clock]:
    return {c.owner_id: c for c in Clock.objects.filter(case=case, kind=services.ACT, state="running")}


def words_of(user: User) -> str:
    """Every word of messages, lines and tasks that this person reads."""
    with as_person(user):
        rows = [f"{e.title} {e.body}" for e in Entry.objects.all()]
        rows += [f"{m.message}" for m in WarningMessage.objects.all()]
        rows += [f"{w.heard} {w.message}" for w in DangerWarning.objects.all()]
        rows += [f"{c.text} {c.why}" for c in Clock.objects.all()]
    return " ".join(rows)


def test_it_is_a_task_in_hours_of_the_police_the_advocate_and_the_coordinator() -> None:
    coordinator = making.somebody(Role.COORDINATOR, "hub")
    officer, advocate = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    case = telling.a_case()
    with as_person(advocate):
        standing_by.appoint(advocate, case, advocate, timezone.localdate())
    with as_person(officer):
        lead_workers.assign(officer, case, officer, [officer])
    before = timezone.now()
    made = warned(telling.clinician(), case)
    found = tasks(case)
    assert set(found) == {"force-a", "helpline", "hub"} == set(made.sent_to)
    assert {c.partition for c in found.values()} == {"warning"}
    assert found["force-a"].assigned_to == officer
    assert found["helpline"].assigned_to == advocate
    for clock in found.values():
        assert dt.timedelta(minutes=59) < clock.due_at - before < dt.timedelta(minutes=61)
    assert tasks(telling.a_case()) == {}
    later = warned(telling.clinician(), telling.a_case(), how_soon="not_known")
    assert later.due_at - timezone.now() > dt.timedelta(hours=3)
    for reader in (coordinator, officer, advocate):
        assert MESSAGE in words_of(reader)


@pytest.mark.parametrize(
    ("role", "code", "reads"),
    [
        (Role.INVESTIGATOR, "force-a", True),
        (Role.STALKING_LEAD, "force-a", True),
        (Role.ADVOCATE, "helpline", True),
        (Role.COORDINATOR, "hub", True),
        (Role.COORDINATOR, "force-b", True),
        (Role.PROBATION, "probation", False),
        (Role.INVESTIGATOR, "force-b", False),
        (Role.ANALYST, "hub", False),
        (Role.AUDITOR, "hub", False),
        (Role.ADMINISTRATOR, "hub", False),
    ],
)
def test_those_who_act_read_the_message_and_nobody_else_does_and_what_was_heard_stays(
    role: str, code: str, reads: bool
) -> None:
    case, reader = telling.a_case(), making.somebody(role, code)
    warned(telling.clinician(), case)
    told = words_of(reader)
    assert (MESSAGE in told) == reads
    assert ("somebody may be in danger" in told) == reads
    assert "zqwarn0001qz" not in told
    page = browsing.browser(reader).get(f"/cases/{case.key}/warnings", secure=True)
    assert (MESSAGE in page.content.decode()) == reads
    assert "zqwarn0001qz" not in page.content.decode()


def test_who_sent_it_and_their_side_keep_what_was_heard() -> None:
    case, user = telling.a_case(), telling.clinician()
    warned(user, case)
    page = (
        browsing.browser(user).get(f"/cases/{case.key}/intervention/warnings", secure=True).content.decode()
    )
    assert "zqwarn0001qz" in page
    # Probation sent it: the clinicians of the case read it on this side, as they read all of it.
    officer = telling.officer()
    other = telling.a_case()
    warned(officer, other)
    assert "zqwarn0001qz" in words_of(officer)
    with as_person(user):
        assert not WarningMessage.objects.exists(), (
            "who works with the suspect reads no message but their own copy"
        )


def test_somebody_who_is_kept_off_never_learns_of_it() -> None:
    case = telling.a_case()
    officer = making.somebody(Role.INVESTIGATOR)
    coordinator = making.somebody(Role.COORDINATOR, "hub")
    with as_person(officer):
        lead_workers.assign(officer, case, officer, [officer])
    for person in (officer, coordinator):
        Exclusion.objects.create(case=case, user=person, reason="A cousin of the suspect")
    warned(telling.clinician(), case)
    assert tasks(case)["force-a"].assigned_to is None
    for person in (officer, coordinator):
        told = words_of(person)
        assert MESSAGE not in told
        assert "danger" not in told


def test_the_message_is_not_what_was_heard() -> None:
    case, user = telling.a_case(), telling.clinician()
    for message in (HEARD, "Act: I WILL wait for her, at the depot!", "knife tomorrow"):
        with pytest.raises(NotPossibleError, match="repeats words of what you heard"):
            warned(user, case, message=message)
    with pytest.raises(NotPossibleError, match="600 characters"):
        warned(user, case, message="Act. " * 200)
    with pytest.raises(NotPossibleError, match="who may be in danger"):
        warned(user, case, in_danger=[])
    with pytest.raises(NotPossibleError, match="legal basis"):
        warned(user, case, basis="because")
    assert not DangerWarning.objects.exists()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from("abcdefghij"), min_size=6, max_size=30),
    st.integers(0, 24),
    st.lists(st.sampled_from("klmnop"), max_size=8),
)
def test_no_six_words_in_a_row_cross(heard: list[str], start: int, own: list[str]) -> None:
    run = heard[start : start + policies.SAME_WORDS]
    message = " ".join([*own, *run, *own])
    if len(run) == policies.SAME_WORDS:
        assert policies.repeats(" ".join(heard), message)
    if own and not run:
        assert not policies.repeats(" ".join(heard), message)


def test_what_it_rests_on_is_a_dated_row_that_is_marked() -> None:
    today = timezone.localdate()
    assert {"vital_interests", "public_interest"} <= set(rules.bases(today))
    assert {row.mark for row in rules.bases(today).values()} == {"K"}
    assert rules.bases(dt.date(2026, 11, 28)) == {}


def test_who_sent_it_reads_whether_each_agency_acted_and_not_what_it_did() -> None:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    case, clinician = telling.a_case(), telling.clinician()
    made = warned(clinician, case)
    before = timezone.now()
    with as_person(advocate):
        clock = Clock.objects.get(case=case, kind=services.ACT, owner="helpline")
        clocks.end(advocate, clock, why="They moved to zqplace0001qz.")
    page = browsing.browser(clinician).get(reverse("safeguarding:warned", args=[case.key]), secure=True)
    body = page.content.decode()
    assert body.count("Acted on it, ") == 1
    assert body.count("Has not recorded acting yet.") == len(made.sent_to) - 1
    assert "zqplace0001qz" not in body
    with as_person(clinician):
        assert {c.state for c in selectors.acted_on(made, before).values()} == {"running"}
        late = presenters.warning(made, selectors.acted_on(made), timezone.now() + dt.timedelta(days=1))
        assert any("and was to by" in text for _, text in late["facts"])
        assert not Clock.objects.filter(kind=services.ACT).exists()


def test_an_overdue_warning_goes_to_the_coordinator_and_all_of_it_is_on_record() -> None:
    making.somebody(Role.COORDINATOR, "hub")
    case = telling.a_case()
    made = warned(telling.clinician(), case)
    with job("run clocks"):
        assert services.escalate(timezone.now() + dt.timedelta(hours=2)) == 2
    late = Clock.objects.filter(case=case, kind=services.LATE)
    assert {(c.owner_id, c.partition) for c in late} == {("hub", "warning")}
    event = Event.objects.get(verb="safeguarding.warned")
    assert (event.case_id, event.subject) == (case.pk, f"warning {made.key}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event e WHERE to_jsonb(e)::text LIKE '%zqwarn0001qz%'")
        assert cursor.fetchone()[0] == 0


def test_the_form_sends_it_and_says_where_no_police_force_is_on_the_case() -> None:
    user, advocate = telling.clinician(), making.somebody(Role.ADVOCATE, "helpline")
    case = making.a_case(advocate, "health")
    client = browsing.browser(user)
    address = f"/cases/{case.key}/intervention/warnings/warn"
    assert "No police force works on this case" in client.get(address, secure=True).content.decode()
    sent = {
        "in_danger": ["child", "self"],
        "how_soon": "days",
        "heard": HEARD,
        "message": MESSAGE,
        "basis": "safeguarding",
    }
    assert client.post(address, sent | {"message": HEARD}, secure=True).status_code == 200
    assert client.post(address, sent, secure=True).status_code == 302
    assert "helpline" in tasks(case)
    page = browsing.browser(advocate).get(f"/cases/{case.key}", secure=True).content.decode()
    assert "A child and the person themselves" in page
