"""Lines of enquiry: which appear, who is told, who must not, and how each gets its outcome."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases import services as cases_services
from lamplighter.hub.cases.hooks import Event
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.notices import end_of
from lamplighter.hub.enquiries import appearing, selectors, services
from lamplighter.hub.enquiries.models import Line, LineState
from lamplighter.hub.enquiries.services import Given
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.risk import telling as risk

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
AGO = dt.timedelta(days=10)


def an_incident(case: Case, *acts: str, days: int = 10, news: bool = True) -> CaseReport:
    """An incident that joined the case, told as arrivals tells it."""
    at = dt.datetime.combine(TODAY - dt.timedelta(days=days), dt.time(21))
    row = risk.a_report(case, acts=list(acts), happened_at=at, precision="exact", news=news)
    if news:
        with making.as_the_owner():
            appearing.happened(None, Event(case, "report", at.date(), row.report_key))
    return row


def lines(user: User, case: Case) -> dict[str, selectors.Standing]:
    with identity.as_person(user):
        return {one.row.kind or one.row.title: one for one in selectors.lines(case)}


def running(case: Case, kind: str) -> list[Clock]:
    return risk.running(case, kind)


def record(user: User, case: Case, kind: str, state: str, words: str = "It is in the file.") -> LineState:
    with identity.as_person(user):
        line = {one.row.kind: one for one in selectors.lines(case)}[kind]
        (made,) = services.record(
            user, case, [Given(line, state, words, line.doer, line.due_on(TODAY), line.seen)]
        )
    return made


def test_a_new_incident_brings_its_lines_at_once_and_tells_whose_they_are() -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(officer)
    assert lines(officer, case) == {}
    an_incident(case, "approach")
    found = lines(officer, case)
    assert set(found) == {"cctv", "neighbours", "vehicle", "earlier_victims"}
    assert {one.row.partition for one in found.values()} == {"police"}
    (task,) = running(case, appearing.NEW)
    assert (task.owner_id, task.partition) == ("force-a", "police")
    assert "CCTV" in task.why
    an_incident(case, "following", days=3)
    assert "tracker" in lines(officer, case)
    assert "CCTV" in running(case, appearing.NEW)[0].why
    assert sorted(clock.owner_id for clock in running(case, appearing.NEW)) == ["force-a", "helpline"]
    assert len(lines(officer, case)["cctv"].calls) == 2
    with making.as_the_owner():
        told = Entry.objects.filter(case=case, kind="enquiry").values_list("partition", flat=True)
        assert set(told) == {"police", "advocacy"}


def test_a_line_says_which_incident_which_act_and_which_rule() -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(officer)
    an_incident(case, "damage")
    body = cases.browser(officer).get(f"/cases/{case.key}/enquiries", secure=True).content.decode()
    for words in ("CCTV, doorbell and dashcam recordings", "Scene and objects", "Damaged property"):
        assert words in body
    assert "Practice review, 4.10" in body
    assert "written over within about a month" in body


def test_what_is_lost_soon_is_due_before_it_is_lost_and_a_task_of_its_own() -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(officer)
    an_incident(case, "loitering", days=29)
    cctv = lines(officer, case)["cctv"]
    lost = TODAY + dt.timedelta(days=1)
    assert cctv.held(TODAY).next_on == lost
    assert cctv.due_on(TODAY) == min(cctv.row.due_on, lost)
    soon = {clock.of_key: clock for clock in running(case, appearing.SOON)}
    task = soon[cctv.row.key]
    assert task.due_at == end_of(cctv.due_on(TODAY))
    assert "may be lost after" in task.why
    assert task.partition == "police"
    # Asked for: whoever holds it keeps it, and the day is the planned one again.
    record(officer, case, "cctv", "requested", "The tram operator, in writing.")
    assert lines(officer, case)["cctv"].due_on(TODAY) == cctv.due_on(TODAY)
    record(officer, case, "cctv", "done", "Both mornings are on disc.")
    assert cctv.row.key not in {clock.of_key for clock in running(case, appearing.SOON)}


def test_an_incident_after_a_line_was_done_opens_it_anew() -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(officer)
    an_incident(case, "approach")
    first = lines(officer, case)["cctv"].row
    record(officer, case, "cctv", "done")
    an_incident(case, "approach", days=1)
    with identity.as_person(officer):
        of_cctv = [one for one in selectors.lines(case) if one.row.kind == "cctv"]
    assert [one.resolved for one in of_cctv] == [True, False]
    assert of_cctv[0].row.pk == first.pk
    # Nothing that was there twice, however often it is looked at.
    with making.as_the_owner():
        assert appearing.bring_up_to_date(case) == []


def test_a_reason_is_asked_and_a_second_person_is_not_written_over() -> None:
    officer, lead = making.somebody(Role.INVESTIGATOR), making.somebody(Role.STALKING_LEAD)
    case = risk.a_case(officer)
    an_incident(case, "approach")
    with pytest.raises(NotPossibleError, match="Enter who refused or why"):
        record(officer, case, "cctv", "not_reasonable", "No.")
    before = lines(lead, case)["cctv"]
    record(officer, case, "cctv", "refused", "The shop says it has no camera there.")
    with identity.as_person(lead), pytest.raises(ConflictError):
        services.record(lead, case, [Given(before, "done", "Done.", None, TODAY, before.seen)])
    client = cases.browser(lead)
    key = str(before.row.key)
    sent = {f"{key}-seen": "", f"{key}-state": "done", f"{key}-words": "I have the film myself."}
    answer = client.post(f"/cases/{case.key}/enquiries/{key}", sent, secure=True)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "changed this line while you were writing" in body
    assert "I have the film myself." in body


def test_one_form_records_several_lines_and_keeps_what_was_typed_when_one_is_refused() -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(officer)
    an_incident(case, "approach")
    found = lines(officer, case)
    sent = {f"{one.row.key}-{n}": v for one in found.values() for n, v in (("state", "open"), ("words", ""))}
    cctv, vehicle = found["cctv"].row.key, found["vehicle"].row.key
    sent |= {f"{cctv}-state": "done", f"{cctv}-words": "On disc.", f"{vehicle}-state": "refused"}
    sent |= {f"{one.row.key}-doer": str(officer.key) for one in found.values()}
    client = cases.browser(officer)
    answer = client.post(f"/cases/{case.key}/enquiries", sent, secure=True)
    assert answer.status_code == 422
    assert "On disc." in answer.content.decode()
    assert not lines(officer, case)["cctv"].resolved
    sent[f"{vehicle}-words"] = "ANPR has no camera on that road."
    assert client.post(f"/cases/{case.key}/enquiries", sent, secure=True).status_code == 302
    found = lines(officer, case)
    assert found["cctv"].resolved
    assert found["vehicle"].resolved
    assert found["neighbours"].doer == officer
    assert running(case, appearing.NEW) == []


def test_a_person_adds_a_line_on_their_own_side() -> None:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    officer = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(officer)
    with identity.as_person(advocate):
        made = services.add(advocate, case, "Her neighbour’s doorbell", "It faces her door.", TODAY + AGO)
    assert made.partition == "advocacy"
    assert "Her neighbour’s doorbell" in lines(advocate, case)
    assert "Her neighbour’s doorbell" not in lines(officer, case)


def test_nobody_who_works_with_the_suspect_reads_a_line() -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(officer, "helpline", "health", "probation")
    an_incident(case, "approach", "publishing")
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    assert set(lines(advocate, case)) == {"victim_holds"}
    assert "victim_holds" not in lines(officer, case)
    for role, code in ((Role.CLINICIAN, "health"), (Role.PROBATION, "probation")):
        user = making.somebody(role, code)
        assert lines(user, case) == {}
        client = cases.browser(user)
        assert client.get(f"/cases/{case.key}/enquiries", secure=True).status_code == 403
        body = client.get(f"/cases/{case.key}", secure=True).content.decode()
        assert "ines of enquiry" not in body
        assert "CCTV" not in body


def test_without_a_force_the_hubs_coordinators_have_the_lines() -> None:
    advocate, coordinator = (
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.COORDINATOR, "hub"),
    )
    with identity.as_person(advocate):
        case = making.a_case(advocate, "health")
    an_incident(case, "approach")
    assert lines(coordinator, case)["cctv"].row.partition == "warning"
    assert lines(making.somebody(Role.CLINICIAN, "health"), case) == {}
    record(coordinator, case, "cctv", "requested", "The council, by email.")
    assert lines(advocate, case)["cctv"].state == "requested"


def test_tasks_of_lines_end_with_the_case_and_come_back_with_it() -> None:
    by = cases.coordinator()
    case = cases.a_working_case(by, "consultation", "helpline")
    an_incident(case, "loitering", days=29)
    assert running(case, "enquiry.")
    with identity.as_person(by):
        from lamplighter.hub.cases.status import changes

        changes.close(by, case, why="plan_done", reason="Done.", current="no", not_done="")
    assert running(case, "enquiry.") == []
    with identity.as_person(by):
        cases_services.move(by, case, "referred", "He is back.")
    assert running(case, appearing.SOON)
    with making.as_the_owner():
        assert Line.objects.filter(case=case).count() == len(lines(by, case)) + 1  # the advocate's


def test_as_at_shows_what_was_known_then() -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(officer)
    with moment.at(timezone.now() - AGO):
        an_incident(case, "approach")
    record(officer, case, "cctv", "done")
    day = (TODAY - dt.timedelta(days=2)).isoformat()
    client = cases.browser(officer)
    body = client.get(f"/cases/{case.key}/enquiries?as_at={day}", secure=True).content.decode()
    assert "It is in the file." not in body
    assert "Save all" not in body


@pytest.mark.parametrize("most", [appearing.LONGEST_TITLE, 40])
def test_a_title_names_every_new_line_or_says_how_many_and_is_never_cut(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(appearing, "LONGEST_TITLE", most)
    officer = making.somebody(Role.INVESTIGATOR)
    case = risk.a_case(officer)
    an_incident(case, "approach")
    names = [selectors.title(one.row, TODAY) for one in lines(officer, case).values()]
    with identity.as_person(officer):
        title = Entry.objects.filter(case=case, kind=appearing.KIND).latest("pk").title
    if most == 40:
        assert title == f"{len(names)} new lines of enquiry"
    else:
        assert all(name in title for name in names)
