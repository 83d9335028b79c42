"""What makes an assessment due: who is told at once, who is not, and what sets it aside."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.cases.status import changes
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.risk import policies, rules, selectors
from lamplighter.hub.risk.models import Trigger
from lamplighter.hub.risk.second_opinion import second_rater
from lamplighter.hub.risk.triggers import services as triggers
from lamplighter.hub.safeguarding import rules as safeguarding_rules
from lamplighter.hub.safeguarding import services as safeguarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side.services import standing_by
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.risk import telling
from tests.integration.victim_side import making as side

pytestmark = pytest.mark.django_db
ON_CASE = {"force-a", "force-b", "helpline", "health"}


@pytest.fixture(autouse=True)
def nobody_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)


def told(case: Case) -> set[str]:
    return {clock.owner_id for clock in telling.running(case, "risk.again")}


def everything(user: User, case: Case) -> tuple[int, int, int, str]:
    """Rows, lines and tasks that somebody finds, and the pages of the case in full."""
    client = cases.browser(user)
    with identity.as_person(user):
        counted = (
            Trigger.objects.filter(case=case).count(),
            Entry.objects.filter(case=case).count(),
            Clock.objects.filter(case=case).count(),
        )
    paths = ("", "/risk", "/risk/triggers", "/risk/plan", "/timeline", "/history")
    pages = [client.get(f"/cases/{case.key}{path}", secure=True).content.decode() for path in paths]
    return (*counted, "".join(_without_tokens(page) for page in pages))


def _without_tokens(page: str) -> str:
    """The page without what differs each time: tokens of forms, and the minute at which it is printed."""
    lines = (line for line in page.splitlines() if "csrf" not in line and "nonce" not in line)
    return re.sub(r"\d{1,2}(:\d{2})?(am|pm)", "", "\n".join(lines))


TODAY = timezone.localdate
SHARED = [
    code for code, rule in rules.triggers(dt.date(2026, 11, 30)).items() if rule.extra["told"] == "everybody"
]
OWN = [
    code
    for code, rule in rules.triggers(dt.date(2026, 11, 30)).items()
    if rule.extra["told"] == "own_side" and code not in policies.FOUND_ALONE
]


@pytest.mark.parametrize("kind", [k for k in SHARED if k not in policies.FOUND_ALONE])
def test_what_everybody_may_know_is_on_the_list_of_each_agency_at_once(kind: str) -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    telling.assess(by, case, telling.draft())
    begun = time.monotonic()
    with identity.as_person(by):
        triggers.record(by, case, kind, TODAY(), "What is known.")
        assert [row.kind for row in selectors.triggers_open(case)] == [kind]
    assert told(case) == ON_CASE
    assert time.monotonic() - begun < 1
    due = {clock.due_at for clock in telling.running(case, "risk.again")}
    assert all(at - timezone.now() <= dt.timedelta(hours=48) for at in due)


@pytest.mark.parametrize("kind", OWN)
def test_what_one_side_knows_leaves_nothing_anywhere_else(kind: str) -> None:
    hers = making.somebody(Role.ADVOCATE, "helpline")
    case = telling.a_case()
    others = [
        making.somebody(Role.CLINICIAN, "health"),
        making.somebody(Role.INVESTIGATOR, "force-a"),
        making.somebody(Role.COORDINATOR, "hub"),
    ]
    for user in others:
        everything(user, case)  # what was new to them is new no more
    before = [everything(user, case) for user in others]
    with identity.as_person(hers):
        triggers.record(hers, case, kind, TODAY(), "She is with her sister.", side="advocacy")
        assert [row.kind for row in selectors.triggers_open(case)] == [kind]
    assert [everything(user, case) for user in others] == before
    found = telling.running(case, "risk.again")
    assert [(c.owner_id, c.partition) for c in found] == [("helpline", "advocacy")]
    page = cases.browser(hers).get(f"/cases/{case.key}/risk", secure=True).content.decode()
    assert rules.title("trigger", kind) in page


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR, Role.PROBATION])
def test_what_is_about_the_victim_is_never_written_where_the_suspects_side_reads(role: Role) -> None:
    code = {Role.CLINICIAN: "health", Role.COORDINATOR: "hub", Role.PROBATION: "probation"}[role]
    user = making.somebody(role, code)
    case = telling.a_case(None, "helpline", "health", "probation")
    with identity.as_person(user):
        for of in triggers.sides(user):
            with pytest.raises(NotPossibleError, match="tell the victim’s advocate"):
                triggers.record(user, case, "victim_moved", TODAY(), side=of)
    assert not Trigger.objects.exists()


def test_asking_for_an_assessment_does_not_say_who_or_why() -> None:
    hers, his = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.CLINICIAN, "health")
    case = telling.a_case()
    with identity.as_person(hers):
        triggers.record(hers, case, "asked", TODAY(), "She moved on Monday.", side="advocacy")
    assert told(case) == ON_CASE
    with identity.as_person(his):
        row = Trigger.objects.get(case=case)
        line = Entry.objects.get(case=case, kind="risk.trigger")
    assert (row.by_id, row.owner_id, row.words) == (None, case.owner_id, "")
    assert (line.by_id, line.owner_id, line.body) == (None, case.owner_id, "")


def test_an_assessment_answers_what_its_agency_knew_of() -> None:
    hers, by = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    with identity.as_person(hers):
        triggers.record(hers, case, "victim_moved", TODAY(), side="advocacy")
        triggers.record(hers, case, "arrest", TODAY())
    telling.assess(by, case, telling.draft())
    with identity.as_person(hers):
        assert [row.kind for row in selectors.triggers_open(case)] == ["victim_moved"]
    assert [c.partition for c in telling.running(case, "risk.again")] == ["advocacy"]
    telling.assess(hers, case, telling.draft())
    with identity.as_person(hers):
        assert selectors.triggers_open(case) == []
    assert not telling.running(case, "risk.again")


def test_two_triggers_make_one_task_and_the_sooner_counts() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    with identity.as_person(by):
        triggers.record(by, case, "arrest", TODAY())
        triggers.record(by, case, "bail_change", TODAY())
    assert sorted(c.owner_id for c in telling.running(case, "risk.again")) == sorted(ON_CASE)
    with identity.as_person(by):
        first, second = reversed(selectors.triggers_open(case))
        triggers.set_aside(by, case, first, "Another man of the same name.")
    assert told(case) == ON_CASE
    with identity.as_person(by):
        triggers.set_aside(by, case, second, "The conditions are the same as before.")
        with pytest.raises(ConflictError):
            triggers.set_aside(by, case, second, "The conditions are the same as before.")
    assert not told(case)


def test_setting_aside_needs_a_reason() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    with identity.as_person(by):
        made = triggers.record(by, case, "arrest", TODAY())
        with pytest.raises(NotPossibleError, match="at least 10"):
            triggers.set_aside(by, case, made, "No.")
    assert told(case) == ON_CASE


def test_a_day_to_come_is_for_what_is_known_before() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    tomorrow = TODAY() + dt.timedelta(days=1)
    with identity.as_person(by):
        with pytest.raises(NotPossibleError, match="must not be in the future"):
            triggers.record(by, case, "arrest", tomorrow)
        assert triggers.record(by, case, "court_date", tomorrow)


def warned(user: User, case: Case) -> None:
    basis = next(iter(safeguarding_rules.bases(TODAY())))
    with identity.as_person(user):
        safeguarding.warn(
            user,
            case,
            in_danger=["victim"],
            how_soon="now",
            heard="He told a nurse that Friday ends it.",
            message="Please see to it that she is not alone this week.",
            basis=basis,
        )


def test_a_warning_of_danger_is_a_trigger_of_those_who_were_warned_and_of_the_side_that_warned() -> None:
    his, by, hers = (
        making.somebody(Role.CLINICIAN, "health"),
        making.somebody(Role.INVESTIGATOR),
        making.somebody(Role.ADVOCATE, "helpline"),
    )
    case = telling.a_case(by, "helpline", "health", "force-b", "probation")
    third = making.somebody(Role.PROBATION, "probation")
    everything(third, case)
    before = everything(third, case)
    begun = time.monotonic()
    warned(his, case)
    assert time.monotonic() - begun < 1
    # Probation is on the case, was not warned, and learns of nothing: not even that an assessment is due.
    assert everything(third, case) == before
    tasks = telling.running(case, "risk.again")
    assert sorted((c.owner_id, c.partition) for c in tasks) == [
        ("force-a", "warning"),
        ("force-b", "warning"),
        ("health", "health"),
        ("helpline", "warning"),
    ]
    for user, partition in ((his, "health"), (by, "warning"), (hers, "warning")):
        with identity.as_person(user):
            assert [(r.kind, r.partition, r.words) for r in selectors.triggers_open(case)] == [
                ("warning", partition, "")
            ]
        page = cases.browser(user).get(f"/cases/{case.key}/risk", secure=True).content.decode()
        assert page.count(rules.title("trigger", "warning")) == 2  # with the link that sets it aside
    telling.assess(third, case, telling.draft())
    telling.assess(by, case, telling.draft())
    # One of those who were warned answers for all of them, and not for the side that warned.
    assert [(c.owner_id, c.partition) for c in telling.running(case, "risk.again")] == [("health", "health")]
    telling.assess(his, case, telling.draft())
    assert not telling.running(case, "risk.again")


def test_nobody_records_a_warning_or_a_second_rating_by_hand() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    for kind in policies.FOUND_ALONE:
        with identity.as_person(by), pytest.raises(NotPossibleError, match="from the list"):
            triggers.record(by, case, kind, TODAY(), "What is known.")
    page = cases.browser(by).get(f"/cases/{case.key}/risk/happened", secure=True).content.decode()
    assert rules.title("trigger", "warning") not in page


def test_a_warning_that_is_set_aside_ends_the_task_of_all_who_were_warned() -> None:
    his, by = making.somebody(Role.CLINICIAN, "health"), making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    warned(his, case)
    with identity.as_person(by):
        (row,) = selectors.triggers_open(case)
        triggers.set_aside(by, case, row, "Said of another person, as the clinician told us.")
    assert {c.partition for c in telling.running(case, "risk.again")} == {"health"}
    with identity.as_person(his):
        assert [r.partition for r in selectors.triggers_open(case)] == ["health"]


# What other contexts record ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("charged", "charge"),
        ("probation", "release"),
        ("no_action", "bail_change"),
        ("convicted", "court_date"),
        ("investigation", None),
    ],
)
def test_a_legal_status_is_a_trigger_of_its_own_kind(state: str, kind: str | None) -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    with identity.as_person(by):
        made = changes.set_legal_status(by, case, state, TODAY(), "Court list")
        found = selectors.triggers_open(case)
        # Corrected to the same, nothing new has happened.
        changes.set_legal_status(by, case, state, TODAY(), "The list, page 2", replaces=made)
        assert len(selectors.triggers_open(case)) == len(found)
    assert [(row.kind, row.of_key) for row in found] == ([(kind, made.key)] if kind else [])


def test_a_victim_who_is_unsure_is_a_trigger_of_the_advocates_alone_unless_it_is_shared() -> None:
    world = side.a_world()
    told_ = {"reasons": ["fear"], "words": "I cannot stand in a court with him.", **side.PRESSURE}
    with identity.as_person(world.advocate):
        standing_by.change_support(world.advocate, world.case, "withdrawn", since=TODAY(), **told_)
    found = telling.running(world.case, "risk.again")
    assert [(c.owner_id, c.partition) for c in found] == [(world.advocate.agency_id, "advocacy")]
    with identity.as_person(world.investigator):
        assert not selectors.triggers_open(world.case)


def test_a_new_address_is_a_trigger_on_the_side_that_wrote_it_and_does_not_repeat_it() -> None:
    world = side.a_world()
    first = side.a_rule(world.advocate, world.case, address="1 Old Lane, Northtown")
    assert not telling.running(world.case, "risk.again")
    seen = str(first.key)
    second = side.a_rule(world.advocate, world.case, seen=seen, address="2 New Road, Southtown")
    with identity.as_person(world.advocate):
        row = Trigger.objects.get(case=world.case)
    assert (row.kind, row.partition, row.words) == ("victim_moved", "advocacy", "")
    assert {c.partition for c in telling.running(world.case, "risk.again")} == {"advocacy"}
    side.a_rule(world.advocate, world.case, seen=str(second.key), address="2  New Road,\nSouthtown")
    assert Trigger.objects.filter(case=world.case).count() == 1


def test_silence_after_many_reports_is_found_once() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case, few = telling.a_case(by), telling.a_case(by)
    now = timezone.localtime().replace(tzinfo=None)
    for n in range(6):
        telling.a_report(case, happened_at=now - dt.timedelta(days=16 + n))
    telling.a_report(few, happened_at=now - dt.timedelta(days=16))
    with identity.job(triggers.PURPOSE):
        assert triggers.find_silence() == 1
        assert triggers.find_silence() == 0
    with identity.as_person(by):
        assert [row.kind for row in selectors.triggers_open(case)] == ["silence"]
        assert selectors.triggers_open(few) == []
    assert told(case) == ON_CASE
    # Broken by another act, and silent again, it is another silence.
    telling.a_report(case, happened_at=now - dt.timedelta(days=15))
    with identity.job(triggers.PURPOSE):
        assert triggers.find_silence() == 1


@pytest.mark.parametrize(
    ("last", "now", "found"),
    [
        ("2026-11-01T12:00", "2026-11-15T12:00+00:00", 1),
        ("2026-11-01T12:00", "2026-11-15T11:59+00:00", 0),
        # Summer time ends between: fourteen days of the world are over an hour earlier by the clock.
        ("2026-10-20T12:00", "2026-11-03T11:00+00:00", 1),
        ("2026-10-20T12:00", "2026-11-03T10:59+00:00", 0),
        # It begins between, and they are over an hour later.
        ("2026-03-20T12:00", "2026-04-03T13:00+01:00", 1),
        ("2026-03-20T12:00", "2026-04-03T12:59+01:00", 0),
    ],
)
def test_silence_begins_when_its_days_are_over_to_the_minute(last: str, now: str, found: int) -> None:
    case = telling.a_case()
    act = dt.datetime.fromisoformat(last)
    for n in range(5):
        telling.a_report(case, happened_at=act - dt.timedelta(hours=n))
    with identity.job(triggers.PURPOSE):
        assert triggers.find_silence(dt.datetime.fromisoformat(now)) == found


def test_no_silence_before_its_days_are_over_and_none_of_a_case_at_rest() -> None:
    by = cases.coordinator()
    case, closed = telling.a_case(by, "helpline"), cases.a_closed_case(by)
    now = timezone.localtime().replace(tzinfo=None)
    for n in range(6):
        telling.a_report(case, happened_at=now - dt.timedelta(days=13, hours=n))
        telling.a_report(closed, happened_at=now - dt.timedelta(days=16, hours=n))
    with identity.job(triggers.PURPOSE):
        assert triggers.find_silence() == 0
