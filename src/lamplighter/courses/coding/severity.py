"""Kinds of act, and the order in which they are held to escalate."""

from __future__ import annotations

SURVEILLANCE = frozenset({"following", "watching", "loitering", "monitoring", "tracking", "account_access"})
FIXATED = SURVEILLANCE | {
    "impersonation",
    "contact_via_others",
    "publishing",
    "payment_messages",
    "unwanted_orders",
}
# Aimed at the person again and again: what persistence is shown by, beside surveillance.
PERSISTENT = FIXATED | {"unwanted_contact", "unwanted_gift", "approach", "false_allegations"}
THREATS = frozenset({"threat_harm", "threat_kill", "threat_veiled", "threat_images", "threat_self_harm"})
VIOLENCE = frozenset({"violence", "strangulation", "sexual_violence"})
# Nobody is followed, threatened, hurt or broken in upon because of a hedge: a dispute told in the same words
# stands beside these acts, and never in their place.
NEVER_EXPLAINED = (
    frozenset(
        {
            "following",
            "tracking",
            "monitoring",
            "account_access",
            "impersonation",
            "payment_messages",
            "loitering",
            "break_in",
            "damage",
            "coercion",
            "breach",
        }
    )
    | THREATS
    | VIOLENCE
)
# Escalation in kind: the ordered steps. A behaviour not listed has no step.
STEPS: tuple[tuple[str, frozenset[str]], ...] = (
    ("contact", frozenset({"unwanted_contact", "payment_messages", "approach", "abuse"})),
    (
        "contact through others, gifts and publishing",
        frozenset(
            {
                "contact_via_others",
                "unwanted_gift",
                "unwanted_orders",
                "publishing",
                "impersonation",
                "false_allegations",
            }
        ),
    ),
    ("following, watching and monitoring", SURVEILLANCE),
    ("damage, entry and breach", frozenset({"damage", "interference", "break_in", "breach"})),
    ("threats", THREATS | {"coercion"}),
    ("violence", VIOLENCE),
)


def step_of(behaviour: str) -> int:
    """The place of a behaviour in :data:`STEPS`, or -1."""
    return next((i for i, (_, members) in enumerate(STEPS) if behaviour in members), -1)
