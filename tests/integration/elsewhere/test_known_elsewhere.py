"""Known elsewhere: who may look and who must not learn of it; asking, deciding, withdrawing, sending back."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases import services as cases_services
from lamplighter.hub.cases.models import Case, Entry, Party
from lamplighter.hub.cases.status import changes
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.elsewhere import placing, selectors, services, tokens
from lamplighter.hub.elsewhere.models import Answer, Decision, Known, Reply, Request
from lamplighter.hub.patterns import hooks
from lamplighter.hub.people.models import Membership
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.elsewhere import telling
from tests.integration.elsewhere.telling import WHY, look, receive, row
from tests.integration.risk.telling import running

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def officer() -> User:
    return making.somebody(Role.INVESTIGATOR)


def held(case: Case) -> list[Known]:
    with making.as_the_owner():
        return list(Known.objects.filter(case=case).order_by("pk"))


def page(user: User, case: Case, reason: str = WHY) -> str:
    found = cases.browser(user).post(f"/cases/{case.key}/elsewhere", {"reason": reason}, secure=True)
    assert found.status_code == 200, found.status_code
    return str(found.content.decode())


# The wall ---------------------------------------------------------------------------------------------------


def test_the_database_shows_it_to_the_police_on_the_case_and_for_a_reason_only() -> None:
    by = officer()
    case = telling.a_case(by, "helpline", "health")
    receive()
    assert len(held(case)) == 1
    with identity.as_person(by):
        assert not Known.objects.exists(), "Nothing without a reason"
        with identity.for_reason(WHY):
            assert Known.objects.count() == 1
    others = [
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.CLINICIAN, "health"),
        making.somebody(Role.COORDINATOR, "hub"),
        making.somebody(Role.INVESTIGATOR, "force-b"),
        making.somebody(Role.PROBATION, "probation"),
        making.somebody(Role.AUDITOR, "hub"),
        making.somebody(Role.ADMINISTRATOR, "hub"),
    ]
    for user in others:
        with identity.as_person(user), identity.for_reason(WHY):
            assert not Known.objects.exists(), user.role


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.ADVOCATE, "helpline"),
        (Role.CLINICIAN, "health"),
        (Role.COORDINATOR, "hub"),
        (Role.INVESTIGATOR, "force-b"),
    ],
)
def test_nobody_else_finds_the_page_the_task_or_a_line_of_the_history(role: str, code: str) -> None:
    by = officer()
    case = telling.a_case(by, "helpline", "health")
    receive()
    (known,) = look(by, case)
    with identity.as_person(by):
        asked = services.ask(by, case, known, "What do you hold on him?", TODAY)
        services.answered(by, case, asked, "told", "A second woman, 2024.", TODAY)
    other = making.somebody(role, code)
    browser = cases.browser(other)
    for address in ("", f"/{known.key}/ask", f"/{known.key}/decide", f"/requests/{asked.key}"):
        for found in (
            browser.get(f"/cases/{case.key}/elsewhere{address}", secure=True),
            browser.post(f"/cases/{case.key}/elsewhere{address}", {"reason": WHY}, secure=True),
        ):
            assert found.status_code in (403, 404)
    for address in ("", "/timeline", "/history"):
        body = browser.get(f"/cases/{case.key}{address}", secure=True).content.decode()
        for word in ("Thorleshire", "second woman", "Known elsewhere", "national index"):
            assert word not in body
    with identity.as_person(other):
        assert not Request.objects.exists()
        assert not Reply.objects.exists()
        assert not Entry.objects.filter(kind="elsewhere").exists()
        assert not Clock.objects.filter(kind__startswith="elsewhere.").exists()


def test_the_answers_themselves_are_read_by_no_person_at_all() -> None:
    by = officer()
    telling.a_case(by)
    receive()
    for user in (by, telling.manager(), making.somebody(Role.AUDITOR, "hub")):
        with pytest.raises(ProgrammingError, match="permission denied"), identity.as_person(user):
            Answer.objects.count()


def test_a_look_needs_a_reason_that_is_kept_and_is_on_the_trail() -> None:
    by = officer()
    case = telling.a_case(by)
    receive()
    browser = cases.browser(by)
    before = browser.get(f"/cases/{case.key}/elsewhere", secure=True).content.decode()
    assert "Thorleshire" not in before
    short = browser.post(f"/cases/{case.key}/elsewhere", {"reason": "why not"}, secure=True)
    assert short.status_code == 422
    assert "Thorleshire" not in short.content.decode()
    assert "Thorleshire" in page(by, case)
    with making.as_the_owner():
        seen = Event.objects.filter(verb="elsewhere.looked", actor_id=by.pk).latest("pk")
        assert seen.reason == WHY
        assert seen.case_id == case.pk


def test_no_page_says_without_a_reason_that_there_is_an_answer() -> None:
    by = officer()
    with_answer, without = telling.a_case(by), telling.a_case(by, person="P-000002")
    receive()
    browser = cases.browser(by)
    bodies = []
    for case in (with_answer, without):
        body = browser.get(f"/cases/{case.key}/elsewhere", secure=True).content.decode()
        bodies.append(body.split("<main", 1)[1].replace(str(case.key), ""))
    strip = [b[b.index("<h1") : b.index("</main")] for b in bodies]
    csrf = [line for line in strip[0].split('"') if len(line) == 64]
    for token in csrf:
        strip[0] = strip[0].replace(token, "")
    for token in [line for line in strip[1].split('"') if len(line) == 64]:
        strip[1] = strip[1].replace(token, "")
    assert strip[0] == strip[1]


# What the page says -----------------------------------------------------------------------------------------


def test_the_page_says_whom_to_ask_how_sure_why_not_certain_and_what_it_does_not_say() -> None:
    by = officer()
    case = telling.a_case(by)
    receive(
        row(),
        row(
            force="force-08",
            force_name="Ravenland Police",
            kind="same_couple",
            belief=0.6,
            belief_words="possible",
            doubts="few_details;name_common",
        ),
    )
    body = page(by, case)
    for words in (
        "Known in 2 other forces",
        "Thorleshire Police",
        "Stalking desk",
        "desk@thorleshire.example",
        "The same suspect with another victim",
        "Very likely the same person: right in about 97 of 100",
        "Possibly the same person",
        "The address is another one",
        "One of the forces recorded few details",
        "1 more force that the index may not name",
        "The records of 42 forces were read",
        "Not read, because late or withdrawn: 1 force (force-19)",
        "What was reported there",
        "Who the victims are",
        "may know the suspect all the same",
    ):
        assert words in body, words


def test_no_answer_is_not_an_absence() -> None:
    by = officer()
    case = telling.a_case(by, person="P-000002")
    receive()
    body = page(by, case)
    assert "no answer about this suspect that you can see" in body
    assert "not to say that no other force knows the suspect" in body


def test_of_two_releases_the_newest_is_shown_and_what_went_is_named() -> None:
    by = officer()
    case = telling.a_case(by)
    old = (TODAY.replace(day=1) - timezone.timedelta(days=1)).isoformat()
    receive(row(as_at=old), row(as_at=old, force="force-08", force_name="Ravenland Police"))
    receive(row(release="2026-11"))
    body = page(by, case)
    assert "Known in 1 other force" in body
    assert "Named before, and not in this release" in body
    assert "Ravenland Police, in the release of" in body


# Who is told ------------------------------------------------------------------------------------------------


def test_another_force_that_reads_it_does_not_end_the_task_of_the_first() -> None:
    by = officer()
    case = telling.a_case(by, "force-b")
    receive()
    assert len(running(case, placing.NEWS)) == 1
    assert look(making.somebody(Role.INVESTIGATOR, "force-b"), case)
    assert len(running(case, placing.NEWS)) == 1
    look(by, case)
    assert not running(case, placing.NEWS)


def test_something_new_is_a_task_for_the_force_that_ends_by_reading_it() -> None:
    by = officer()
    case = telling.a_case(by, "helpline")
    receive()
    (task,) = running(case, placing.NEWS)
    assert (task.owner_id, task.partition) == ("force-a", "police")
    assert "Thorleshire" not in task.text + task.why
    look(by, case)
    assert not running(case, placing.NEWS)
    receive(row(release="2026-11"))
    assert not running(case, placing.NEWS), "The same again is no news"
    receive(row(release="2026-12"), row(release="2026-12", force="force-08", force_name="Ravenland Police"))
    assert len(running(case, placing.NEWS)) == 1


def test_a_case_that_opens_later_has_what_was_answered_before() -> None:
    by = officer()
    with making.as_the_owner():
        Membership.objects.create(
            record_id=telling.RECORD,
            person_id=telling.PERSON,
            report_id="force_a_rms:1",
            role="suspect",
            born=1,
        )
    release = receive()
    assert (release.suspects, release.matched) == (1, 1)
    case = telling.a_case(by)
    assert not held(case), "The referral did not yet say who it is"
    with identity.as_person(by):
        placing.people_changed(by, case)
    assert len(held(case)) == 1
    assert len(running(case, placing.NEWS)) == 1


def test_rows_of_nobody_whom_the_hub_knows_are_kept_and_found_later() -> None:
    by = officer()
    release = receive()
    assert release.matched == 0
    with making.as_the_owner():
        assert Answer.objects.count() == 1
    case = telling.a_case(by)
    placing.catch_up()
    assert len(held(case)) == 1


def test_an_answer_about_an_erased_record_is_forgotten() -> None:
    by = officer()
    case = telling.a_case(by)
    receive()
    with making.as_the_owner():
        Membership.objects.filter(record_id=telling.RECORD).delete()
    placing.catch_up()
    assert not held(case)
    with making.as_the_owner():
        assert not Answer.objects.exists()


def test_what_is_answered_about_an_erased_report_goes_with_it_at_once() -> None:
    by = officer()
    case = telling.a_case(by)
    receive()
    with identity.as_service("erase a report"):
        gone = hooks.reports_erased(["force_a_rms:1"])
    assert (gone["elsewhere_answer"], gone["elsewhere_known"]) == (1, 1)
    assert not held(case)


def test_a_case_without_a_force_has_nothing_until_one_works_on_it() -> None:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    case = telling.a_case(advocate)
    receive()
    assert not held(case)
    with identity.as_person(advocate):
        cases_services.add_agency(advocate, case, making.agency("force-b"), "They investigate.")
    assert [one.owner_id for one in held(case)] == ["force-b"]


def test_a_case_that_is_over_has_nothing_any_more() -> None:
    lead = making.somebody(Role.COORDINATOR, "force-a")
    case = cases.a_working_case(lead)
    with making.as_the_owner():
        Membership.objects.create(
            record_id=telling.RECORD,
            person_id=telling.PERSON,
            report_id="force_a_rms:1",
            role="suspect",
            born=1,
        )
        Party.objects.filter(case=case, side="suspect").update(person_id=telling.PERSON)
    receive()
    assert len(held(case)) == 1
    with identity.as_person(lead):
        changes.close(lead, case, why="plan_done", reason="Quiet for a year.", current="no", not_done="")
    placing.catch_up()
    assert not held(case)
    assert not running(case, placing.NEWS)


def test_when_linkage_says_that_the_suspect_is_somebody_else_the_answer_goes() -> None:
    by = officer()
    case = telling.a_case(by)
    receive()
    with making.as_the_owner():
        Membership.objects.filter(record_id=telling.RECORD).update(person_id="P-000009")
    placing.catch_up()
    assert not held(case)


# Asking, deciding -------------------------------------------------------------------------------------------


def test_a_request_is_a_task_and_its_answer_a_note_of_the_police() -> None:
    by = officer()
    case = telling.a_case(by)
    receive()
    (known,) = look(by, case)
    browser = cases.browser(by)
    day = {"asked_on_day": TODAY.day, "asked_on_month": TODAY.month, "asked_on_year": TODAY.year}
    sent = browser.post(
        f"/cases/{case.key}/elsewhere/{known.key}/ask", {"question": "Any orders?"} | day, secure=True
    )
    assert sent.status_code == 302
    (task,) = running(case, services.ASKED)
    assert task.assigned_to == by
    assert "Thorleshire" not in task.text
    day = {"answered_on_day": TODAY.day, "answered_on_month": TODAY.month, "answered_on_year": TODAY.year}
    told = {"outcome": "told", "learnt": "An order until 2028."} | day
    assert browser.post(sent["Location"], told, secure=True).status_code == 302
    assert not running(case, services.ASKED)
    with making.as_the_owner():
        entries = Entry.objects.filter(case=case, kind="elsewhere")
        assert {e.partition for e in entries} == {"police"}
        assert "An order until 2028." in [e.body for e in entries]
    body = page(by, case)
    assert "They told us" in body
    with identity.as_person(by), pytest.raises(ConflictError):
        services.answered(by, case, selectors.requests(case)[0].row, "none", "", TODAY)


def test_not_him_and_taking_it_back_go_to_the_index_without_reason_or_name() -> None:
    by, boss = officer(), making.somebody(Role.COORDINATOR, "force-a")
    case = telling.a_case(by)
    receive()
    (known,) = look(by, case)

    def decide(decision: str, seen: str) -> Decision:
        with identity.as_person(by):
            return services.decide(by, case, known, decision, "He was in prison then.", seen=seen)

    def sent() -> list[dict[str, str]]:
        with identity.as_person(boss):
            return list(csv.DictReader(io.StringIO(services.decisions_file(boss))))

    first = decide("not_the_same", "")
    (line,) = sent()
    assert line == {
        "hub": "this-hub",
        "release": "2026-10",
        "suspect": tokens.token_of(telling.RECORD),
        "force": "force-07",
        "decision": "not_the_same",
        "decided_on": TODAY.isoformat(),
    }
    # A force that is not on the case does not learn who knows the suspect, and the hub neither.
    other = making.somebody(Role.COORDINATOR, "force-b")
    with identity.as_person(other):
        assert services.decisions_file(other).count("\n") == 1
    hubs = cases.browser(telling.manager())
    assert hubs.post("/index/decisions.csv", secure=True).status_code == 403
    assert "Download decisions" not in hubs.get("/index/", secure=True).content.decode()
    assert "Download decisions" in cases.browser(boss).get("/index/", secure=True).content.decode()
    body = page(by, case)
    assert "Not the same person." in body
    assert "You decided" not in body, "whoever reads it is not whoever decided"
    assert "He was in prison then." in body
    with pytest.raises(ConflictError):
        decide("taken_back", "")
    decide("taken_back", str(first.key))
    assert [one["decision"] for one in sent()] == ["taken_back"]
    assert "Not the same person." not in page(by, case)


def test_a_decision_needs_a_reason_and_is_not_made_twice() -> None:
    by = officer()
    case = telling.a_case(by)
    receive()
    (known,) = look(by, case)
    with identity.as_person(by):
        with pytest.raises(NotPossibleError, match="Enter your reason"):
            services.decide(by, case, known, "not_the_same", "no", seen="")
        with pytest.raises(NotPossibleError, match="stands already"):
            services.decide(by, case, known, "taken_back", "It was a mistake.", seen="")


# The releases -----------------------------------------------------------------------------------------------


def test_a_withdrawn_release_goes_from_every_case_and_cannot_come_back() -> None:
    by, boss = officer(), telling.manager()
    case = telling.a_case(by)
    release = receive(by=boss)
    with identity.as_person(boss):
        services.withdraw(boss, release, "The index found an error.")
    assert not held(case)
    assert not running(case, placing.NEWS)
    with making.as_the_owner():
        assert not Answer.objects.exists()
        (entry,) = Entry.objects.filter(case=case, kind="elsewhere")
        assert entry.partition == "police"
        assert "withdrew release 2026-10" in entry.title
    with pytest.raises(NotPossibleError, match="was withdrawn on"):
        receive(by=boss)


def test_a_release_that_comes_again_replaces_itself() -> None:
    by = officer()
    case = telling.a_case(by)
    receive()
    receive(row(force="force-08", force_name="Ravenland Police"))
    assert [one.force for one in held(case)] == ["force-08"]
    with making.as_the_owner():
        assert Answer.objects.count() == 1


def test_a_file_with_a_fault_changes_nothing_and_says_why() -> None:
    boss = telling.manager()
    browser = cases.browser(boss)

    def send(content: bytes) -> str:
        file = SimpleUploadedFile("known_elsewhere.csv", content)
        found = browser.post("/index/", {"file": file}, secure=True, follow=True)
        return str(found.content.decode())

    body = send(telling.content(row(), row(force="force-08", belief=0.2)))
    assert "Row 3: belief is no number from 0.5 to 1." in body
    with making.as_the_owner():
        assert not Answer.objects.exists()
    assert "Release 2026-10 was taken in: 1 row." in send(telling.content(row()))
    with making.as_the_owner():
        assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.INVESTIGATOR, "force-a"),
        (Role.COORDINATOR, "helpline"),
        (Role.ADVOCATE, "helpline"),
        (Role.ANALYST, "hub"),
        (Role.ADMINISTRATOR, "hub"),
    ],
)
def test_only_a_coordinator_of_the_hub_or_a_force_takes_in_withdraws_and_downloads(
    role: str, code: str
) -> None:
    release = receive()
    user = making.somebody(role, code)
    browser = cases.browser(user)
    for address in (f"/index/{release.key}/withdraw", "/index/suspects.csv", "/index/decisions.csv"):
        assert browser.post(address, {"reason": WHY}, secure=True).status_code == 403
    with identity.as_person(user), pytest.raises(NotPossibleError):
        services.receive(user, "a.csv", telling.content(row()))
    with identity.as_person(user), pytest.raises(NotPossibleError):
        services.withdraw(user, release, WHY)


def test_the_page_of_releases_names_no_suspect_and_no_force_that_knows_one() -> None:
    receive()
    body = cases.browser(telling.manager()).get("/index/", secure=True).content.decode()
    assert "2026-10" in body
    assert "1 row about 1 suspect" in body
    for word in ("Thorleshire", "force-07", tokens.token_of(telling.RECORD)):
        assert word not in body
