"""What a set of reports looks like: possible stalking, or one of the other matters that repeat.

The rule is stated, not scored. It is decided on acts, never on the
relationship alone: a neighbour, a colleague or a brother can stalk, and most
do not. docs/courses.md shows what the rule misses and what it flags wrongly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lamplighter.courses.acts import Act, is_background
from lamplighter.courses.facts import Fact

RULE_ID = "reading"
RULE_VERSION = "2026.11"

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
OTHER_READINGS = {
    "quarrel": "mutual_quarrel",
    "neighbour_nuisance": "neighbour_dispute",
    "debt_dispute": "debt_or_work_dispute",
    "nuisance_caller": "repeat_caller",
    "acquisitive": "crime_by_chance",
    "disorder": "crime_by_chance",
    "concern": "unclear",
}
READING_TITLES = {
    POSSIBLE: "possible stalking",
    "neighbour_dispute": "neighbour dispute",
    "mutual_quarrel": "mutual quarrel",
    "domestic_argument": "arguments or violence between partners who are together",
    "family_row": "family row",
    "repeat_caller": "nuisance or scam calls",
    "debt_or_work_dispute": "dispute about money or work",
    "crime_by_chance": "crime between people who met by chance",
    "unclear": "not clear from what is recorded",
}
_STALKING_SHARE = 0.5
_MANY = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What one report shows: 'personal', 'harmful', 'dispute' (with its kind) or 'nothing'."""

    report_id: str
    shows: str
    dispute: str | None
    behaviours: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """The reading with its reasons in plain sentences, and the reports that weighed for and against."""

    reading: str
    reasons: tuple[str, ...]
    pointing_to: tuple[str, ...]
    pointing_away: tuple[str, ...]


def seen(fact: Fact, acts: Iterable[Act] | None = None) -> Seen:
    """What one report shows against its victim."""
    given = tuple(fact.acts if acts is None else acts)
    counted = [a for a in given if a.counts]
    disputes = Counter(a.behaviour for a in given if is_background(a))
    personal = frozenset(a.behaviour for a in counted if a.behaviour in PERSONAL)
    harmful = frozenset(a.behaviour for a in counted if a.behaviour in HARMFUL)
    main = disputes.most_common(1)[0][0] if disputes else None
    if personal:
        # Something said about a dispute in another sentence does not undo being followed or watched.
        return Seen(fact.report_id, "personal", main, personal | harmful)
    if main and not harmful & (SERIOUS - {"breach", "violence", "damage"}):
        return Seen(fact.report_id, "dispute", main, harmful)
    if harmful:
        return Seen(fact.report_id, "harmful", main, harmful)
    if main:
        return Seen(fact.report_id, "dispute", main, frozenset())
    return Seen(fact.report_id, "nothing", None, frozenset())


def by_chance(shown: Seen) -> bool:
    """Whether a report tells only of a theft, a fight or a road rage between people who met by chance."""
    return shown.shows == "dispute" and OTHER_READINGS.get(shown.dispute or "") == "crime_by_chance"


def read_course(
    facts: Sequence[Fact], relationships: frozenset[str], n_occasions: int, n_reversed: int = 0
) -> ReadingResult:
    """The reading of the reports of one course.

    Each report shows strong acts, weak acts, serious harm, a dispute, or nothing (:func:`seen`). Possible
    stalking when
    at least two reports point to it, they are at least half of those that show anything, and

    * between former partners: one shows an act aimed at the person, or two show serious harm;
    * under an order or bail: as between former partners;
    * between relatives, neighbours or partners who are together: two show strong acts, or one does and the
      contact
      went on after it was refused, or three show weak ones and none a dispute;
    * otherwise: one shows a strong act, or three point to it and none shows a dispute, or the contact went
      on after it
      was refused and none shows a dispute.

    Where as many reports have the roles swapped, and nobody calls those counter-allegations, one strong act
    is needed
    in any case. A report whose words show nothing but whose title is that of contact or harassment supports
    reports
    whose words do, and counts for nothing alone.
    With one occasion only, that occasion alone is read the same way, as what it could be the start of.

    Args:
        facts: reports in which the suspect acts on the victim (counter reports left out).
        relationships: mapped relationships recorded between the two.
        n_occasions: distinct occasions among them.
        n_reversed: reports with the roles swapped that are not counter-allegations.
    """
    each = [seen(f) for f in facts]
    cues = Counter(c for f in facts for c in f.cues)
    # Where something else is recorded, one report's 'ex' may be about others: 'a friend of her ex'.
    otherwise = bool(relationships - {"not_known", "ex_partner"})
    apart = "ex_partner" in relationships or (
        "partner" not in relationships and cues["separated"] > (1 if otherwise else 0)
    )
    together = not apart and ("partner" in relationships or cues["together"] > 0)
    titled = sum(
        s.shows == "nothing" and f.recorded_as in CONTACT_TITLES for s, f in zip(each, facts, strict=True)
    )
    tally = _Tally(
        strong=sum(bool(s.behaviours & STRONG) and s.shows == "personal" for s in each),
        weak=sum(not s.behaviours & STRONG and s.shows == "personal" for s in each),
        harm=sum(s.shows == "harmful" and bool(s.behaviours & SERIOUS) for s in each),
        dispute=sum(s.shows == "dispute" for s in each),
        abuse=sum(s.shows == "harmful" and not s.behaviours & SERIOUS for s in each),
        titled=titled,
    )
    pursued = any(cues[c] for c in _PURSUIT)
    close = not apart and (together or bool(relationships & _CLOSE))
    flagged = tally.enough(n_occasions) and tally.kind_enough(
        apart or cues["order_in_force"] > 0, close, pursued, n_occasions
    )
    if n_reversed >= max(1, tally.pointing) and not tally.strong:
        flagged = False
    pointing = tuple(s.report_id for s in each if s.shows == "personal" or s.behaviours & SERIOUS)
    away = tuple(s.report_id for s in each if s.report_id not in set(pointing) and s.shows != "nothing")
    if flagged:
        return ReadingResult(POSSIBLE, _for(tally, apart, pursued, len(facts)), pointing, away)
    reading, why = _other(each, relationships, cues, apart, together)
    return ReadingResult(reading, why, pointing, away)


_CLOSE = frozenset({"family", "partner", "neighbour"})


@dataclass(frozen=True, slots=True)
class _Tally:
    """How many reports show what."""

    strong: int
    weak: int
    harm: int
    dispute: int
    abuse: int
    titled: int

    @property
    def pointing(self) -> int:
        """Reports that point to stalking; a title alone counts only beside words that do."""
        told = self.strong + self.weak + self.harm
        return told + (self.titled if self.strong + self.weak else 0)

    def enough(self, n_occasions: int) -> bool:
        """Two reports point to it (one, when there is one occasion), at least half of those that show
        anything."""
        showing = self.pointing + self.dispute + self.abuse
        return self.pointing >= min(2, max(1, n_occasions)) and self.pointing >= _STALKING_SHARE * showing

    def kind_enough(self, apart: bool, close: bool, pursued: bool, n_occasions: int) -> bool:
        """Whether what they show is of the kind that tells stalking from the other matters."""
        if apart:
            return self.strong + self.weak >= 1 or self.harm >= 2
        if close:
            many = self.weak >= _MANY and self.dispute == 0
            return self.strong >= 2 or (self.strong >= 1 and pursued) or many
        if self.strong:
            return True
        if n_occasions < 2:
            return self.weak > 0 and self.dispute == 0
        return self.weak > 0 and self.dispute == 0 and (pursued or self.pointing >= _MANY)


def _for(tally: _Tally, apart: bool, pursued: bool, n: int) -> tuple[str, ...]:
    out = [
        f"{tally.strong + tally.weak} of {n} reports show acts "
        "aimed at the person (followed, watched, contacted ...)."
    ]
    if tally.harm:
        out.append(f"{tally.harm} more show threats, violence, damage or a breach.")
    if apart:
        out.append("The two are separated.")
    if pursued:
        out.append("The contact went on after it was refused, through others, or against an order.")
    return tuple(out)


def _other(
    each: Sequence[Seen], relationships: frozenset[str], cues: Counter[str], apart: bool, together: bool
) -> tuple[str, tuple[str, ...]]:
    kinds = Counter(
        OTHER_READINGS[s.dispute] for s in each if s.dispute in OTHER_READINGS and s.shows == "dispute"
    )
    harmful = sum(s.shows == "harmful" for s in each)
    if "family" in relationships or (cues["family"] and not relationships - {"not_known"}):
        return "family_row", ("The reports are about rows between relatives.",)
    if (together or "partner" in relationships) and not apart:
        return "domestic_argument", (
            "The two are together; the reports show arguments or violence between them.",
        )
    if "neighbour" in relationships and kinds["neighbour_dispute"]:
        return "neighbour_dispute", (
            "The reports are about noise, boundaries, bins or parking between neighbours.",
        )
    if kinds:
        reading, n = max(sorted(kinds.items()), key=lambda kv: kv[1])
        return reading, (f"{n} of {len(each)} reports describe a {READING_TITLES[reading]}.",)
    if harmful:
        return "unclear", ("There is harm, but nothing recorded shows attention to the person.",)
    return "unclear", ("What is recorded does not say enough.",)
