"""The incidents of a case for papers: what the case shows of its reports, and their words for some."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from lamplighter.courses.summaries import labels
from lamplighter.hub.accounts.selectors import agency_names
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases.models import Case
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.reporting.papers.outline import QUOTE, SOFT, STRONG, Cell, Run, Table, cell
from lamplighter.reporting.words import day, listed, when
from lamplighter.vocabulary.codes import code_set

NO_WORDS = "The words of this report are not shown to whoever made this paper. Ask {agency}."
NOT_DATED = "Date not known"


@dataclass(frozen=True, slots=True)
class Incident:
    """One report as a paper says it. ``account`` is ``None`` where its words were not asked for."""

    number: int
    key: uuid.UUID
    on: dt.datetime | None
    when: str
    acts: tuple[str, ...]
    limbs: tuple[str, ...]
    recorded_as: str
    agency: str
    reported: str
    shared: bool
    reference: str = ""
    # Of a paper of a past day: the report was corrected after it.
    corrected: bool = False
    account: str | None = None

    @property
    def what(self) -> str:
        if not self.shared:
            return "Not shared with the case"
        known = code_set("behaviours").codes
        return labels.acts([a for a in self.acts if a in known])


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def first_held(case: Case) -> dt.datetime | None:
    """Return when the first report joined the case that it still shows; ``None`` where it shows none."""
    return min((row.since for row in arrivals.reports(case)), default=None)


def left_out(case: Case, as_at: dt.datetime) -> int:
    """Return how many reports of a past day are left out, for they are no longer about this case."""
    return len(_gone(case, arrivals.reports(case, as_at)))


def _gone(case: Case, rows: Sequence[CaseReport]) -> set[uuid.UUID]:
    """Return those reports that were withdrawn since, or found to be about somebody else."""
    keys = {row.report_key for row in rows if row.ended_at}
    return keys - {row.report_key for row in arrivals.reports(case)} if keys else set()


def of_case(case: Case, as_at: dt.datetime | None = None) -> list[Incident]:
    """Return the incidents of a case, the oldest first, numbered; those without a date at the end.

    As the case showed them at a moment, without those that were withdrawn since or left the case: what is
    known to be about somebody else goes on no paper, of whatever day.
    """
    names, groups = agency_names(), code_set("offence_groups").codes
    rows = arrivals.reports(case, as_at)
    gone = _gone(case, rows)
    rows = [row for row in rows if row.report_key not in gone]
    dated = [r for r in rows if r.happened_at and r.precision != "not_known"]
    dated.sort(key=lambda r: (r.happened_at, r.pk))
    rest = [r for r in rows if r not in dated]
    return [
        Incident(
            number=number,
            key=row.report_key,
            on=row.happened_at if row in dated else None,
            when=when(row.happened_at, None, row.precision or None) if row in dated else NOT_DATED,
            acts=tuple(row.acts),
            limbs=tuple(x for x in row.limbs if x in labels.LIMBS),
            recorded_as=capital(groups[row.recorded_as].title) if row.recorded_as in groups else "Not said",
            agency=names.get(row.agency, row.agency),
            reported=day(row.reported_at) if row.reported_at else "",
            shared=bool(row.rule),
            corrected=row.ended_at is not None,
        )
        for number, row in enumerate([*dated, *rest], 1)
    ]


def with_words(found: Sequence[Incident], as_at: dt.datetime) -> list[Incident]:
    """Return them with the reference and words, as at a moment, of the reports that whoever asks may read."""
    held = ReportVersion.objects.filter(key__in=[i.key for i in found], received_at__lte=as_at)
    held = held.filter(Q(superseded_at=None) | Q(superseded_at__gt=as_at)).order_by("received_at")
    words = {key: (of, said) for key, of, said in held.values_list("key", "source_ref", "summary")}
    return [
        replace(i, reference=words[i.key][0], account=words[i.key][1] or "") if i.key in words else i
        for i in found
    ]


def table(found: Sequence[Incident]) -> Table:
    """Return the incidents as a table, with their words where they were asked for."""
    return Table(
        "",
        ("No.", "When", "What was done, and the words recorded", "Recorded as, by"),
        tuple(_row(i) for i in found),
        (1.2, 3.8, 0, 3.7),
    )


def _row(i: Incident) -> tuple[Cell, ...]:
    what = [Run(i.what, STRONG)]
    if limbs := labels.limbs(i.limbs):
        what.append(Run(limbs, SOFT))
    if i.account:
        what.append(Run(i.account))
    elif i.account is None:
        what.append(Run(NO_WORDS.format(agency=i.agency), QUOTE))
    whose = [Run(i.recorded_as), Run(i.agency, SOFT)]
    whose += [Run(i.reference, SOFT)] if i.reference else []
    whose += [Run(f"Reported {i.reported}", SOFT)] if i.reported else []
    whose += [Run("Corrected since", SOFT)] if i.corrected else []
    return cell(str(i.number)), cell(i.when), tuple(what), tuple(whose)


def facts_table(found: Sequence[Incident]) -> Table:
    """Return the incidents without a word of any report: what everybody on the case may read."""
    rows = tuple(
        (
            cell(str(i.number)),
            cell(i.when),
            (Run(i.what), *((Run(limbs, SOFT),) if (limbs := labels.limbs(i.limbs)) else ())),
            (
                Run(i.recorded_as),
                Run(i.agency, SOFT),
                *((Run("Corrected since", SOFT),) if i.corrected else ()),
            ),
        )
        for i in found
    )
    return Table("", ("No.", "When", "What was done", "Recorded as, by"), rows, (1.2, 3.8, 0, 3.7))


def cited(found: Sequence[Incident]) -> str:
    """Return 'Incident 3' or 'Incidents 1, 4 and 5'."""
    numbers = [str(i.number) for i in found]
    return f"{'Incident' if len(numbers) == 1 else 'Incidents'} {listed(numbers, 'and')}"
