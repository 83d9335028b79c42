"""Everything written anew while reports come: none waits, none is lost, nothing stays of what was erased."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from lamplighter.hub.access.wall import identity, staging_tables, sync
from lamplighter.hub.access.wall.declared_tables import declared
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.arrivals.saving import services as corrected_reports
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.patterns.saved_reports.services import erase_reports
from lamplighter.hub.people import services
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Decision, Link, LinkModel, Membership, PersonChange, PreparedRecord
from lamplighter.hub.site.postgresql import locks
from tests.integration.access.site_login import as_the_site
from tests.integration.patterns import story

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("linked"),
    pytest.mark.own_server,
]
WRITTEN = "Following what happened meanwhile"
GONE, CORRECTED, DECIDED = story.STORY
STRANGER = {"role": "suspect", "forenames": "Xerxes", "surname": "Ploughright", "sex": "male"}
TWINS = [t.table for t in staging_tables.tables(declared())]
_models: list[LinkModel] = []


@pytest.fixture
def linked(transactional_db: None) -> None:
    """The story among the others, linked; the model is fitted once."""
    story.receive([*story.background(), *story.STORY])
    for model in _models:
        model.save(force_insert=True)
    relinking.relink_all(fit=not _models)
    _models[:] = LinkModel.objects.all()


def officer() -> User:
    agency = ensure_agency("force-a", "Force A", "police")
    return ensure_user(
        "officer", password="a-long-password-1", display_name="A", role=Role.INVESTIGATOR, agency=agency
    )


def elsewhere(act: Callable[[], Any]) -> Any:
    """What another process does, which is told no when it has to wait for half a second."""

    def done() -> Any:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '500ms'")
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another:
        return another.submit(done).result()


def when_written(act: Callable[[], Any]) -> Callable[[str, float], None]:
    """Progress that does something elsewhere when everything is written, and not yet in its place."""

    def told(step: str, share: float) -> None:
        if step == WRITTEN:
            elsewhere(act)

    return told


def arrives(report: dict[str, Any]) -> None:
    story.receive([report])
    with transaction.atomic():
        services.match_reports([report["report_id"]])


def persons() -> dict[str, str]:
    return dict(Membership.objects.filter(current=True).values_list("record_id", "person_id"))


def withdraw(report: dict[str, Any]) -> None:
    user = officer()
    held = versions.find(user, intake.report_key(report["report_id"]))
    corrected_reports.withdraw_report(user, held, seen=held.newest.pk, reason="A test.")


def put_back(key: uuid.UUID) -> None:
    user = officer()
    corrected_reports.put_back_report(user, versions.find(user, key), reason="It was none.")


def record(report: dict[str, Any], place: int) -> str:
    return f"{report['report_id']}#{place}"


def run(statement: str, values: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def nothing_is_beside() -> bool:
    return all(run(f'SELECT count(*) FROM anew."{table}"') == [(0,)] for table in TWINS)


def test_a_report_is_matched_at_once_and_stands_in_what_is_written() -> None:
    seen: dict[str, str] = {}

    def meanwhile() -> None:
        arrives(story.FOURTH)
        seen.update(persons())

    before = persons()
    relinking.relink_all(when_written(meanwhile), fit=False)
    new, known = record(story.FOURTH, 2), record(story.STORY[2], 2)
    assert seen[new] == before[known]
    assert persons() == seen
    assert PreparedRecord.objects.filter(record_id=new).count() == 1
    assert Link.objects.filter(left_record=known, right_record=new).exists() or (
        Link.objects.filter(left_record=new, right_record=known).exists()
    )
    assert nothing_is_beside()
    relinking.relink_all(fit=False)
    assert persons() == seen


@pytest.mark.parametrize("back", [False, True])
def test_a_report_that_is_withdrawn_meanwhile_is_left_out_and_one_put_back_at_last_is_in(
    monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    before = persons()
    services.decide(officer(), Decision.Kind.SAME, [(record(GONE, 2), record(DECIDED, 2))], "In custody.")
    key = intake.report_key(GONE["report_id"])
    followed = relinking.Meanwhile._followed

    def and_then(self: relinking.Meanwhile) -> bool:
        few = followed(self)
        # When all has been followed but what happens from now on, and nobody waits yet.
        if back and versions.standing_version(key) is None:
            elsewhere(lambda: put_back(key))
        return few

    monkeypatch.setattr(relinking.Meanwhile, "_followed", and_then)
    relinking.relink_all(when_written(lambda: withdraw(GONE)), fit=False)
    mine = {record(GONE, 1), record(GONE, 2)}
    assert persons() == (before if back else {r: p for r, p in before.items() if r not in mine})
    assert PreparedRecord.objects.filter(record_id__in=mine).count() == (2 if back else 0)
    # It was not erased: what somebody decided about it is there.
    assert Decision.objects.count() == 1
    assert nothing_is_beside()


@pytest.mark.parametrize("free_rounds", [0, 4])
def test_more_reports_than_others_wait_for_are_followed_before(
    monkeypatch: pytest.MonkeyPatch, free_rounds: int
) -> None:
    """In turns, where reports come as fast as they are followed: others are matched between two of them."""
    monkeypatch.setattr(relinking, "FEW", 1)
    monkeypatch.setattr(relinking, "FREE_ROUNDS", free_rounds)
    coming = [story.FOURTH | {"report_id": f"force_a:4A/00040{n}/26"} for n in range(3)]
    more = [story.FOURTH | {"report_id": f"force_a:4A/00050{n}/26"} for n in range(3)]
    turns = []

    @contextmanager
    def turn(name: str) -> Iterator[None]:
        with locks.turn(name):
            yield
        turns.append(name)
        if len(turns) <= len(more):
            elsewhere(lambda: arrives(more[len(turns) - 1]))

    monkeypatch.setattr(relinking, "turn", turn)
    relinking.relink_all(when_written(lambda: [arrives(report) for report in coming]), fit=False)
    came = coming if free_rounds else [*coming, *more]
    assert len(turns) == (0 if free_rounds else len(came))
    who = persons()
    assert {who[record(r, 2)] for r in came} == {who[record(DECIDED, 2)]}
    assert nothing_is_beside()


def test_a_turn_that_fails_holds_nothing() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), locks.turn(services.LOCK):
        run("SELECT 1 / 0")
    connection.close()

    def takes_it() -> None:
        # The server may need a moment to end a session that was closed.
        run_only("SET lock_timeout = '30s'")
        run("SELECT pg_advisory_lock(72019, hashtext(%s))", [services.LOCK])

    elsewhere(takes_it)


def test_keys_of_late_are_looked_up_by_their_index_from_the_first() -> None:
    """The table is empty when the plan is made, and fills: read from end to end it would take ever longer."""
    relinking.relink_all(fit=False)
    with transaction.atomic():
        run("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)")
        plan = run("EXPLAIN SELECT record FROM people_recentkey WHERE key = 1")
    assert not any("Seq Scan" in line for (line,) in plan)


def test_what_is_erased_is_in_neither() -> None:
    def meanwhile() -> None:
        arrives(story.FOURTH)
        assert erase_reports([GONE["report_id"], story.FOURTH["report_id"]])["intake_reportversion"] == 2

    relinking.relink_all(when_written(meanwhile), fit=False)
    gone = {record(r, place) for r in (GONE, story.FOURTH) for place in (1, 2)}
    assert not Membership.objects.filter(record_id__in=gone).exists()
    assert not PreparedRecord.objects.filter(record_id__in=gone).exists()
    links = set(Link.objects.values_list("left_record", "right_record"))
    assert not {r for pair in links for r in pair} & gone
    assert len(persons()) == run("SELECT count(*) FROM intake_personrecord")[0][0]
    assert nothing_is_beside()


def test_what_was_matched_again_and_is_erased_then_is_in_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    """Erased after it was followed, and before the lock is taken for the switch."""
    follow = relinking.Meanwhile._followed

    def followed(self: relinking.Meanwhile) -> bool:
        few = follow(self)
        if not erased:
            erased.append(elsewhere(lambda: erase_reports([story.FOURTH["report_id"]])))
        return few

    erased: list[Any] = []
    monkeypatch.setattr(relinking.Meanwhile, "_followed", followed)
    before = persons()
    relinking.relink_all(when_written(lambda: arrives(story.FOURTH)), fit=False)
    assert len(erased) == 1
    assert persons() == before
    assert not PreparedRecord.objects.filter(report_id=story.FOURTH["report_id"]).exists()


def test_a_correction_that_leaves_nobody_is_followed() -> None:
    relinking.relink_all(when_written(lambda: arrives(CORRECTED | {"people": ()})), fit=False)
    assert not {record(CORRECTED, 1), record(CORRECTED, 2)} & persons().keys()
    assert not PreparedRecord.objects.filter(report_id=CORRECTED["report_id"]).exists()


def test_a_correction_a_decision_and_an_undo_stand_in_what_is_written() -> None:
    by, who = officer(), persons()
    suspects = [record(r, 2) for r in story.STORY]
    strangers = sorted(r for r in who if r.startswith("force_a:4A/9"))[:2]
    taken_back, _ = services.decide(
        by, Decision.Kind.SAME, [(strangers[0], strangers[1])], "One custody photo."
    )
    seen: dict[str, str] = {}

    def meanwhile() -> None:
        arrives(CORRECTED | {"people": (story.VICTIM_B, STRANGER)})
        services.part(by, DECIDED["report_id"], who[suspects[2]], "Another man, by his photograph.")
        services.undo(by, taken_back, "Two photographs were mixed up.")
        seen.update(persons())

    relinking.relink_all(when_written(meanwhile), fit=False)
    now = persons()
    assert now == seen
    assert len({now[r] for r in suspects}) == 3
    assert now[strangers[0]] != now[strangers[1]]
    assert now[record(CORRECTED, 1)] == now[record(DECIDED, 1)] == who[record(DECIDED, 1)]


def test_a_merge_and_a_split_meanwhile_are_written_down_once() -> None:
    """What is written beside finds them too. Somebody decides, takes it back, and decides once more."""
    by, who = officer(), persons()
    strangers = sorted(r for r in who if r.startswith("force_a:4A/9"))[:2]
    same = Decision.Kind.SAME, [(strangers[0], strangers[1])], "One custody photo."

    def meanwhile() -> None:
        act, _ = services.decide(by, *same)
        services.undo(by, act, "Two photographs were mixed up.")
        services.decide(by, *same)
        arrives(CORRECTED | {"people": (story.VICTIM_B, STRANGER)})
        seen.extend(changes())

    seen: list[Any] = []
    relinking.relink_all(when_written(meanwhile), fit=False)
    merged = ("merged", who[strangers[0]], who[strangers[1]])
    assert [c[0] for c in seen if who[strangers[1]] in c] == ["merged", "revived", "merged"], seen
    assert {c for c in seen if c[0] == "merged"} & {merged, (merged[0], merged[2], merged[1])}
    assert changes() == seen


def changes() -> list[Any]:
    return list(PersonChange.objects.order_by("pk").values_list("kind", "person_id", "other_person_id"))


def test_whoever_is_killed_leaves_what_was_in_use() -> None:
    before = persons()
    (me,) = run("SELECT pg_backend_pid()")[0]

    def killed() -> None:
        arrives(story.FOURTH)
        run("SELECT pg_terminate_backend(%s, 5000)", [me])

    with pytest.raises(OperationalError):
        relinking.relink_all(when_written(killed), fit=False)
    connection.close()
    assert {r: p for r, p in persons().items() if r in before} == before
    assert record(story.FOURTH, 1) in persons()
    assert nothing_is_beside()
    after = persons()
    relinking.relink_all(fit=False)
    assert persons() == after


def test_who_comes_second_waits_and_a_copy_too() -> None:
    done = []
    steps = []

    def second() -> None:
        try:
            relinking.relink_all(lambda step, share: steps.append(step), fit=False)
            done.append(True)
        finally:
            connection.close()

    another = threading.Thread(target=second)

    def meanwhile() -> None:
        with pytest.raises(OperationalError, match="lock timeout"):
            relinking.relink_all(fit=False)
        with pytest.raises(OperationalError, match="lock timeout"):
            run(f"SELECT pg_advisory_lock_shared({staging_tables.ALONE})")

    def told(step: str, share: float) -> None:
        if step == WRITTEN:
            elsewhere(meanwhile)
            another.start()
            assert steps == []

    before = persons()
    relinking.relink_all(told, fit=False)
    another.join(60)
    assert done == [True]
    assert persons() == before


def test_somebody_who_reads_is_waited_for_while_reports_are_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    read, end = threading.Event(), threading.Event()

    def reads() -> None:
        try:
            with transaction.atomic():
                assert Link.objects.exists()
                read.set()
                assert end.wait(60)
        finally:
            connection.close()

    reader = threading.Thread(target=reads)

    def told(step: str, share: float) -> None:
        if step == WRITTEN:
            reader.start()
            assert read.wait(60)

    pauses = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        elsewhere(lambda: arrives(story.FOURTH))
        end.set()
        reader.join(60)

    # Its own clock alone: others pause as well.
    clock = SimpleNamespace(sleep=sleep, monotonic=time.monotonic)
    monkeypatch.setattr(relinking, "time", clock)
    relinking.relink_all(told, fit=False)
    assert pauses == [relinking.PAUSE]
    assert persons()[record(story.FOURTH, 2)] == persons()[record(DECIDED, 2)]


def test_statements_that_stay_prepared_read_what_is_in_its_place() -> None:
    """Each is planned for a table that is another one afterwards."""
    other: list[Any] = []
    go, planned, ready = threading.Event(), threading.Event(), threading.Event()

    def reads() -> None:
        try:
            for number in range(2):
                with transaction.atomic():
                    tables = services.Tables()
                    other.append(sorted(c.record_id for c in tables.reports([DECIDED["report_id"]])))
                if not number:
                    planned.set()
                    assert go.wait(60)
        finally:
            connection.close()
            ready.set()

    reader = threading.Thread(target=reads)
    reader.start()
    assert planned.wait(60)
    relinking.relink_all(fit=False)
    go.set()
    assert ready.wait(60)
    reader.join(60)
    assert other == [[record(DECIDED, 1), record(DECIDED, 2)]] * 2


def run_only(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_site_writes_anew_behind_its_own_walls() -> None:
    before = persons()
    with as_the_site(), identity.job("find who is who"):
        assert relinking.relink_all(fit=False)["records"] == len(before)
    assert persons() == before
    assert nothing_is_beside()


def test_nobody_else_reaches_what_is_beside() -> None:
    with as_the_site():
        for purpose in ("match a new report", "receive reports", "erase a report"):
            with identity.as_service(purpose):
                for function in ("anew_begin", "anew_indexed", "anew_switch"):
                    with pytest.raises(DatabaseError, match="only who finds"), transaction.atomic():
                        run(f"SELECT access.{function}()")
        for role in ("none", sync.WEB, sync.SERVICE):
            with transaction.atomic():
                run("SELECT set_config('role', %s, true)", [role])
                for table in TWINS:
                    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                        run(f'SELECT FROM anew."{table}"')
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    run("SELECT access.anew_switch()")


def test_a_twin_is_what_its_table_is() -> None:
    """Also after they have taken each other's place, once and twice."""
    looks = [looked(schema) for schema in ("public", "anew")]
    assert looks[0] == looks[1]
    assert {"people_link", "people_membership", "people_preparedrecord"} <= set(TWINS)
    for _ in range(2):
        relinking.relink_all(fit=False)
        assert [looked("public"), looked("anew")] == looks


def looked(schema: str) -> list[list[Any]]:
    """Columns, indexes, conditions, rules and rights of the tables that have a twin, in a schema."""
    of = "n.nspname = %s AND c.relname = ANY(%s)"
    at = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    asked = [
        f"SELECT c.relname, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity {at}"
        f" JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        f" WHERE {of} ORDER BY 1, 2",
        f"SELECT c.relname, replace(pg_get_indexdef(x.indexrelid), n.nspname || '.', '') {at}"
        f" JOIN pg_index x ON x.indrelid = c.oid WHERE {of} ORDER BY 1, 2",
        f"SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) {at}"
        f" JOIN pg_constraint k ON k.conrelid = c.oid WHERE {of} ORDER BY 1, 2",
        f"SELECT c.relname, c.relrowsecurity, array_agg(e::text ORDER BY e::text) {at}"
        f" CROSS JOIN LATERAL aclexplode(c.relacl) e WHERE {of} GROUP BY 1, 2 ORDER BY 1",
        "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies"
        " WHERE schemaname = %s AND tablename = ANY(%s) ORDER BY 1, 2",
        "SELECT c.relname, s.relacl::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_depend d ON d.refobjid = c.oid AND d.deptype = 'i' JOIN pg_class s ON s.oid = d.objid"
        f" AND s.relkind = 'S' WHERE {of} ORDER BY 1",
    ]
    return [run(statement, [schema, TWINS]) for statement in asked]
