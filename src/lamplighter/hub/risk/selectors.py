"""Reading the risk of a case, as at any moment. The wall decides which rows there are.

For other contexts: :func:`current`, :func:`due` and :func:`triggers_open`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from lamplighter.hub.access.wall.partitions import WARNING
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.arrivals.configuration import RISK
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import Moment, known
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.instruments import selectors as instruments
from lamplighter.hub.instruments.selectors import Answered
from lamplighter.hub.risk import levels, rules
from lamplighter.hub.risk.levels import Level, Standing
from lamplighter.hub.risk.models import (
    Assessment,
    BlindAsk,
    BlindDecline,
    CitedInstrument,
    MeasureState,
    SecondRating,
    Trigger,
)

FIRST, DUE, AGAIN, LOWER, ACTION = "risk.first", "risk.due", "risk.again", "risk.lower", "risk.action"
ROUTINE = (FIRST, DUE)
WARNED = WARNING.name
# What an assessment answers. The last is the task that a report brings with it.
ANSWERED = (*ROUTINE, AGAIN, RISK)


@dataclass(frozen=True, slots=True)
class Risk:
    """The risk of a case at a moment: each judgement, and all assessments that one may read, oldest first."""

    judged: Mapping[str, Standing]
    rows: tuple[Assessment, ...]

    @property
    def level(self) -> Level:
        return levels.of_case(self.judged)

    @property
    def newest(self) -> Assessment | None:
        return self.rows[-1] if self.rows else None

    @property
    def waits(self) -> Assessment | None:
        """The assessment whose lower level waits for the second agency."""
        return next((s.waits for s in self.judged.values() if s.waits), None)

    @property
    def due_at(self) -> dt.datetime | None:
        """Return when it is assessed again by its levels alone; ``None`` before the first assessment."""
        newest = self.newest
        return rules.again([s.level for s in self.judged.values()], newest.at) if newest else None


def current(case: Case, as_at: Moment = None) -> Risk:
    """Return the risk of a case as it stands, or stood at a moment. One question."""
    rows = known(Assessment.objects.filter(case=case), as_at)
    return of_rows(
        list(rows.select_related("by", "owner", "asked__agency", "answers_for", "lower__by")), as_at
    )


def of_cases(cases: Collection[int], as_at: Moment = None) -> dict[int, Risk]:
    """Return the risk of those of some cases (by id) that were assessed. One question."""
    rows = known(Assessment.objects.filter(case__in=cases), as_at).select_related("lower", "owner")
    of: dict[int, list[Assessment]] = {}
    for row in rows.order_by("pk"):
        of.setdefault(row.case_id, []).append(row)
    return {case: of_rows(found, as_at) for case, found in of.items()}


def of_rows(rows: Sequence[Assessment], as_at: Moment = None) -> Risk:
    """Return the risk that these assessments make, whatever their order."""
    ordered = tuple(sorted(rows, key=lambda row: (row.at, row.pk)))
    answers = {row.pk: said for row in ordered if (said := answer(row, as_at))}
    return Risk(levels.standing(ordered, answers), ordered)


def answer(row: Assessment, as_at: Moment = None) -> str:
    """Return the second agency's answer to a lower level, as far as it was there at a moment; "" for none."""
    found = getattr(row, "lower", None)
    return found.answer if found is not None and (as_at is None or found.at <= as_at) else ""


def assessment(case: Case, key: uuid.UUID) -> Assessment:
    """Return one assessment, or "not found", said the same for one that never was."""
    rows = Assessment.objects.filter(case=case).select_related(
        "by", "owner", "asked__agency", "answers_for", "lower__by", "lower__owner"
    )
    try:
        return rows.get(key=key)
    except Assessment.DoesNotExist:
        raise Http404 from None


def citable(case: Case, as_at: Moment = None) -> list[Answered]:
    """Return the submitted instruments that one may read, without those that a correction replaced."""
    return [one for one in instruments.submitted(case, as_at) if one.corrected_by is None]


def cited(case: Case, as_at: Moment = None) -> dict[int, list[Answered]]:
    """Return the instruments that assessments rest on, by the assessment's id: those that one may read.

    As many questions whatever there is. One that was corrected by then is still the one that was cited.
    """
    sheets = {one.sheet.pk: one for one in instruments.submitted(case, as_at)}
    found: dict[int, list[Answered]] = {}
    for row in known(CitedInstrument.objects.filter(case=case), as_at).order_by("pk"):
        if row.sheet_id in sheets:
            found.setdefault(row.assessment_id, []).append(sheets[row.sheet_id])
    return found


def due(of: Case | User) -> list[Clock]:
    """Return the running tasks of assessing the risk, of a case or those of a person; the next first."""
    which = Q(case=of) if isinstance(of, Case) else Q(assigned_to=of)
    rows = Clock.objects.filter(which, kind__in=ANSWERED, state=Clock.State.RUNNING)
    return list(rows.select_related("case", "owner", "assigned_to").order_by("due_at", "pk"))


def triggers(case: Case, as_at: Moment = None) -> list[Trigger]:
    """Return every trigger of the case that one may read, the newest first."""
    rows = known(Trigger.objects.filter(case=case), as_at)
    return list(rows.select_related("by", "owner", "aside__by").order_by("-at", "-pk"))


def triggers_open(case: Case, as_at: Moment = None, risk: Risk | None = None) -> list[Trigger]:
    """Return the triggers that nothing has answered: no assessment since, and no reason to set it aside.

    One that its own side alone knows of is answered by an assessment of the agency that recorded it: nobody
    else knew of it when they judged.
    """
    return unanswered(triggers(case, as_at), risk or current(case, as_at), as_at)


def unanswered(rows: Sequence[Trigger], risk: Risk, as_at: Moment = None) -> list[Trigger]:
    """Return those of some triggers that nothing has answered."""
    return [row for row in rows if not _set_aside(row, as_at) and not answering(row, risk)]


def answering(row: Trigger, risk: Risk) -> Assessment | None:
    """Return the first assessment that answers a trigger."""
    later = (a for a in risk.rows if a.at > row.at)
    return next((a for a in later if knew(row.partition, row.owner_id, a.owner)), None)


def knew(partition: str, owner: str, agency: Agency) -> bool:
    """Tell whether an agency knew of what stands in a partition, written there by ``owner``."""
    if partition == WARNED:
        return reads_warnings(agency)
    return partition == "shared" or agency.pk == owner


def reads_warnings(agency: Agency) -> bool:
    """Tell whether somebody in this agency reads what those who work with the suspect warned of."""
    kinds = {reader.kind for reader in WARNING.readers if reader.kind}
    return agency.kind in kinds | {Agency.Kind.HUB}


def _set_aside(row: Trigger, as_at: Moment) -> bool:
    aside = getattr(row, "aside", None)
    return aside is not None and (as_at is None or aside.at <= as_at)


def trigger(case: Case, key: uuid.UUID) -> Trigger:
    try:
        return Trigger.objects.select_related("owner").get(case=case, key=key)
    except Trigger.DoesNotExist:
        raise Http404 from None


def measures(case: Case, as_at: Moment = None) -> dict[str, MeasureState]:
    """Return how each measure stands, by its code; those that nobody has answered are left out."""
    rows = known(MeasureState.objects.filter(case=case), as_at).select_related("by", "owner")
    return {row.measure: row for row in rows.order_by("at", "pk")}


def actions(case: Case, as_at: Moment = None) -> list[Clock]:
    """Return the actions of the plan, the running ones first."""
    rows = known(Clock.objects.filter(case=case, kind=ACTION), as_at).select_related(
        "assigned_to", "owner", "ended_by"
    )
    return sorted(rows, key=lambda c: (c.state != Clock.State.RUNNING, c.due_at, c.pk))


def asked_to_rate(user: User, case: Case | None = None) -> list[BlindAsk]:
    """Return what this person is asked to judge blind, and has not judged yet."""
    rows = BlindAsk.objects.filter(rater=user, rating=None, decline=None).select_related("case")
    return list((rows.filter(case=case) if case else rows).order_by("due_at", "pk"))


def nobody_found() -> list[BlindAsk]:
    """Return what was drawn to be judged blind and waits for somebody to ask. Of one's own nobody learns."""
    later = BlindAsk.objects.filter(assessment=OuterRef("assessment"), pk__gt=OuterRef("pk"))
    rows = BlindAsk.objects.filter(~Exists(later), rater=None)
    return list(rows.select_related("case", "assessment").order_by("pk"))


def declined() -> list[BlindDecline]:
    """Return who declined to judge blind what nobody has judged since, for coordinators."""
    judged = SecondRating.objects.filter(ask__assessment=OuterRef("ask__assessment"))
    rows = BlindDecline.objects.filter(~Exists(judged)).select_related("case", "by", "owner")
    return list(rows.order_by("pk"))
