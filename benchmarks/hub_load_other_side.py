"""What only the other side of a case has, and what was let across the wall.

The type as it was judged, what the two were to each other, a formulation of four
statements with their evidence, and advice; for one convicted person in two a
programme with its sessions and measures; and on each case about 1.5 releases.
"""

from __future__ import annotations

from benchmarks.hub_load_rows import COLUMNS, add, after, follow

JUDGED = "From two conversations and the reports of both forces; to be looked at again in a month."


def statements() -> list[tuple[str, str]]:
    """``(what it makes, the statement)`` in order, as in ``hub_load_world``."""
    return [*_judged(), *_programme(), *_released()]


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
        add(
            "perpetrator_side_typologyjudgement",
            typology,
            judged,
            side="health",
            at=after("5 + 40 * (v.n - 1)"),
            of="CROSS JOIN generate_series(1, 2) AS v (n)",
            when="(v.n = 1 OR c.id %% 3 = 0)",
        ),
        add(
            "perpetrator_side_typologyjudgement",
            typology,
            judged,
            side="probation",
            at=after("9"),
            of="CROSS JOIN (VALUES (1)) AS v (n)",
            when="c.id %% 2 = 0",
        ),
        add(
            "perpetrator_side_priorrelationship",
            "kind, words, source",
            "(ARRAY['ex_intimate', 'acquaintance', 'ex_intimate'])[1 + c.id %% 3], '', 'The referral'",
            side="health",
            at=after("5"),
        ),
        add(
            "perpetrator_side_statement",
            "line, section, text, evidence, withdrawn, reason",
            f"gen_random_uuid(), s.section, '{JUDGED}',"
            f" CASE WHEN s.n = 3 THEN ARRAY[]::uuid[] ELSE {seen} END, false, ''",
            side="health",
            at=after("6 + s.n"),
            of="CROSS JOIN (VALUES ('presenting', 1), ('precipitating', 2), ('perpetuating', 3),"
            " ('function', 4)) AS s (section, n)",
        ),
        follow(
            "perpetrator_side_statement",
            "line, replaces_id, section, text, evidence, withdrawn, reason",
            f"r.line, r.id, r.section, '{JUDGED} Changed.', r.evidence, false, 'Said so in a session'",
            of="perpetrator_side_statement",
            at="r.at + interval '30 days'",
            when="r.id %% 3 = 0 AND r.at + interval '30 days' <= now()",
        ),
        add(
            "perpetrator_side_consultation",
            'kind, "on", "to", question, advice, minutes',
            f"'advice', {after('7 + 20 * (v.n - 1)')}::date, 'The officer in the case',"
            f" 'How to tell him of the conditions', '{JUDGED}', 50",
            side="health",
            at=after("7 + 20 * (v.n - 1)"),
            of="CROSS JOIN generate_series(1, 2) AS v (n)",
            when="(v.n = 1 OR c.id %% 3 = 0)",
        ),
    ]


def _programme() -> list[tuple[str, str]]:
    # hub_load_world: these are the cases with a conviction.
    convicted = "c.id / 7 %% 4 = 2 AND c.id %% 2 = 0"
    on = "JOIN perpetrator_side_enrolment n ON n.case_id = c.id"
    planned = "n.at + k.n * interval '7 days'"
    answers = "{" + ", ".join(f'"q{n}": {n % 5}' for n in range(1, 9)) + "}"
    return [
        add(
            "perpetrator_side_enrolment",
            "programme, ground, eligibility, legal_status, why",
            '\'fact\', \'probation\', \'{"adult": "yes", "moving_on": "yes", "agrees": "yes"}\'::jsonb,'
            " 'convicted', 'The order requires work with us.'",
            side="health",
            at=after("30"),
            when=convicted,
        ),
        follow(
            "perpetrator_side_allocation",
            "enrolment_id, practitioner_id, supervisor",
            "r.id, r.by_id, 'Dr Ines Wren, Oak House'",
            of="perpetrator_side_enrolment",
            at="r.at",
        ),
        (
            "session",
            f"INSERT INTO perpetrator_side_session ({COLUMNS}, enrolment_id, number, planned_at)"
            " SELECT gen_random_uuid(), c.id, n.owner_id, n.by_id,"
            f" least(now(), {planned} - interval '7 days'), n.id, k.n, {planned}"
            f" FROM bench_case c {on} CROSS JOIN generate_series(1, 9) AS k (n)"
            f" WHERE {planned} < now() + interval '7 days' AND (k.n <= 4 OR c.id %% 5 <> 0)",
        ),
        follow(
            "perpetrator_side_sessionoutcome",
            "session_id, what, words",
            "r.id, CASE WHEN r.id %% 6 = 0 THEN 'missed' ELSE 'attended' END, ''",
            of="perpetrator_side_session",
            at="r.planned_at",
            when="r.planned_at < now()",
        ),
        follow(
            "perpetrator_side_chase",
            "session_id, words",
            "r.session_id, 'Rang him; offered another day.'",
            of="perpetrator_side_sessionoutcome",
            at="r.at + interval '3 hours'",
            when="r.what = 'missed' AND r.at + interval '3 hours' < now()",
        ),
        follow(
            "perpetrator_side_ending",
            "enrolment_id, how, why",
            "r.id, CASE WHEN r.case_id %% 5 = 0 THEN 'person' ELSE 'completed' END, 'As it was agreed.'",
            of="perpetrator_side_enrolment",
            at="r.at + interval '70 days'",
            when="r.at + interval '70 days' < now()",
        ),
        (
            "measureresult",
            f'INSERT INTO perpetrator_side_measureresult ({COLUMNS}, instrument, version, moment, "on",'
            " answers, total, missing)"
            " SELECT gen_random_uuid(), n.case_id, n.owner_id, n.by_id, m.at, 'moving_on', '1',"
            f" m.moment, m.at::date, '{answers}'::jsonb, 12 + m.later, 0 FROM perpetrator_side_enrolment n"
            " CROSS JOIN LATERAL (VALUES ('before', n.at, 4), ('during', n.at + interval '28 days', 2),"
            " ('after', n.at + interval '70 days', 0)) AS m (moment, at, later) WHERE m.at < now()",
        ),
    ]


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
        across(
            "police", "health", "ARRAY[c.health]", "cda_115", 1, "c.id %% 10 < 4 AND c.health IS NOT NULL"
        ),
        across("police", "advocacy", "ARRAY[]::text[]", "cda_115", 2, "c.id %% 10 > 6"),
        across("health", "shared", "ARRAY[]::text[]", "public_interest", 3, "c.id %% 5 = 0"),
        follow(
            "sharing_release",
            f"{crossing}, disclosure_id, title, text",
            f"{same}, r.id, 'Seen at the tram stop, twice', 'On two mornings this week, from eight to nine.'",
            of="sharing_disclosure",
            at="r.at",
        ),
        follow(
            "sharing_grounds",
            "partition, disclosure_id, necessity, proportionality, consent_of, consent_how, threshold_words",
            "r.from_partition, r.id, 'They could not act without it.', 'Only where and when.', '', '', ''",
            of="sharing_disclosure",
            at="r.at",
        ),
        follow(
            "sharing_withdrawal",
            "partition, disclosure_id, reason",
            "r.from_partition, r.id, 'It is not so any more.'",
            of="sharing_disclosure",
            at="r.withdrawn_at",
            when="r.withdrawn_at IS NOT NULL",
        ),
    ]
