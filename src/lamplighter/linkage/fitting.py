"""Fitting without labels: value frequencies, then Splink, then the prior and a correction.

Splink 5 trains (u by random sampling, m by expectation maximisation on three
blocks with ``max_pairs=5e5``). Its sampling takes random pairs to be strangers;
in a small set they are not, and its blocks see little of rare levels. So every
rate is shrunk towards the table's own, and corrected once with the posteriors of
the candidate pairs and of random pairs. The same steps serve 500 records and
ten million.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import dyads, pairing
from lamplighter.linkage.levels import columns_used, comparisons, tf_columns
from lamplighter.linkage.model import STARTING_MATTER, STARTING_RELATION, Model, Priors, starting_model
from lamplighter.linkage.scoring import Levels, Pool, Scorer
from lamplighter.linkage.splink_executor import train

Rates = Mapping[str, Mapping[str, tuple[float, float]]]
Floats = npt.NDArray[np.float64]

SHRINK_PAIRS = 150.0  # the table's own m counts as much as this many true pairs
SHRINK_RANDOM = 20_000.0  # the table's own u counts as much as this many random pairs
RANDOM_PAIRS = 500_000
REFINING_ROUNDS = 3
FEWEST_RECORDS = 50
DECISIVE_BITS = 4.0
SHRINK_WORDS = 30.0
SMALLEST_RATE = 1e-9
RARE = 1e-3
RAREST_CELL = 0.03


def value_frequencies(features: pl.DataFrame) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Share of people (not of records) who have each value, and the share of a value never seen.

    People are counted once by a rough key (name with birth date, home or number), or a person
    reported twelve times would make their own name look common.
    """
    rough = features.with_columns(
        anchor=pl.coalesce("birth_date", "dwelling", pl.col("phones").list.first(), "nominal", "record_id")
    ).unique(["first", "sur", "anchor"], keep="first", maintain_order=True)
    shares: dict[str, dict[str, float]] = {}
    unseen: dict[str, float] = {}
    for column in tf_columns():
        counts = rough[column].drop_nulls().value_counts(sort=True)
        total = float(counts["count"].sum() or 1)
        # One of n people having a value does not show that one in n has it: half a person is added.
        shares[column] = {v: (c + 0.5) / (total + 1) for v, c in counts.sort(column).iter_rows()}
        unseen[column] = 1.0 / (total + 1)
    return shares, unseen


def start(features: pl.DataFrame, as_at: dt.date) -> Model:
    """The model before any fitting: the table's rates, and value frequencies of ``features``."""
    shares, unseen = value_frequencies(features)
    people = max(float(features.height) / 2, 1.0)
    return starting_model(shares, unseen, records=features.height, fitted_at=as_at, people=people)


def fit(pool: Pool, pairs: npt.NDArray[np.int64], references: pl.DataFrame, *, started: Model) -> Model:
    """``started`` fitted to the features of ``pool`` and candidate ``pairs``; deterministic."""
    features, model = pool.features, started
    if features.height < FEWEST_RECORDS or not len(pairs):
        return model
    trained = train(features.select(["record_id", *columns_used()]), model)
    model = replace(model, rates=shrunk(trained, len(pairs))).named()
    chance = random_pairs(features.height)
    levels, chance_levels = pool.levels(pairs), pool.scorer.levels(chance)
    for _ in range(REFINING_ROUNDS):
        model = _refined(pool.scorer, model, (pairs, levels), (chance, chance_levels), references)
    return model


def random_pairs(n: int, most: int = RANDOM_PAIRS) -> npt.NDArray[np.int64]:
    """Pairs of different rows: all of them when they are few, else a repeatable sample."""
    if n * (n - 1) // 2 <= most:
        left, right = np.triu_indices(n, 1)
        return np.column_stack([left, right]).astype(np.int64)
    generator = np.random.default_rng(20261124)
    both = generator.integers(0, n, size=(most, 2))
    both.sort(axis=1)
    return both[both[:, 0] < both[:, 1]]


def shrunk(trained: Rates, pairs: int) -> dict[str, dict[str, tuple[float, float]]]:
    """Splink's rates drawn towards the table's: half-way at few pairs, hardly at many."""
    share = pairs / (pairs + 50_000.0)
    result: dict[str, dict[str, tuple[float, float]]] = {}
    for c in comparisons():
        row = {}
        for v in c.levels:
            m, u = trained.get(c.name, {}).get(v.name, (v.m, v.u))
            keep = v.fixed
            mixed = (v.m if keep else _mix(v.m, m, share), v.u if keep else _mix(v.u, u, share))
            row[v.name] = mixed
        result[c.name] = row
    return result


def _mix(start: float, found: float, share: float) -> float:
    return rounded(float(np.exp((1 - share) * np.log(start) + share * np.log(max(found, SMALLEST_RATE)))))


def _refined(
    scorer: Scorer,
    model: Model,
    candidates: tuple[npt.NDArray[np.int64], Levels],
    chance: tuple[npt.NDArray[np.int64], Levels],
    references: pl.DataFrame,
) -> Model:
    pairs, levels = candidates
    features = scorer.features
    evidence = scorer.weigh(pairs, levels, model).evidence
    frame = pairing.pair_frame(features, pairs, levels, evidence)
    context = dyads.contexts(frame, model, references)
    posterior = probability(evidence + context.total)
    priors = _priors(features, frame, posterior, model, references)
    at_random = probability(
        scorer.weigh(chance[0], chance[1], model).evidence + np.log2(priors.other / (1 - priors.other))
    )
    rates: dict[str, dict[str, tuple[float, float]]] = {}
    for i, c in enumerate(comparisons()):
        m_counts = _counts(levels[:, i], posterior, len(c.levels))
        u_counts = _counts(chance[1][:, i], 1 - at_random, len(c.levels))
        row: dict[str, tuple[float, float]] = {}
        m_total = m_counts.sum() + SHRINK_PAIRS
        u_total = u_counts.sum() + SHRINK_RANDOM
        for v in c.levels:
            if v.fixed:
                row[v.name] = (v.m, v.u)
                continue
            m = (m_counts[v.value] + SHRINK_PAIRS * v.m) / m_total
            u = (u_counts[v.value] + SHRINK_RANDOM * v.u) / u_total
            # A rare thing that agrees convinces by itself, so that strangers who share it are never
            # seen: its u may not fall far below the table's.
            row[v.name] = (rounded(m), rounded(max(u, v.u / 2 if v.u < RARE else SMALLEST_RATE)))
        for v in c.levels:
            if v.posterior is not None:
                odds = v.posterior / (1 - v.posterior)
                row[v.name] = (v.m, v.m * priors.other / (1 - priors.other) / odds)
        rates[c.name] = row
    return replace(
        model,
        rates=rates,
        priors=priors,
        relation=_described(frame, posterior, "relation", STARTING_RELATION),
        matter=_described(frame, posterior, "matter", STARTING_MATTER),
    ).named()


def _counts(levels: npt.NDArray[np.int8], weights: Floats, n: int) -> Floats:
    some = levels >= 0
    return np.bincount(levels[some].astype(np.int64), weights=weights[some], minlength=n).astype(np.float64)


def probability(bits: Floats) -> Floats:
    """Probability of log-odds in bits."""
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(bits, -500, 500))))


def _priors(
    features: pl.DataFrame, frame: pl.DataFrame, posterior: Floats, model: Model, references: pl.DataFrame
) -> Priors:
    """Priors from the expected counts of the last round, each drawn a little towards its start."""
    n = features.height
    reports = features["report_id"].n_unique()
    of_reports = max(reports * (reports - 1) / 2, 1.0)
    kinds = frame["kind"].to_numpy()
    expected = {
        k: float(posterior[kinds == k].sum()) for k in ("victim", "suspect", "other", "within", "swapped")
    }
    cells = dyads.report_cells(frame, model, references)
    # Reports that list no suspect say nothing about how often the suspect is the same.
    told = cells.filter("suspects").select("p11", "p10", "p01").to_numpy()
    both, victim, suspect = (float(x) for x in told.sum(axis=0))
    share = (both + 3.0) / (both + victim + 5.0)
    v = (float(cells.select("p11", "p10").to_numpy().sum()) + 1.0) / of_reports
    within_pairs = max(float((kinds == "within").sum()), 1.0)
    other = (sum(expected.values()) + 1.0) / (n * (n - 1) / 2)
    # None seen in a small set does not show that there are none: a floor beside the commonest cell.
    rare = v * share * RAREST_CELL
    return Priors(
        other=_share(other),
        within_report=_share((expected["within"] + 3) / (within_pairs + 20), 0.01, 0.6),
        both=_share(v * share),
        victim_only=_share(v * (1 - share)),
        swapped=_share((expected["swapped"] + 0.5) / (2 * of_reports), rare),
        suspect_only=_share((suspect + 0.5) / of_reports, rare),
    )


def _share(value: float, least: float = 1e-12, most: float = 0.05) -> float:
    return rounded(min(max(value, least), most))


def rounded(value: float) -> float:
    """Six significant figures: sums over threads differ in the last digits, and a model's id must
    not."""
    return float(f"{value:.6g}")


def _described(
    frame: pl.DataFrame, posterior: Floats, column: str, start: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """How the same and different suspects of one victim are described, from pairs that the
    suspects' own fields decide; drawn towards ``start``."""
    on = ["rep_l", "rep_r"]
    known = frame.with_columns(post=posterior)
    victims = known.filter(kind="victim").group_by(on).agg(v=pl.col("post").max())
    # The pair's own evidence decides, not the words themselves: else they would confirm themselves.
    own = known.filter((pl.col("kind") == "suspect") & (pl.col(column) != "unsaid")).join(victims, on=on)
    own = own.with_columns(
        same=pl.col("v") * (pl.col("ev") > DECISIVE_BITS), other=pl.col("v") * (pl.col("ev") < -DECISIVE_BITS)
    )
    table = {
        k: (s, o)
        for k, s, o in own.group_by(column, maintain_order=True)
        .agg(pl.col("same", "other").sum())
        .iter_rows()
    }
    totals = [sum(x[i] for x in table.values()) for i in (0, 1)]
    result: dict[str, tuple[float, float]] = {}
    for kind, begin in start.items():
        counts = table.get(kind, (0.0, 0.0))
        m, u = ((counts[i] + SHRINK_WORDS * begin[i]) / (totals[i] + SHRINK_WORDS) for i in (0, 1))
        result[kind] = (rounded(m), rounded(u))
    return result
