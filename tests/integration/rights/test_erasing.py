"""Retention decisions, holds, and rows that are really gone: looked for in every column of every table."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass, Exclusion, owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit.integrity import verification
from lamplighter.hub.audit.models import Event, Operation
from lamplighter.hub.cases.models import Case, Entry, LegalStatus, Party, Status
from lamplighter.hub.cases.rules import later_by_months
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.rights import policies, services
from lamplighter.hub.rights.erasure import erasing
from lamplighter.hub.rights.models import ErasureApproval, Hold, RetentionDecision
from lamplighter.hub.rights.retention import schedule
from lamplighter.hub.sharing import services as sharing
from lamplighter.hub.sharing.models import Disclosure, Receipt
from lamplighter.hub.sharing.receipts import services as receiving
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting import words
from tests.integration.access import making
from tests.integration.sharing import making as team_making
from tests.integration.sharing.making import Team, draft
from tests.integration.sharing.test_services import vault_entry
from tests.integration.wall import planting

pytestmark = [pytest.mark.django_db, pytest.mark.own_server]
KEEP, ERASE = RetentionDecision.Kind.KEEP, RetentionDecision.Kind.ERASE
OWNERS = {
    "shared": ("force-a", "helpline", "health", "probation"),
    "police": ("force-a",),
    "health": ("health", "probation"),
    "advocacy": ("helpline",),
    "vault": ("helpline",),
    "warning": ("force-a", "helpline"),
}


@pytest.fixture
def team() -> Team:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS audit_event_sealed IMMEDIATE")
    made = Team()
    made.confide("zqconfidence")
    made.confide("zqintelligence", by=made.investigator, partition="police")
    return made


PERIODS = {"police": "police_g2", "advocacy": "advocacy", "health": "health_adult", "probation": "probation"}


def decide(user: User, case: Case, kind: str = ERASE, **values: Any) -> RetentionDecision:
    assert user.agency is not None
    said = {"period": PERIODS[user.agency.kind], "reason": "zqreason of the review", "early": "court"}
    with identity.as_person(user):
        return schedule.decide(user, case, kind=kind, **(said | values))


def colleague(user: User) -> User:
    """Somebody else of the same agency and role."""
    assert user.agency_id is not None
    return making.somebody(user.role, user.agency_id)


def approve(decision: RetentionDecision) -> erasing.Outcome:
    assert decision.by is not None
    second = colleague(decision.by)
    with identity.as_person(second):
        return erasing.approve(second, decision.case, decision)


def erase(user: User, case: Case) -> dict[str, int]:
    """One decides, another approves."""
    return approve(decide(user, case)).counts


# The marked words of this file and of the case it works on, each whole: a shorter pattern stands by chance in
# one signature of fourteen.
MARKED = sorted(
    {
        word
        for file in (__file__, team_making.__file__)
        for word in re.findall(r"zq[a-z]{4,}", Path(file).read_text())
    }
)


def found_in_the_database(words: str) -> list[str]:
    """Every column of every table of every schema, as text, with a word that matches: a dump, searched."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text, a.attname FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE c.relkind IN ('r', 'p', 'm')"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM {table} WHERE "{column}"::text ~* %s', [words])
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


def test_one_owner_is_gone_and_the_others_are_not(team: Team) -> None:
    team.confide("zqhers too", partition="shared")
    with identity.as_person(team.advocate):
        sharing.release(team.advocate, team.case, draft(text="zqreleased"))
        clocks.start(
            team.advocate,
            team.case,
            "a.clock",
            "Call the victim",
            due_at=timezone.now(),
            why="zqclock",
            partition="advocacy",
        )
    vault_entry(team, "zqaddress 14", "07700 900123", "p@example.org")
    hers = "zqconfidence|zqhers|zqreleased|zqclock|zqaddress|zqreason|07700 900123"
    assert found_in_the_database(hers)
    counts = erase(team.advocate, team.case)
    assert counts["cases_entry"] >= 3
    assert found_in_the_database(hers) == []
    assert found_in_the_database("zqintelligence") == ["cases_entry.body"]
    with identity.as_person(team.advocate):
        assert Party.objects.filter(case=team.case).count() == 2
        assert schedule.due(team.advocate, team.case, timezone.now()) is None


def test_the_whole_case_is_gone_from_every_column(team: Team) -> None:
    """Marked words in every table that there is, of every owner; every owner decides; none is left."""
    planted = planting.Planted()
    staff = {
        "force-a": team.investigator,
        "helpline": team.advocate,
        "health": team.clinician,
        "probation": team.probation,
    }
    owners = {p: [making.agency(code) for code in codes] for p, codes in OWNERS.items()}
    planting.plant(planted, team.case, owners, staff)
    assert not [line for line in planted.skipped if line.startswith(("sharing", "rights", "cases"))]
    # A planted hold would rightly stop everything.
    Hold.objects.update(ended_at=timezone.now())
    Exclusion.objects.create(case=team.case, user=team.outsider, reason="zqrelative")
    later = timezone.now() + dt.timedelta(hours=1)
    BreakGlass.objects.create(
        case=team.case, user=team.coordinator, partition="police", reason="zqglass", expires_at=later
    )
    before = found_in_the_database("zq[a-z]{3}[0-9]{4}qz|zqrelative|zqglass")
    assert len(before) > 60
    key, pk = team.case.key, team.case.pk
    for user in (team.investigator, team.clinician, team.probation):
        assert erase(user, team.case)
    counts = erase(team.advocate, team.case)
    assert counts["cases_case"] == 1
    assert (
        found_in_the_database("|".join(("zq[a-z]{3}[0-9]{4}qz", *MARKED, "Priya Nair", "Hollinshaw"))) == []
    )
    assert not Case.objects.filter(pk=pk).exists()
    tombstone = Event.objects.get(verb="rights.case_erased")
    assert (tombstone.operation, tombstone.subject) == (Operation.ERASURE, f"case {key}")
    assert (tombstone.service, tombstone.agency) == ("erase a record", "helpline")
    assert tombstone.actor_id != team.advocate.pk
    assert tombstone.detail["rows"] == counts
    assert tombstone.detail["owner"] == "helpline"
    with connection.cursor() as cursor:
        # As the commit does: the erasure put every check off until then.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    report = verification.verify()
    assert report.links >= 5
    assert (report.fault_count, report.unsealed) == (0, 0)


def test_the_whole_case_waits_for_every_owner(team: Team) -> None:
    erase(team.advocate, team.case)
    assert Case.objects.filter(pk=team.case.pk).exists()
    decide(team.clinician, team.case, KEEP, keep_until=timezone.localdate() + dt.timedelta(days=300))
    erase(team.investigator, team.case)
    assert Case.objects.filter(pk=team.case.pk).exists()
    assert found_in_the_database("zqintelligence") == []
    erase(team.clinician, team.case)
    assert not Case.objects.filter(pk=team.case.pk).exists()


def test_whoever_only_opened_a_release_has_no_say_in_when_the_case_goes(team: Team) -> None:
    """A receipt is noted of the other force, which recorded nothing of the case."""
    with identity.as_person(team.advocate):
        line = sharing.release(team.advocate, team.case, draft(to_agencies=("force-b",))).disclosure
    with identity.as_person(team.other_force):
        receiving.receive(team.other_force, Disclosure.objects.get(pk=line.pk))
        assert Receipt.objects.filter(owner="force-b", case=team.case).count() == 1
    erase(team.investigator, team.case)
    assert Case.objects.filter(pk=team.case.pk).exists()
    erase(team.advocate, team.case)
    assert not Case.objects.filter(pk=team.case.pk).exists()
    assert not Receipt.objects.exists()


def test_nothing_of_another_owner_goes_with_it(team: Team) -> None:
    """Another force put right what this one had recorded: its row rests on the one before."""
    values = {"name": "charged", "since": timezone.localdate()}
    with identity.as_person(team.investigator):
        first = LegalStatus.objects.create(**owned(team.investigator, team.case, **values))
    with identity.as_person(team.other_force):
        LegalStatus.objects.create(**owned(team.other_force, team.case, replaces=first, **values))
    decision = decide(team.investigator, team.case)
    assert approve(decision) == erasing.Outcome({}, waits=True)
    assert found_in_the_database("zqintelligence") == ["cases_entry.body"]
    # What was approved stays approved: it goes when the other force's row is gone.
    assert erase(team.other_force, team.case)["cases_legalstatus"] == 1
    assert approve(decision).counts["cases_legalstatus"] == 1
    assert found_in_the_database("zqintelligence") == []


def test_a_hold_stops_everybody_and_says_nothing(team: Team) -> None:
    with identity.as_person(team.investigator):
        standing = schedule.hold(team.investigator, team.case, "zqcovert inquiry")
    with identity.as_person(team.advocate):
        assert schedule.holds(team.case) == []
    with pytest.raises(NotPossibleError, match="A hold stands") as refused:
        erase(team.advocate, team.case)
    assert "zqcovert" not in str(refused.value)
    with (
        identity.as_person(team.other_force),
        pytest.raises(NotPossibleError, match="placed the hold"),
    ):
        schedule.end_hold(team.other_force, standing, "Over.")
    with identity.as_person(team.investigator):
        schedule.end_hold(team.investigator, standing, "The trial is over.")
    assert erase(team.advocate, team.case)


def test_only_what_was_decided_last_is_carried_out(team: Team) -> None:
    first = decide(team.advocate, team.case)
    decide(team.advocate, team.case, KEEP, keep_until=timezone.localdate() + dt.timedelta(days=30))
    second = colleague(team.advocate)
    with identity.as_person(second), pytest.raises(NotPossibleError, match="decided last"):
        erasing.approve(second, team.case, first)
    with identity.as_person(team.investigator), pytest.raises(NotPossibleError, match="owns"):
        erasing.approve(team.investigator, team.case, first)


def test_an_erasure_needs_two_people(team: Team) -> None:
    """The service refuses the first one, and so does the database."""
    decision = decide(team.advocate, team.case)
    with identity.as_person(team.advocate):
        with pytest.raises(NotPossibleError, match="two people"):
            erasing.approve(team.advocate, team.case, decision)
        values = owned(team.advocate, team.case, partition="advocacy", decision=decision)
        with pytest.raises(DatabaseError, match="another person"), transaction.atomic():
            ErasureApproval.objects.create(**values)
        # Nor in somebody else's name.
        values["by"] = colleague(team.advocate)
        with pytest.raises(DatabaseError, match="another person"), transaction.atomic():
            ErasureApproval.objects.create(**values)
    assert Entry.objects.filter(body="zqconfidence").exists()
    assert approve(decision).counts
    assert not Entry.objects.filter(body="zqconfidence").exists()


def test_nobody_deletes_by_another_way(team: Team) -> None:
    for user in (team.advocate, team.investigator, team.coordinator):
        with identity.as_person(user), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute("DELETE FROM cases_entry")
    for purpose in ("run clocks", "review retention", "answer a subject"):
        with identity.as_service(purpose), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute("DELETE FROM cases_entry")
    for purpose in ("erase a record",):
        with identity.as_service(purpose), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute("DELETE FROM audit_event")
    assert Entry.objects.filter(body="zqconfidence").exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"period": "advocacy"}, "rule"),
        ({"reason": " "}, "reason"),
        ({"kind": KEEP}, "next review"),
        ({"kind": KEEP, "keep_until": dt.date(2020, 1, 1)}, "next review"),
        ({"kind": "burn"}, "kept or erased"),
    ],
)
def test_what_a_decision_must_say(team: Team, values: dict[str, Any], words: str) -> None:
    with pytest.raises(NotPossibleError, match=words):
        decide(team.investigator, team.case, **values)


def test_each_owner_decides_by_itself_and_reads_its_own(team: Team) -> None:
    decide(team.advocate, team.case)
    with identity.as_person(team.advocate):
        assert schedule.decided(team.advocate, team.case) is not None
    for other in (team.investigator, team.clinician, team.coordinator):
        with identity.as_person(other):
            assert not RetentionDecision.objects.exists()


def test_six_clear_years_are_six_years_and_nothing_goes_before_without_a_reason(team: Team) -> None:
    """Seventeen days after the closure the police may not erase; nor while it is open; nor what is over by
    one rule under a longer one. After six years they may."""
    six, ten = {"period": "police_g3", "early": ""}, {"period": "police_g2", "early": ""}
    with pytest.raises(NotPossibleError, match="is not over"):
        decide(team.investigator, team.case, **six)
    fresh = closed(dt.timedelta(days=17))
    ends = later_by_months(timezone.now() - dt.timedelta(days=17), 72)
    with pytest.raises(NotPossibleError, match=words.day(timezone.localdate(ends))):
        decide(fresh.investigator, fresh.case, **six)
    with pytest.raises(NotPossibleError, match="from the list"):
        decide(fresh.investigator, fresh.case, **six | {"early": "tidying_up"})
    assert not RetentionDecision.objects.filter(case=fresh.case).exists()
    # For a reason of the list, and the reason stays with the decision.
    assert decide(fresh.investigator, fresh.case, **six | {"early": "court"}).early == "court"
    old = closed_long_ago(7)
    with pytest.raises(NotPossibleError, match="are kept until"):
        decide(old.investigator, old.case, **ten)
    made = decide(old.investigator, old.case, **six | {"early": "court"})
    assert made.early == ""  # needed none
    assert approve(made).counts
    assert not Entry.objects.filter(case=old.case, owner="force-a").exists()


def test_a_decision_of_before_is_held_to_its_time_when_it_is_approved(team: Team) -> None:
    made = decide(team.investigator, team.case)
    with planting.as_if_written_before():
        RetentionDecision.objects.filter(pk=made.pk).update(early="")
    made.refresh_from_db()
    with pytest.raises(NotPossibleError, match="is not over"):
        approve(made)
    assert Case.objects.filter(pk=team.case.pk).exists()


def closed(ago: dt.timedelta) -> Team:
    """Referred two months before, and closed so long ago."""
    return _closed(timezone.now() - ago)


def closed_long_ago(years: int) -> Team:
    """Referred and closed so many years ago."""
    return _closed(timezone.now() - dt.timedelta(days=366 * years))


def _closed(then: dt.datetime) -> Team:
    team = Team(at=then - dt.timedelta(days=60))
    values = owned(team.investigator, team.case, name=Status.Name.CLOSED, reason="Done.")
    with identity.as_person(team.investigator):
        Status.objects.create(**values | {"at": then})
    return team


def test_what_is_due_for_a_review(team: Team) -> None:
    with identity.as_person(team.advocate):
        assert schedule.due_list(team.advocate) == []
    team = closed_long_ago(7)
    with identity.as_person(team.advocate):
        assert [d.case for d in schedule.due_list(team.advocate)] == [team.case]
    # Ten clear years for the police, unless somebody says that six are right.
    with identity.as_person(team.investigator):
        assert schedule.due_list(team.investigator) == []
    until = timezone.localdate() + dt.timedelta(days=365)
    decide(team.advocate, team.case, KEEP, keep_until=until)
    with identity.as_person(team.advocate):
        assert schedule.due_list(team.advocate) == []
        due = schedule.due(team.advocate, team.case, timezone.now())
        assert due is not None
        assert due.on == until


def found_in_the_statistics(words: str) -> list[str]:
    """Columns of which PostgreSQL noted a value with this word, as its owner reads them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename || '.' || attname FROM pg_stats"
            " WHERE concat(most_common_vals::text, histogram_bounds::text, most_common_elems::text) ~* %s",
            [words],
        )
        return sorted(row[0] for row in cursor.fetchall())


def test_postgresql_forgets_what_it_noted_of_rows_that_are_gone(team: Team) -> None:
    from lamplighter.hub.rights import tasks

    team.confide("zqanother", by=team.investigator, partition="shared")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        assert found_in_the_statistics("zqconfidence") != []
        erase(team.advocate, team.case)
        assert found_in_the_database("zqconfidence") == []
        # The jobs are there with the erasure, and say nothing of it.
        cursor.execute("SELECT task_name, args::text FROM procrastinate_jobs")
        jobs = dict(cursor.fetchall())
        assert (jobs["rights.forget_statistics"], jobs["insight.forget_bundles"]) == ("{}", "{}")
    assert found_in_the_statistics("zqconfidence") != []
    tasks.forget_statistics()
    assert found_in_the_statistics("zqconfidence") == []
    assert found_in_the_statistics("zqanother") != []


def test_of_an_empty_table_nothing_is_noted_either(team: Team) -> None:
    """PostgreSQL keeps its old notes of a table that has no row any more: they are taken out by hand."""
    from lamplighter.hub.rights import tasks

    decide(team.advocate, team.case)
    decide(team.investigator, team.case, reason="zqlonely of the police")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE rights_retentiondecision")
        assert found_in_the_statistics("zqlonely") == ["rights_retentiondecision.reason"]
        with planting.as_if_written_before():
            RetentionDecision.objects.all().delete()
        cursor.execute("ANALYZE rights_retentiondecision")
        assert found_in_the_statistics("zqlonely") != []
    tasks.forget_statistics()
    assert found_in_the_statistics("zqlonely") == []


def test_nobody_but_an_erasure_has_tables_counted(team: Team) -> None:
    for purpose in ("answer a subject", "review the response"):
        with identity.as_service(purpose), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute("SELECT rights_forget_statistics()")


def test_what_somebody_waits_to_be_told_of_is_not_erased(team: Team) -> None:
    """In the words of a hold, so that nobody learns from it that somebody asked; the answer ends it."""
    from tests.integration.rights import test_subject_access as subject

    hold = schedule.hold
    request = subject.ask(team.outsider, "Priya Nair")
    # Even where the job has not looked yet.
    made = decide(team.advocate, team.case)
    with pytest.raises(NotPossibleError) as refused:
        approve(made)
    assert str(refused.value) == policies.HELD
    assert Entry.objects.filter(body="zqconfidence").exists()
    with identity.as_person(team.investigator):
        hold(team.investigator, team.case, "CPIA")
    with pytest.raises(NotPossibleError) as held:
        approve(made)
    assert str(held.value) == str(refused.value)
    Hold.objects.update(ended_at=timezone.now())
    with identity.job("answer a subject"):
        services.collect_waiting()
    request.refresh_from_db()
    subject.answered(team.outsider, request)
    assert approve(made).counts
    assert not Entry.objects.filter(body="zqconfidence").exists()
