"""Who may: the database says, whatever the pages do."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case, Entry, Work
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.instruments import library as instruments
from lamplighter.hub.oversight.emergency_access import services as emergency_grants
from lamplighter.hub.perpetrator_side import selectors, services
from lamplighter.hub.perpetrator_side.health_flags import services as health_flags
from lamplighter.hub.perpetrator_side.models import OfficerConsultation, PriorRelationship, TypologyJudgement
from lamplighter.hub.perpetrator_side.programmes import delivery
from tests.integration.access import making
from tests.integration.perpetrator_side import telling

pytestmark = pytest.mark.django_db
OUTSIDE = (
    (Role.ADVOCATE, "helpline"),
    (Role.INVESTIGATOR, "force-a"),
    (Role.STALKING_LEAD, "force-a"),
    (Role.COORDINATOR, "force-a"),
    (Role.COORDINATOR, "force-b"),
    (Role.ADMINISTRATOR, "hub"),
    (Role.AUDITOR, "hub"),
    (Role.ANALYST, "hub"),
    # The right role in the wrong kind of agency, and the right one whose agency is not on the case.
    (Role.CLINICIAN, "helpline"),
    (Role.PROBATION, "health"),
)


def everything(user: User, case: Case) -> None:
    """A row in every table of this side, with its clocks, entries and minutes."""
    key = telling.allocated(user, case).enrolment.key
    telling.held(user, case, key, 1, "missed")
    with as_person(user):
        course = selectors.course(case, key)
        delivery.chase(user, case, course, course.sessions[0], "Rang")
        delivery.end(user, case, selectors.course(case, key), "person", "Why")
        services.judge_type(user, case, "rejected", "low", "Basis")
        services.record_relationship(user, case, "ex_intimate", "Source")
        services.state(user, case, "presenting", "Text")
        instrument = instruments.every()["moving_on", "1"]
        services.measure(
            user,
            case,
            instrument,
            "before",
            telling.days_ago(3).date(),
            {"q1": 1, "q2": 2, **dict.fromkeys(("q3", "q4", "q5", "q6"), 3)},
        )
        services.advise(
            user,
            case,
            kind="advice",
            on=telling.days_ago(2).date(),
            to="To",
            question="On",
            advice="So",
            minutes=30,
        )
        flag = health_flags.flag(
            user, case, source="liaison", noted_on=telling.days_ago(2).date(), words="Seen"
        )
        health_flags.decide(user, case, flag, decision="refer", on=telling.days_ago(1).date(), words="Asked")
        # Recorded while something was live: what the gate asks for is tested elsewhere.
        said = dict.fromkeys(("who", "content", "disclosure", "timing"), "Said")
        said |= {"work": "direct_required", "asked": "cps", "answer": "start"}
        OfficerConsultation.objects.create(**owned(user, case, on=telling.days_ago(2).date(), **said))


def counts() -> dict[str, int]:
    models = [*apps.get_app_config("perpetrator_side").get_models(), Work]
    found = {m.__name__: m._default_manager.count() for m in models}
    found["Clock"] = Clock.objects.filter(kind__startswith="intervention.").count()
    found["Entry"] = Entry.objects.filter(kind__startswith="intervention.").count()
    return found


def test_health_reads_every_row_and_probation_its_own() -> None:
    case, clinician, officer = telling.a_case(), telling.clinician(), telling.officer()
    everything(clinician, case)
    with as_person(officer):
        assert set(counts().values()) == {0}
    everything_of_probation(officer, case)
    with as_person(officer):
        assert set(TypologyJudgement.objects.values_list("owner_id", flat=True)) == {"probation"}
    with as_person(telling.clinician()):
        seen = counts()
        assert all(n > 0 for n in seen.values()), seen
        assert set(TypologyJudgement.objects.values_list("owner_id", flat=True)) == {"health", "probation"}


def everything_of_probation(officer: User, case: Case) -> None:
    with as_person(officer):
        services.judge_type(officer, case, "undetermined", "", "Two meetings only")


@pytest.mark.parametrize(("role", "code"), OUTSIDE)
def test_nobody_else_has_a_row_or_can_add_one(role: str, code: str) -> None:
    case = telling.a_case()
    everything(telling.clinician(), case)
    user = making.somebody(role, code)
    with as_person(user):
        assert set(counts().values()) == {0}
    row = {"scheme": "mullen-1999", "type": "rejected", "confidence": "low", "basis": "x"}
    with pytest.raises(DatabaseError, match="row-level security"), as_person(user):
        TypologyJudgement.objects.create(**owned(user, case, **row))


def test_a_clinician_whose_service_is_not_on_the_case_has_nothing() -> None:
    case = making.a_case(None, "probation")
    with as_person(telling.clinician()):
        assert Case.objects.filter(pk=case.pk).count() == 0


@pytest.mark.parametrize(
    ("role", "code", "status"),
    [
        (Role.CLINICIAN, "health", 200),
        (Role.PROBATION, "probation", 200),
        (Role.ADVOCATE, "helpline", 403),
        (Role.INVESTIGATOR, "force-a", 403),
        (Role.COORDINATOR, "force-a", 404),
        (Role.STALKING_LEAD, "force-a", 404),
        (Role.CLINICIAN, "helpline", 403),
    ],
)
def test_who_opens_the_pages(role: str, code: str, status: int) -> None:
    case = telling.a_case()
    everything(telling.clinician(), case)
    client = Client()
    client.force_login(making.somebody(role, code), backend="django.contrib.auth.backends.ModelBackend")
    for page in ("", "/typology", "/formulation", "/programmes", "/measures", "/consultations"):
        assert client.get(f"/cases/{case.key}/intervention{page}", secure=True).status_code == status, page
    if status != 200:
        case_page = client.get(f"/cases/{case.key}", secure=True).content.decode()
        assert "ntervention" not in case_page


@pytest.mark.parametrize(("opened", "other"), [("probation", "health"), ("health", "probation")])
def test_emergency_access_to_what_one_service_holds_does_not_open_the_other(opened: str, other: str) -> None:
    """A licence recall opens what probation holds, and no therapy notes; and the other way round."""
    case, lead = telling.a_case(), making.somebody(Role.STALKING_LEAD)
    writers = {"health": telling.clinician(), "probation": telling.officer()}
    for code, user in writers.items():
        with as_person(user):
            services.judge_type(user, case, "rejected", "low", f"Basis of {code}")
            services.record_relationship(user, case, "ex_intimate", f"Source of {code}")
            cases.enter(user, case, "note", f"Line of {code}", partition="health")
    with as_person(lead):
        made = emergency_grants.break_glass(
            lead, case.pk, opened, "Recalled tonight, and nobody can be reached.", 15
        )
        for model in (TypologyJudgement, PriorRelationship):
            assert set(model._default_manager.values_list("owner_id", flat=True)) == {opened}
        lines = Entry.objects.filter(case=case, title__startswith="Line of")
        assert [line.title for line in lines] == [f"Line of {opened}"]
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/cases/{case.key}/intervention/typology", secure=True).content.decode()
    assert f"Basis of {opened}" in page
    assert f"Basis of {other}" not in page
    assert f"What {opened} holds".lower() in page.lower()
    # Those whose it is are told, and nobody else.
    told = Clock.objects.filter(of_key=made.key, kind=emergency_grants.ALERT)
    assert [c.owner_id for c in told] == [opened]
    with as_person(lead):
        emergency_grants.break_glass(lead, case.pk, other, "Recalled tonight, and nobody can be reached.", 15)
        both = set(TypologyJudgement.objects.values_list("owner_id", flat=True))
    assert both == {"health", "probation"}


def test_the_form_of_emergency_access_names_both_and_the_law_of_each() -> None:
    case = telling.a_case()
    client = Client()
    client.force_login(making.somebody(Role.COORDINATOR), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("access:need", args=[case.key]), secure=True).content.decode()
    for words in ("What health holds", "What probation holds", "Part 3 of the Data Protection Act 2018"):
        assert words in page


def test_a_broken_glass_opens_the_pages_and_writes_nothing() -> None:
    import datetime as dt

    from django.utils import timezone

    from lamplighter.hub.access.models import BreakGlass

    case, lead = telling.a_case(), making.somebody(Role.STALKING_LEAD)
    everything(telling.clinician(), case)
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    with as_person(lead):
        BreakGlass.objects.create(
            case=case,
            partition="health",
            user=lead,
            reason="A threat to kill was made tonight",
            expires_at=timezone.now() + dt.timedelta(hours=1),
        )
    answer = client.get(f"/cases/{case.key}/intervention/typology", secure=True)
    assert "Rejected" in answer.content.decode()
    assert "Judge the type" not in answer.content.decode()
    assert client.get(f"/cases/{case.key}/intervention/typology/judge", secure=True).status_code == 403
    # The navigation leads there, on this case only.
    other = telling.a_case()
    for one, there in ((case, True), (other, False)):
        page = client.get(f"/cases/{one.key}", secure=True).content.decode()
        assert (f"/cases/{one.key}/intervention" in page) == there
