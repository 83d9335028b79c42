"""Draw what truly happened and when: occasions with behaviours, rising, fading, falling silent.

Stalking: gaps between occasions are exponential around each course's own mean; in an escalating
course the gaps shrink and the acts worsen, in a fading one the reverse; some fall silent for months.
Serious acts are likelier late in an escalating course, after a break-up of a few weeks and once an
order is broken, so what happens next is foreshadowed by the kind of acts, not by recency alone. [I]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.sampling.draws import (
    DAY,
    NEVER,
    Bools,
    Floats,
    Ints,
    chance,
    group_cumsum,
    pick,
    pick_rows,
    stream,
    within,
)

BEHAVIOURS = (
    "unwanted_contact",
    "unwanted_gift",
    "contact_via_others",
    "payment_messages",
    "publishing",
    "approach",
    "following",
    "loitering",
    "watching",
    "monitoring",
    "tracking",
    "account_access",
    "impersonation",
    "unwanted_orders",
    "false_allegations",
    "threat_self_harm",
    "threat_harm",
    "threat_veiled",
    "threat_images",
    "damage",
    "interference",
    "break_in",
    "coercion",
    "threat_kill",
    "violence",
    "strangulation",
    "sexual_violence",
    "breach",
    "abuse",
    "quarrel",
    "neighbour_nuisance",
    "debt_dispute",
    "nuisance_caller",
    "acquisitive",
    "disorder",
)
CODE = {name: i for i, name in enumerate(BEHAVIOURS)}
SERIOUS = ("violence", "strangulation", "sexual_violence", "threat_kill")
_BANDS: tuple[dict[str, float], ...] = (
    {
        "unwanted_contact": 9,
        "unwanted_gift": 2,
        "contact_via_others": 2,
        "payment_messages": 1,
        "publishing": 1,
        "approach": 2,
        "abuse": 1,
    },
    {
        "following": 3,
        "loitering": 5,
        "watching": 3,
        "monitoring": 2,
        "tracking": 1.5,
        "account_access": 1.5,
        "impersonation": 1.2,
        "unwanted_orders": 1.2,
        "false_allegations": 0.8,
        "threat_self_harm": 1.5,
        "approach": 2,
    },
    {
        "threat_harm": 4,
        "damage": 5,
        "interference": 2.5,
        "break_in": 1.5,
        "threat_images": 1.2,
        "threat_veiled": 2.5,
        "coercion": 0.7,
    },
    {"threat_kill": 4, "violence": 4, "strangulation": 0.8, "sexual_violence": 0.4, "threat_harm": 0.8},
)
_KIND_ACTS: dict[int, dict[str, float]] = {
    d.NEIGHBOUR: {
        "neighbour_nuisance": 8,
        "quarrel": 4,
        "abuse": 2,
        "damage": 1.2,
        "threat_harm": 0.5,
        "watching": 0.4,
    },
    d.QUARREL: {
        "quarrel": 6,
        "abuse": 3,
        "unwanted_contact": 2.5,
        "publishing": 1,
        "threat_harm": 0.8,
        "violence": 0.4,
    },
    d.DOMESTIC: {"quarrel": 8, "abuse": 2, "violence": 1.6, "damage": 0.8, "coercion": 0.3},
    d.CALLER: {"nuisance_caller": 1},
    d.DEBT: {"debt_dispute": 6, "unwanted_contact": 2, "threat_harm": 1, "approach": 1.2},
    d.WORK: {"debt_dispute": 3, "quarrel": 4, "abuse": 2, "threat_harm": 0.5},
    d.FAMILY: {"quarrel": 6, "abuse": 2, "damage": 0.8, "violence": 0.6, "unwanted_contact": 0.8},
}
_SINGLE_ACTS: dict[str, dict[str, float]] = {
    "assault": {"violence": 3, "disorder": 2},
    "public_order": {"disorder": 1},
    "theft": {"acquisitive": 1},
    "shoplifting": {"acquisitive": 1},
    "burglary": {"acquisitive": 1},
    "damage": {"damage": 1},
    "vehicle_theft": {"acquisitive": 1},
    "nuisance": {"neighbour_nuisance": 2, "disorder": 1},
    "one_message": {"unwanted_contact": 2, "nuisance_caller": 2, "abuse": 1},
    "suspicious": {"watching": 1, "loitering": 1, "disorder": 1},
    "concern": {"quarrel": 1},
    "lone_domestic": {"quarrel": 3, "violence": 1},
}


def _weights(acts: dict[str, float]) -> Floats:
    row = np.zeros(len(BEHAVIOURS))
    for name, weight in acts.items():
        row[CODE[name]] = weight
    return row


CHANNELS = (
    "in_person",
    "phone",
    "text_message",
    "email",
    "letter",
    "social_media",
    "device",
    "payment",
    "third_party",
    "court_process",
)
_FIXED_CHANNEL = {
    "unwanted_gift": "letter",
    "contact_via_others": "third_party",
    "payment_messages": "payment",
    "publishing": "social_media",
    "impersonation": "social_media",
    "monitoring": "device",
    "tracking": "device",
    "account_access": "device",
    "unwanted_orders": "third_party",
    "false_allegations": "court_process",
    "nuisance_caller": "phone",
}
_REMOTE = (
    "unwanted_contact",
    "threat_self_harm",
    "threat_harm",
    "threat_veiled",
    "threat_images",
    "threat_kill",
    "abuse",
)


@dataclass(slots=True)
class Occasions:
    """One row an occasion, story after story, in order of time. ``second`` is -1 where one thing was done."""

    dossier: Ints
    seq: Ints
    share: Floats
    at: Ints
    first: Ints
    second: Ints
    breach: Bools
    channel: Ints
    by_proxy: Bools
    at_relative: Bools
    serious: Bools
    past: Bools

    def __len__(self) -> int:
        return len(self.dossier)


def make(config: Config, cell: int, dossiers: d.Dossiers) -> Occasions:
    """Return every occasion of every story, up to the end of the future that is simulated."""
    rng = stream(config.seed, cell, "occasions")
    m, n = config.marginals, len(dossiers)
    stalking = dossiers.kind == d.STALKING
    counts = np.ones(n, dtype=np.int64)
    rows = np.flatnonzero(stalking)
    counts[rows] = 2 + rng.negative_binomial(1.5, 1.5 / (1.5 + 10.0), len(rows)).clip(0, 70)
    repeated = np.flatnonzero(~stalking & (dossiers.kind != d.SINGLE))
    counts[repeated] = 1 + rng.geometric(0.36, len(repeated)).clip(1, 14)
    style = pick(rng, [1 - m.escalating - m.fading, m.escalating, m.fading], n)
    mean_gap = np.where(stalking, rng.lognormal(np.log(13), 0.8, n), rng.lognormal(np.log(45), 0.8, n)).clip(
        0.4, 400
    )

    dossier = np.repeat(np.arange(n, dtype=np.int64), counts)
    seq = within(counts)
    share = seq / np.maximum(counts[dossier] - 1, 1)
    bend = np.where(style == 1, -1.5, np.where(style == 2, 1.2, 0.0)) * stalking
    gap = rng.exponential(1.0, len(dossier)) * mean_gap[dossier] * np.exp(bend[dossier] * (share - 0.5)) * DAY
    gap[seq == 0] = 0.0
    silent = stalking & (counts >= 5) & chance(rng, m.silence, n)
    where = np.cumsum(counts) - counts + 1 + (rng.random(n) * (counts - 1)).astype(np.int64)
    gap[where[silent]] += rng.uniform(90, 300, int(silent.sum())) * DAY
    at = dossiers.begins[dossier] + group_cumsum(gap, counts).astype(np.int64)
    at = at - at % DAY + _time_of_day(rng, len(at))
    at = _in_order(at, dossier)

    ordered = stalking & (counts >= 3) & chance(rng, m.order_made * 1.3, n)
    order_from = np.where(ordered, counts * rng.uniform(0.3, 0.7, n), NEVER)
    breach = (seq > order_from[dossier]) & chance(rng, 0.75, len(at))
    slope = np.select(
        [style == 1, style == 2],
        [rng.uniform(1.4, 2.8, n), rng.uniform(-0.8, -0.2, n)],
        rng.uniform(-0.1, 0.5, n),
    )
    level = (
        rng.normal(0.5, 0.4, n)[dossier]
        + slope[dossier] * share
        + rng.normal(0, 0.55, len(at))
        + 0.25 * breach
    )
    band = np.searchsorted([0.8, 1.6, 2.5], level).astype(np.int64)
    table = np.stack(
        [_weights(b) for b in _BANDS]
        + [_weights(_KIND_ACTS.get(k, {"quarrel": 1.0})) for k in range(len(d.KINDS))]
        + [_weights(_SINGLE_ACTS[s]) for s in d.SINGLES]
    )
    row = np.where(
        stalking[dossier],
        band,
        np.where(
            dossiers.kind[dossier] == d.SINGLE,
            4 + len(d.KINDS) + dossiers.single[dossier],
            4 + dossiers.kind[dossier],
        ),
    )
    first = pick_rows(rng, table, row)
    lower = np.where(stalking[dossier], np.maximum(band - pick(rng, [5, 4, 1], len(at)), 0), row)
    second = pick_rows(rng, table, lower)
    two = chance(rng, np.where(stalking[dossier], 0.42, 0.22), len(at)) & (dossiers.kind[dossier] != d.SINGLE)
    second = np.where(two & (second != first), second, -1)
    serious_codes = np.array([CODE[s] for s in SERIOUS])
    end = np.int64((config.as_at.toordinal() - 719_163 + 1) * DAY)
    occasions = Occasions(
        dossier=dossier,
        seq=seq,
        share=share,
        at=at,
        first=first,
        second=second,
        breach=breach,
        channel=_channels(rng, first),
        by_proxy=(dossiers.proxy[dossier] >= 0) & chance(rng, 0.35, len(at)),
        at_relative=(dossiers.relative[dossier] >= 0) & chance(rng, 0.35, len(at)),
        serious=(np.isin(first, serious_codes) | np.isin(second, serious_codes)) & stalking[dossier],
        past=at < end,
    )
    keep = at < end + config.future_days * DAY
    return select(occasions, keep)


def select(occasions: Occasions, keep: Bools | Ints) -> Occasions:
    """Return the chosen rows."""
    return Occasions(*[getattr(occasions, name)[keep] for name in Occasions.__slots__])


def _in_order(at: Ints, dossier: Ints) -> Ints:
    """Times sorted inside each story (fixing the hour of the day may have crossed two occasions)."""
    return at[np.lexsort((at, dossier))]


def _time_of_day(rng: np.random.Generator, size: int) -> Ints:
    """Minutes after midnight in fives: evenings most, the small hours least. [I]"""
    hour = pick(
        rng,
        [
            1.2,
            0.8,
            0.6,
            0.4,
            0.3,
            0.4,
            0.8,
            1.5,
            2,
            2,
            2,
            2,
            2.2,
            2,
            2,
            2.2,
            2.6,
            3,
            3.2,
            3.2,
            3,
            2.8,
            2.4,
            1.8,
        ],
        size,
    )
    return hour * 60 + rng.integers(0, 12, size) * 5


def _channels(rng: np.random.Generator, first: Ints) -> Ints:
    out = np.zeros(len(first), dtype=np.int64)
    for name, channel in _FIXED_CHANNEL.items():
        out[first == CODE[name]] = CHANNELS.index(channel)
    remote = np.flatnonzero(np.isin(first, [CODE[name] for name in _REMOTE]))
    options = np.array(
        [CHANNELS.index(c) for c in ("phone", "text_message", "social_media", "email", "in_person")]
    )
    out[remote] = options[pick(rng, [0.3, 0.35, 0.2, 0.1, 0.05], len(remote))]
    return out
