"""Read what two reports say about a pair of records, besides the records themselves: which parts the two
play, how the suspect is described to the victim, what kind of matter each report is, and how much time lies
between the two.

Reports of one course of conduct come close together, those of people who have nothing to do with each other
at any time; and somebody of the same home may report the same man on the same day. How often so much time
lies between two reports is counted for each cell of :mod:`dyad_evidence`: 11 (both people the same), 10 (the
victim), 01 (the suspect), 00 (neither), the last among all pairs of reports.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import rounded
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_levels import NULL_LEVEL, Comparison
from lamplighter.linkage.features.record_features import Features, part_of
from lamplighter.linkage.model.agreement_patterns import Weighed

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


_TWINS = {
    "surname": ("exact",),
    "birth_date": ("exact",),
    "address": ("same", "postcode"),
    "forename": ("differs",),
}
"""What two people born together share, and what alone parts them."""


def may_be_twins(levels: npt.NDArray[np.int8], table: tuple[Comparison, ...]) -> npt.NDArray[np.bool_]:
    """Tell which pairs share surname, day of birth and home, and differ altogether in the first name: (n,).

    How often one person's first name is written as another one is learned over everybody, most of whom have
    not all of the rest in common. Where they have, a twin is as likely as a slip, and a person is asked.
    """
    found = np.ones(len(levels), dtype=bool)
    for i, c in enumerate(table):
        if c.name in _TWINS:
            found &= np.isin(
                levels[:, i], [level.value for level in c.levels if level.name in _TWINS[c.name]]
            )
    return found


def pair_frame(features: Features, weighed: Weighed, table: tuple[Comparison, ...]) -> pl.DataFrame:
    """Pairs with the reports and parts of their records, turned so that ``rep_l <= rep_r``.

    Columns: rep_l, rep_r, part_l, part_r ('V' victim, 'S' suspect, 'O' other), kind
    ('victim', 'suspect', 'swapped', 'within', 'other'), relation, matter, apart, ev, identified
    (whether anything that tells one person from another was compared), and twins (:func:`may_be_twins`).
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
        ev=pl.Series(weighed.evidence),
        identified=pl.Series(named_pairs(weighed.levels, table)),
        twins=pl.Series(may_be_twins(weighed.levels, table)),
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
        gap_kind(pl.col("day"), pl.col("day_2")).cast(GAP).alias("apart"),
    )  # fmt: skip


GapShares = Mapping[str, tuple[float, ...]]
"""Of each kind of time between, its share in the cells 11, 10, 01 and 00."""
GAP_CELLS = ("11", "10", "01")
_CELL = {cell: i for i, cell in enumerate((*GAP_CELLS, "00"))}
MOST_DAYS: Mapping[str, int] = {"week": 7, "month": 31, "quarter": 92, "year": 366}
"""Days between two reports, at most, by kind; more is ``longer``."""
GAPS = (*MOST_DAYS, "longer")
GAP = pl.Enum(["unsaid", *GAPS])
# How many times as often as between any two reports: by judgement; fitted after.
_STARTING: Mapping[str, tuple[float, ...]] = {
    "11": (6.0, 4.0, 2.5, 1.0, 0.35),
    "10": (2.0, 1.7, 1.5, 1.0, 0.8),
    "01": (3.0, 2.0, 1.5, 1.0, 0.8),
}


def gap_kind(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Tell how much time lies between two days, as numbers: one of :data:`GAPS`, or ``unsaid``."""
    days = (left - right).abs()
    told = pl.lit("longer")
    for name, most in reversed(list(MOST_DAYS.items())):
        told = pl.when(days <= most).then(pl.lit(name)).otherwise(told)
    return pl.when(days.is_null()).then(pl.lit("unsaid")).otherwise(told)


def gap_ratio(shares: GapShares, cell: str, against: str = "00") -> pl.Expr:
    """Tell how many times as often the kind in column ``apart`` is found in a cell; 1 where nothing is
    said."""
    table = {name: gap_ratio_of(share, cell, against) for name, share in shares.items()}
    return pl.col("apart").replace_strict(table, default=1.0, return_dtype=pl.Float64)


def gap_ratio_of(share: tuple[float, ...], cell: str, against: str = "00") -> float:
    """Return the same, of one kind."""
    return share[_CELL[cell]] / share[_CELL[against]]


def gap_ratios(shares: GapShares) -> npt.NDArray[np.float64]:
    """Tell how many times as often each kind is found in each cell as between any two: (6, 3);
    last, where nothing is said, 1."""
    found = np.ones((len(GAPS) + 1, len(GAP_CELLS)))
    for name, share in shares.items():
        found[GAPS.index(name)] = [gap_ratio_of(share, cell) for cell in GAP_CELLS]
    return found


def gap_numbers(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Rows of :func:`gap_ratios` for pairs of days, nan where a day is not known: (n,)."""
    days = np.abs(one - other)
    return np.where(np.isnan(days), len(GAPS), np.searchsorted(list(MOST_DAYS.values()), days))


def starting_gaps(features: Features) -> GapShares:
    """Shares before any fitting, where the reports are of the days that they are."""
    return fitted_gaps(features, {}, 1.0)


def fitted_gaps(features: Features, told: Mapping[str, Mapping[str, float]], strength: float) -> GapShares:
    """Shares in each cell from how many pairs of each kind belong to it, drawn towards the start as if by
    ``strength`` pairs."""
    any_two = _between_any_two(features)
    if any_two is None:
        return {}
    columns = []
    for cell in GAP_CELLS:
        begun = any_two * _STARTING[cell]
        counts = np.array([told.get(cell, {}).get(name, 0.0) for name in GAPS])
        columns.append((counts + strength * begun / begun.sum()) / (counts.sum() + strength))
    shares = np.column_stack([*columns, any_two])
    return {name: tuple(map(rounded, row)) for name, row in zip(GAPS, shares, strict=True)}


def _between_any_two(features: Features) -> npt.NDArray[np.float64] | None:
    """Tell how the pairs of reports are spread over the kinds, (5,); None where no report has a day."""
    reports = features.facts.group_by("report_id").agg(pl.col("reported_at").max())
    days = reports["reported_at"].drop_nulls()
    if days.is_empty():
        return None
    told, n = np.sort(days.to_physical().to_numpy()), len(days)
    within = [np.searchsorted(told, told + most, side="right").sum() for most in MOST_DAYS.values()]
    # Each report is within a week of itself, and is met from every one before it.
    pairs = np.array([*within, n * n]) - n * (n + 1) // 2
    counts = np.diff(pairs, prepend=0) + 1.0  # none seen does not show that there are none
    return np.asarray(counts / counts.sum())
