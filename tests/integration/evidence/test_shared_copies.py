"""A redacted copy goes across the wall with a release: to who is named, while it stands, and nothing else."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from PIL import Image

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.evidence import selectors, sharing_copies
from lamplighter.hub.evidence.files import redacting
from lamplighter.hub.evidence.models import Exhibit, File, SharedCopy
from lamplighter.hub.sharing import services
from lamplighter.hub.sharing.models import Release
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.evidence import making
from tests.integration.sharing.making import Team, draft, signed_in
from tests.integration.sharing.test_pages import typed
from tests.integration.sharing.test_services import vault_entry
from tests.unit.hub.evidence import hostile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]


@pytest.fixture
def team() -> Team:
    return Team(at=timezone.now() - dt.timedelta(days=90))


def a_copy(team: Team, name: str = "secret-name.jpg") -> File:
    """An exhibit of the advocates, found clean, with a redacted copy of it."""
    content = hostile.picture(size=(240, 120), position=True)
    one = making.receive(team.advocate, team.case, "advocacy", of=making.sent(content, name))
    known = making.known(team.advocate, one)
    assert known.original is not None
    making.answered(known.original)
    with identity.as_person(team.advocate):
        known = selectors.exhibit(team.case, one.key)
        assert known.original is not None
        return redacting.redact(
            team.advocate, team.case, known, known.original, "For the police", areas="A1:D4"
        )


def released(team: Team, file: File, **values: Any) -> Release:
    with identity.as_person(team.advocate):
        offered = sharing_copies.offered(team.advocate, team.case, file.key)
        assert offered is not None
        told = draft(**({"to_agencies": ("force-a",)} | values))
        return services.release(team.advocate, team.case, told, offered=offered)


def at(team: Team, row: SharedCopy, *more: str) -> str:
    return "/".join([f"/cases/{team.case.key}/exhibits/shared/{row.key}", *more])


def statuses(team: Team, address: str) -> list[int]:
    people = (team.advocate, team.investigator, team.other_force, team.clinician, team.coordinator)
    return [signed_in(who).get(address, secure=True).status_code for who in people]


def test_sent_by_the_pages_of_a_release_and_read_by_the_agency_that_is_named(team: Team) -> None:
    file = a_copy(team)
    mine = signed_in(team.advocate)
    exhibit = mine.get(f"/cases/{team.case.key}/exhibits/{file.exhibit.key}", secure=True).content.decode()
    write = f"/cases/{team.case.key}/sharing/new/write?with={file.key}"
    assert write in exhibit
    assert "With these words goes" in mine.get(write, secure=True).content.decode()
    given = typed(to_agencies="force-a")
    checked = mine.post(write, given | {"step": "check"}, secure=True).content.decode()
    assert "Save it and look at all of it" in checked
    assert mine.post(write, given | {"step": "send"}, secure=True).status_code == 302
    assert (
        "Shared with Force A. Until"
        in mine.get(f"/cases/{team.case.key}/exhibits/{file.exhibit.key}", secure=True).content.decode()
    )
    with identity.as_person(team.investigator):
        [row] = SharedCopy.objects.all()
        assert not File.objects.exists()
        assert not Exhibit.objects.exists()
        line = row.release.disclosure
    theirs = signed_in(team.investigator)
    page = theirs.get(f"/cases/{team.case.key}/sharing/{line.key}", secure=True).content.decode()
    assert at(team, row) in page
    assert at(team, row, "picture") in page
    assert "secret-name" not in page
    saved = theirs.get(at(team, row), secure=True)
    content = saved.getvalue()
    assert saved["Content-Disposition"] == 'attachment; filename="redacted-copy.png"'
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.convert("RGB").getpixel((10, 10)) == (0, 0, 0)
    shown = theirs.get(at(team, row, "picture"), secure=True)
    assert shown["Content-Type"] == "image/jpeg"
    assert statuses(team, at(team, row)) == [200, 200, 404, 404, 404]


def test_withdrawn_or_ended_nobody_on_the_other_side_finds_it_any_more(team: Team) -> None:
    file = a_copy(team)
    made = released(team, file)
    with identity.as_person(team.advocate):
        row = SharedCopy.objects.get(release=made)
        services.withdraw(team.advocate, team.case, made.disclosure, "It was the wrong one.")
    assert statuses(team, at(team, row)) == [200, 404, 404, 404, 404]
    today = timezone.localdate()
    with moment.at(timezone.now() - dt.timedelta(days=60)):
        over = released(
            team, file, consent_on=today - dt.timedelta(days=61), expires_on=today - dt.timedelta(days=30)
        )
    with identity.as_person(team.advocate):
        row = SharedCopy.objects.get(release=over)
    assert statuses(team, at(team, row)) == [200, 404, 404, 404, 404]
    page = signed_in(team.advocate).get(f"/cases/{team.case.key}/exhibits/{file.exhibit.key}", secure=True)
    assert "Withdrawn on" in page.content.decode()
    assert "Ended with" in page.content.decode()


def test_never_an_original_nor_another_side_s_copy_nor_one_with_a_virus(team: Team) -> None:
    file = a_copy(team)
    with identity.as_person(team.advocate):
        original = file.made_from
        assert original is not None
        assert sharing_copies.offered(team.advocate, team.case, original.key) is None
    with identity.as_person(team.investigator):
        assert sharing_copies.offered(team.investigator, team.case, file.key) is None
    for key in (original.key, "not-a-key"):
        write = f"/cases/{team.case.key}/sharing/new/write?with={key}"
        assert signed_in(team.advocate).get(write, secure=True).status_code == 404
    made = released(team, file)
    with identity.as_person(team.advocate):
        row = SharedCopy.objects.get(release=made)
    making.answered(original, "infected", "New")
    assert statuses(team, at(team, row))[:2] == [404, 404]
    with identity.as_person(team.advocate):
        assert sharing_copies.offered(team.advocate, team.case, file.key) is None


def test_a_text_in_which_words_of_the_vault_stand_does_not_go_to_the_suspects_side(team: Team) -> None:
    vault_entry(team, "14 Orchard Rise, SW1A 1AA", "07700 900123", "p.nair@example.org")
    one = making.receive(
        team.advocate,
        team.case,
        "advocacy",
        of=making.sent(b"Dan wrote: 14 Orchard Rise, SW1A 1AA", "a.txt"),
    )
    known = making.known(team.advocate, one)
    assert known.original is not None
    making.answered(known.original)
    with identity.as_person(team.advocate):
        known = selectors.exhibit(team.case, one.key)
        assert known.original is not None
        file = redacting.redact(team.advocate, team.case, known, known.original, "Why", words=["Dan"])
    with pytest.raises(NotPossibleError, match="in the vault"), transaction.atomic():
        released(team, file, to_partition="health", to_agencies=())
