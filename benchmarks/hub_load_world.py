"""A hub of any size for the load benchmark, made with SQL as the owner of the tables.

Twelve agencies of four kinds; three to five of them work on each case. Half of
a case's history is shared, the rest lies in the partitions of those who work on
it. Everybody in it is made up: names are drawn as the made-up world draws them.
Spread by remainders of a case's number, so that two runs make the same hub.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks import hub_load_other_side, hub_load_victim_side
from benchmarks.hub_load_rows import CASES

# Another number, and a hub that was kept is not taken for one of these.
VERSION = 2
AGENCIES = {
    "police": ("force-a", "force-b", "force-c", "force-d"),
    "advocacy": ("helpline", "refuge", "support-line"),
    "health": ("health", "health-north"),
    "probation": ("probation", "probation-north"),
    "hub": ("hub",),
}
# Who sits in which kind of agency, in turn.
ROLES = {
    "police": ("investigator", "investigator", "stalking_lead"),
    "advocacy": ("advocate",),
    "health": ("clinician",),
    "probation": ("probation",),
    "hub": ("coordinator",),
}
# Of each agency, so that fifty are: 24 police, 15 advocates, 4 clinicians, 4 of probation, 3 coordinators.
A_DESK = {"police": 6, "advocacy": 5, "health": 2, "probation": 2, "hub": 3}
WORDS = (
    "Waited outside her work and followed the bus to the end of the line. Told the officer on the case. "
    "Came again in the evening; a neighbour saw the car. What was agreed stands until the next meeting."
)
Say = Callable[[str], None]


def people(most: int, accounts: int) -> list[Any]:
    """``most`` of ``accounts`` people, the agencies in turn, so that few people are of mixed roles too."""
    from lamplighter.hub.accounts.models import Agency, User

    desks = []
    for kind, codes in AGENCIES.items():
        for code in codes:
            agency, _ = Agency.objects.get_or_create(
                code=code, defaults={"name": code.replace("-", " ").title(), "kind": kind}
            )
            seats = range(A_DESK[kind])
            desks += [(seat, code, agency, ROLES[kind][seat % len(ROLES[kind])]) for seat in seats]
    desks.sort(key=lambda desk: desk[0])
    wanted = []
    for number in range(max(most, accounts)):
        seat, code, agency, role = desks[number % len(desks)]
        wanted.append(
            User(
                username=f"{code}-{seat}-{number}",
                display_name=f"Sam Reed {number}",
                role=role,
                agency=agency,
                password="!",
            )
        )
    User.objects.bulk_create(wanted, ignore_conflicts=True)
    held = User.objects.in_bulk([user.username for user in wanted[:most]], field_name="username")
    return [held[user.username] for user in wanted[:most]]


def names(count: int) -> list[str]:
    """As many made-up names, frequent ones often."""
    import numpy as np

    from lamplighter.synthetic.people.names import GROUPS, book, draw_forenames, draw_surnames

    chance = np.random.Generator(np.random.PCG64(20261124))
    groups = len(GROUPS)
    group = chance.choice(groups, size=count, p=[0.7] + [0.3 / (groups - 1)] * (groups - 1))
    first = draw_forenames(chance, group, chance.integers(0, 2, count), chance.integers(0, 3, count))
    last = draw_surnames(chance, group)
    forenames, surnames = np.asarray(book().forenames), np.asarray(book().surnames)
    return [f"{a} {b}" for a, b in zip(forenames[first], surnames[last], strict=True)]


def build(cases: int, entries: int, say: Say) -> None:
    """Fill the empty tables and make them ready to be read."""
    from django.db import connection, transaction

    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        fill(cursor, cases, entries, say)
    at = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    say(f"  vacuum and analyse                        {time.monotonic() - at:6.1f} s")
    say(f"built in {time.monotonic() - began:.0f} s; the database has {size / 1e6:,.0f} MB")


def fill(cursor: Any, cases: int, entries: int, say: Say) -> None:
    """The rows, in one transaction. Foreign keys are not looked up one by one: the statements keep them."""
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute("SELECT setseed(0.5)")
    _desk_tables(cursor)
    cursor.execute("CREATE TEMP TABLE bench_name (n int PRIMARY KEY, name text) ON COMMIT DROP")
    with cursor.copy("COPY bench_name FROM STDIN") as copy:
        for number, name in enumerate(names(2 * cases)):
            copy.write_row((number, name))
    for title, statement in statements():
        at = time.monotonic()
        cursor.execute(statement, {"cases": cases, "entries": entries})
        if title:
            say(f"  {title:<24} {cursor.rowcount:>10,} rows  {time.monotonic() - at:6.1f} s")


def statements() -> list[tuple[str, str]]:
    """``(what it makes, the statement)`` in order; both sizes are parameters of each."""
    return [
        *_statements(),
        ("", CASES),
        ("", "ANALYZE bench_case"),
        *hub_load_victim_side.statements(),
        *hub_load_other_side.statements(),
    ]


def _desk_tables(cursor: Any) -> None:
    """Agencies of each kind by number, and the people of each agency by number."""
    cursor.execute(
        "CREATE TEMP TABLE bench_agency ON COMMIT DROP AS"
        " SELECT kind, code, (row_number() OVER (PARTITION BY kind ORDER BY code) - 1)::int AS n,"
        " (count(*) OVER (PARTITION BY kind))::int AS many FROM accounts_agency"
    )
    cursor.execute(
        "CREATE TEMP TABLE bench_user ON COMMIT DROP AS"
        " SELECT agency_id AS code, id, (row_number() OVER (PARTITION BY agency_id ORDER BY id) - 1)::int"
        " AS n, (count(*) OVER (PARTITION BY agency_id))::int AS many FROM accounts_user"
    )
    cursor.execute("CREATE INDEX ON bench_user (code, n)")
    cursor.execute(
        # Who works on which case: a force, an advocacy service and a health service; with most, probation;
        # with some, a second force or the hub. slot tells them apart, at is when they came.
        "CREATE TEMP TABLE bench_on (case_id int, kind text, code text, slot int) ON COMMIT DROP"
    )


def _statements() -> list[tuple[str, str]]:
    """``(what it makes, the statement)`` in order. ``%(cases)s`` and ``%(entries)s`` are the two sizes."""
    letters = "BCDFGHJKLMNPQRSTVWXZ2345679"
    # The number of a case in base 27, scattered: unique, and it looks like the real ones.
    place = "(i::bigint * 1299709 + 7919) %% 282429536481"
    code = " || ".join(
        f"substr('{letters}', (({place}) / {27**k} %% 27)::int + 1, 1)" + (" || '-'" if k == 3 else "")
        for k in range(8)
    )
    opened = "now() - make_interval(secs => 3600.0 * ((i::bigint * 7919) %% 17520) + 600)"
    who = "(SELECT u.id FROM bench_user u WHERE u.code = {code} AND u.n = ({n}) %% u.many LIMIT 1)"
    row = "gen_random_uuid(), {case}, {code}, {who}, {at}"

    def of(case: str, code: str, n: str, at: str) -> str:
        return row.format(case=case, code=code, who=who.format(code=code, n=n), at=at)

    triaged, changed = "c.opened_at + interval '20 hours'", "c.opened_at + s.later"
    columns = "key, case_id, owner_id, by_id, at"
    return [
        (
            "participations drawn",
            "INSERT INTO bench_on SELECT i, a.kind, a.code, s.slot FROM generate_series(1, %(cases)s) i"
            " CROSS JOIN (VALUES (0, 'police', 1, 0, 10), (1, 'advocacy', 4, 0, 10), (2, 'health', 12, 0, 8),"
            " (3, 'probation', 24, 0, 6), (4, 'police', 1, 1, 3), (5, 'hub', 1, 0, 1))"
            " AS s (slot, kind, step, further, tenths)"
            " JOIN bench_agency a ON a.kind = s.kind AND a.n = (i / s.step + s.further) %% a.many"
            " WHERE (i * 7 + s.slot * 3) %% 10 < s.tenths OR s.tenths = 10",
        ),
        ("", "CREATE INDEX ON bench_on (case_id, slot)"),
        ("", "ANALYZE bench_on"),
        (
            "cases",
            "INSERT INTO cases_case (id, key, reference, owner_id, course_id, opened_at, by_id)"
            f" SELECT i, gen_random_uuid(), 'LL-' || {code}, o.code, '', {opened},"
            f" {who.format(code='o.code', n='i / 4')} FROM generate_series(1, %(cases)s) i"
            " JOIN bench_on o ON o.case_id = i AND o.slot = 0",
        ),
        (
            "participations",
            f"INSERT INTO cases_participation ({columns}, agency_id, reason, ended_at, ended_why)"
            f" SELECT {of('c.id', 'o.code', 'c.id / 4', 'c.opened_at')}, o.code, 'From the referral',"
            " CASE WHEN o.slot > 2 AND c.id %% 17 = 0 THEN now() END, ''"
            " FROM cases_case c JOIN bench_on o ON o.case_id = c.id",
        ),
        (
            "people of cases",
            f"INSERT INTO cases_party ({columns}, side, person_id, name, also_known_as, birth_date, reason)"
            f" SELECT {of('c.id', 'c.owner_id', 'c.id / 4', 'c.opened_at')}, s.side,"
            " CASE WHEN c.id %% 9 = 0 THEN 'P-' || c.id / 18 || s.side ELSE '' END, b.name, '',"
            " date '1950-01-01' + (c.id * 37 %% 20000)::int"
            " , '' FROM cases_case c CROSS JOIN (VALUES ('victim', 0), ('suspect', 1)) AS s (side, n)"
            " JOIN bench_name b ON b.n = 2 * (c.id - 1) + s.n",
        ),
        (
            "referrals",
            f"INSERT INTO cases_referral ({columns}, crime_numbers, why, danger, risk_now, victim_knows)"
            f" SELECT {of('c.id', 'c.owner_id', 'c.id / 4', 'c.opened_at')}, '', '{WORDS}', 'no', '', 'yes'"
            " FROM cases_case c",
        ),
        (
            "triage",
            f"INSERT INTO cases_triage ({columns}, decision, threshold, reason, redirected_to)"
            f" SELECT {of('c.id', 'c.owner_id', 'c.id / 4', triaged)},"
            " CASE WHEN c.id / 5 %% 2 = 0 THEN 'direct' ELSE 'consultation' END, 'fixation',"
            " 'As it was told', '' FROM cases_case c WHERE c.id %% 7 <> 0",
        ),
        (
            "statuses",
            f"INSERT INTO cases_status ({columns}, name, reason)"
            f" SELECT {of('c.id', 'c.owner_id', 'c.id / 4', changed)}, s.name, 'As it was told'"
            " FROM cases_case c CROSS JOIN (VALUES ('referred', interval '0'),"
            " ('consultation', interval '20 hours'), ('closed', interval '100 days')) AS s (name, later)"
            " WHERE c.opened_at + s.later < now() AND (s.name = 'referred' OR c.id %% 7 <> 0)"
            " AND (s.name <> 'closed' OR c.id %% 3 = 0)",
        ),
        (
            "legal statuses",
            f"INSERT INTO cases_legalstatus ({columns}, name, since, source, offence, reference, ends)"
            f" SELECT {of('c.id', 'c.owner_id', 'c.id / 4', 'c.opened_at')},"
            " (ARRAY['investigation', 'no_action', 'convicted', 'charged'])[1 + c.id / 7 %% 4],"
            " c.opened_at::date, '', '', '', false FROM cases_case c",
        ),
        # One in six cases has seven times as many lines as the others. Hashed: a case has every partition.
        (
            "entries",
            "INSERT INTO cases_entry (key, case_id, owner_id, by_id, at, partition, kind, happened_at, title,"
            " body, page) SELECT gen_random_uuid(), d.case_id, coalesce(o.code, lead.code),"
            f" {who.format(code='coalesce(o.code, lead.code)', n='d.n')}, d.at,"
            " CASE WHEN o.code IS NULL THEN 'shared' ELSE d.partition END,"
            " (ARRAY['note', 'status', 'contact', 'agency', 'legal_status'])[1 + d.n / 7 %% 5], d.at,"
            " (ARRAY['Meeting of the agencies', 'Followed again', 'Told the others', 'A call was made',"
            " 'What is planned was looked at'])[1 + d.n / 7 %% 5],"
            f" CASE WHEN d.n / 2 %% 3 = 0 THEN '{WORDS}' ELSE 'As agreed.' END, ''"
            " FROM (SELECT n, c.id AS case_id, c.opened_at + (now() - c.opened_at) * random() AS at,"
            " (ARRAY['shared', 'police', 'shared', 'advocacy', 'shared', 'police', 'shared', 'health',"
            " 'shared', 'advocacy'])[1 + (hashint4(n) & 1023) %% 10] AS partition"
            " FROM generate_series(1, %(entries)s) n"
            " JOIN cases_case c ON c.id = 1 + CASE WHEN n %% 2 = 0"
            " THEN ((n / 2)::bigint * 7907 %% (%(cases)s / 6 + 1)) * 6 %% %(cases)s"
            " ELSE (n / 2)::bigint * 104729 %% %(cases)s END) AS d"
            " JOIN bench_on lead ON lead.case_id = d.case_id AND lead.slot = 0"
            " LEFT JOIN bench_on o ON o.case_id = d.case_id AND o.slot = CASE d.partition"
            " WHEN 'advocacy' THEN 1 WHEN 'health' THEN 2 ELSE 0 END",
        ),
        # About two running clocks a case, one in five late; some are somebody's own.
        (
            "clocks",
            "INSERT INTO clocks_clock (key, case_id, owner_id, by_id, at, partition, kind, text, why,"
            " starts_at, due_at, assigned_to_id, state, ended_at, ended_why, page)"
            f" SELECT gen_random_uuid(), c.id, o.code, {who.format(code='o.code', n='c.id / 4')},"
            " c.opened_at, k.partition, k.kind, k.text, 'By the rules.', c.opened_at,"
            " now() + make_interval(mins => ((c.id::bigint * 7919 + o.slot * 977) %% 129600 - 25920)::int),"
            f" CASE WHEN c.id %% 5 <> 0 THEN {who.format(code='o.code', n='c.id / 4')} END, s.state,"
            " CASE WHEN s.state = 'done' THEN least(now(), c.opened_at + interval '2 days') END, '', ''"
            " FROM cases_case c CROSS JOIN (VALUES (0, 'shared', 'case.review', 'Review the case'),"
            " (1, 'advocacy', 'victim.contact_day_3', 'Contact the victim: day 3 of 7'),"
            " (2, 'health', 'perpetrator.measure', 'Measure again'),"
            " (0, 'police', 'police.check', 'Check the order')) AS k (slot, partition, kind, text)"
            " JOIN bench_on o ON o.case_id = c.id AND o.slot = k.slot"
            " CROSS JOIN LATERAL (SELECT CASE WHEN (c.id / 3 + k.slot) %% 2 = 0 THEN 'running'"
            " ELSE 'done' END) AS s (state)",
        ),
        (
            "clocks of triage",
            "INSERT INTO clocks_clock (key, case_id, owner_id, by_id, at, partition, kind, text, why,"
            " starts_at, due_at, state, ended_why, page)"
            " SELECT gen_random_uuid(), c.id, c.owner_id, c.by_id, c.opened_at, 'shared', 'case.triage',"
            " 'Decide what the hub does', 'By the rules.', c.opened_at,"
            " now() + make_interval(mins => ((c.id::bigint * 104729) %% 10080 - 2880)::int),"
            " 'running', '', '' FROM cases_case c WHERE c.id %% 7 = 0",
        ),
        ("", "SELECT setval(pg_get_serial_sequence('cases_case', 'id'), %(cases)s)"),
    ]
