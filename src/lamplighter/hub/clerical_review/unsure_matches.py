"""Unsure matches: pairs of persons whose records a person must compare, in the order in which to look.

Two records that are neither clearly one person nor clearly two are held to be two until somebody decides
(``Link.Band.TO_DECIDE``). Two persons with several records each can have many such pairs of records; a
decision about any of them settles the two persons, so they are asked about once, by their strongest pair.
Everything is read as the person who is signed in: a pair of which the wall hides one record is not there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Min

from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.cases.status.states import OVER
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.people import selectors
from lamplighter.hub.people.matching import selectors as current_ids
from lamplighter.hub.site.postgresql.prepared import cursor

# A decision that was taken back does not count, unless the taking back was taken back.
_WAITING = """
WITH apart AS MATERIALIZED (
    SELECT least(x.person_id, y.person_id) AS one, greatest(x.person_id, y.person_id) AS other
    FROM people_decision d
    JOIN people_membership x ON x.record_id = d.left_record AND x.current
    JOIN people_membership y ON y.record_id = d.right_record AND y.current
    WHERE d.kind = 'not_same' AND NOT EXISTS (
        SELECT 1 FROM people_decision u WHERE u.undoes_id = d.id AND NOT EXISTS (
            SELECT 1 FROM people_decision again WHERE again.undoes_id = u.id
        )
    )
), unsure AS MATERIALIZED (
    SELECT l.left_record, l.right_record, l.match_weight,
        a.report_id AS left_report, b.report_id AS right_report,
        least(a.person_id, b.person_id) AS one, greatest(a.person_id, b.person_id) AS other
    FROM people_link l
    JOIN people_membership a ON a.record_id = l.left_record AND a.current
    JOIN people_membership b ON b.record_id = l.right_record AND b.current
    WHERE l.band = 'to_decide' AND a.person_id <> b.person_id
), waiting AS (
    SELECT DISTINCT ON (u.one, u.other) u.left_record, u.right_record, u.left_report, u.right_report,
        u.one, u.other, count(*) OVER (PARTITION BY u.one, u.other) AS pairs
    FROM unsure u
    WHERE NOT EXISTS (SELECT 1 FROM apart WHERE apart.one = u.one AND apart.other = u.other)
    ORDER BY u.one, u.other, u.match_weight DESC, u.left_record, u.right_record
)
"""
_ALL = f"{_WAITING} SELECT * FROM waiting"  # noqa: S608  all of it ours
_COUNT = f"{_WAITING} SELECT count(*) FROM waiting"  # noqa: S608  all of it ours
_OF_TWO = f"{_WAITING} SELECT * FROM waiting WHERE one = %s AND other = %s"  # noqa: S608  all of it ours


@dataclass(frozen=True, slots=True)
class Unsure:
    """Two persons who may be one: the strongest pair of their records that nobody has decided about.

    ``pairs`` is how many pairs of their records are unsure; ``since`` when the hub had both reports, and
    ``cases`` are the open cases of either that the reader may open, the newest first.
    """

    records: tuple[str, str]
    reports: tuple[str, str]
    persons: tuple[str, str]
    pairs: int
    since: dt.datetime | None = None
    cases: list[Case] = field(default_factory=list)


def waiting() -> list[Unsure]:
    """Return what waits for a decision and can be read: with an open case first, then the oldest first."""
    return sorted(_told(_found(_ALL)), key=_order)


def how_many() -> int:
    """Return how many :func:`waiting` would return."""
    with cursor() as asked:
        row = asked.execute(_COUNT).fetchone()
    return int(row[0]) if row else 0


def one(left_record: str, right_record: str) -> Unsure | None:
    """Return the unsure match of the two persons of these records; ``None`` where there is none any more."""
    persons = sorted(selectors.person_of([left_record, right_record]).values())
    return next(iter(_told(_found(_OF_TWO, persons))), None) if len(persons) == 2 else None


def _found(statement: str, values: Collection[str] = ()) -> list[Unsure]:
    with cursor() as asked:
        rows = asked.execute(statement, list(values) or None).fetchall()
    return [Unsure((a, b), (c, d), (e, f), n) for a, b, c, d, e, f, n in rows]


def _told(found: Collection[Unsure]) -> list[Unsure]:
    """The same with since when each waits and the open cases of the two."""
    held = _held_since({report for u in found for report in u.reports})
    of_person = _open_cases() if found else {}
    return [
        Unsure(
            u.records,
            u.reports,
            u.persons,
            u.pairs,
            max((held[r] for r in u.reports if r in held), default=None),
            _newest_first(case for person in u.persons for case in of_person.get(person, ())),
        )
        for u in found
    ]


def _order(unsure: Unsure) -> tuple[bool, bool, float, tuple[str, str]]:
    since = unsure.since
    return (not unsure.cases, since is None, since.timestamp() if since else 0.0, unsure.records)


def _held_since(report_ids: Collection[str]) -> dict[str, dt.datetime]:
    """When the hub had the first version of each report."""
    rows = ReportVersion.objects.filter(report_id__in=list(report_ids)).order_by().values_list("report_id")
    return dict(rows.annotate(first=Min("received_at")))


def _open_cases() -> dict[str, list[Case]]:
    """The open cases of everybody, by their id of today. A case keeps the id of the day of its referral."""
    parties = list(Party.objects.filter(replaced_at=None).exclude(person_id="").select_related("case"))
    status = cases.statuses({party.case for party in parties})
    parties = [p for p in parties if p.case_id in status and status[p.case_id].name not in OVER]
    today = current_ids.everybody_who_is({party.person_id for party in parties}) if parties else {}
    found: dict[str, list[Case]] = {}
    for party in parties:
        found.setdefault(today[party.person_id], []).append(party.case)
    return found


def _newest_first(found: Iterable[Case]) -> list[Case]:
    once = {case.pk: case for case in found}
    return sorted(once.values(), key=lambda case: (case.opened_at, case.pk), reverse=True)
