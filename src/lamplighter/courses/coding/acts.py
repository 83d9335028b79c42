"""List what was done on an occasion: by the coder's reading, a source's tick boxes, the recorded title, a
person's correction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lamplighter.courses.coding import coder
from lamplighter.courses.coding.corrections import REMOVED, Correction
from lamplighter.courses.coding.severity import NEVER_EXPLAINED, THREATS
from lamplighter.vocabulary.codes import code_set

# By these somebody is contacted, whatever is said.
_SENT = frozenset({"phone", "text_message", "email", "social_media", "letter", "payment"})
# By whom it was done, where that is not the suspect to the victim.
DIRECTIONS = {
    "by_victim": "done by the victim",
    "mutual": "done by both",
    "to_other": "done to somebody else, or by somebody near the victim",
}
# Why an act that the words name is not taken to have happened.
MOODS = {
    "denied": "the words say it did not happen",
    "disbelieved": "the words say it is not believed",
    "supposed": "the words say it is feared, planned or possible",
    "told_to": "the words say what somebody is to do or not to do",
    "asked": "the words ask whether it happened",
}
_BREACH_GROUPS = frozenset({"breach_of_order", "breach_of_bail"})


@dataclass(frozen=True, slots=True)
class Act:
    """One act on one occasion. ``rule_id`` starts with 'coder', 'source', 'recorded' or 'person'."""

    behaviour: str
    limb: str
    channel: str
    actor: str
    direction: str
    background: bool
    quantity: int | None
    words: str
    rule_id: str
    explained: bool = False

    @property
    def counts(self) -> bool:
        """Done to the victim, and not explained by a quarrel, a dispute, a theft or a crowd in the same
        sentence."""
        return self.direction == "to_victim" and not self.explained and not is_background(self)


def acts_of(
    reading: coder.Reading, occasion: Mapping[str, Any], cues: set[str], groups: set[str | None]
) -> tuple[Act, ...]:
    kept = [a for a in reading.acts if not a.negated]
    disputes = {a.sentence for a in kept if a.background or a.behaviour in _not_stalking()}
    acts = [
        Act(
            a.behaviour,
            a.limb,
            a.channel,
            a.actor,
            a.direction,
            a.background,
            a.quantity,
            a.words,
            f"coder:{a.rule_id}",
            explained=a.sentence in disputes and not _stands_beside(a),
        )
        for a in kept
    ]
    found = {a.behaviour for a in acts if a.counts}
    for behaviour in occasion.get("behaviours") or ():
        # A source's tick box always counts: whoever ticked it was told of it.
        if behaviour not in found:
            acts.append(
                Act(
                    behaviour,
                    limb_of(behaviour),
                    occasion.get("channel") or default_channel(behaviour),
                    occasion.get("actor") or "self",
                    "to_victim",
                    False,
                    None,
                    "",
                    "source:coded",
                )
            )
    if "breach" not in found:
        if groups & _BREACH_GROUPS:
            acts.append(_breach("recorded:breach"))
        elif "order_in_force" in cues and any(a.limb and a.counts for a in acts):
            acts.append(_breach("coder:breach.order_in_force"))
    return tuple(acts)


def _stands_beside(act: coder.Act) -> bool:
    """Tell whether a dispute in the same sentence takes nothing from this act.

    Nor does it from contact by whoever hides, or from asking others about the person."""
    if act.behaviour in NEVER_EXPLAINED | {"contact_via_others"}:
        return True
    return act.actor == "unknown" and act.limb == "b"


def _breach(rule_id: str) -> Act:
    return Act("breach", "", "not_known", "self", "to_victim", False, None, "", rule_id)


def corrected(acts: tuple[Act, ...], corrections: Iterable[Correction]) -> tuple[Act, ...]:
    """Acts after a person's word: removed ones gone, accepted and added ones there.

    An accepted act keeps the rule that proposed it; one that nothing proposes any
    more stands by 'person:accepted', one that nothing ever proposed by 'person:added'.
    """
    out = list(acts)
    for c in corrections:
        if c.kind == REMOVED:
            out = [a for a in out if a.behaviour != c.behaviour]
        elif all(a.behaviour != c.behaviour for a in out):
            b = c.behaviour
            out.append(
                Act(
                    b,
                    limb_of(b),
                    default_channel(b),
                    "self",
                    "to_victim",
                    False,
                    None,
                    c.reason,
                    f"person:{c.kind}",
                )
            )
    return tuple(out)


def limb_of(behaviour: str) -> str:
    """The limb of s.2A(3) a behaviour is an example of, or ''."""
    code = code_set("behaviours").codes.get(behaviour)
    return str(code.extra["limb"]) if code else ""


def letters_of(act: Act) -> tuple[str, ...]:
    """Return the examples of s.2A(3) that an act is one of: a threat that is sent is contact as well."""
    sent = act.behaviour in THREATS | {"abuse"} and act.channel in _SENT
    return (*((act.limb,) if act.limb else ()), *(("b",) if sent and act.limb != "b" else ()))


def cluster_of(behaviour: str) -> str:
    """Its Cupach and Spitzberg cluster; 'not_stalking' for matters that repeat without being stalking."""
    code = code_set("behaviours").codes.get(behaviour)
    return str(code.extra["cluster"]) if code else ""


def default_channel(behaviour: str) -> str:
    code = code_set("behaviours").codes.get(behaviour)
    return str(code.extra.get("channel", "not_known")) if code else "not_known"


def is_background(act: Act) -> bool:
    """Tell whether an act is a matter that happens without anybody being fixated on the person."""
    return act.background or act.behaviour in _not_stalking()


@cache
def _not_stalking() -> frozenset[str]:
    return frozenset(b for b in code_set("behaviours").codes if cluster_of(b) == "not_stalking")
