"""A child in a case: said on the bar and at triage, and asked about by tasks that somebody owns."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import selectors
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.cases.participants import ages, corrections
from lamplighter.hub.cases.status import changes
from lamplighter.hub.children import rules, services
from lamplighter.hub.children.models import Answer
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db


def years_ago(years: int) -> dt.date:
    return ages.years_later(timezone.localdate(), -years)


CHILD = {"name": "Mia Larch", "birth_date": years_ago(15)}
YOUNG = {"name": "Theo Birch", "birth_date": years_ago(17)}
ADULT = {"name": "Theo Birch", "birth_date": years_ago(30)}


def a_case(by: User, *others: str, victim: dict | None = None, suspect: dict | None = None) -> Case:
    with identity.as_person(by):
        return making.a_case(by, *others, victim=victim or CHILD, suspect=suspect or ADULT)


def running(case: Case) -> dict[str, Clock]:
    rows = Clock.objects.filter(case=case, kind__startswith="child.", state=Clock.State.RUNNING)
    return {row.kind: row for row in rows.select_related("owner")}


def test_a_case_with_a_child_begins_with_tasks_of_whoever_must_act() -> None:
    case = a_case(making.somebody(Role.INVESTIGATOR), "helpline", "hub")
    found = running(case)
    first = {c for c, r in rules.questions("victim", timezone.localdate()).items() if "after" not in r.extra}
    assert set(found) == {f"child.victim.{code}" for code in first}
    assert found["child.victim.childrens_services"].owner_id == "force-a"
    assert found["child.victim.school"].owner_id == "helpline"
    assert all(clock.partition == "shared" for clock in found.values())


def test_two_adults_bring_none_and_an_age_that_nobody_knows_brings_none_and_is_said() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    adults = a_case(by, victim={"name": "Priya Nair", "birth_date": years_ago(40)})
    unknown = a_case(by, victim={"name": "Priya Nair"}, suspect={"name": "Not known"})
    assert running(adults) == running(unknown) == {}
    assert ages.is_child(unknown) == ages.Known.NOT_KNOWN
    client = telling.browser(by)
    page = client.get(f"/cases/{unknown.key}", secure=True).content.decode()
    assert "Age not known: victim and suspect" in page
    assert "Age not known" not in client.get(f"/cases/{adults.key}", secure=True).content.decode()


def test_the_bar_and_the_triage_page_say_it_without_a_name() -> None:
    by = telling.coordinator("force-a")
    case = a_case(by, suspect=YOUNG)
    client = telling.browser(by)
    page = client.get(f"/cases/{case.key}", secure=True).content.decode()
    assert "Victim under 18" in page
    assert "Suspect under 18" in page
    triage = client.get(f"/cases/{case.key}/triage", secure=True).content.decode()
    assert "The victim is under 18." in triage
    assert "Programmes for adults are not for them." in triage
    assert 'value="on_probation"' not in triage


def test_no_decision_rests_on_a_programme_for_adults_where_the_suspect_is_under_18() -> None:
    by = telling.coordinator("force-a")
    young = a_case(by, suspect=YOUNG)
    with identity.as_person(by), pytest.raises(NotPossibleError, match="for adults"):
        changes.triage(by, young, "direct", "on_probation", "On licence.")
    old = a_case(by)
    with identity.as_person(by):
        changes.triage(by, old, "direct", "on_probation", "On licence.")


def test_an_answer_ends_its_task_and_a_yes_asks_what_follows() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = a_case(by, "helpline", "health")
    reader = making.somebody(Role.CLINICIAN, "health")
    client = telling.browser(by)
    address = f"/cases/{case.key}/under-18/victim/works_with_children"
    sent = {"answer": "not_known", "words": "Asked the employer.", "version": ""}
    assert client.post(address, sent, secure=True).status_code == 302
    assert "child.victim.works_with_children" in running(case)
    assert "child.victim.lado" not in running(case)
    standing = Answer.objects.get(case=case)
    sent = {"answer": "yes", "words": "Coaches a youth team.", "version": str(standing.key)}
    assert client.post(address, sent, secure=True).status_code == 302
    ended = Clock.objects.get(case=case, kind="child.victim.works_with_children")
    assert (ended.state, ended.ended_by) == (Clock.State.DONE, by)
    assert running(case)["child.victim.lado"].owner_id == "force-a"
    # Everybody on the case reads it, the suspect's side too.
    page = telling.browser(reader).get(f"/cases/{case.key}/under-18", secure=True).content.decode()
    assert "Coaches a youth team." in page
    # A no takes back what followed from the yes.
    with identity.as_person(by):
        services.answer(by, case, "victim", "works_with_children", "no", "It was his brother.")
    assert "child.victim.lado" not in running(case)


def test_a_no_to_what_is_to_be_done_leaves_its_task_running() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = a_case(by)
    with identity.as_person(by):
        services.answer(by, case, "victim", "childrens_services", "no", "Nobody has yet.")
        services.answer(by, case, "victim", "suspect_parent", "no", "By the birth certificate.")
    found = running(case)
    assert "child.victim.childrens_services" in found
    assert not {"child.victim.suspect_parent", "child.victim.suspect_parent_warned"} & set(found)
    with identity.as_person(by):
        services.answer(by, case, "victim", "childrens_services", "yes", "Received by MASH today.")
    assert "child.victim.childrens_services" not in running(case)


def test_who_is_second_sees_both_and_loses_nothing() -> None:
    first, second = making.somebody(Role.INVESTIGATOR), making.somebody(Role.STALKING_LEAD)
    case = a_case(first)
    with identity.as_person(first):
        services.answer(first, case, "victim", "school", "no", "Term has not begun.")
    address = f"/cases/{case.key}/under-18/victim/school"
    sent = {"answer": "yes", "words": "Spoke with the safeguarding lead.", "version": ""}
    answer = telling.browser(second).post(address, sent, secure=True)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Term has not begun." in page
    assert "Spoke with the safeguarding lead." in page
    assert Answer.objects.filter(case=case).count() == 1


def test_what_is_not_asked_of_this_case_cannot_be_answered() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = a_case(by)
    client = telling.browser(by)
    for side, code in (
        ("victim", "lado"),
        ("suspect", "youth_offending"),
        ("victim", "nothing"),
        ("x", "school"),
    ):
        assert client.get(f"/cases/{case.key}/under-18/{side}/{code}", secure=True).status_code == 404
    with identity.as_person(by), pytest.raises(NotPossibleError, match="not asked"):
        services.answer(by, case, "victim", "lado", "yes", "Told.")


def test_a_correction_begins_what_is_asked_of_a_child_and_another_ends_it() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = a_case(
        by, suspect={"name": "Theo Birch"}, victim={"name": "Priya Nair", "birth_date": years_ago(40)}
    )
    client = telling.browser(by)
    suspect = next(p for p in selectors.parties(case) if p.side == Party.Side.SUSPECT)
    address = f"/cases/{case.key}/people/{suspect.key}"
    sent = {"name": "Theo Birch", "age": "16", "reason": "The school said.", "version": str(suspect.key)}
    assert client.post(address, sent, secure=True).status_code == 302
    assert set(running(case)) == {"child.suspect.youth_offending", "child.suspect.suspect_childrens_services"}
    assert ages.suspect_is_child(case) == ages.Known.YES
    standing = next(p for p in selectors.parties(case) if p.side == Party.Side.SUSPECT)
    assert (standing.age_from, standing.age_on) == (16, timezone.localdate())
    with identity.as_person(by):
        corrections.correct(by, case, standing, "Passport seen.", birth_date=years_ago(19))
    assert running(case) == {}
    cancelled = Clock.objects.filter(case=case, kind__startswith="child.").values_list("state", flat=True)
    assert set(cancelled) == {Clock.State.CANCELLED}


def test_a_past_day_shows_what_was_known_then() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    with identity.as_person(by), moment.at(telling.days_ago(40)):
        case = making.a_case(by, victim={"name": "Mia Larch"}, at=telling.days_ago(40))
        victim = next(p for p in selectors.parties(case) if p.side == Party.Side.VICTIM)
    with identity.as_person(by):
        corrections.correct(by, case, victim, "Asked.", birth_date=years_ago(15), at=telling.days_ago(10))
    client = telling.browser(by)
    before = client.get(f"/cases/{case.key}/under-18?as_at={telling.days_ago(20).date()}", secure=True)
    assert "Victim: age not known" in before.content.decode()
    assert "Victim: under 18" in client.get(f"/cases/{case.key}/under-18", secure=True).content.decode()
    assert ages.is_child(case, telling.days_ago(20)) == ages.Known.NOT_KNOWN


def test_somebody_who_turns_18_leaves_no_task_that_nobody_can_end() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    with identity.as_person(by):
        case = making.a_case(by, victim={"name": "Mia Larch", "birth_date": years_ago(15)})
    # Born so that today is after the birthday on which the case is a case of two adults.
    with making.as_the_owner():
        Party.objects.filter(case=case, side="victim").update(birth_date=years_ago(19))
    client, address = telling.browser(by), f"/cases/{case.key}/under-18/victim/school"
    page = client.get(f"/cases/{case.key}/under-18", secure=True).content.decode()
    assert "Victim: 18 or over" in page
    assert address in page
    sent = {"answer": "yes", "words": "Done before the birthday.", "version": ""}
    assert client.post(address, sent, secure=True).status_code == 302
    assert running(case) == {}
    assert client.get(address, secure=True).status_code == 404


def test_whoever_is_kept_off_or_not_on_the_case_finds_no_page() -> None:
    case = a_case(making.somebody(Role.INVESTIGATOR))
    other = telling.browser(making.somebody(Role.INVESTIGATOR, "force-b"))
    for page in ("", "/victim/school"):
        assert other.get(f"/cases/{case.key}/under-18{page}", secure=True).status_code == 404
