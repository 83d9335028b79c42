"""What only the victim's side of a case has, in the numbers of a case that has run for a while.

About six contacts with the victim and what came of each, the rule of safe
contact in one or two versions, who stands by her, needs, safety plan, impact,
statement, support, and Victims' Code updates.
"""

from __future__ import annotations

from benchmarks.hub_load_rows import add, after, follow

TOLD = "She told it in her own words; what it was like, and what she wants to come of it."
NEEDS = (
    '{"safety": {"level": "urgent", "words": "Back door"}, "digital": {"level": "some", "words": ""},'
    ' "health": {"level": "some", "words": "Sleeps little"}, "work": {"level": "none", "words": ""}}'
)
PLAN = (
    '{"now": "999, then 55", "home": "Locks changed", "phone": "Another telephone",'
    ' "travel": "Two stops earlier", "people": "A neighbour"}'
)


def statements() -> list[tuple[str, str]]:
    """``(what it makes, the statement)`` in order, as in ``hub_load_world``."""
    return [*_contact(), *_standing_by(), *_updates()]


def _contact() -> list[tuple[str, str]]:
    # Days 1, 3 and 7, then every fortnight for some months; some leave early, some stay.
    day = "CASE k.n WHEN 1 THEN 1 WHEN 2 THEN 3 ELSE 7 + 14 * (k.n - 3) END"
    window = '[{"days": [0, 4], "from": "10:00", "to": "14:00"}]'
    contact = "partition, direction, channel, happened_at, words, rule"
    said = "'How she is, what has happened since, and what is agreed until the next time.'"
    return [
        add(
            "victim_side_safecontact",
            "number, phone, email, address, no_contact, channels, text_first, may_leave_message, windows,"
            " who_may_answer, safe_word, words, parents_may, parents_never, school, must_not_be_told,"
            " may_not_interpret, may_not_answer, asked_who, language, speech",
            "v.number, '07700 900' || lpad((c.id %% 1000)::text, 3, '0'), '', 'Made up', false,"
            " ARRAY['text', 'call'], c.id %% 3 = 0, c.id %% 5 = 0,"
            f" '{window}'::jsonb, 'Her sister', 'library', '', '', '', '',"
            " '', '', '', false, '', ''",
            side="advocacy",
            at=after("20 * (v.number - 1)"),
            of="CROSS JOIN generate_series(1, 2) AS v (number)",
            when="(v.number = 1 OR c.id %% 3 = 0)",
        ),
        add(
            "victim_side_contact",
            contact,
            "'advocacy', CASE WHEN (c.id + k.n) %% 6 = 0 THEN 'in' ELSE 'out' END,"
            f" (ARRAY['call', 'text', 'in_person'])[1 + (c.id + k.n) %% 3], {after(day)}, {said}, s.key",
            side="advocacy",
            at=after(day),
            of="CROSS JOIN generate_series(1, 8) AS k (n)"
            " JOIN victim_side_safecontact s ON s.case_id = c.id AND s.number = 1",
            when="k.n <= 3 + c.id %% 6",
        ),
        add(
            "victim_side_contact",
            contact,
            f"'police', 'out', 'call', {after('2')}, {said}, s.key",
            side="police",
            at=after("2"),
            of="JOIN victim_side_safecontact s ON s.case_id = c.id AND s.number = 1",
            when="c.id %% 2 = 0",
        ),
        follow(
            "victim_side_contactresult",
            "partition, contact_id, result, agreed",
            "r.partition, r.id, CASE WHEN r.id %% 4 = 0 THEN 'no_answer' ELSE 'reached' END, 'As planned.'",
            of="victim_side_contact",
            at="r.at",
            when="r.id %% 11 <> 0",
        ),
        add(
            "victim_side_rulebroken",
            "partition, channel, happened_at, words",
            f"'advocacy', 'call', {after('9')}, 'Somebody rang her at home in the evening.'",
            side="advocacy",
            at=after("9"),
            when="c.id %% 20 = 0",
        ),
    ]


def _standing_by() -> list[tuple[str, str]]:
    words, versions = f"'{TOLD}'", "CROSS JOIN generate_series(1, 3) AS v (n)"
    return [
        add(
            "victim_side_advocateofcase",
            "advocate_id, since",
            "c.advocacy_by, c.opened_at::date",
            side="advocacy",
            at="c.opened_at",
        ),
        add(
            "victim_side_cadence",
            "days, words",
            "CASE WHEN c.id %% 2 = 0 THEN 14 ELSE 28 END, ''",
            side="advocacy",
            at=after("8"),
            when="c.id %% 5 < 3",
        ),
        add(
            "victim_side_needsassessment",
            "number, areas, words",
            f"v.n, '{NEEDS}'::jsonb, ''",
            side="advocacy",
            at=after("1 + 30 * (v.n - 1)"),
            of=versions,
            when="(v.n = 1 OR v.n = 2 AND c.id %% 3 = 0)",
        ),
        add(
            "victim_side_safetyplan",
            "number, sections, change",
            f"v.n, '{PLAN}'::jsonb, CASE WHEN v.n > 1 THEN 'Another way to work' ELSE '' END",
            side="advocacy",
            at=after("1 + 25 * (v.n - 1)"),
            of=versions,
            when="v.n <= 1 + c.id %% 3",
        ),
        add(
            "victim_side_impactentry",
            "happened_on, words, elements, effects",
            f"c.opened_at::date - 3, {words}, ARRAY['harassed', 'fear_of_violence'], ARRAY['route', 'sleep']",
            side="advocacy",
            at=after("2 + 15 * v.n"),
            of=versions,
        ),
        add(
            "victim_side_statementoffer",
            '"state", "on", words',
            f"(ARRAY['later', 'accepted'])[v.n], {after('3 + 30 * v.n')}::date, ''",
            side="advocacy",
            at=after("3 + 30 * v.n"),
            of=versions,
            when="v.n <= 1 + c.id %% 2",
        ),
        add(
            "victim_side_supportevent",
            "state, since, reasons, words, others_present, asked_to_stop, afraid_to_say, pressure_words,"
            " may_share",
            f"(ARRAY['supports', 'unsure', 'returned'])[v.n], {after('1 + 20 * v.n')}::date,"
            f" CASE WHEN v.n = 2 THEN ARRAY['fear', 'delay'] ELSE ARRAY[]::text[] END, {words}, 'no', 'no',"
            " CASE WHEN v.n = 2 THEN 'yes' ELSE 'no' END, '', c.id %% 2 = 0",
            side="advocacy",
            at=after("1 + 20 * v.n"),
            of=versions,
            when="(v.n = 1 OR c.id %% 4 = 0)",
        ),
    ]


def _updates() -> list[tuple[str, str]]:
    due = "e.at + interval '1 day'"
    return [
        add(
            "victim_side_enhancedrights",
            "enhanced, applies, refused, reason",
            "true, '{persistently_targeted}', '{}', 'Repeated over months'",
            side="police",
            at=after("1"),
            when="c.id %% 3 = 0",
        ),
        add(
            "victim_side_codeevent",
            "kind, happened_on, due_at",
            f"e.kind, {after('e.day')}::date, {after('e.day + 1')} + interval '7 hours'",
            side="police",
            at=after("e.day"),
            of="CROSS JOIN (VALUES ('arrest', 2, 9), ('bail', 3, 7), ('charge', 40, 4), ('hearing', 90, 3))"
            " AS e (kind, day, tenths)",
            when="(c.id * 7 + e.day) %% 10 < e.tenths",
        ),
        follow(
            "victim_side_codeupdate",
            "event_id, told_at",
            "r.id, r.at + interval '5 hours'",
            of="victim_side_codeevent",
            at="r.at + interval '5 hours'",
            # One in a hundred was forgotten; the newest wait for their day.
            when="r.at < now() - interval '1 day' AND r.case_id %% 100 <> 0",
        ),
        (
            "clocks of updates",
            "INSERT INTO clocks_clock (key, case_id, owner_id, by_id, at, partition, kind, text, why,"
            " starts_at, due_at, state, ended_why, page, of_key)"
            " SELECT gen_random_uuid(), e.case_id, e.owner_id, e.by_id, e.at, 'shared',"
            f" 'victims_code.update', 'Tell the victim', 'By the rules.', e.at, {due},"
            " 'running', '', '', e.key"
            " FROM victim_side_codeevent e LEFT JOIN victim_side_codeupdate u ON u.event_id = e.id"
            " WHERE u.id IS NULL",
        ),
    ]
