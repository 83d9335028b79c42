"""Read a set of reports as possible stalking, or one of the other matters that repeat.

The rule is stated, not scored. It is decided on acts, never on the
relationship alone: a neighbour, a colleague or a brother can stalk, and most
do not. docs/courses.md shows what the rule misses and what it flags wrongly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lamplighter.courses.coding.acts import Act, is_background
from lamplighter.courses.reports.facts import Fact
from lamplighter.courses.rules import count_of, least_occasions
from lamplighter.courses.words import count, number

RULE_VERSION = "2026.12"

POSSIBLE = "possible_stalking"
# Acts that show attention to the person, and that the other repeated matters hardly ever hold.
STRONG = frozenset(
    {
        "following",
        "monitoring",
        "tracking",
        "account_access",
        "loitering",
        "watching",
        "impersonation",
        "payment_messages",
        "unwanted_gift",
        "unwanted_orders",
        "break_in",
        "threat_veiled",
        "threat_images",
    }
)
# Attention too, but quarrels, debts and families hold it as well.
WEAK = frozenset({"unwanted_contact", "approach", "publishing", "contact_via_others", "false_allegations"})
PERSONAL = STRONG | WEAK
# Harm as common in quarrels: counts beside personal acts, after a separation, or under an order.
SERIOUS = frozenset(
    {
        "threat_harm",
        "threat_kill",
        "threat_self_harm",
        "violence",
        "strangulation",
        "sexual_violence",
        "damage",
        "interference",
        "coercion",
        "breach",
    }
)
HARMFUL = SERIOUS | {"abuse"}
# What reports whose words show nothing may be recorded as, and then support words that do: never alone.
CONTACT_TITLES = frozenset(
    {"stalking", "harassment", "malicious_communications", "private_images", "computer_misuse", "suspicious",
     "nuisance_communications", "online_abuse"}
)  # fmt: skip
_PURSUIT = frozenset({"told_to_stop", "fixation", "proxy", "order_in_force"})
FIRST = "one_act"
DOMESTIC = "possible_domestic_abuse"
HONOUR = "possible_honour_based_abuse"
OTHER = "other_matter"
# Five things that a set of reports can read as, each in words that say nothing of the people in it.
READING_TITLES = {
    POSSIBLE: "possible stalking",
    FIRST: "one act so far that points to stalking",
    HONOUR: "possible honour-based abuse",
    DOMESTIC: "possible domestic abuse, or controlling or coercive behaviour",
    OTHER: "other repeated matter, not read",
}
# What reports mention beside acts. Counted and said; never a reading of its own.
MENTIONS = {
    "quarrel": "an argument",
    "neighbour_nuisance": "noise, parking, bins or a boundary",
    "debt_dispute": "money or work",
    "nuisance_caller": "scam, sales or prank calls",
    "acquisitive": "a theft or a fraud",
    "disorder": "a disturbance in a public place",
    "concern": "concern for somebody's welfare",
}
# Words of a dispute take nothing from a title: without them the same report would count.
_NO_ACT = frozenset({"nothing", "dispute"})
_BY_CHANCE = frozenset({"acquisitive", "disorder"})
_INTIMATE = frozenset({"partner", "ex_partner", "family"})


@dataclass(frozen=True, slots=True)
class Seen:
    """Content of one report: 'personal', 'harmful', 'dispute' (with its kind) or 'nothing'."""

    report_id: str
    shows: str
    dispute: str | None
    behaviours: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """The reading with its reasons in plain sentences."""

    reading: str
    reasons: tuple[str, ...]


def seen(fact: Fact, acts: Iterable[Act] | None = None) -> Seen:
    """Return what one report shows against its victim."""
    given = tuple(fact.acts if acts is None else acts)
    counted = [a for a in given if a.counts]
    disputes = Counter(a.behaviour for a in given if is_background(a))
    personal = frozenset(a.behaviour for a in counted if a.behaviour in PERSONAL)
    harmful = frozenset(a.behaviour for a in counted if a.behaviour in HARMFUL)
    main = disputes.most_common(1)[0][0] if disputes else None
    if personal:
        # Something said about a dispute in another sentence does not undo being followed or watched.
        return Seen(fact.report_id, "personal", main, personal | harmful)
    if harmful & SERIOUS or (harmful and not main):
        return Seen(fact.report_id, "harmful", main, harmful)
    if main:
        return Seen(fact.report_id, "dispute", main, frozenset())
    return Seen(fact.report_id, "nothing", None, frozenset())


def by_chance(shown: Seen) -> bool:
    """Tell whether a report tells only of a theft, a fight or road rage between people who met by chance."""
    return shown.shows == "dispute" and shown.dispute in _BY_CHANCE


def read_course(facts: Sequence[Fact], relationships: frozenset[str], n_occasions: int) -> ReadingResult:
    """The reading of the reports of one course.

    Each report shows strong acts, weak acts, serious harm, a dispute, or nothing (:func:`seen`), on as many
    occasions as it tells. Possible stalking when two occasions or more point to it and

    * between former partners, or under an order: one shows an act aimed at the person, or two show serious
      harm;
    * between relatives, neighbours or partners who are together, where every report calls them that: two show
      strong acts, or one does and the contact went on after it was refused, or three show weak ones;
    * otherwise: one shows a strong act, or three point to it, or the contact went on after it was refused.

    A report whose words show no act, or a dispute, but whose title is that of contact or harassment supports
    reports whose words do, and counts for nothing alone. Where only one occasion points to it, that is said,
    as what it could be the start of. Nothing that is added to a course can take a reading away: not another
    occasion, report or force, not a dispute, not a report in which the roles are swapped.

    Args:
        facts: reports in which the suspect acts on the victim (counter reports left out).
        relationships: mapped relationships recorded between the two.
        n_occasions: distinct occasions among them.
    """
    each = [seen(f) for f in facts]
    cues = Counter(c for f in facts for c in f.cues)
    known = relationships | {s.relationship for f in facts for s in f.suspects if s.relationship}
    apart = "ex_partner" in known or cues["separated"] > 0
    close = bool(facts) and not apart and all(_close(f) for f in facts)
    times = [max(1, len({m.occasion_seq for m in f.moments})) for f in facts]
    told = list(zip(times, each, strict=True))
    tally = _Tally(
        strong=sum(n for n, s in told if s.shows == "personal" and s.behaviours & STRONG),
        weak=sum(n for n, s in told if s.shows == "personal" and not s.behaviours & STRONG),
        harm=sum(n for n, s in told if s.shows == "harmful" and s.behaviours & SERIOUS),
        titled=sum(
            s.shows in _NO_ACT and f.recorded_as in CONTACT_TITLES for s, f in zip(each, facts, strict=True)
        ),
    )
    pursued = any(cues[c] for c in _PURSUIT)
    bound = apart or cues["order_in_force"] > 0
    # An occasion that two reports tell is one; reports of it are as many occasions as a course has, at most.
    if min(tally.pointing, n_occasions) >= least_occasions() and tally.kind_enough(bound, close, pursued):
        return ReadingResult(POSSIBLE, _for(tally, apart, pursued))
    if tally.pointing and tally.one_enough(bound, close, pursued):
        return ReadingResult(FIRST, _for(tally, apart, pursued))
    return ReadingResult(*_other(each, known, cues))


def points_to_it(facts: Sequence[Fact], relationships: frozenset[str]) -> bool:
    """Tell whether reports read as possible stalking or, where there is one alone, as its possible start.

    Only such a course is joined by what an unknown person did.
    """
    n = sum(max(1, len({m.occasion_seq for m in f.moments})) for f in facts)
    found = read_course(facts, relationships, n).reading
    return found == POSSIBLE or (found == FIRST and len(facts) == 1)


def _close(fact: Fact) -> bool:
    """Whether a report calls the two relatives, neighbours or partners who are together."""
    return any(s.relationship in _CLOSE for s in fact.suspects) or "together" in fact.cues


_CLOSE = frozenset({"family", "partner", "neighbour"})


@dataclass(frozen=True, slots=True)
class _Tally:
    """On how many occasions what was told; ``titled`` counts reports."""

    strong: int
    weak: int
    harm: int
    titled: int

    @property
    def pointing(self) -> int:
        """Occasions that point to stalking; a title alone counts only beside words that do."""
        told = self.strong + self.weak + self.harm
        return told + (self.titled if self.strong + self.weak else 0)

    def kind_enough(self, bound: bool, close: bool, pursued: bool) -> bool:
        """Whether what they show is of the kind that tells stalking from the other matters."""
        many = count_of("reading.weak", "incidents")
        if bound:
            return self.strong + self.weak >= 1 or self.harm >= least_occasions()
        if close:
            enough = self.strong >= least_occasions() or self.weak >= many
            return enough or (self.strong >= 1 and pursued)
        return self.strong > 0 or (self.weak > 0 and (pursued or self.pointing >= many))

    def one_enough(self, bound: bool, close: bool, pursued: bool) -> bool:
        """Whether a single occasion could be the start of it."""
        if bound or not close:
            return self.strong + self.weak > 0
        return self.strong > 0 and pursued


def _for(tally: _Tally, apart: bool, pursued: bool) -> tuple[str, ...]:
    aimed = tally.strong + tally.weak
    out = (
        [f"Acts aimed at the victim (followed, watched, contacted ...): {count(aimed, 'incident')}."]
        if aimed
        else []
    )
    if tally.harm:
        harm = count(tally.harm, "further incident" if aimed else "incident")
        out.append(f"Threats, violence, damage or a possible breach: {harm}.")
    if apart:
        out.append("A report says that the two were partners and are not any more.")
    if pursued:
        out.append("The contact went on after it was refused, through others, or against an order.")
    return tuple(out)


def _reports(of: int, n: int, verb: str) -> str:
    """'The report mentions', 'Two of three reports mention'."""
    if n == 1:
        return f"The report {verb}s"
    return f"{number(of).capitalize()} of {number(n)} reports {verb}{'s' if of == 1 else ''}"


def _other(each: Sequence[Seen], known: frozenset[str], cues: Counter[str]) -> tuple[str, tuple[str, ...]]:
    n = len(each)
    mentioned = Counter(s.dispute for s in each if s.dispute in MENTIONS)
    said = [f"{_reports(c, n, 'mention')} {MENTIONS[kind or '']}." for kind, c in sorted(mentioned.items())]
    harmful = sum(bool(s.behaviours & HARMFUL) for s in each)
    if harmful:
        said.insert(
            0, f"{_reports(harmful, n, 'mention')} threats, violence, damage, a possible breach or abuse."
        )
    if cues["honour"]:
        return HONOUR, ("A report speaks of honour, shame or a marriage that is forced.", *said)
    if harmful and (known & _INTIMATE or cues["together"] or cues["separated"] or cues["family"]):
        return DOMESTIC, ("The two are or were partners, or relatives.", *said)
    return OTHER, tuple(said) or (
        "The rules read no act from the words. That says nothing of what happened.",
    )
