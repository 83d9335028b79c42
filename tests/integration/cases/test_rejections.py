"""A rejection is proposed by one person, read by others of another agency, and then it stands."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import rules, selectors, services
from lamplighter.hub.cases.models import Case, RejectionAnswer, Status, Triage
from lamplighter.hub.cases.participants.selectors import who_could
from lamplighter.hub.cases.referrals import rejections
from lamplighter.hub.cases.status import changes
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling

S = Status.Name
WORDS = {"told": "Told on the telephone, and why.", "turn_to": "The helpline; 999 in danger."}
pytestmark = pytest.mark.django_db


def proposed(by: User, case: Case, **readers: User) -> Any:
    named = {Role[kind.upper()]: person for kind, person in readers.items()}
    with identity.as_person(by):
        return rejections.propose(by, case, "not_stalking", "One delivery.", readers=named, **WORDS)


def said(who: User, case: Case, row: Any, answer: str, words: str = "I read it.") -> None:
    with identity.as_person(who):
        rejections.answer(who, case, row, answer, words)


def tasks(case: Case) -> dict[int, str]:
    return dict(Clock.objects.filter(case=case, kind="case.rejection").values_list("assigned_to", "state"))


def a_case(by: User) -> tuple[Case, User]:
    """A referral on which the helpline works, and an advocate of it."""
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with identity.as_person(by):
        return making.a_case(by, "helpline"), advocate


def test_conduct_of_both_is_no_ground_any_more() -> None:
    held = rules.thresholds_for(S.REJECTED, timezone.localdate())
    assert all("both" not in rule.title for rule in held.values())
    assert "both" in rules.thresholds_for(S.REJECTED, telling.days_ago(200).date())["not_stalking"].title


def test_nobody_rejects_alone() -> None:
    by = making.somebody(Role.STALKING_LEAD)
    case, _ = a_case(by)
    with identity.as_person(by), pytest.raises(NotPossibleError, match="another agency reads it"):
        changes.triage(by, case, S.REJECTED, "not_stalking", "Because.")
    assert Triage.objects.count() == 0


def test_it_stays_open_until_the_advocate_agrees_and_then_the_proposer_tells_the_referrer() -> None:
    by = making.somebody(Role.STALKING_LEAD)
    case, advocate = a_case(by)
    row = proposed(by, case, advocate=advocate)
    with identity.as_person(by):
        assert services.current(case).name == S.REFERRED
        assert Clock.objects.filter(case=case, kind="case.triage", state="running").exists()
    clock = Clock.objects.get(case=case, kind="case.rejection")
    assert (clock.owner_id, clock.assigned_to, clock.partition) == ("helpline", advocate, "shared")
    assert list(who_could(clock)) == [advocate]
    said(advocate, case, row, "agreed")
    assert tasks(case) == {advocate.pk: "done"}
    with identity.as_person(by):
        assert services.current(case).name == S.REJECTED
        entry = selectors.entries(case).filter(title="Triage: Rejected").get()
        assert WORDS["told"] in entry.body
        assert WORDS["turn_to"] in entry.body
    answer = Clock.objects.get(case=case, kind="case.answer")
    assert (answer.owner_id, answer.state) == (by.agency_id, "running")


def test_a_coordinator_names_both_and_one_alone_does_not_decide() -> None:
    by = telling.coordinator("hub")
    case, advocate = a_case(by)
    lead = making.somebody(Role.STALKING_LEAD, "force-b")
    with identity.as_person(by):
        services.add_agency(by, case, making.agency("force-b"), "It reads the proposal.")
    with pytest.raises(NotPossibleError, match="Choose a stalking lead of another agency"):
        proposed(by, case, advocate=advocate)
    row = proposed(by, case, advocate=advocate, stalking_lead=lead)
    said(advocate, case, row, "agreed")
    with pytest.raises(NotPossibleError, match="each of them once"):
        said(advocate, case, row, "agreed")
    with identity.as_person(by):
        assert services.current(case).name == S.REFERRED
    assert tasks(case) == {advocate.pk: "done", lead.pk: "running"}
    said(lead, case, row, "agreed")
    with identity.as_person(by):
        assert services.current(case).name == S.REJECTED


@pytest.mark.parametrize("answer", ["refused", "withdrawn"])
def test_refused_or_withdrawn_the_referral_goes_on(answer: str) -> None:
    by = making.somebody(Role.STALKING_LEAD)
    case, advocate = a_case(by)
    row = proposed(by, case, advocate=advocate)
    with pytest.raises(NotPossibleError, match="waits for its reader"):
        proposed(by, case, advocate=advocate)
    said(by if answer == "withdrawn" else advocate, case, row, answer)
    assert set(tasks(case).values()) <= {"done", "cancelled"}
    with pytest.raises(NotPossibleError, match="has been decided"):
        said(advocate, case, row, "agreed")
    with identity.as_person(by):
        assert services.current(case).name == S.REFERRED
        changes.triage(by, case, "direct", **telling.TRIAGE)


def test_another_decision_ends_the_proposal() -> None:
    by = making.somebody(Role.STALKING_LEAD)
    case, advocate = a_case(by)
    row = proposed(by, case, advocate=advocate)
    with identity.as_person(by):
        changes.triage(by, case, "direct", **telling.TRIAGE)
    assert tasks(case) == {advocate.pk: "cancelled"}
    with pytest.raises(NotPossibleError, match="has been decided"):
        said(advocate, case, row, "agreed")


@pytest.mark.parametrize("missing", ["told", "turn_to"])
def test_no_rejection_without_a_safety_line(missing: str) -> None:
    by = making.somebody(Role.STALKING_LEAD)
    case, advocate = a_case(by)
    words = WORDS | {missing: " "}
    with identity.as_person(by), pytest.raises(NotPossibleError, match="the victim"):
        rejections.propose(by, case, "not_stalking", "Because.", readers={Role.ADVOCATE: advocate}, **words)


def test_who_reads_it_is_of_another_agency_and_works_on_the_case() -> None:
    by = making.somebody(Role.STALKING_LEAD)
    with identity.as_person(by):
        case = making.a_case(by)
    away, colleague = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.ADVOCATE)
    for reader in (away, colleague):
        with pytest.raises(NotPossibleError, match="Choose an advocate of another agency"):
            proposed(by, case, advocate=reader)


def test_the_database_takes_no_answer_of_anybody_else() -> None:
    by = making.somebody(Role.STALKING_LEAD)
    case, advocate = a_case(by)
    row = proposed(by, case, advocate=advocate)
    for other in (by, making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.INVESTIGATOR)):
        with pytest.raises(NotPossibleError, match="Only a person who is named"):
            said(other, case, row, "agreed")
        answer = owned(other, case, rejection=row, answer="agreed", words="x")
        with identity.as_person(other), pytest.raises(DatabaseError), transaction.atomic():
            RejectionAnswer.objects.create(**answer)


def test_the_pages_from_triage_to_the_answer() -> None:
    by = making.somebody(Role.STALKING_LEAD)
    case, advocate = a_case(by)
    mine, hers = telling.browser(by), telling.browser(advocate)
    triage = mine.get(reverse("cases:triage", args=[case.key]), secure=True).content.decode()
    reject = reverse("cases:reject", args=[case.key])
    assert f'href="{reject}"' in triage
    assert 'value="rejected"' not in triage
    page = mine.get(reject, secure=True).content.decode()
    version = re.search(r'name="version" value="([^"]+)"', page)
    typed = {
        "threshold": "not_stalking",
        "reason": "One delivery.",
        "told": WORDS["told"],
        "reader_advocate": str(advocate.key),
        "version": version[1] if version else "",
    }
    again = mine.post(reject, typed, secure=True)
    assert again.status_code == 422
    assert "Enter where else the victim can turn" in again.content.decode()
    mine.post(reject, typed | {"turn_to": WORDS["turn_to"]}, secure=True)
    overview = mine.get(reverse("cases:case", args=[case.key]), secure=True).content.decode()
    assert "The referral stays open" in overview
    address = reverse("cases:rejection", args=[case.key])
    page = hers.get(address, secure=True).content.decode()
    assert WORDS["told"] in page
    key = re.search(r'name="version" value="([^"]+)"', page)
    hers.post(
        address, {"answer": "agreed", "words": "I read it.", "version": key[1] if key else ""}, secure=True
    )
    assert "The referral was rejected." in hers.get(address, secure=True).content.decode()
