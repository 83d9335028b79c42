"""Versions of mappings on disk: one counts when it is committed, whole, and never in another's place."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake.sources import samples, services, versions
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.records.errors import MappingError
from lamplighter.records.mapping.mappings import built_in_text
from lamplighter.records.propose import Choices, mapping_toml, propose
from lamplighter.records.propose.revise import Word
from tests.unit.records import layouts

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim() -> User:
    hub = accounts.ensure_agency("hub", kind="hub")
    return accounts.ensure_user(
        "kim", password="x", display_name="Kim Doyle", role=Role.ADMINISTRATOR, agency=hub
    )


def a_draft(user: User) -> samples.Draft:
    agency = {"name": "Crown Force", "kind": "police"}
    return services.begin(user, {"agency": agency, "title": "Crown records", "name": "crown_records"})


def save(user: User, draft: samples.Draft, folder: Path) -> versions.Version:
    proposal = propose(layouts.police_side_by_side(folder).files, "police")
    choices = Choices.of(proposal)
    choices.answers = {q.key: q.proposed for q in proposal.questions}
    return services.save_source(user, draft, proposal, choices, since=timezone.localdate())


def helpline() -> str:
    body = tomllib.loads(built_in_text("helpline"))
    body["source"] |= {"name": "helpline", "from": timezone.localdate()}
    return mapping_toml(body)


class StoppedError(Exception):
    pass


def test_what_is_not_committed_is_not_in_force(kim: User, tmp_path: Path) -> None:
    draft = a_draft(kim)

    def saves_and_stops() -> None:
        with transaction.atomic():
            save(kim, draft, tmp_path)
            raise StoppedError

    with pytest.raises(StoppedError):
        saves_and_stops()
    assert versions.every() == []
    assert versions.broken() == []
    assert not Agency.objects.filter(name="Crown Force").exists()
    assert not Event.objects.filter(verb="intake.mapping_saved").exists()
    # The sample is still there, for another attempt.
    assert samples.resume(kim, draft.key).data["title"] == "Crown records"


@pytest.mark.usefixtures("commits_at_once")
def test_a_save_that_is_refused_adds_no_agency(
    kim: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> versions.Version:
        raise MappingError("There are too many.")

    draft = a_draft(kim)
    with monkeypatch.context() as patch:
        patch.setattr(versions, "reserve", full)
        with pytest.raises(NotPossibleError, match="too many"):
            save(kim, draft, tmp_path)
    assert not Agency.objects.filter(name="Crown Force").exists()
    assert save(kim, draft, tmp_path).path.exists()


def test_two_who_save_at_once_get_a_version_each() -> None:
    today = timezone.localdate()
    first = versions.reserve("helpline", today, helpline())
    second = versions.reserve("helpline", today, helpline())
    assert (first.number, second.number) == (1, 2)
    versions.put(second)
    versions.put(first)
    assert versions.every("helpline") == [first, second]
    assert versions.in_force("helpline") == second
    with pytest.raises(FileNotFoundError):
        versions.put(first)
    assert versions.reserve("helpline", today, helpline()).number == 3


def test_what_was_reserved_and_never_put_goes_after_a_day(installation: Path) -> None:
    left = versions.reserve("helpline", timezone.localdate(), helpline())
    versions.put(versions.reserve("helpline", timezone.localdate(), helpline()))
    assert versions.clear_reserved() == 0
    long_ago = timezone.now().timestamp() - 25 * 3600
    os.utime(left.part, (long_ago, long_ago))
    assert versions.clear_reserved() == 1
    assert [p.name for p in installation.iterdir()] == [f"helpline.{timezone.localdate()}-2.toml"]


@pytest.mark.usefixtures("commits_at_once")
def test_a_word_that_names_somebody_is_not_written_where_no_column_is_coded(kim: User) -> None:
    versions.put(versions.reserve("helpline", timezone.localdate(), helpline()))
    with pytest.raises(NotPossibleError, match="change it there"):
        services.map_words(kim, "helpline", [Word("SURNAME", "surname", "Nair", "victim")])
    assert len(versions.every("helpline")) == 1
