"""Several criminal matters at once: all of a case, and one that is live about the same person elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases import selectors
from lamplighter.hub.cases.models import Case, LegalStatus, Party
from lamplighter.hub.cases.status import changes, criminal_matters
from lamplighter.hub.perpetrator_side import policies, wording
from lamplighter.hub.perpetrator_side.legal_gate import gate
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.perpetrator_side import telling
from tests.integration.perpetrator_side.test_consultation import consulted

pytestmark = pytest.mark.django_db
NEW = "new"
SECRET = ("Moira Abernethy", "zq-offence", "zq-reference", "zq-source", "zq-why", "force-b", "Force B")


def linked(case: Case, person: str = "P-1", side: str = "suspect") -> None:
    with making.as_the_owner():
        Party.objects.filter(case=case, side=side).update(person_id=person)


def elsewhere(status: str = "charged", *, side: str = "suspect", person: str = "P-1") -> Case:
    """Another force's case of another victim, in which the same person has a matter."""
    police = making.somebody(Role.INVESTIGATOR, "force-b")
    names = ({"name": SECRET[0]}, {"name": "D. Hollins"})
    victim, suspect = names if side == "suspect" else names[::-1]
    case = making.a_case(police, victim=victim, suspect=suspect, why=SECRET[4])
    with as_person(police):
        said = {"offence": SECRET[1], "reference": SECRET[2]}
        changes.set_legal_status(police, case, status, telling.days_ago(9).date(), SECRET[3], **said)
    linked(case, person, side)
    return case


def both(case: Case) -> None:
    """On licence for one offence, and under investigation for another."""
    police, day = making.somebody(Role.INVESTIGATOR), telling.days_ago(90).date()
    with as_person(police):
        changes.set_legal_status(police, case, "investigation", day, offence="Harassment")
        other = changes.set_legal_status(
            police, case, "probation", timezone.localdate(), matter=criminal_matters.new(), offence="Stalking"
        )
        assert selectors.legal_status(case) == other


def test_a_licence_does_not_hide_an_investigation_nor_the_other_way_round() -> None:
    case, user = telling.a_case(""), telling.clinician()
    both(case)
    with as_person(user):
        found = policies.check_gate(case, agency=user.agency_id)
        assert found.statuses == ("probation", "investigation")
        assert not found.allows("direct_voluntary")
        assert found.rulings["direct_required"].waits
    with pytest.raises(NotPossibleError, match="Voluntary work waits"):
        telling.enrolled(user, case)
    consulted(user, case)
    assert telling.enrolled(user, case, "cobi", "licence").legal_status == "probation investigation"


def test_each_has_its_own_day_and_ends_by_itself() -> None:
    case, police = telling.a_case(""), making.somebody(Role.INVESTIGATOR)
    both(case)
    today = timezone.localdate()
    with as_person(police):
        changes.set_legal_status(police, case, "investigation", today, ends=True)
        assert [row.name for row in selectors.legal_standing(case)] == ["probation"]
        assert policies.check_gate(case).allows("direct_voluntary")
        matter = selectors.legal_standing(case)[0].matter
        ended = changes.set_legal_status(police, case, "probation", today, matter=matter, ends=True)
        assert ended.offence == "Stalking"
        assert selectors.legal_standing(case) == []
        assert policies.check_gate(case).statuses == (gate.NOT_KNOWN,)


def test_what_was_recorded_before_is_one_matter_and_keeps_its_meaning() -> None:
    case = telling.a_case("")
    police = making.somebody(Role.INVESTIGATOR)
    for days, status in ((90, "investigation"), (40, "charged"), (10, "convicted")):
        telling.becomes(case, police, status, at=telling.days_ago(days))
    assert LegalStatus.objects.filter(case=case, matter=None).count() == 3
    with as_person(police):
        assert [row.name for row in selectors.legal_standing(case)] == ["convicted"]
        assert policies.check_gate(case, telling.days_ago(20)).statuses == ("charged",)
        assert len(selectors.legal_history(case)) == 3


def test_not_reported_says_nothing_beside_a_matter_that_was() -> None:
    day = dt.date(2026, 11, 29)
    assert gate.strictest(["not_reported", "probation"], day)["direct_required"].open
    assert not gate.strictest(["not_reported", "charged"], day)["direct_voluntary"].open
    assert not gate.strictest(["not_reported"], day)["direct_required"].open


@pytest.mark.parametrize("status", ["investigation", "charged"])
def test_a_live_matter_of_the_same_person_in_another_case_closes_the_gate(status: str) -> None:
    case, user = telling.a_case("no_action"), telling.clinician()
    linked(case)
    elsewhere(status)
    with as_person(user):
        found = policies.check_gate(case, agency=user.agency_id)
        assert found.elsewhere
        assert not found.allows("direct_voluntary")
        assert found.rulings["direct_required"].waits
    consulted(user, case)
    telling.enrolled(user, case, "cobi", "spo")
    # Something live that comes after it has to be asked about anew.
    elsewhere(status)
    with as_person(user):
        assert not policies.check_gate(case, agency=user.agency_id).allows("direct_required")


@pytest.mark.parametrize(
    "other",
    [{"status": "convicted"}, {"side": "victim"}, {"person": "P-2"}],
    ids=["decided", "is the victim there", "somebody else"],
)
def test_nothing_else_of_another_case_closes_it(other: dict[str, str]) -> None:
    case, user = telling.a_case("no_action"), telling.clinician()
    linked(case)
    elsewhere(**other)
    with as_person(user):
        assert policies.check_gate(case).allows("direct_voluntary")


def test_the_service_says_yes_or_no_and_the_pages_nothing_of_the_other_case() -> None:
    case, user = telling.a_case("no_action"), telling.clinician()
    linked(case)
    other = elsewhere()
    secret = (*SECRET, str(other.key), other.reference)
    with as_person(user):
        assert criminal_matters.live_elsewhere(case) is True
        assert not LegalStatus.objects.filter(case=other).exists()
        assert wording.summary(policies.check_gate(case), [])[0].count(wording.OTHER_LIVE) == 0
    for who, pages in (
        (user, ("perpetrator_side:overview", "perpetrator_side:programmes", "cases:case", "cases:legal")),
        (making.somebody(Role.ADVOCATE, "helpline"), ("cases:case", "cases:legal", "cases:timeline")),
    ):
        client = Client()
        client.force_login(who, backend=cases.BACKEND)
        for name in pages:
            answer = client.get(reverse(name, args=[case.key]), secure=True)
            text = answer.content.decode()
            assert answer.status_code == 200
            assert [word for word in secret if word.lower() in text.lower()] == []
            told = wording.OTHER_LIVE in text
            assert told == (who == user and name != "cases:legal")
        assert client.get(reverse("cases:legal", args=[other.key]), secure=True).status_code == 404


def test_the_page_takes_a_second_matter_and_ends_it() -> None:
    case, police = telling.a_case("no_action"), making.somebody(Role.INVESTIGATOR)
    client, address = cases.browser(police), reverse("cases:legal", args=[case.key])
    today = timezone.localdate()
    days = {"since_day": today.day, "since_month": today.month, "since_year": today.year}

    def send(**typed: Any) -> str:
        page = client.get(address, secure=True).content.decode()
        version = re.search(r'name="version" value="([^"]+)"', page)
        given = days | typed | {"version": version[1] if version else ""}
        return str(client.post(address, given, secure=True, follow=True).content.decode())

    assert "Choose which criminal matter it is about" in send(name="investigation")
    send(name="investigation", matter=NEW, offence="Stalking, section 2A", reference="23/456")
    page = client.get(address, secure=True).content.decode()
    assert "Live investigation (Stalking, section 2A); No further action." in page
    assert "23/456" in page
    with as_person(police):
        matter = str(selectors.legal_standing(case)[0].matter)
    send(name="ended", matter=matter)
    with as_person(police):
        assert [row.name for row in selectors.legal_standing(case)] == ["no_action"]
    assert "Ended: live investigation" in client.get(address, secure=True).content.decode()
