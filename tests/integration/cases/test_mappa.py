"""MAPPA on a case: who writes it, who reads it, and that nothing recorded is not the same as no."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.models import Entry, MappaStatus
from lamplighter.hub.cases.status import mappa
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling, together

pytestmark = pytest.mark.django_db
STATE = MappaStatus.State
SENT = {
    "state": "managed",
    "category": "category_2",
    "level": "2",
    "lead_agency": "probation",
    "reference": "MP 4471",
    "source": "Minutes of 3 May.",
    **together.date("since", 2026, 5, 3),
}


def test_probation_records_it_and_everybody_on_the_case_reads_it() -> None:
    officer, advocate = (
        making.somebody(Role.PROBATION, "probation"),
        making.somebody(Role.ADVOCATE, "helpline"),
    )
    case = making.a_case(officer, "helpline")
    page = f"/cases/{case.key}/mappa"
    empty = telling.browser(advocate).get(page, secure=True).content.decode()
    assert "not the same as no" in empty
    assert "<form method" not in empty.split("<main")[1]
    assert telling.browser(officer).post(page, SENT, secure=True).status_code == 302
    told = telling.browser(advocate).get(page, secure=True).content.decode()
    assert "Managed under MAPPA: category 2, level 2" in told
    assert (
        "Managed under MAPPA: category 2, level 2"
        in telling.browser(advocate).get(f"/cases/{case.key}", secure=True).content.decode()
    )
    with as_person(officer):
        assert Entry.objects.filter(case=case, kind="mappa").count() == 1
    # An advocate reads it and does not write it.
    telling.browser(advocate).post(page, SENT, secure=True)
    with as_person(officer):
        assert MappaStatus.objects.filter(case=case).count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"since": dt.date(2100, 1, 1)}, "future"),
        ({"category": ""}, "category"),
        ({"category": "category_9"}, "of the list"),
        ({"level": 4}, "level 1, 2 or 3"),
        ({"source": " "}, "how you know"),
        ({"state": "gone"}, "Choose the status"),
    ],
)
def test_what_it_must_say(changed: dict[str, object], words: str) -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    case = making.a_case(officer)
    given: dict[str, object] = {
        "state": STATE.MANAGED,
        "since": timezone.localdate(),
        "source": "ViSOR",
        "category": "category_3",
        "level": 1,
    } | changed
    with as_person(officer), pytest.raises(NotPossibleError, match=words):
        mappa.record(officer, case, **given)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_sees_both() -> None:
    users = [making.somebody(Role.INVESTIGATOR), making.somebody(Role.PROBATION, "probation")]
    case = making.a_case(users[0], "probation")
    address = f"/cases/{case.key}/mappa"
    second = together.save_together(
        users, address, [SENT | {"source": s} for s in ("From ViSOR.", "Was told.")]
    )
    together.then_both_stand_side_by_side(second, "From ViSOR.", "Was told.")
