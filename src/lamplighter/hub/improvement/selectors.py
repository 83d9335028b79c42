"""Read actions with their entries, and work out how each stands, by the rules of the public register."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils import timezone

from lamplighter.hub.improvement.models import Action, Entry
from lamplighter.studies.register.entries import (
    Claim,
    Evidence,
    Looked,
    Recommendation,
    Register,
    Rule,
    Source,
)
from lamplighter.studies.register.loading import shipped
from lamplighter.studies.register.verdicts import NO_RESPONSE, Standing, standing
from lamplighter.vocabulary.upkeep import Upkeep

RULE = "shown"


@dataclass(frozen=True, slots=True)
class Stands:
    """An action with its entries as written, and how it stands. ``late``: days since it was due, undone."""

    action: Action
    entries: tuple[Entry, ...]
    standing: Standing
    late: int

    def withdrawn(self, entry: Entry) -> Entry | None:
        """Return what withdrew an entry, if anything did."""
        return _answer(self.entries, entry, Entry.Kind.WITHDRAWN)

    def check(self, finding: Entry) -> Entry | None:
        """Return the check of a finding, if somebody made it."""
        return _answer(self.entries, finding, Entry.Kind.CHECK)


def _answer(entries: tuple[Entry, ...], of: Entry, kind: str) -> Entry | None:
    return next((e for e in entries if e.of_id == of.pk and e.kind == kind), None)


def actions() -> QuerySet[Action]:
    """Return every action with what its pages name, the first due first."""
    entries = Entry.objects.select_related("by__agency").order_by("at", "pk")
    rows = Action.objects.select_related("agency", "by").prefetch_related(Prefetch("entries", entries))
    return rows.order_by("due_on", "pk")


def one(key: uuid.UUID) -> Action:
    """Return one action, or "not found"."""
    found = actions().filter(key=key).first()
    if found is None:
        raise Http404
    return found


def entry(action: Action, key: uuid.UUID) -> Entry:
    """Return one entry of an action, or "not found"."""
    found = next((e for e in action.entries.all() if e.key == key), None)
    if found is None:
        raise Http404
    return found


def stands(action: Action, on: dt.date) -> Stands:
    """Return how an action stands at the end of a day, by what was entered by then."""
    entries = tuple(action.entries.all())
    body = action.agency.code
    recommendation = Recommendation(
        id=str(action.key),
        source="hub",
        number="",
        title=action.title,
        words=action.title,
        to=(body,),
        recorded=_day(action.at),
        mark="",
        read_at=(),
        upkeep=_UPKEEP,
        due=action.due_on,
        rules=(Rule(RULE, _day(action.at), "", action.rule),),
        claims=tuple(_claim(n, e, entries, body) for n, e in enumerate(entries) if e.kind in Entry.SAID),
        evidence=tuple(
            made
            for n, e in enumerate(entries)
            if e.kind == Entry.Kind.FINDING and (made := _evidence(n, e, entries, body))
        ),
    )
    # What the agency says of it, it says here: all of it was read today.
    own = Looked(on, "", "", body, whole=True)
    source = Source("hub", "", "", _day(action.at), "", 1, _day(action.at), "", _UPKEEP, {}, (own,))
    register = Register({"hub": source}, {recommendation.id: recommendation}, (), shipped().lapses)
    found = standing(register, recommendation, body, on)
    undone = found.status in (NO_RESPONSE, "accepted", "contradicted", "lapsed")
    return Stands(action, entries, found, (found.since_due or 0) if undone else 0)


_UPKEEP = Upkeep("", "", dt.date.max, ())


def _day(at: dt.datetime) -> dt.date:
    return timezone.localdate(at)


def _claim(number: int, entry: Entry, entries: tuple[Entry, ...], body: str) -> Claim:
    gone = _answer(entries, entry, Entry.Kind.WITHDRAWN)
    return Claim(
        number,
        body,
        entry.kind,
        entry.on,
        _day(entry.at),
        "",
        "",
        new_date=entry.new_date,
        withdrawn=_day(gone.at) if gone else None,
    )


def _evidence(number: int, entry: Entry, entries: tuple[Entry, ...], body: str) -> Evidence | None:
    """Return a finding as evidence from the day on which a second person agreed; ``None`` until then."""
    check = _answer(entries, entry, Entry.Kind.CHECK)
    if check is None or not check.agrees:
        return None
    gone = _answer(entries, entry, Entry.Kind.WITHDRAWN)
    return Evidence(
        number,
        body,
        entry.on,
        _day(check.at),
        "",
        "",
        rule=RULE,
        found=entry.found,
        withdrawn=_day(gone.at) if gone else None,
    )
