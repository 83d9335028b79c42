"""Every kind of task and every context with a work list is decided once: told at once, daily, or never."""

from __future__ import annotations

import pytest
from django.utils import timezone

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.clocks import notices as work_list
from lamplighter.hub.notices import looking, rules
from lamplighter.hub.notices.looking import Thing
from tests.integration.access import making
from tests.integration.clocks import test_every_clock as clocks

#: Beginnings of kinds whose rest is a number or a code of a rule file.
OF_RULES = ("case.follow_up_", "child.", "safety.", "victim.contact_day_")


def raised() -> set[str]:
    """Every kind that the code begins (held to the code by ``test_every_clock``), and every other list."""
    tasks = {kind.split(",")[0] for kind in clocks.EVERY}
    return tasks | {label for label, _ in work_list.by_context(None)} | {looking.NEWS}  # type: ignore[arg-type]


def decided() -> list[tuple[str, str]]:
    """Each kind of the shipped rules, or its beginning, with how it is told of."""
    today = timezone.localdate()
    at_once = [(kind, "at once") for row in rules.urgent(today) for kind in row.kinds]
    later = rules.RULES.on("later", today).values()
    return at_once + [(kind, row.extra["how"]) for row in later for kind in row.extra["kinds"]]


def begins(kind: str, named: str) -> bool:
    return kind == named or (named in OF_RULES and kind.startswith(named))


def test_every_kind_that_is_raised_is_decided_once() -> None:
    rows = decided()
    found = {kind: [how for named, how in rows if begins(kind, named)] for kind in sorted(raised())}
    assert {kind: how for kind, how in found.items() if len(how) != 1} == {}


def test_nothing_is_decided_that_nobody_raises() -> None:
    kinds = raised()
    assert [named for named, _ in decided() if not any(begins(kind, named) for kind in kinds)] == []


def test_what_is_matched_by_its_beginning_is_what_was_meant() -> None:
    """What is told at once or never is found by its beginning: none may reach what is decided apart."""
    rows = decided()
    for kind in raised():
        (how,) = [how for named, how in rows if begins(kind, named)]
        reached = {told for named, told in rows if told != "daily" and kind.startswith(named)}
        assert reached == ({how} - {"daily"}), kind


@pytest.mark.django_db
def test_what_no_email_tells_of_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    user = making.somebody(Role.CLINICIAN, "health")
    kinds = ("intervention.session", "meeting.action", "task", "somebody.new")
    monkeypatch.setattr(looking, "_seen_by", lambda *_: [Thing(kind, kind) for kind in kinds])
    told = [thing.kind for thing in looking.everything(user, timezone.now())]
    # A kind that nobody decided is told of rather than lost.
    assert told == ["meeting.action", "task", "somebody.new"]
