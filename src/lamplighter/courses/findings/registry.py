"""The rules that say something about a course, each with its condition as a function.

A condition takes a :class:`View` and says whether it is met, on which
occasions, in one plain sentence. There is no score: rules are listed, met or
not met, with what met them.
"""

from __future__ import annotations

from lamplighter.courses.coding.lexicon_store import lexicon
from lamplighter.courses.findings import act_conditions, course_conditions  # noqa: F401  register theirs
from lamplighter.courses.findings.conditions import CONDITIONS, Met, View
from lamplighter.courses.reports.readings import RULE_VERSION as READING_VERSION
from lamplighter.courses.rules import FINDINGS, JOINING, RuleText, rule_texts


def rules_version() -> str:
    """Return one string that changes whenever a rule does, or the words that it reads."""
    every = (r for table in (FINDINGS, JOINING) for r in rule_texts(table).values())
    rules = ",".join(f"{r.rule_id}:{r.version}" for r in every)
    return f"rules {rules}; reading {READING_VERSION}; words {lexicon().version}"


def findings(view: View) -> list[tuple[RuleText, Met]]:
    """Every rule with what it found, in the order of ``rules.toml``.

    Raises:
        LookupError: when a rule has no condition, or a condition no rule.
    """
    texts = rule_texts()
    if set(texts) != set(CONDITIONS):
        raise LookupError(f"rules and conditions differ: {sorted(set(texts) ^ set(CONDITIONS))}")
    return [(text, CONDITIONS[rule_id](view)) for rule_id, text in texts.items()]
