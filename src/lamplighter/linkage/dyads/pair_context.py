"""Read what two reports say about a pair of records, besides the records themselves: which parts the two
play, how the suspect is described to the victim, what kind of matter each report is, and how much time lies
between the two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_levels import NULL_LEVEL, Comparison
from lamplighter.linkage.dyads import time_gap
from lamplighter.linkage.features.record_features import Features, part_of
from lamplighter.linkage.model.match_weights import Weighed

Bits = npt.NDArray[np.float64]
PART = pl.Enum(["V", "S", "O"])
KIND = pl.Enum(["victim", "suspect", "swapped", "within", "other"])
RELATION = pl.Enum(
    ["unsaid", "intimate", "strangers", "same", "stranger", "compatible", "conflict"],
)
MATTER = pl.Enum(["unsaid", "chance", "contact", "mixed"])
"""What a pair is of, as one byte each: there are tens of millions."""
_AT_ONCE = 500_000

IDENTIFYING = frozenset(
    {
        "forename",
        "surname",
        "telephone",
        "email",
        "account",
        "vehicle",
        "pnc",
        "cro",
        "nominal",
        "birth_date",
    }
)

ACCOUNT_NAME = "account_name"
"""Tells who somebody is where it fits, and nothing where it does not."""
DESCRIBED_ALIKE = ("intimate", "same")
"""How two relationship words go together where they tell who the suspect is: "the ex" both times, or the
neighbour. Two strangers are anybody."""
_INTIMATE = ("partner", "ex_partner")
_KNOWN = ("friend", "acquaintance", "colleague", "neighbour", "service_user", "family")
_LOOSE = ("acquaintance", "friend")

# What the report was recorded as. Thefts and burglaries by persons unknown befall the victims of
# stalkers as they befall anybody; calls, messages and breaches tend to belong together.
_CHANCE = ("theft", "burglary")
_CONTACT = (
    "stalking",
    "harassment",
    "malicious_communications",
    "nuisance_communications",
    "breach_of_order",
    "breach_of_bail",
    "private_images",
    "online_abuse",
    "controlling_coercive",
)


def matter_kind(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Tell how what two reports were recorded as goes together: a key of ``Model.matter``, or ``unsaid``."""
    chance = left.is_in(_CHANCE) | right.is_in(_CHANCE)
    contact = left.is_in(_CONTACT) & right.is_in(_CONTACT)
    return (
        pl.when(left.is_null() | right.is_null())
        .then(pl.lit("unsaid"))
        .when(chance.fill_null(False))
        .then(pl.lit("chance"))
        .when(contact.fill_null(False))
        .then(pl.lit("contact"))
        .otherwise(pl.lit("mixed"))
    )


def relation_kind(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Tell how two relationship words go together: a key of ``Model.relation``, or ``unsaid``."""
    unsaid = left.is_null() | right.is_null() | left.is_in(["not_known"]) | right.is_in(["not_known"])
    intimate = left.is_in(_INTIMATE) & right.is_in(_INTIMATE)
    loose = (left.is_in(_LOOSE) & right.is_in(_KNOWN)) | (right.is_in(_LOOSE) & left.is_in(_KNOWN))
    stranger = (left == "stranger") ^ (right == "stranger")
    return (
        pl.when(unsaid)
        .then(pl.lit("unsaid"))
        .when(intimate)
        .then(pl.lit("intimate"))
        .when((left == "stranger") & (right == "stranger"))
        .then(pl.lit("strangers"))
        .when(left == right)
        .then(pl.lit("same"))
        .when(stranger)
        .then(pl.lit("stranger"))
        .when(loose)
        .then(pl.lit("compatible"))
        .otherwise(pl.lit("conflict"))
    )


def named_pairs(levels: npt.NDArray[np.int8], table: tuple[Comparison, ...]) -> npt.NDArray[np.bool_]:
    """Tell whether a pair compares anything that tells one person from another: shape (n,).

    An account in which the other's name is not found tells nothing of who either is; many have none.
    """
    at = [i for i, c in enumerate(table) if c.name in IDENTIFYING or c.unknown]
    named = np.asarray((levels[:, at] != NULL_LEVEL).any(axis=1))
    for i, c in enumerate(table):
        if c.name == ACCOUNT_NAME:
            named |= np.isin(levels[:, i], [level.value for level in c.levels if level.name == "fits"])
    return named


def pair_frame(features: Features, weighed: Weighed, table: tuple[Comparison, ...]) -> pl.DataFrame:
    """Pairs with the reports and parts of their records, turned so that ``rep_l <= rep_r``.

    Columns: rep_l, rep_r, part_l, part_r ('V' victim, 'S' suspect, 'O' other), kind
    ('victim', 'suspect', 'swapped', 'within', 'other'), relation, matter, apart, ev, and identified
    (whether anything that tells one person from another was compared).
    """
    facts = features.facts.select(
        rep=pl.col("report_id").rank("dense").cast(pl.Int32),
        part=part_of(features.facts),
        rel="relationship",
        matter="recorded_as",
        day=pl.col("reported_at").to_physical(),
    )
    # A part at a time: words take a dozen times the room of what is kept of them.
    parts = [
        _some_pairs(facts, weighed.left[some], weighed.right[some])
        for some in (slice(at, at + _AT_ONCE) for at in range(0, max(len(weighed), 1), _AT_ONCE))
    ]
    return pl.concat(parts, rechunk=True).with_columns(
        ev=pl.Series(weighed.evidence), identified=pl.Series(named_pairs(weighed.levels, table))
    )


def _some_pairs(facts: pl.DataFrame, left: Rows, right: Rows) -> pl.DataFrame:
    joined = facts[left].hstack(facts[right].rename(lambda name: f"{name}_2"))
    turn = pl.col("rep") > pl.col("rep_2")
    turned = [
        pl.when(turn).then(pl.col(b)).otherwise(pl.col(a)).alias(name)
        for name, a, b in (
            ("rep_l", "rep", "rep_2"), ("rep_r", "rep_2", "rep"), ("part_l", "part", "part_2"),
            ("part_r", "part_2", "part"),
        )
    ]  # fmt: skip
    roles = pl.col("part_l") + pl.col("part_r")
    kind = (
        pl.when(pl.col("rep_l") == pl.col("rep_r"))
        .then(pl.lit("within"))
        .otherwise(
            roles.replace_strict(
                {"VV": "victim", "SS": "suspect", "VS": "swapped", "SV": "swapped"}, default="other"
            )
        )
    )
    return joined.with_columns(*turned).select(
        "rep_l", "rep_r", pl.col("part_l", "part_r").cast(PART), kind.cast(KIND).alias("kind"),
        relation_kind(pl.col("rel"), pl.col("rel_2")).cast(RELATION).alias("relation"),
        matter_kind(pl.col("matter"), pl.col("matter_2")).cast(MATTER).alias("matter"),
        time_gap.kind(pl.col("day"), pl.col("day_2")).cast(time_gap.KIND).alias("apart"),
    )  # fmt: skip
