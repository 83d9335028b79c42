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

from benchmarks.harness import say

# How the rows of one side of a case are made: sets of rows, from the numbers of the cases.

COLUMNS = "key, case_id, owner_id, by_id, at"
CASES = (
    # Who does what on a case, once: the agency and the person of each kind.
    "CREATE TEMP TABLE bench_case ON COMMIT DROP AS"
    " SELECT c.id, c.opened_at, c.owner_id AS police, c.by_id AS police_by,"
    " a.code AS advocacy, a.who AS advocacy_by, h.code AS health, h.who AS health_by,"
    " p.code AS probation, p.who AS probation_by FROM cases_case c"
    + "".join(
        f" LEFT JOIN (SELECT o.case_id, o.code, u.id AS who FROM bench_on o JOIN bench_user u"
        f" ON u.code = o.code AND u.n = (o.case_id / 4) %% u.many WHERE o.slot = {slot}) AS {short}"
        f" ON {short}.case_id = c.id"
        for slot, short in ((1, "a"), (2, "h"), (3, "p"))
    )
)


def after(days: str) -> str:
    """The moment so many days after the case was opened: at ten, or at once on the first day."""
    day = f"date_trunc('day', c.opened_at) + ({days}) * interval '1 day' + interval '10 hours'"
    return f"greatest(c.opened_at, {day})"


def _title(table: str) -> str:
    return table.split("_side_")[-1].removeprefix("sharing_")


def add(
    table: str, names: str, values: str, *, side: str, at: str, of: str = "", when: str = ""
) -> tuple[str, str]:
    """One statement that adds rows of one side, for each case that has this side and where it is past.

    ``of`` is joined to the cases and may use ``c``; ``names`` and ``values`` are the table's own columns.
    """
    return (
        _title(table),
        f"INSERT INTO {table} ({COLUMNS}, {names}) SELECT gen_random_uuid(), c.id, c.{side}, c.{side}_by,"
        f" {at}, {values} FROM bench_case c {of} WHERE c.{side} IS NOT NULL AND {at} <= now()"
        + (f" AND {when}" if when else ""),
    )


def follow(table: str, names: str, values: str, *, of: str, at: str, when: str = "true") -> tuple[str, str]:
    """One statement that adds a row to rows ``r`` of the table ``of``, by the same person."""
    return (
        _title(table),
        f"INSERT INTO {table} ({COLUMNS}, {names}) SELECT gen_random_uuid(), r.case_id, r.owner_id, r.by_id,"
        f" {at}, {values} FROM {of} r WHERE {when}",
    )


# What only the victim's side of a case has, in the numbers of a case that has run for a while.

TOLD = "She told it in her own words; what it was like, and what she wants to come of it."
NEEDS = (
    '{"safety": {"level": "urgent", "words": "Back door"}, "digital": {"level": "some", "words": ""},'
    ' "health": {"level": "some", "words": "Sleeps little"}, "work": {"level": "none", "words": ""}}'
)
PLAN = (
    '{"now": "999, then 55", "home": "Locks changed", "phone": "Another telephone",'
    ' "travel": "Two stops earlier", "people": "A neighbour"}'
)


def _contact() -> list[tuple[str, str]]:
    # Days 1, 3 and 7, then every fortnight for some months; some leave early, some stay.
    day = "CASE k.n WHEN 1 THEN 1 WHEN 2 THEN 3 ELSE 7 + 14 * (k.n - 3) END"
    window = '[{"days": [0, 4], "from": "10:00", "to": "14:00"}]'
    contact = "partition, direction, channel, happened_at, words, rule"
    said = "'How she is, what has happened since, and what is agreed until the next time.'"
    return [
        add("victim_side_safecontact",
            "number, phone, email, address, no_contact, channels, text_first, may_leave_message, windows,"
            " who_may_answer, safe_word, words, parents_may, parents_never, school, must_not_be_told,"
            " may_not_interpret, may_not_answer, asked_who, language, speech",
            "v.number, '07700 900' || lpad((c.id %% 1000)::text, 3, '0'), '', 'Made up', false,"
            " ARRAY['text', 'call'], c.id %% 3 = 0, c.id %% 5 = 0,"
            f" '{window}'::jsonb, 'Her sister', 'library', '', '', '', ''," " '', '', '', false, '', ''",
            side="advocacy", at=after("20 * (v.number - 1)"),
            of="CROSS JOIN generate_series(1, 2) AS v (number)", when="(v.number = 1 OR c.id %% 3 = 0)"),
        add("victim_side_contact", contact,
            "'advocacy', CASE WHEN (c.id + k.n) %% 6 = 0 THEN 'in' ELSE 'out' END,"
            f" (ARRAY['call', 'text', 'in_person'])[1 + (c.id + k.n) %% 3], {after(day)}, {said}, s.key",
            side="advocacy", at=after(day), of="CROSS JOIN generate_series(1, 8) AS k (n)"
            " JOIN victim_side_safecontact s ON s.case_id = c.id AND s.number = 1",
            when="k.n <= 3 + c.id %% 6"),
        add("victim_side_contact", contact, f"'police', 'out', 'call', {after('2')}, {said}, s.key",
            side="police", at=after("2"),
            of="JOIN victim_side_safecontact s ON s.case_id = c.id AND s.number = 1", when="c.id %% 2 = 0"),
        follow("victim_side_contactresult", "partition, contact_id, result, agreed",
            "r.partition, r.id, CASE WHEN r.id %% 4 = 0 THEN 'no_answer' ELSE 'reached' END, 'As planned.'",
            of="victim_side_contact", at="r.at", when="r.id %% 11 <> 0"),
    ]  # fmt: skip


def _standing_by() -> list[tuple[str, str]]:
    words, versions = f"'{TOLD}'", "CROSS JOIN generate_series(1, 3) AS v (n)"
    return [
        add("victim_side_advocateofcase", "advocate_id, since", "c.advocacy_by, c.opened_at::date",
            side="advocacy", at="c.opened_at"),
        add("victim_side_needsassessment", "number, areas, words", f"v.n, '{NEEDS}'::jsonb, ''",
            side="advocacy", at=after("1 + 30 * (v.n - 1)"), of=versions,
            when="(v.n = 1 OR v.n = 2 AND c.id %% 3 = 0)"),
        add("victim_side_safetyplan", "number, sections, change",
            f"v.n, '{PLAN}'::jsonb, CASE WHEN v.n > 1 THEN 'Another way to work' ELSE '' END",
            side="advocacy", at=after("1 + 25 * (v.n - 1)"), of=versions, when="v.n <= 1 + c.id %% 3"),
        add("victim_side_impactentry", "happened_on, words, elements, effects",
            f"c.opened_at::date - 3, {words}, ARRAY['harassed', 'fear_of_violence'], ARRAY['route', 'sleep']",
            side="advocacy", at=after("2 + 15 * v.n"), of=versions),
        add("victim_side_supportevent",
            "state, since, reasons, words, others_present, asked_to_stop, afraid_to_say, pressure_words,"
            " may_share", f"(ARRAY['supports', 'unsure', 'returned'])[v.n], {after('1 + 20 * v.n')}::date,"
            f" CASE WHEN v.n = 2 THEN ARRAY['fear', 'delay'] ELSE ARRAY[]::text[] END, {words}, 'no', 'no',"
            " CASE WHEN v.n = 2 THEN 'yes' ELSE 'no' END, '', c.id %% 2 = 0", side="advocacy",
            at=after("1 + 20 * v.n"), of=versions, when="(v.n = 1 OR c.id %% 4 = 0)"),
    ]  # fmt: skip


def _updates() -> list[tuple[str, str]]:
    due = "e.at + interval '1 day'"
    return [
        add("victim_side_enhancedrights", "enhanced, applies, refused, reason",
            "true, '{persistently_targeted}', '{}', 'Repeated over months'", side="police", at=after("1"),
            when="c.id %% 3 = 0"),
        add("victim_side_codeevent", "kind, happened_on, due_at",
            f"e.kind, {after('e.day')}::date, {after('e.day + 1')} + interval '7 hours'", side="police",
            at=after("e.day"),
            of="CROSS JOIN (VALUES ('arrest', 2, 9), ('bail', 3, 7), ('charge', 40, 4), ('hearing', 90, 3))"
            " AS e (kind, day, tenths)", when="(c.id * 7 + e.day) %% 10 < e.tenths"),
        # One in a hundred was forgotten; the newest wait for their day.
        follow("victim_side_codeupdate", "event_id, told_at", "r.id, r.at + interval '5 hours'",
            of="victim_side_codeevent", at="r.at + interval '5 hours'",
            when="r.at < now() - interval '1 day' AND r.case_id %% 100 <> 0"),
        ("clocks of updates",
            "INSERT INTO clocks_clock (key, case_id, owner_id, by_id, at, partition, kind, text, why,"
            " starts_at, due_at, state, ended_why, page, of_key)"
            " SELECT gen_random_uuid(), e.case_id, e.owner_id, e.by_id, e.at, 'shared',"
            f" 'victims_code.update', 'Tell the victim', 'By the rules.', e.at, {due},"
            " 'running', '', '', e.key"
            " FROM victim_side_codeevent e LEFT JOIN victim_side_codeupdate u ON u.event_id = e.id"
            " WHERE u.id IS NULL"),
    ]  # fmt: skip


# What only the other side of a case has, for one convicted person in two a programme with its sessions and
# measures, and what was let across the wall: on each case about 1.5 releases.

JUDGED = "From two conversations and the reports of both forces; to be looked at again in a month."


def _judged() -> list[tuple[str, str]]:
    typology = "scheme, type, confidence, basis"
    judged = (
        "'mullen-1999', (ARRAY['rejected', 'resentful', 'intimacy_seeking'])[1 + (c.id / 3 + v.n) %% 3],"
        f" (ARRAY['low', 'moderate'])[v.n], '{JUDGED}'"
    )
    seen = (
        "ARRAY(SELECT e.key FROM cases_entry e WHERE e.case_id = c.id AND e.partition = 'shared'"
        " ORDER BY e.happened_at DESC, e.id DESC LIMIT 2)"
    )
    return [
        add("perpetrator_side_typologyjudgement", typology, judged, side="health",
            at=after("5 + 40 * (v.n - 1)"), of="CROSS JOIN generate_series(1, 2) AS v (n)",
            when="(v.n = 1 OR c.id %% 3 = 0)"),
        add("perpetrator_side_typologyjudgement", typology, judged, side="probation", at=after("9"),
            of="CROSS JOIN (VALUES (1)) AS v (n)", when="c.id %% 2 = 0"),
        add("perpetrator_side_priorrelationship", "kind, words, source",
            "(ARRAY['ex_intimate', 'acquaintance', 'ex_intimate'])[1 + c.id %% 3], '', 'The referral'",
            side="health", at=after("5")),
        add("perpetrator_side_statement", "line, section, text, evidence, withdrawn, reason",
            f"gen_random_uuid(), s.section, '{JUDGED}',"
            f" CASE WHEN s.n = 3 THEN ARRAY[]::uuid[] ELSE {seen} END, false, ''", side="health",
            at=after("6 + s.n"),
            of="CROSS JOIN (VALUES ('presenting', 1), ('precipitating', 2), ('perpetuating', 3),"
            " ('function', 4)) AS s (section, n)"),
        follow("perpetrator_side_statement", "line, replaces_id, section, text, evidence, withdrawn, reason",
            f"r.line, r.id, r.section, '{JUDGED} Changed.', r.evidence, false, 'Said so in a session'",
            of="perpetrator_side_statement", at="r.at + interval '30 days'",
            when="r.id %% 3 = 0 AND r.at + interval '30 days' <= now()"),
    ]  # fmt: skip


def _programme() -> list[tuple[str, str]]:
    # hub_load_world: these are the cases with a conviction.
    convicted = "c.id / 7 %% 4 = 2 AND c.id %% 2 = 0"
    on = "JOIN perpetrator_side_enrolment n ON n.case_id = c.id"
    planned = "n.at + k.n * interval '7 days'"
    return [
        add("perpetrator_side_enrolment", "programme, ground, eligibility, legal_status, why",
            '\'fact\', \'probation\', \'{"adult": "yes", "moving_on": "yes", "agrees": "yes"}\'::jsonb,'
            " 'convicted', 'The order requires work with us.'", side="health", at=after("30"),
            when=convicted),
        follow("perpetrator_side_allocation", "enrolment_id, practitioner_id, supervisor",
            "r.id, r.by_id, 'Dr Ines Wren, Oak House'", of="perpetrator_side_enrolment", at="r.at"),
        ("session", f"INSERT INTO perpetrator_side_session ({COLUMNS}, enrolment_id, number, planned_at)"
            " SELECT gen_random_uuid(), c.id, n.owner_id, n.by_id,"
            f" least(now(), {planned} - interval '7 days'), n.id, k.n, {planned}"
            f" FROM bench_case c {on} CROSS JOIN generate_series(1, 9) AS k (n)"
            f" WHERE {planned} < now() + interval '7 days' AND (k.n <= 4 OR c.id %% 5 <> 0)"),
        follow("perpetrator_side_sessionoutcome", "session_id, what, words",
            "r.id, CASE WHEN r.id %% 6 = 0 THEN 'missed' ELSE 'attended' END, ''",
            of="perpetrator_side_session", at="r.planned_at", when="r.planned_at < now()"),
        follow("perpetrator_side_ending", "enrolment_id, how, why",
            "r.id, CASE WHEN r.case_id %% 5 = 0 THEN 'person' ELSE 'completed' END, 'As it was agreed.'",
            of="perpetrator_side_enrolment", at="r.at + interval '70 days'",
            when="r.at + interval '70 days' < now()"),
    ]  # fmt: skip


def _released() -> list[tuple[str, str]]:
    # As far back as a release lasts and a little more, so that some have ended.
    at = "greatest(c.opened_at, now() - (c.id * 13 %% 120 + x.later) * interval '1 day')"
    crossing = "from_partition, to_partition, to_agencies, expires_at, withdrawn_at, withdrawn_by_id"
    same = ", ".join(f"r.{name.strip()}" for name in crossing.split(","))
    taken_back = f"c.id %% 17 = 0 AND {at} < now() - interval '2 days'"

    def across(side: str, goal: str, named: str, basis: str, later: int, when: str) -> tuple[str, str]:
        return add(
            "sharing_disclosure",
            f"{crossing}, kind, basis, threshold",
            f"'{side}', '{goal}', {named}, {at} + interval '90 days',"
            f" CASE WHEN {taken_back} THEN now() - interval '1 day' END,"
            f" CASE WHEN {taken_back} THEN c.{side}_by END, 'act', '{basis}', ''",
            side=side,
            at=at,
            of=f"CROSS JOIN (VALUES ({later})) AS x (later)",
            when=when,
        )

    return [
        across("advocacy", "police", "ARRAY[]::text[]", "consent", 0, "c.id %% 10 < 6"),
        across("police", "health", "ARRAY[c.health]", "cda_115", 1,
            "c.id %% 10 < 4 AND c.health IS NOT NULL"),
        across("police", "advocacy", "ARRAY[]::text[]", "cda_115", 2, "c.id %% 10 > 6"),
        across("health", "shared", "ARRAY[]::text[]", "public_interest", 3, "c.id %% 5 = 0"),
        follow("sharing_release", f"{crossing}, disclosure_id, title, text",
            f"{same}, r.id, 'Seen at the tram stop, twice', 'On two mornings this week, from eight to nine.'",
            of="sharing_disclosure", at="r.at"),
        follow("sharing_grounds",
            "partition, disclosure_id, necessity, proportionality, consent_of, consent_how, threshold_words",
            "r.from_partition, r.id, 'They could not act without it.', 'Only where and when.', '', '', ''",
            of="sharing_disclosure", at="r.at"),
        follow("sharing_withdrawal", "partition, disclosure_id, reason",
            "r.from_partition, r.id, 'It is not so any more.'", of="sharing_disclosure", at="r.withdrawn_at",
            when="r.withdrawn_at IS NOT NULL"),
    ]  # fmt: skip


# Another number, and a hub that was kept is not taken for one of these.
VERSION = 3
AGENCIES: dict[str, tuple[tuple[str, ...], tuple[str, ...], int]] = {
    "police": (("force-a", "force-b", "force-c", "force-d"),
               ("investigator", "investigator", "stalking_lead"), 6),
    "advocacy": (("helpline", "refuge", "support-line"), ("advocate",), 5),
    "health": (("health", "health-north"), ("clinician",), 2),
    "probation": (("probation", "probation-north"), ("probation",), 2),
    "hub": (("hub",), ("coordinator",), 3),
}  # fmt: skip
"""By kind the agencies, who sits there in turn, and how many of fifty people are of each."""
WORDS = (
    "Waited outside her work and followed the bus to the end of the line. Told the officer on the case. "
    "Came again in the evening; a neighbour saw the car. What was agreed stands until the next meeting."
)


def people(most: int, accounts: int) -> list[Any]:
    """Return ``most`` of ``accounts`` people, the agencies in turn, so that few people are of mixed roles."""
    from lamplighter.hub.accounts.models import Agency, User

    desks = []
    for kind, (codes, roles, seats) in AGENCIES.items():
        for code in codes:
            own = {"name": code.replace("-", " ").title(), "kind": kind}
            agency, _ = Agency.objects.get_or_create(code=code, defaults=own)
            desks += [(seat, code, agency, roles[seat % len(roles)]) for seat in range(seats)]
    desks.sort(key=lambda desk: desk[0])
    wanted = []
    for number in range(max(most, accounts)):
        seat, code, agency, role = desks[number % len(desks)]
        said = {"username": f"{code}-{seat}-{number}", "display_name": f"Sam Reed {number}"}
        wanted.append(User(role=role, agency=agency, password="!", **said))
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


def build(cases: int, entries: int) -> None:
    """Fill the empty tables and make them ready to be read."""
    from django.db import connection, transaction

    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        fill(cursor, cases, entries)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    say(f"built in {time.monotonic() - began:.0f} s; the database has {size / 1e6:,.0f} MB")


def fill(cursor: Any, cases: int, entries: int, say: Callable[[str], None] = say) -> None:
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
    whose = [("", CASES), ("", "ANALYZE bench_case")]
    victims_side = [*_contact(), *_standing_by(), *_updates()]
    return [*_statements(), *whose, *victims_side, *_judged(), *_programme(), *_released()]


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
        ("participations drawn",
            "INSERT INTO bench_on SELECT i, a.kind, a.code, s.slot FROM generate_series(1, %(cases)s) i"
            " CROSS JOIN (VALUES (0, 'police', 1, 0, 10), (1, 'advocacy', 4, 0, 10), (2, 'health', 12, 0, 8),"
            " (3, 'probation', 24, 0, 6), (4, 'police', 1, 1, 3), (5, 'hub', 1, 0, 1))"
            " AS s (slot, kind, step, further, tenths)"
            " JOIN bench_agency a ON a.kind = s.kind AND a.n = (i / s.step + s.further) %% a.many"
            " WHERE (i * 7 + s.slot * 3) %% 10 < s.tenths OR s.tenths = 10"),
        ("", "CREATE INDEX ON bench_on (case_id, slot)"),
        ("", "ANALYZE bench_on"),
        ("cases", "INSERT INTO cases_case (id, key, reference, owner_id, course_id, opened_at, by_id)"
            f" SELECT i, gen_random_uuid(), 'LL-' || {code}, o.code, '', {opened},"
            f" {who.format(code='o.code', n='i / 4')} FROM generate_series(1, %(cases)s) i"
            " JOIN bench_on o ON o.case_id = i AND o.slot = 0"),
        ("participations",
            f"INSERT INTO cases_participation ({columns}, agency_id, reason, ended_at, ended_why)"
            f" SELECT {of('c.id', 'o.code', 'c.id / 4', 'c.opened_at')}, o.code, 'From the referral',"
            " CASE WHEN o.slot > 2 AND c.id %% 17 = 0 THEN now() END, ''"
            " FROM cases_case c JOIN bench_on o ON o.case_id = c.id"),
        ("people of cases",
            f"INSERT INTO cases_party ({columns}, side, person_id, name, also_known_as, birth_date, reason)"
            f" SELECT {of('c.id', 'c.owner_id', 'c.id / 4', 'c.opened_at')}, s.side,"
            " CASE WHEN c.id %% 9 = 0 THEN 'P-' || c.id / 18 || s.side ELSE '' END, b.name, '',"
            " date '1950-01-01' + (c.id * 37 %% 20000)::int"
            " , '' FROM cases_case c CROSS JOIN (VALUES ('victim', 0), ('suspect', 1)) AS s (side, n)"
            " JOIN bench_name b ON b.n = 2 * (c.id - 1) + s.n"),
        ("referrals",
            f"INSERT INTO cases_referral ({columns}, crime_numbers, why, danger, risk_now, victim_knows)"
            f" SELECT {of('c.id', 'c.owner_id', 'c.id / 4', 'c.opened_at')}, '', '{WORDS}', 'no', '', 'yes'"
            " FROM cases_case c"),
        ("triage", f"INSERT INTO cases_triage ({columns}, decision, threshold, reason, redirected_to)"
            f" SELECT {of('c.id', 'c.owner_id', 'c.id / 4', triaged)},"
            " CASE WHEN c.id / 5 %% 2 = 0 THEN 'direct' ELSE 'consultation' END, 'fixation',"
            " 'As it was told', '' FROM cases_case c WHERE c.id %% 7 <> 0"),
        ("statuses", f"INSERT INTO cases_status ({columns}, name, reason)"
            f" SELECT {of('c.id', 'c.owner_id', 'c.id / 4', changed)}, s.name, 'As it was told'"
            " FROM cases_case c CROSS JOIN (VALUES ('referred', interval '0'),"
            " ('consultation', interval '20 hours'), ('closed', interval '100 days')) AS s (name, later)"
            " WHERE c.opened_at + s.later < now() AND (s.name = 'referred' OR c.id %% 7 <> 0)"
            " AND (s.name <> 'closed' OR c.id %% 3 = 0)"),
        ("legal statuses",
            f"INSERT INTO cases_legalstatus ({columns}, name, since, source, offence, reference, ends)"
            f" SELECT {of('c.id', 'c.owner_id', 'c.id / 4', 'c.opened_at')},"
            " (ARRAY['investigation', 'no_action', 'convicted', 'charged'])[1 + c.id / 7 %% 4],"
            " c.opened_at::date, '', '', '', false FROM cases_case c"),
        # One in six cases has seven times as many lines as the others. Hashed: a case has every partition.
        ("entries",
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
            " FROM generate_series(1, %(entries)s) n" " JOIN cases_case c ON c.id = 1 + CASE WHEN n %% 2 = 0"
            " THEN ((n / 2)::bigint * 7907 %% (%(cases)s / 6 + 1)) * 6 %% %(cases)s"
            " ELSE (n / 2)::bigint * 104729 %% %(cases)s END) AS d"
            " JOIN bench_on lead ON lead.case_id = d.case_id AND lead.slot = 0"
            " LEFT JOIN bench_on o ON o.case_id = d.case_id AND o.slot = CASE d.partition"
            " WHEN 'advocacy' THEN 1 WHEN 'health' THEN 2 ELSE 0 END"),
        # About two running clocks a case, one in five late; some are somebody's own.
        ("clocks", "INSERT INTO clocks_clock (key, case_id, owner_id, by_id, at, partition, kind, text, why,"
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
            " ELSE 'done' END) AS s (state)"),
        ("clocks of triage",
            "INSERT INTO clocks_clock (key, case_id, owner_id, by_id, at, partition, kind, text, why,"
            " starts_at, due_at, state, ended_why, page)"
            " SELECT gen_random_uuid(), c.id, c.owner_id, c.by_id, c.opened_at, 'shared', 'case.triage',"
            " 'Decide what the hub does', 'By the rules.', c.opened_at,"
            " now() + make_interval(mins => ((c.id::bigint * 104729) %% 10080 - 2880)::int),"
            " 'running', '', '' FROM cases_case c WHERE c.id %% 7 = 0"),
        ("", "SELECT setval(pg_get_serial_sequence('cases_case', 'id'), %(cases)s)"),
    ]  # fmt: skip
