"""The decision on an order: in every case soon after the suspect is named, and when proceedings end."""

from __future__ import annotations

import datetime as dt

import pytest

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.models import Party
from lamplighter.hub.cases.participants import corrections
from lamplighter.hub.cases.status import changes
from lamplighter.hub.law import rules as law_rules
from lamplighter.hub.law import services as law
from lamplighter.hub.orders import decisions, selectors
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.access import making as access
from tests.integration.cases import telling as cases
from tests.integration.orders import making
from tests.integration.risk import telling

pytestmark = pytest.mark.django_db
REASON = "The three limbs are met: see the course of conduct."


def test_a_case_with_a_named_suspect_has_seven_days_for_it() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    with moment.at(making.at(2026, 3, 3, 15)):
        case = telling.a_case(officer, "helpline")
    (clock,) = making.running(case, "orders.decision")
    assert (clock.owner_id, clock.due_at) == ("force-a", making.at(2026, 3, 10, 17))
    with identity.as_person(officer):
        assert selectors.spo_decision_missing(case)
        decisions.decide(officer, case, "named", "not", REASON, ground="test_not_met")
        assert not selectors.spo_decision_missing(case)
        # As it was known before.
        assert selectors.spo_decision_missing(case, making.at(2026, 3, 4))
    assert not making.running(case, "orders.decision")


def test_where_the_suspect_is_not_known_it_is_asked_for_once_somebody_names_them() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, "helpline", suspect={"name": "Not known"})
    assert not making.running(case, "orders.decision")
    with identity.as_person(officer):
        assert not selectors.spo_decision_missing(case)
        suspect = Party.objects.get(case=case, side="suspect", replaced_at=None)
        corrections.correct(officer, case, suspect, "Identified from a plate.", name="Daniel Hollinshaw")
        assert selectors.spo_decision_missing(case)
    assert making.running(case, "orders.decision")


@pytest.mark.parametrize(
    ("what", "ground", "reason", "why"),
    [
        ("not", "", REASON, "Choose the ground"),
        ("not", "test_not_met", "No.", "at least 10"),
        ("spo", "test_not_met", REASON, "for not applying"),
        ("", "", REASON, "whether an order is applied for"),
    ],
)
def test_a_decision_says_why(what: str, ground: str, reason: str, why: str) -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    with identity.as_person(officer), pytest.raises(NotPossibleError, match=why):
        decisions.decide(officer, case, "named", what, reason, ground=ground)
    assert making.running(case, "orders.decision")


@pytest.mark.parametrize("role", [Role.ADVOCATE, Role.CLINICIAN, Role.PROBATION])
def test_those_who_cannot_apply_do_not_decide_and_read_it(role: Role) -> None:
    code = {Role.ADVOCATE: "helpline", Role.CLINICIAN: "health", Role.PROBATION: "probation"}[role]
    officer, user = access.somebody(Role.INVESTIGATOR), access.somebody(role, code)
    case = telling.a_case(officer, "helpline", "health", "probation")
    with identity.as_person(user), pytest.raises(NotPossibleError, match="Police and coordinators"):
        decisions.decide(user, case, "named", "spo", REASON)
    client = cases.browser(user)
    assert client.get(f"/cases/{case.key}/orders/decide", secure=True).status_code == 403
    with identity.as_person(officer):
        decisions.decide(officer, case, "named", "spo", REASON)
    assert REASON in client.get(f"/cases/{case.key}/orders", secure=True).content.decode()


def test_a_second_decision_stands_and_the_first_stays_readable() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer)
    with identity.as_person(officer):
        first = decisions.decide(officer, case, "named", "not", REASON, ground="evidence", seen="")
        with pytest.raises(ConflictError):
            decisions.decide(officer, case, "named", "spo", REASON, seen="")
        second = decisions.decide(officer, case, "named", "spo", REASON, seen=str(first.key))
        assert selectors.decision(case) == second
        assert [d.pk for d in selectors.decisions(case)] == [second.pk, first.pk]


@pytest.mark.parametrize(
    ("state", "switch"), [("convicted", "spo_on_conviction"), ("acquitted", "spo_on_acquittal")]
)
def test_the_end_of_proceedings_asks_for_an_order_or_a_reason(state: str, switch: str) -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, "helpline")
    today = making.TODAY()
    with identity.as_person(officer):
        row = changes.set_legal_status(officer, case, state, today, "Court list")
    (clock,) = making.running(case, "orders.court_end")
    assert clock.of_key == row.key
    client = cases.browser(officer)
    path = f"/cases/{case.key}/orders"
    assert "the police apply" in client.get(path, secure=True).content.decode()
    signer, checker = (access.somebody(Role.COORDINATOR, "hub") for _ in range(2))
    with identity.as_person(signer):
        read = law.sign(
            signer,
            law_rules.switch(switch),
            instrument="The Act",
            reference="2026 c. 20",
            read_on=today,
            next_review=today + dt.timedelta(days=90),
            valid_from=today,
        )
    with identity.as_person(checker):
        law.check(checker, read, agrees=True, reason="The same.")
    assert "without an application too" in client.get(path, secure=True).content.decode()
    sent = {"what": "restraining", "reason": REASON}
    assert client.post(f"{path}/decide/{row.key}", sent, secure=True).status_code == 302
    assert not making.running(case, "orders.court_end")
    with identity.as_person(officer):
        assert not selectors.court_ends(case)
    # It is decided: there is nothing to answer a second time.
    assert client.get(f"{path}/decide/{row.key}", secure=True).status_code == 404


def test_the_case_page_says_what_is_missing() -> None:
    officer = access.somebody(Role.INVESTIGATOR)
    case = telling.a_case(officer, "helpline")
    making.breach(officer, case)
    page = cases.browser(officer).get(f"/cases/{case.key}", secure=True).content.decode()
    assert "Nobody has recorded whether a stalking protection order is applied for." in page
    assert "nobody has recorded an arrest, or why not and nobody has looked at it as stalking" in page
