"""Wording of licensed instruments: refused until a licence is recorded, and again once it has ended."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.instruments import library, services
from lamplighter.hub.instruments.models import Licence
from lamplighter.hub.perpetrator_side import services as work
from lamplighter.hub.site.config_files import reading
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.configuration import files

pytestmark = pytest.mark.django_db
WORDS = "Wording that nobody may read without a licence"


@pytest.fixture
def licensed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that has put made-up wording for SASH, and for CORE-OM, into its own folder."""
    sash = files.changed(
        "instruments/four/1",
        ('code = "four"', 'code = "sash"'),
        ('licence = "open"', 'licence = "licensed"'),
        ("Does the behaviour keep to one person, or to people because of one person?", WORDS),
    )
    core = files.changed(
        "instruments/moving_on/1",
        ('code = "moving_on"', 'code = "core_om"'),
        ('version = "1"', 'version = "2"'),
        ('licence = "open"', 'licence = "licensed"'),
    )
    folder = files.write(tmp_path, instruments__sash__2=sash, instruments__core_om__2=core)
    monkeypatch.setattr(reading, "_running", reading.Reading(folder))


def record(by: User, code: str = "sash", until: dt.date | None = None, reference: str = "L-1") -> Licence:
    with identity.as_person(by):
        return services.record_licence(
            by,
            code=code,
            holder="The authors",
            reference=reference,
            valid_from=dt.date(2026, 1, 1),
            valid_until=until,
        )


@pytest.mark.usefixtures("licensed")
def test_wording_is_refused_until_a_licence_is_recorded_and_after_it_has_ended() -> None:
    by, keeper = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADMINISTRATOR, "hub")
    with identity.as_person(by):
        case = making.a_case(by)
        with pytest.raises(NotPossibleError, match="No licence is recorded, and its wording is copyrighted"):
            services.begin(by, case, "sash")
    page = f"/cases/{case.key}/instruments"
    client = telling.browser(by)
    assert "No licence is recorded" in client.get(page, secure=True).content.decode()
    body = client.get(f"{page}/begin/sash", secure=True).content.decode()
    assert "No licence is recorded" in body
    assert WORDS not in body
    record(keeper)
    with identity.as_person(by):
        sheet = services.begin(by, case, "sash")
    assert WORDS in client.get(f"{page}/{sheet.key}/pages/four", secure=True).content.decode()
    # Of one reference the newest row counts.
    record(keeper, until=timezone.localdate())
    with identity.as_person(by):
        with pytest.raises(NotPossibleError, match="Its licence has ended"):
            services.begin(by, case, "sash")
        with pytest.raises(NotPossibleError, match="Its licence has ended"):
            services.submit(by, case, sheet.key)
    record(keeper, reference="L-2")
    with identity.as_person(by):
        assert services.begin(by, case, "sash")


@pytest.mark.usefixtures("licensed")
def test_the_name_gives_way_to_the_wording_and_measures_need_a_licence_too() -> None:
    every = library.every()
    assert every["core_om", "2"].usable
    assert ("core_om", "as licensed") not in every
    assert every["moving_on", "1"].usable
    clinician, keeper = making.somebody(Role.CLINICIAN, "health"), telling.coordinator("hub")
    with identity.as_person(clinician):
        case = making.a_case(clinician)
        answers = {item.code: 1 for item in every["core_om", "2"].items}
        args = (clinician, case, every["core_om", "2"], "before", timezone.localdate(), answers)
        with pytest.raises(NotPossibleError, match="no licence is recorded"):
            work.measure(*args)
    record(keeper, "core_om")
    with identity.as_person(clinician):
        assert work.measure(*args).total == 16


@pytest.mark.usefixtures("licensed")
def test_licensed_wording_is_on_no_page_of_the_configuration() -> None:
    client = telling.browser(making.somebody(Role.ADMINISTRATOR, "hub"))
    body = client.get("/configuration/instruments", follow=True, secure=True).content.decode()
    assert "Known by name" not in WORDS
    assert "FOUR" in body
    assert WORDS not in body


def test_the_register_is_kept_by_coordinators_and_administrators_and_by_nobody_else() -> None:
    for role in Role:
        client = telling.browser(making.somebody(role, "hub"))
        may = role in {Role.COORDINATOR, Role.ADMINISTRATOR}
        for page in ("/instruments/", "/instruments/licence"):
            assert client.get(page, secure=True).status_code == (200 if may else 403), (role, page)
    other = making.somebody(Role.INVESTIGATOR)
    with identity.as_person(other), pytest.raises(DatabaseError), transaction.atomic():
        services.record_licence(
            other, code="sash", holder="Me", reference="Mine", valid_from=dt.date(2026, 1, 1)
        )


def test_a_licence_is_recorded_on_the_page_and_never_changed() -> None:
    keeper = making.somebody(Role.ADMINISTRATOR, "hub")
    client = telling.browser(keeper)
    sent = {
        "code": "srp",
        "holder": "The authors",
        "reference": "Letter of 3 May",
        **{f"valid_from_{part}": value for part, value in (("day", 1), ("month", 6), ("year", 2026))},
        **{f"valid_until_{part}": value for part, value in (("day", 1), ("month", 6), ("year", 2026))},
    }
    answer = client.post("/instruments/licence", sent, secure=True)
    assert answer.status_code == 422
    assert "The licence must end after it begins." in answer.content.decode()
    assert "Letter of 3 May" in answer.content.decode()
    answer = client.post("/instruments/licence", sent | {"valid_until_year": 2099}, secure=True)
    assert answer.status_code == 302
    body = client.get("/instruments/", secure=True).content.decode()
    assert "The authors, Letter of 3 May" in body
    assert "1 June 2099" in body
    with identity.as_person(keeper), pytest.raises(DatabaseError), transaction.atomic():
        Licence.objects.update(holder="Somebody else")
