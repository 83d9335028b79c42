"""What a set of reports looks like: possible stalking, or one of the other matters that repeat.

The rule is stated, not scored. It is decided on acts, never on the
relationship alone: a neighbour, a colleague or a brother can stalk, and most
do not. docs/courses.md shows what the rule misses and what it flags wrongly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lamplighter.courses.facts import Act, Fact, is_background

RULE_ID = "reading"
RULE_VERSION = "2026.11"

POSSIBLE = "possible_stalking"
# Acts that show attention to the person, and that the other repeated matters hardly ever hold.
PERSONAL = frozenset(
    {
        "following", "monitoring", "tracking", "account_access", "loitering", "watching", "impersonation",
        "publishing", "payment_messages", "unwanted_gift", "unwanted_orders", "contact_via_others",
        "unwanted_contact", "approach", "break_in", "false_allegations", "threat_veiled", "threat_images",
    }
)  # fmt: skip
# Acts that are as common in quarrels: they count towards stalking beside personal acts, or from a former partner.
HARMFUL = frozenset(
    {"threat_harm", "threat_kill", "violence", "strangulation", "sexual_violence", "damage", "interference",
     "coercion", "threat_self_harm", "breach", "abuse"}
)  # fmt: skip
_SERIOUS = HARMFUL - {"abuse"}
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
    if main and not (harmful & _SERIOUS - {"breach", "violence", "damage"}):
        return Seen(fact.report_id, "dispute", main, harmful)
    if harmful:
        return Seen(fact.report_id, "harmful", main, harmful)
    if main:
        return Seen(fact.report_id, "dispute", main, frozenset())
    return Seen(fact.report_id, "nothing", None, frozenset())


def read_course(facts: Sequence[Fact], relationships: frozenset[str], n_occasions: int) -> ReadingResult:
    """The reading of the reports of one course.

    Possible stalking when at least two reports point to it (personal acts; harmful acts count beside a personal
    act, after a separation, or under an order), and they are at least half of the reports that show anything.
    With one occasion only, that occasion alone is read the same way, as what it could be the start of.

    Args:
        facts: reports in which the suspect acts on the victim (counter reports left out).
        relationships: mapped relationships recorded between the two.
        n_occasions: distinct occasions among them.
    """
    each = [seen(f) for f in facts]
    cues = Counter(c for f in facts for c in f.cues)
    personal = [s for s in each if s.shows == "personal"]
    harmful = [s for s in each if s.shows == "harmful"]
    disputes = [s for s in each if s.shows == "dispute"]
    apart = "ex_partner" in relationships or cues["separated"] > 0
    together = "partner" in relationships or cues["together"] > 0
    pursued = any(cues[c] for c in _PURSUIT)
    harm_counts = bool(personal) or (apart and not together) or cues["order_in_force"] > 0
    pointing = personal + (harmful if harm_counts else [])
    showing = len(personal) + len(harmful) + len(disputes)
    enough = len(pointing) >= min(2, max(1, n_occasions))
    share = len(pointing) / showing if showing else 0.0
    ids = tuple(s.report_id for s in pointing)
    away = tuple(s.report_id for s in each if s.report_id not in set(ids) and s.shows != "nothing")
    if enough and share >= _STALKING_SHARE and not _only_together(personal, apart, together, pursued):
        return ReadingResult(POSSIBLE, _for(personal, harmful, apart, pursued, len(facts)), ids, away)
    reading, why = _other(each, relationships, cues, apart, together)
    return ReadingResult(reading, why, ids, away)


def _only_together(personal: Sequence[Seen], apart: bool, together: bool, pursued: bool) -> bool:
    """Partners living together who message and call each other: only acts of surveillance speak for stalking."""
    if not together or apart or pursued:
        return False
    surveillance = {
        "following",
        "tracking",
        "monitoring",
        "account_access",
        "watching",
        "loitering",
        "impersonation",
    }
    return not any(s.behaviours & surveillance for s in personal)


def _for(
    personal: Sequence[Seen], harmful: Sequence[Seen], apart: bool, pursued: bool, n: int
) -> tuple[str, ...]:
    out = [
        f"{len(personal)} of {n} reports show acts aimed at the person (followed, watched, contacted, published ...)."
    ]
    if harmful:
        out.append(f"{len(harmful)} more show threats, violence or damage.")
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
