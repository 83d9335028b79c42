"""Read actions with their entries, and work out how each stands, by the rules of the public register."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404
from django.utils import timezone

from lamplighter.hub.access.wall.partitions import SENIOR
from lamplighter.hub.accounts.models import User
from lamplighter.hub.improvement import policies
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
from lamplighter.studies.register.verdicts import (
    ACCEPTED,
    CONTRADICTED,
    LAPSED,
    NO_RESPONSE,
    Standing,
    standing,
)
from lamplighter.vocabulary.upkeep import Upkeep

RULE = "shown"


UNDONE = (NO_RESPONSE, ACCEPTED, CONTRADICTED, LAPSED)


@dataclass(frozen=True, slots=True)
class Stands:
    """An action with its entries as written, and how it stands. ``late``: days since it was due, undone.

    ``ended``: what ended it, whatever the verdict; from then on nobody waits for it.
    """

    action: Action
    entries: tuple[Entry, ...]
    standing: Standing
    late: int
    ended: Entry | None = None

    @property
    def undone(self) -> bool:
        """Tell whether somebody still has to do it."""
        return self.ended is None and self.standing.status in UNDONE

    @property
    def struck(self) -> bool:
        """Tell whether its words are shown no more: it should not have been added."""
        return self.ended is not None and self.ended.kind == Entry.Kind.STRUCK

    @property
    def stand(self) -> list[Entry]:
        """Return the entries that nobody withdrew, as they were written."""
        return [e for e in self.entries if self.withdrawn(e) is None]

    @property
    def owner(self) -> User | None:
        """Return who answers for it: whoever was named last, as long as they still may."""
        named = [e.to for e in self.entries if e.to is not None]
        return named[-1] if named and policies.may_answer(named[-1], self.action.agency_id) else None

    @property
    def moves(self) -> list[Entry]:
        """Return each time that a later date was said."""
        return [e for e in self.stand if e.new_date is not None]

    @property
    def later(self) -> dt.date | None:
        """Return the date that was said last, where it is not the due date."""
        return self.moves[-1].new_date if self.moves else None

    @property
    def first_later(self) -> dt.date | None:
        """Return the later date that was said first."""
        return self.moves[0].new_date if self.moves else None

    @property
    def findings(self) -> list[tuple[Entry, Entry | None]]:
        """Return each finding that stands with its check, if somebody made it."""
        return [(e, self.check(e)) for e in self.stand if e.kind == Entry.Kind.FINDING]

    @property
    def agreed(self) -> list[tuple[Entry, Entry]]:
        """Return the findings that count, each with its check."""
        return [(e, c) for e, c in self.findings if c is not None and c.agrees]

    @property
    def unchecked(self) -> list[Entry]:
        """Return the findings that a second person has to check."""
        return [e for e, check in self.findings if check is None] if self.ended is None else []

    @property
    def unlooked(self) -> Entry | None:
        """Return the newest word that it is done, where nobody has looked at it since."""
        done = [e for e in self.stand if e.kind == Entry.Kind.DONE]
        if not done:
            return None
        looked = any(e.at > done[-1].at for e, check in self.findings if check is None or check.agrees)
        return None if looked else done[-1]

    @property
    def contradicted_on(self) -> dt.date | None:
        """Return since when it is known that evidence says it is not done; ``None`` where it does not."""
        if self.standing.status != CONTRADICTED or not self.agreed:
            return None
        return max(_day(check.at) for e, check in self.agreed if e.found == Entry.Found.NOT_MET)

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
    entries = Entry.objects.select_related("by__agency", "to__agency").order_by("at", "pk")
    rows = Action.objects.select_related("agency", "by").prefetch_related(Prefetch("entries", entries))
    return rows.order_by("due_on", "pk")


def open_actions() -> QuerySet[Action]:
    """Return the actions that nobody ended."""
    taken_back = Entry.objects.filter(kind=Entry.Kind.WITHDRAWN, of=OuterRef("pk"))
    ends = Entry.objects.filter(~Exists(taken_back), action=OuterRef("pk"), kind__in=Entry.ENDS)
    return actions().filter(~Exists(ends))


def writers() -> QuerySet[User]:
    """Return everybody who can answer for an action."""
    return User.objects.working().filter(role__in=SENIOR).order_by("display_name", "pk")


def agencies_with_writers() -> set[str]:
    """Return the agencies in which somebody reads actions and writes them."""
    return set(writers().order_by().values_list("agency_id", flat=True).distinct())


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
    entries = tuple(e for e in action.entries.all() if _day(e.at) <= on)
    ended = _ended(entries)
    # What was ended is as it stood then: no day is counted after it.
    on = min(on, _day(ended.at)) if ended else on
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
    undone = ended is None and found.status in UNDONE
    return Stands(action, entries, found, (found.since_due or 0) if undone else 0, ended)


def _ended(entries: tuple[Entry, ...]) -> Entry | None:
    """Return the last entry that ended the action and was not withdrawn."""
    ends = [e for e in entries if e.kind in Entry.ENDS and not _answer(entries, e, Entry.Kind.WITHDRAWN)]
    return ends[-1] if ends else None


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
