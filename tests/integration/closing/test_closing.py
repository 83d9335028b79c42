"""Dropping a case: refused with what is missing, closed properly, never by one person, overridden openly."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case, Closing
from lamplighter.hub.cases.status import changes
from lamplighter.hub.cases.status.hooks import MissingError
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import checking, published, selectors, services
from lamplighter.hub.closing.models import OverrideAnswer, OverrideAsk, Signature
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side.models import CodeEvent
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.closing import telling
from tests.integration.closing.telling import Told
from tests.integration.risk import telling as risk

pytestmark = pytest.mark.django_db


def missing(user: User, case: Case, outcome: str = "15") -> set[str]:
    with identity.as_person(user):
        return {c.code for c in checking.of(user, case, outcome).every if not c.done}


def sent(**said: str) -> dict[str, Any]:
    """The form of the page that closes a case."""
    given: dict[str, Any] = {"why": "no_more_to_do", "reason": "Lack of evidence.", "current": "yes"}
    given |= {"current_words": "He was seen last week.", "dropped_as": "15", "advocate": "not_asked"}
    given |= dict.fromkeys(("orders", "bail", "release", "trial"), "not_known") | {"not_done": "Nothing"}
    return given | said


def test_an_attempt_on_day_4_is_refused_with_each_thing_that_is_missing_and_nothing_is_lost() -> None:
    told = telling.a_told()
    client = cases.browser(told.lead)
    answer = client.post(f"/cases/{told.case.key}/close", sent(), secure=True)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "The case cannot be dropped as outcome 15 yet" in body
    for title, page in (
        ("Line of enquiry: CCTV, doorbell and dashcam recordings", "enquiries"),
        ("Line of enquiry: Call and message data", "enquiries"),
        ("Evidence-led prosecution", "closing/considered"),
        ("Earlier reports about the suspect", "closing/considered"),
        ("Earlier reports by and about the victim", "closing/considered"),
        ("A risk assessment in date", "risk"),
        ("Signed by a stalking lead", "closing"),
        ("Signed by a supervisor", "closing"),
        ("The victim was told of the decision", "closing"),
        ("The victim was told of the right to a review", "closing"),
    ):
        assert f'href="/cases/{told.case.key}/{page}">{title}<' in body, title
    # Nothing of the victim's side by name, and her advocate is asked.
    assert "2 things on the victim’s side are missing. The victim’s advocate has been asked." in body
    assert "impact" not in body.split("Missing before")[1].split("</ul>")[0]
    (asked,) = risk.running(told.case, services.ASKED)
    assert (asked.owner_id, asked.partition) == ("helpline", "advocacy")
    assert "Lack of evidence." in body
    assert "He was seen last week." in body
    with making.as_the_owner():
        assert not Closing.objects.filter(case=told.case).exists()
    page = cases.browser(told.advocate).get(f"/cases/{told.case.key}/closing", secure=True).content.decode()
    assert "The impact on the victim, by the elements of the offences" in page
    # A page that is only looked at tells nothing of the police's side, not even a number.
    assert (
        "What the police’s side and the suspect’s side still need is said when an outcome is proposed" in page
    )
    assert "CCTV" not in page


def test_the_same_case_closed_properly() -> None:
    told = telling.a_told()
    case = told.case
    telling.everything_before(told)
    after = {*checking.AFTER}
    assert missing(told.officer, case) == after
    telling.propose(told)
    assert len(risk.running(case, services.SIGN)) == 2
    telling.sign_twice(told)
    assert risk.running(case, services.SIGN) == []
    with making.as_the_owner():
        event = CodeEvent.objects.get(case=case)
        assert event.kind == "no_action"
        assert Clock.objects.get(case=case, kind="victims_code.update").due_at == event.due_at
    assert missing(told.officer, case) == {"closing.told", "closing.told.review"}
    with pytest.raises(MissingError, match="2 things are missing"):
        telling.close(told.lead, case)
    telling.tell(told)
    assert missing(told.officer, case) == set()
    telling.close(told.lead, case)
    with making.as_the_owner():
        made = Closing.objects.get(case=case)
    assert made.dropped_as == "15"
    with identity.as_person(told.lead):
        (row,) = published.dropped(timezone.localdate())
        assert row.override is None
        assert selectors.proposed(case) is None


def test_a_new_incident_before_the_second_signature_stops_it() -> None:
    told = telling.a_told()
    telling.everything_before(told)
    made = telling.propose(told)
    with identity.as_person(told.lead):
        services.sign(told.lead, told.case, made, "lead", "agreed", "I read the file.")
    telling.an_incident(told.case, "damage", days=1)
    with identity.as_person(told.supervisor), pytest.raises(MissingError) as refused:
        services.sign(told.supervisor, told.case, made, "supervisor", "agreed", "I read the file.")
    assert "on the police’s side are missing" in " ".join(refused.value.elsewhere)


def test_neither_the_proposer_nor_one_person_twice_signs() -> None:
    told = telling.a_told()
    telling.everything_before(told)
    with identity.as_person(told.lead):
        mine = services.propose(told.lead, told.case, "15", telling.WHY)
        with pytest.raises(NotPossibleError, match="somebody else signs"):
            services.sign(told.lead, told.case, mine, "lead", "agreed", "I read the file.")
    other = making.somebody(Role.STALKING_LEAD)
    with identity.as_person(other):
        services.sign(other, told.case, mine, "lead", "agreed", "I read the file.")
        with pytest.raises(NotPossibleError, match="signed already"):
            services.sign(other, told.case, mine, "supervisor", "agreed", "I read the file.")
    with identity.as_person(told.officer), pytest.raises(NotPossibleError, match="Only a coordinator"):
        services.sign(told.officer, told.case, mine, "supervisor", "agreed", "I read the file.")


def test_a_refused_signature_ends_the_proposal() -> None:
    told = telling.a_told()
    telling.everything_before(told)
    made = telling.propose(told)
    with identity.as_person(told.lead):
        services.sign(told.lead, told.case, made, "lead", "refused", "The tram operator has the film.")
    assert risk.running(told.case, services.SIGN) == []
    with identity.as_person(told.supervisor), pytest.raises(ConflictError):
        services.sign(told.supervisor, told.case, made, "supervisor", "agreed", "I read the file.")
    assert "closing.sign.lead" in missing(told.officer, told.case)


def _alone(user: User, told: Told, model: Any, **row: Any) -> None:
    with identity.as_person(user), pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**owned(user, told.case, **row))


def test_the_database_refuses_a_closure_by_one_person() -> None:
    told = telling.a_told()
    telling.everything_before(told)
    closing = {"why": "other", "reason": "x", "current": "no", "definition": "x", "dropped_as": "15"}
    _alone(told.lead, told, Closing, **closing)
    with identity.as_person(told.lead):
        mine = services.propose(told.lead, told.case, "15", telling.WHY)
    _alone(told.lead, told, Signature, proposal=mine, capacity="lead", answer="agreed", words="x")
    # Of another person, in their name.
    with identity.as_person(told.lead), pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            **owned(told.lead, told.case, proposal=mine, capacity="lead", answer="agreed", words="x")
            | {"by": making.somebody(Role.STALKING_LEAD)}
        )
    _alone(told.officer, told, Signature, proposal=mine, capacity="supervisor", answer="agreed", words="x")
    _alone(told.lead, told, Closing, **closing)
    with identity.as_person(told.lead):
        ask = OverrideAsk.objects.create(
            **owned(told.lead, told.case, proposal=mine, senior=told.lead, reason="x", missing=[])
        )
    _alone(told.lead, told, OverrideAnswer, ask=ask, answer="agreed", words="x")
    other = making.somebody(Role.STALKING_LEAD)
    with identity.as_person(other):
        services.sign(other, told.case, mine, "lead", "agreed", "I read the file.")
    _alone(told.lead, told, Closing, **closing)
    with identity.as_person(told.supervisor):
        services.sign(told.supervisor, told.case, mine, "supervisor", "agreed", "I read the file.")
    _alone(told.lead, told, Closing, **closing | {"dropped_as": "16"})


def test_an_override_needs_a_named_senior_and_is_published() -> None:
    told = telling.a_told()
    case = told.case
    with identity.as_person(told.officer):
        with pytest.raises(NotPossibleError, match="Choose the senior"):
            services.ask_override(told.officer, case, "15", "The only witness has died abroad.", told.officer)
        ask = services.ask_override(told.officer, case, "15", "The only witness has died.", told.lead)
    assert "enquiries.cctv" in ask.missing
    (task,) = risk.running(case, services.OVERRIDE)
    assert task.assigned_to == told.lead
    with identity.as_person(told.supervisor), pytest.raises(NotPossibleError, match="Only the senior"):
        services.answer_override(told.supervisor, case, ask, "agreed", "It is right so.")
    with pytest.raises(MissingError):
        telling.close(told.lead, case)
    client = cases.browser(told.lead)
    given = {"answer": "agreed", "words": "The witness died, and nothing else shows it."}
    assert client.post(f"/cases/{case.key}/closing/override/answer", given, secure=True).status_code == 302
    telling.close(told.lead, case)
    body = client.get("/caseload/", secure=True).content.decode()
    assert "Of these by an override of the closing check" in body
    body = client.get("/closing/published?only=overrides", secure=True).content.decode()
    assert "Override by Sam Reed" in body
    assert "The witness died, and nothing else shows it." in body
    assert "Lines of enquiry" in body
    # Who cannot open the case reads nothing of it.
    stranger = cases.browser(making.somebody(Role.STALKING_LEAD, "force-b"))
    assert case.reference not in stranger.get("/closing/published", secure=True).content.decode()


def test_an_unidentified_suspect_has_no_earlier_reports_to_read() -> None:
    told = telling.a_told()
    assert "closing.suspect" in missing(told.officer, told.case, "15")
    assert "closing.suspect" not in missing(told.officer, told.case, "18")


def test_a_case_that_stands_at_no_further_action_names_its_outcome() -> None:
    told = telling.a_told()
    with identity.as_person(told.officer):
        changes.set_legal_status(told.officer, told.case, "no_action", timezone.localdate(), "The force")
    with pytest.raises(NotPossibleError, match="Choose the outcome that ended it"):
        telling.close(told.supervisor, told.case, "")


def test_without_an_advocacy_service_everybody_is_told_what_to_do() -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    with identity.as_person(officer):
        case = making.a_case(officer, "health")
        found = checking.of(officer, case, "15")
    (impact,) = [c for c in found.mine if c.code == "victim.impact"]
    assert impact.page == "cases:agencies"
    assert "Add one" in impact.says


def test_nobody_who_works_with_the_suspect_has_the_closing_check() -> None:
    told = telling.a_told()
    client = cases.browser(told.clinician)
    for page in ("closing", "closing/propose", "closing/considered", "closing/sign", "closing/told"):
        assert client.get(f"/cases/{told.case.key}/{page}", secure=True).status_code == 403, page
    assert "Closing check" not in client.get(f"/cases/{told.case.key}", secure=True).content.decode()


def test_the_victim_is_told_on_the_side_of_whoever_told_her() -> None:
    told = telling.a_told()
    telling.everything_before(told)
    telling.propose(told)
    telling.sign_twice(told)
    telling.tell(told)
    with identity.as_person(told.officer):
        found = selectors.proposed(told.case)
        assert found is not None
        assert selectors.review_offered(found.row) is None
        assert checking.of(told.officer, told.case, "15").all
