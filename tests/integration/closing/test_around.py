"""Beside a closing: a withdrawal closes nothing, a limit warns, handing over, telling who it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lamplighter.courses.words import add_months
from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity as who_asks
from lamplighter.hub.cases import selectors as cases_selectors
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status import changes
from lamplighter.hub.closing import selectors
from lamplighter.hub.closing.around import audits, handing_over, identity, limits, withdrawals
from lamplighter.hub.closing.models import IdentityAuthorised
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side.services import standing_by
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.closing import telling
from tests.integration.risk import telling as risk

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def withdraws(told: telling.Told, state: str = "withdrawn") -> None:
    with who_asks.as_person(told.advocate):
        standing_by.change_support(
            told.advocate,
            told.case,
            state,
            since=TODAY,
            reasons=["fear"],
            words="He will find out.",
            others_present="no",
            asked_to_stop="no",
            afraid_to_say="yes",
        )


def test_a_withdrawal_opens_a_review_within_14_days_and_closes_nothing() -> None:
    told = telling.a_told()
    withdraws(told)
    (task,) = risk.running(told.case, withdrawals.REVIEW)
    assert (task.partition, task.owner_id) == ("advocacy", "helpline")
    assert timezone.localdate(task.due_at) == TODAY + dt.timedelta(days=14)
    with who_asks.as_person(told.advocate):
        state = cases_selectors.current(told.case)
        assert state is not None
        assert state.name == "consultation"
    # Nobody else learns that there is a review, or that she withdrew.
    for user in (told.officer, told.clinician, told.supervisor):
        with who_asks.as_person(user):
            assert withdrawals.waiting(told.case) is None
        body = cases.browser(user).get(f"/cases/{told.case.key}", secure=True).content.decode()
        assert "withdrew" not in body
    client, page = cases.browser(told.advocate), f"/cases/{told.case.key}/closing/safeguarding-review"
    assert client.post(page, {"asked_alone": "yes"}, secure=True).status_code == 422
    sent = {"asked_alone": "yes", "words": "Afraid of his brother.", "plan": "A new lock; I ring on Friday."}
    assert client.post(page, sent, secure=True).status_code == 302
    assert risk.running(told.case, withdrawals.REVIEW) == []
    with who_asks.as_person(told.advocate), pytest.raises(ConflictError):
        withdrawals.review(told.advocate, told.case, "yes", "Again.", "Again.")


def test_somebody_who_is_unsure_has_no_review() -> None:
    told = telling.a_told()
    withdraws(told, "unsure")
    assert risk.running(told.case, withdrawals.REVIEW) == []


def an_old_act(months: int) -> tuple[Case, Any]:
    told = telling.a_told()
    act = add_months(TODAY, -months)
    with making.as_the_owner():
        from lamplighter.hub.arrivals.models import CaseReport

        CaseReport.objects.filter(case=told.case).delete()
        limits.look(told.case)
    risk.a_report(
        told.case, acts=["approach"], happened_at=dt.datetime.combine(act, dt.time(9)), precision="exact"
    )
    return told.case, told


def test_the_limit_is_a_task_at_months_3_4_and_5_each_once() -> None:
    case, told = an_old_act(3)
    with making.as_the_owner():
        assert limits.look(case) is not None
        assert limits.look(case) is None
    (task,) = risk.running(case, limits.LIMIT)
    assert (task.kind, task.partition) == ("closing.limit.3", "police")
    assert "3 months ago" in task.why
    client = cases.browser(told.officer)
    done = client.post(f"/work/{task.key}/done", {"outcome": "s.4A is charged; no limit."}, secure=True)
    assert done.status_code == 302
    with making.as_the_owner():
        assert limits.look(case) is None
        assert limits.look(case, add_months(TODAY, 1)) is not None
        assert limits.look(case, add_months(TODAY, 2)) is not None
        # The next takes the place of the one before; after the limit there is none.
        assert [c.kind for c in risk.running(case, limits.LIMIT)] == ["closing.limit.5"]
        assert limits.look(case, add_months(TODAY, 4)) is None
    assert risk.running(case, limits.LIMIT) == []


def test_a_new_act_or_a_charge_ends_the_warning() -> None:
    case, told = an_old_act(4)
    with making.as_the_owner():
        limits.look(case)
    assert risk.running(case, limits.LIMIT)
    with who_asks.as_person(told.officer):
        changes.set_legal_status(told.officer, case, "charged", TODAY, "The file")
    assert risk.running(case, limits.LIMIT) == []
    case, told = an_old_act(4)
    with making.as_the_owner():
        limits.look(case)
    telling.an_incident(case, "approach", days=2)
    with making.as_the_owner():
        limits.look(case)
    assert risk.running(case, limits.LIMIT) == []


def test_handing_over_is_answered_by_the_receiver_and_its_outcome_asked_for() -> None:
    told = telling.a_told()
    with who_asks.as_person(told.officer):
        with pytest.raises(NotPossibleError, match="Not both"):
            handing_over.ask(told.officer, told.case, None, "", "They live elsewhere now.")
        made = handing_over.ask(
            told.officer, told.case, making.agency("health"), "", "They treat him already."
        )
    (task,) = risk.running(told.case, handing_over.ANSWER)
    assert task.owner_id == "health"
    with who_asks.as_person(told.advocate), pytest.raises(NotPossibleError, match="that was asked"):
        handing_over.answer(told.advocate, told.case, made, "accepted", "We take it on.")
    client, page = cases.browser(told.clinician), f"/cases/{told.case.key}/handing-over/{made.key}"
    sent = {"answer": "accepted", "words": "His clinician takes it on from Monday."}
    assert client.post(page, sent, secure=True).status_code == 302
    (task,) = risk.running(told.case, handing_over.OUTCOME)
    assert task.owner_id == "force-a"
    assert timezone.localdate(task.due_at) == TODAY + dt.timedelta(days=28)
    client = cases.browser(told.officer)
    assert client.post(page, {"words": "Two sessions; no contact since."}, secure=True).status_code == 302
    assert risk.running(told.case, handing_over.OUTCOME) == []
    body = client.get(f"/cases/{told.case.key}/handing-over", secure=True).content.decode()
    assert "Two sessions; no contact since." in body


def test_a_refusal_is_a_task_for_whoever_asked_and_the_case_stays() -> None:
    told = telling.a_told()
    with who_asks.as_person(told.officer):
        made = handing_over.ask(told.officer, told.case, None, "The hub of the next county", "They moved.")
        with pytest.raises(NotPossibleError, match="Enter who"):
            handing_over.answer(told.officer, told.case, made, "refused", "No capacity this month.")
        handing_over.answer(
            told.officer, told.case, made, "refused", "No capacity this month.", who="Their duty desk"
        )
    (task,) = risk.running(told.case, handing_over.OUTCOME)
    assert "refused" in task.text


REASONS = {
    "necessity": "She meets him at work without knowing.",
    "proportionality": "His first name and that he works there, no address.",
    "risk_victim": "She may confront him; the advocate is with her.",
    "risk_suspect": "Low: he knows that he was arrested.",
}


def test_a_victim_is_told_who_it_is_once_a_second_person_authorised_it() -> None:
    told = telling.a_told()
    case = told.case
    at = timezone.now() - dt.timedelta(hours=2)
    with who_asks.as_person(told.officer):
        of = identity.identify(told.officer, case, at)
        (task,) = risk.running(case, identity.DECIDE)
        assert task.due_at - at == dt.timedelta(hours=48)
        with pytest.raises(NotPossibleError, match="risk to the suspect"):
            identity.decide(told.officer, case, of, "disclose", REASONS | {"risk_suspect": ""}, told.lead)
        with pytest.raises(NotPossibleError, match="somebody else than you"):
            identity.decide(told.officer, case, of, "disclose", REASONS, told.officer)
        made = identity.decide(told.officer, case, of, "disclose", REASONS, told.lead)
        with pytest.raises(NotPossibleError, match="before the decision"):
            identity.told(told.officer, case, made, "His name.", timezone.now())
    assert risk.running(case, identity.DECIDE) == []
    assert risk.running(case, identity.AUTHORISE)[0].assigned_to == told.lead
    with who_asks.as_person(told.officer), pytest.raises(IntegrityError), transaction.atomic():
        IdentityAuthorised.objects.create(
            **owned(told.officer, case, partition="police", decision=made, answer="agreed", words="x")
        )
    client, page = cases.browser(told.lead), f"/cases/{case.key}/identity/{made.key}"
    sent = {"answer": "agreed", "words": "Necessary, and no more than this."}
    assert client.post(page, sent, secure=True).status_code == 302
    with who_asks.as_person(told.officer):
        (row,) = selectors.identity_decisions(case)
        identity.told(told.officer, case, row, "His first name, and that he works there.", timezone.now())
    body = cases.browser(told.officer).get(f"/cases/{case.key}/identity", secure=True).content.decode()
    assert "His first name, and that he works there." in body
    for user in (told.clinician, told.advocate):
        client = cases.browser(user)
        assert client.get(f"/cases/{case.key}/identity", secure=True).status_code == 403
        assert "works there" not in client.get(f"/cases/{case.key}/timeline", secure=True).content.decode()


def test_a_decision_that_is_not_authorised_is_made_again() -> None:
    told = telling.a_told()
    with who_asks.as_person(told.officer), moment.at(timezone.now() - dt.timedelta(hours=1)):
        of = identity.identify(told.officer, told.case, timezone.now() - dt.timedelta(hours=3))
        made = identity.decide(told.officer, told.case, of, "withhold", REASONS, told.lead)
    with who_asks.as_person(told.lead):
        identity.authorise(told.lead, told.case, made, "refused", "She is at risk without knowing.")
    assert risk.running(told.case, identity.DECIDE)


def test_each_role_opens_its_pages_of_it() -> None:
    told = telling.a_told()
    for user, pages in (
        (told.officer, ("closing", "closing/propose", "closing/considered", "handing-over", "identity")),
        (told.supervisor, ("closing", "closing/override", "handing-over", "identity")),
        (told.advocate, ("closing", "closing/safeguarding-review", "handing-over")),
        (told.clinician, ("handing-over",)),
    ):
        client = cases.browser(user)
        for page in pages:
            assert client.get(f"/cases/{told.case.key}/{page}", secure=True).status_code == 200, page


def test_a_file_is_audited_by_a_lead_and_read_by_nobody_who_works_with_the_suspect() -> None:
    told = telling.a_told()
    client, page = cases.browser(told.lead), f"/cases/{told.case.key}/audit"
    assert client.post(page, {"what": "found_by_search", "answer": "no"}, secure=True).status_code == 422
    sent = {"what": "found_by_search", "answer": "no", "words": "Recorded as malicious communications."}
    assert client.post(page, sent, secure=True).status_code == 302
    assert "Recorded as malicious communications." in client.get(page, secure=True).content.decode()
    for user in (told.officer, told.clinician, told.advocate):
        assert cases.browser(user).get(page, secure=True).status_code == 403
    with who_asks.as_person(told.lead), pytest.raises(NotPossibleError, match="Choose what"):
        audits.record(told.lead, told.case, "anything", "yes", "Words.")
