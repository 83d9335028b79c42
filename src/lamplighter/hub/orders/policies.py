"""Check what an order, a step, a decision and a breach must say. Nothing here asks the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from lamplighter.hub.orders import rules
from lamplighter.hub.orders.models import ZONES, BreachAnswer, Decision, Order, StalkingCheck, Step, Term
from lamplighter.hub.site.config_files.dated import Rule
from lamplighter.hub.site.refusals import NotPossibleError

LEAST_REASON = 10  # characters
What = Step.What
# Each says that what the court was asked is over, or that the order is.
OVER = (What.REFUSED, What.WITHDRAWN, What.DISCHARGED, What.APPEAL_WON)
DECIDES = (What.MADE, *OVER)


@dataclass(frozen=True, slots=True)
class Said:
    """One term as somebody writes it."""

    what: str
    words: str
    zone: str = ""
    last_day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that a version says. ``made_on``: the day on which it was made; ``None``: it is not yet."""

    kind: str
    route: str
    court: str = ""
    reference: str = ""
    applied_on: dt.date | None = None
    made_on: dt.date | None = None
    made_at: dt.time | None = None
    begins_on: dt.date | None = None
    last_day: dt.date | None = None
    open_ended: bool = False
    terms: tuple[Said, ...] = ()

    def words(self) -> list[str]:
        """Return everything in it that somebody typed."""
        return [self.court, self.reference, *(term.words for term in self.terms)]


def check_draft(draft: Draft, rule: Rule, available: bool, today: dt.date) -> None:
    """Refuse what an order of this kind cannot be. ``available``: its change of law is signed here."""
    asked = draft.made_on is None
    if draft.route not in Order.Route.values:
        raise NotPossibleError("Say how the order comes about.", "route")
    if asked and not rule.extra["applied_for"]:
        raise NotPossibleError(
            f"{rule.title} are not applied for. Enter the day on which they were set.", "made_on"
        )
    if asked and not available:
        raise NotPossibleError(
            "Nobody of the hub has signed that such an order can be made here. A coordinator signs it on "
            "“Law as this hub has it”; until then choose another order. One that was made can be recorded.",
            "kind",
        )
    for field in ("applied_on", "made_on"):
        day = getattr(draft, field)
        if day is not None and day > today:
            raise NotPossibleError("The day must not be in the future.", field)
    if draft.applied_on and draft.made_on and draft.applied_on > draft.made_on:
        raise NotPossibleError(
            "It cannot be made before it was applied for. Correct one of the two days.", "made_on"
        )
    if not asked:
        _check_period(draft, rule)
    elif draft.begins_on or draft.last_day or draft.open_ended:
        raise NotPossibleError(
            "You say from when or until when it holds. Enter the day on which it was made too, or leave "
            "these out while nobody has decided.",
            "made_on",
        )
    _check_terms(draft, rule)


def _check_period(draft: Draft, rule: Rule) -> None:
    if draft.begins_on is None:
        raise NotPossibleError("Enter the day from which it holds.", "begins_on")
    if draft.open_ended == (draft.last_day is not None):
        raise NotPossibleError(
            "Enter the last day on which it holds, or say that it holds until a further order: one of the "
            "two.",
            "last_day",
        )
    if draft.open_ended and not rule.extra["open_ended"]:
        raise NotPossibleError(f"{rule.title}: enter the last day. It always has one.", "last_day")
    if draft.last_day is None:
        return
    if draft.last_day < draft.begins_on:
        raise NotPossibleError("The last day must not be before the day from which it holds.", "last_day")
    least = rule.extra.get("least_months")
    if least and draft.last_day < rules.later(draft.begins_on, least) - dt.timedelta(days=1):
        raise NotPossibleError(
            f"{rule.title}: a fixed period is at least {least} months. Check the last day against the order.",
            "last_day",
        )


def _check_terms(draft: Draft, rule: Rule) -> None:
    if draft.made_on is not None and not draft.terms:
        raise NotPossibleError("Enter at least one term: what the person must not do, or must do.", "words_1")
    longest = rule.extra.get("monitoring_months")
    for number, term in enumerate(draft.terms, 1):
        if term.what not in Term.What.values:
            raise NotPossibleError(f"Say what kind of term {number} is.", f"what_{number}")
        if not term.words.strip():
            raise NotPossibleError(f"Enter the words of term {number}.", f"words_{number}")
        if term.zone and term.zone not in ZONES:
            raise NotPossibleError(f"Choose the zone of term {number} from the list.", f"zone_{number}")
        if term.what != Term.What.PROHIBITION and not rule.extra["requirements"]:
            raise NotPossibleError(
                f"{rule.title}: it can forbid, and require nothing. Check term {number} against the order.",
                f"what_{number}",
            )
        if draft.begins_on is None:
            continue
        ends, last = term.last_day or draft.last_day, draft.last_day
        if term.last_day and (term.last_day < draft.begins_on or (last and term.last_day > last)):
            raise NotPossibleError(
                f"Term {number} must end while the order holds. Correct its last day.", f"ends_{number}"
            )
        most = rules.later(draft.begins_on, longest) if longest else None
        if most and term.what == Term.What.MONITORING and (ends is None or ends >= most):
            raise NotPossibleError(
                f"{rule.title}: monitoring is for at most {longest} months. Enter or correct the last day of "
                f"term {number}.",
                f"ends_{number}",
            )


def check_change(before: Order, draft: Draft, why: str, side: str) -> None:
    """Refuse another kind, except the full order after an interim one; and to hide what was shared."""
    followed = rules.kind(before.kind, draft.made_on or dt.date.max).extra.get("then")
    if draft.kind not in {before.kind, followed}:
        raise NotPossibleError("This is another kind of order. Record it as an order of its own.", "kind")
    if len(why.strip()) < LEAST_REASON:
        raise NotPossibleError(f"Enter why in at least {LEAST_REASON} characters.", "why")
    if before.partition == "shared" and side != "shared":
        raise NotPossibleError(
            "Everybody on the case reads this order already, and has to know what stands. Choose everybody.",
            "side",
        )
    if side not in {before.partition, "shared"}:
        raise NotPossibleError(
            "Keep the order on the side on which it is, or share it with everybody.", "side"
        )


def check_step(what: str, on: dt.date, made: bool, over: bool, words: str, today: dt.date) -> None:
    """Refuse a step that does not follow from what is there. ``made``, ``over``: how the order stands."""
    if what not in What.values or what == What.MADE:
        raise NotPossibleError("Choose what happened.", "what")
    if on > today and what != What.HEARING:
        raise NotPossibleError("The day must not be in the future. A hearing can be.", "on")
    if over and what not in {What.APPEALED, What.APPEAL_WON, What.APPEAL_LOST, What.HEARING, What.NOTIFIED}:
        raise NotPossibleError("The order has ended. Record a new one.", "what")
    needs_order = {
        *(What.SERVED, What.CHANGED, What.NOTIFIED, What.DISCHARGED, What.LET_END),
        *(What.APPEAL_WON, What.APPEAL_LOST),
    }
    if what in needs_order and not made:
        raise NotPossibleError(
            "Nothing is made yet. Record first that the order was made, with its terms.", "what"
        )
    if what == What.LET_END and len(words.strip()) < LEAST_REASON:
        raise NotPossibleError(
            f"Enter why nothing follows the order, in at least {LEAST_REASON} characters.", "words"
        )


def check_served(what: str, by_whom: str, how: str) -> None:
    if what == What.SERVED and not (by_whom.strip() and how.strip()):
        field = "how" if by_whom.strip() else "by_whom"
        raise NotPossibleError("Enter who served it and how: a breach can turn on it.", field)


def check_decision(occasion: str, what: str, ground: str, reason: str, grounds: Collection[str]) -> None:
    """Refuse a decision without a reason; of one not to apply, without a ground."""
    if occasion not in Decision.Occasion.values:
        raise NotPossibleError("Say what the decision is about.", "occasion")
    if what not in Decision.What.values:
        raise NotPossibleError("Say whether an order is applied for.", "what")
    if what == Decision.What.NOT and ground not in grounds:
        raise NotPossibleError("Choose the ground on which no order is applied for.", "ground")
    if what != Decision.What.NOT and ground:
        raise NotPossibleError("A ground is for not applying. Choose none, or “Do not apply”.", "ground")
    check_reason(reason)


def check_reason(reason: str, field: str = "reason") -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise NotPossibleError(f"Enter your reason in at least {LEAST_REASON} characters.", field)


def check_breach(
    kind: str, happened: dt.datetime, words: str, kinds: Collection[str], now: dt.datetime
) -> None:
    if kind not in kinds:
        raise NotPossibleError("Choose which order or condition was broken.", "order")
    if happened > now:
        raise NotPossibleError("The day and time must not be in the future.", "happened_on")
    if not words.strip():
        raise NotPossibleError("Enter what happened.", "words")


def check_answer(what: str, words: str) -> None:
    if what not in BreachAnswer.What.values:
        raise NotPossibleError("Say what was done.", "what")
    check_reason(words, "words")


def check_looked_at(found: str, words: str) -> None:
    if found not in StalkingCheck.Found.values:
        raise NotPossibleError("Say whether it was a further stalking offence.", "found")
    check_reason(words, "words")


def check_zone(name: str, place: str) -> None:
    if name not in ZONES:
        raise NotPossibleError("Choose the zone.", "name")
    if not place.strip():
        raise NotPossibleError("Enter where the zone is.", "place")
