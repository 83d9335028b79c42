"""Reading orders, decisions and breaches of a case, as at any moment. The wall decides which rows there are.

For other contexts: :func:`orders` with their terms, :func:`spo_decision_missing`,
:func:`breaches_unanswered`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.http import Http404

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, LegalStatus, Party
from lamplighter.hub.cases.selectors import Moment, known
from lamplighter.hub.cases.status import criminal_matters
from lamplighter.hub.cases.status import services as status
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.law import selectors as law
from lamplighter.hub.orders import rules
from lamplighter.hub.orders.models import Breach, BreachAnswer, Decision, Order, StalkingCheck, Step, Term
from lamplighter.hub.orders.policies import DECIDES, OVER
from lamplighter.hub.site.config_files.dated import Rule
from lamplighter.hub.workforce import selectors as workforce

PURPOSE = "run clocks"
# Kinds of tasks.
DECIDE, COURT_END, SERVE, NOTIFY = (
    *("orders.decision", "orders.court_end"),
    *("orders.service", "orders.notification"),
)
ENDING, ANSWER, STALKING, ZONE = "orders.ending", "orders.answer", "orders.stalking", "orders.zone"
VICTIM, ENFORCE = "orders.victim", "orders.enforce"
# What is written where nobody knows who it is.
NOT_NAMED = frozenset({"", "not known", "unknown", "n/k", "not named", "nobody knows"})
ENDED_MATTER = (LegalStatus.Name.CONVICTED, LegalStatus.Name.ACQUITTED)


class State(TextChoices):
    PREPARING = "preparing", "Being prepared"
    ASKED = "asked", "Applied for, not decided yet"
    TO_BEGIN = "to_begin", "Made, and not in force yet"
    IN_FORCE = "in_force", "In force"
    ENDED = "ended", "Ended"
    NOT_MADE = "not_made", "Not made"


@dataclass(frozen=True, slots=True)
class Standing:
    """One order as far as one may read it: its newest version with its terms, all versions, and its steps."""

    order: Order
    terms: tuple[Term, ...]
    versions: tuple[Order, ...]
    steps: tuple[Step, ...]

    def decided(self) -> Step | None:
        """Return what was decided last: that it was made, refused, withdrawn, or that it ended."""
        rows = [step for step in self.steps if step.what in DECIDES]
        return rows[-1] if rows else None

    @property
    def made(self) -> Step | None:
        """Return the step by which the newest order was made."""
        return next((step for step in reversed(self.steps) if step.what == Step.What.MADE), None)

    @property
    def over(self) -> bool:
        last = self.decided()
        return last is not None and last.what in OVER

    def state(self, on: dt.date) -> State:
        """Return how the order stands on a day."""
        last = self.decided()
        if last is None:
            asked = any(step.what == Step.What.APPLIED for step in self.steps)
            return State.ASKED if asked else State.PREPARING
        if last.what in OVER:
            return State.ENDED if self.made else State.NOT_MADE
        if self.order.last_day is not None and self.order.last_day < on:
            return State.ENDED
        if self.order.begins_on is not None and self.order.begins_on > on:
            return State.TO_BEGIN
        return State.IN_FORCE

    @property
    def served(self) -> Step | None:
        """Return the service of the newest order that was made; ``None`` where none is recorded."""
        made = self.made
        found = (s for s in reversed(self.steps) if s.what == Step.What.SERVED)
        return next((s for s in found if made is None or (s.on, s.pk) >= (made.on, 0)), None)

    def notifications(self) -> list[tuple[Step, Step | None]]:
        """Return each notification that is or was due, by the step that it comes from, with its answer."""
        answers = {step.answers_id: step for step in self.steps if step.answers_id}
        return [(step, answers.get(step.pk)) for step in self.steps if step.notify_by]


def orders(case: Case, as_at: Moment = None) -> list[Standing]:
    """Return the orders of a case that one may read, with their terms, as the hub knew them at a moment.

    Those in force come first, then what was applied for, then what has ended. Three questions.
    """
    found = of_cases([case.pk], as_at).get(case.pk, [])
    day = rules.day_of(as_at or moment.now())
    first = [State.IN_FORCE, State.TO_BEGIN, State.ASKED, State.PREPARING, State.ENDED, State.NOT_MADE]
    return sorted(found, key=lambda one: (first.index(one.state(day)), one.versions[0].at, one.order.pk))


def of_cases(
    cases: Collection[int], as_at: Moment = None, *, with_terms: bool = True
) -> dict[int, list[Standing]]:
    """Return the orders of some cases, by id. Three questions, and one where there is none to be read."""
    versions: defaultdict[uuid.UUID, list[Order]] = defaultdict(list)
    rows = known(Order.objects.filter(case__in=cases), as_at).select_related("by", "owner")
    for row in rows.order_by("number", "pk"):
        versions[row.thread].append(row)
    if not versions:
        return {}
    terms: defaultdict[int, list[Term]] = defaultdict(list)
    asked = Term.objects.filter(case__in=cases) if with_terms else Term.objects.none()
    for term in known(asked, as_at).order_by("number", "pk"):
        terms[term.order_id].append(term)
    steps: defaultdict[uuid.UUID, list[Step]] = defaultdict(list)
    for step in known(Step.objects.filter(case__in=cases), as_at).select_related("by", "owner"):
        steps[step.thread].append(step)
    found: defaultdict[int, list[Standing]] = defaultdict(list)
    for thread, of in versions.items():
        newest = of[-1]
        ordered = sorted(steps[thread], key=lambda s: (s.on, s.time or dt.time(), s.pk))
        found[newest.case_id].append(Standing(newest, tuple(terms[newest.pk]), tuple(of), tuple(ordered)))
    return dict(found)


def in_force(case: Case, on: dt.date | None = None, as_at: Moment = None) -> list[Standing]:
    """Return the orders that hold on a day."""
    day = on or rules.day_of(as_at or moment.now())
    return [one for one in orders(case, as_at) if one.state(day) == State.IN_FORCE]


def order(case: Case, thread: uuid.UUID, as_at: Moment = None) -> Standing:
    """Return one order, or "not found", said the same for one that never was."""
    found = next((one for one in orders(case, as_at) if one.order.thread == thread), None)
    if found is None:
        raise Http404
    return found


def terms_of(version: Order, as_at: Moment = None) -> list[Term]:
    """Return the terms of one version."""
    return list(known(Term.objects.filter(order=version), as_at).order_by("number", "pk"))


def available(rule: Rule, case: Case, on: dt.date) -> bool:
    """Tell whether such an order can be applied for on this case: its change of law, if any, is signed.

    A switch of areas is asked for the name of each force on the case: that is how it is signed.
    """
    switch = rule.extra.get("switch")
    if not switch:
        return True
    if not law.asked(switch).per:
        return law.in_force(switch, on)
    forces = [p.agency.name for p in cases.participations(case) if p.agency.kind == "police"]
    signed = [s for s in law.of(law.asked(switch)) if s.holding(on)]
    return bool({law.tidy(name) for name in forces} & {s.per for s in signed})


# Decisions --------------------------------------------------------------------------------------------------


def is_name(text: str) -> bool:
    """Tell whether somebody is called this, and it is no word for not knowing."""
    return text.strip().casefold() not in NOT_NAMED


def suspect_named(case: Case, as_at: Moment = None) -> bool:
    """Tell whether the case knows what the suspect is called."""
    suspects = [p for p in cases.parties(case, as_at) if p.side == Party.Side.SUSPECT]
    return any(is_name(p.name) for p in suspects)


def decisions(case: Case, as_at: Moment = None) -> list[Decision]:
    """Return every decision, the newest first."""
    rows = known(Decision.objects.filter(case=case), as_at).select_related("by", "owner")
    return list(rows.order_by("-at", "-pk"))


def standing(rows: Iterable[Decision]) -> Decision | None:
    """Return the decision on a stalking protection order that stands, of all that there are."""
    return next((row for row in rows if row.occasion == Decision.Occasion.NAMED), None)


def decision(case: Case, as_at: Moment = None) -> Decision | None:
    """Return the decision on a stalking protection order that stands."""
    return standing(decisions(case, as_at))


def spo_decision_missing(case: Case, as_at: Moment = None) -> bool:
    """Tell whether the suspect is named and nobody has recorded whether an order is applied for."""
    return decision(case, as_at) is None and suspect_named(case, as_at)


def court_ends(
    case: Case, as_at: Moment = None, given: Sequence[Decision] | None = None
) -> list[LegalStatus]:
    """Return the ends of proceedings of which nobody has recorded whether an order was asked for.

    ``given``: the decisions of the case, where the page has asked for them.
    """
    rows = criminal_matters.counting(known(LegalStatus.objects.filter(case=case, ends=False), as_at))
    there = decisions(case, as_at) if given is None else given
    answered = {d.of_key for d in there if d.occasion == Decision.Occasion.COURT_END}
    return [row for row in rows if row.name in ENDED_MATTER and row.key not in answered]


# Breaches ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Broken:
    """A breach with what was done about it, each oldest first."""

    breach: Breach
    answers: tuple[BreachAnswer, ...]
    checks: tuple[StalkingCheck, ...]

    @property
    def same(self) -> bool:
        """Tell whether it is another breach, recorded twice."""
        return any(row.what == BreachAnswer.What.SAME for row in self.answers)


def breaches(case: Case, as_at: Moment = None) -> list[Broken]:
    """Return the breaches of a case, the newest first. Three questions, and one where there is none."""
    found = known(Breach.objects.filter(case=case), as_at).select_related("by", "owner")
    there = list(found.order_by("-at", "-pk"))
    if not there:
        return []
    answers: defaultdict[int, list[BreachAnswer]] = defaultdict(list)
    rows = known(BreachAnswer.objects.filter(case=case), as_at).select_related("by", "owner")
    for row in rows.order_by("at", "pk"):
        answers[row.breach_id].append(row)
    checks: defaultdict[int, list[StalkingCheck]] = defaultdict(list)
    looked = known(StalkingCheck.objects.filter(case=case), as_at).select_related("by", "owner")
    for check in looked.order_by("at", "pk"):
        checks[check.breach_id].append(check)
    return [Broken(one, tuple(answers[one.pk]), tuple(checks[one.pk])) for one in there]


def breach(case: Case, key: uuid.UUID, as_at: Moment = None) -> Broken:
    """Return one breach, or "not found", said the same for one that never was."""
    found = next((one for one in breaches(case, as_at) if one.breach.key == key), None)
    if found is None:
        raise Http404
    return found


def breaches_unanswered(case: Case, as_at: Moment = None) -> list[Broken]:
    """Return the breaches without an arrest or a reason, or that nobody looked at as stalking."""
    return [one for one in breaches(case, as_at) if not one.same and (not one.answers or not one.checks)]


def who_acts(case: Case, user: User | None, kind: str = Agency.Kind.POLICE) -> Agency | None:
    """Return the agency of this kind on the case that acts, where its people can see the case.

    Without one: who coordinates the case. As the service.
    """
    blind = workforce.blind(case)
    on_case = [p.agency for p in cases.participations(case) if p.agency_id not in blind]
    found = next((a for a in on_case if a.kind == kind), None)
    if found or user is None:
        return found or next(iter(on_case), None)
    return status.whose("hub", case, user)


def clocks(case: Case) -> Mapping[uuid.UUID | None, list[Clock]]:
    """Return the running tasks about orders that one may see, by the row that each is about."""
    rows = Clock.objects.filter(case=case, kind__startswith="orders.", state=Clock.State.RUNNING)
    found: defaultdict[uuid.UUID | None, list[Clock]] = defaultdict(list)
    for clock in rows.select_related("owner", "assigned_to").order_by("due_at", "pk"):
        found[clock.of_key].append(clock)
    return found
