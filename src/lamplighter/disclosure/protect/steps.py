"""Curves, summaries and models: what of them may be shown."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lamplighter.disclosure.printed import PrintedCurve, PrintedModel, PrintedSummary
from lamplighter.disclosure.profiles import Profile
from lamplighter.disclosure.protect.rounding import nearest
from lamplighter.disclosure.protect.system import Key, System
from lamplighter.disclosure.tables import TOTAL, Curve, Model, Summary

#: People at risk are rounded to this, by every profile.
AT_RISK_BASE = 5


def merged(curve: Curve, profile: Profile) -> PrintedCurve:
    """Steps put off until enough events have come together, and none with too few people left.

    The first row is the start (no event, everybody at risk). The curve ends at its last full step.
    """
    start = 1.0 if curve.kind == "survival" else 0.0
    times, events, at_risk, estimate = [0.0], [0], [], [start]
    everybody = curve.at_risk[0] if curve.at_risk else 0
    at_risk.append(nearest(everybody, AT_RISK_BASE))
    waiting = 0
    for time, died, left, value in zip(curve.times, curve.events, curve.at_risk, curve.estimate, strict=True):
        waiting += died
        if waiting >= profile.curve_events and left - died >= profile.curve_left:
            times.append(time)
            events.append(nearest(waiting, AT_RISK_BASE))
            at_risk.append(nearest(left, AT_RISK_BASE))
            estimate.append(round(value, curve.decimals))
            waiting = 0
    if everybody < profile.curve_left:
        times, events, at_risk, estimate = [], [], [], []
    return PrintedCurve(
        curve.name,
        curve.title,
        curve.kind,
        tuple(times),
        tuple(events),
        tuple(at_risk),
        tuple(estimate),
        curve.decimals,
    )


def key_of(summary: Summary, codes: Iterable[str]) -> Key:
    """Return the unknown whose people a row of a summary is about."""
    named = zip(summary.dimensions, codes, strict=True)
    return summary.measure, summary.as_at, tuple(sorted((d, c) for d, c in named if c != TOTAL))


def summarised(
    summary: Summary, system: System, hidden: NDArray[np.bool_], profile: Profile
) -> PrintedSummary:
    """Values of groups that are large enough and not hidden as counts; means not as remainders either."""
    numbers = {codes: system.find(key_of(summary, codes)) for codes in summary.rows}
    closed = {
        codes
        for codes, (_, size) in summary.rows.items()
        if size < profile.quantile_group or ((i := numbers[codes]) is not None and hidden[i])
    }
    if summary.statistic == "mean":
        _widen(closed, {i: codes for codes, i in numbers.items() if i is not None}, summary, system)
    rows: dict[tuple[str, ...], float | None] = {}
    for codes, (value, _) in summary.rows.items():
        kept = value if summary.statistic == "mean" else float(nearest(value, profile.base))
        rows[codes] = None if codes in closed else round(kept, summary.decimals)
    return PrintedSummary(
        summary.name,
        summary.title,
        summary.measure,
        summary.dimensions,
        summary.statistic,
        rows,
        summary.as_at,
        summary.decimals,
    )


def _widen(
    closed: set[tuple[str, ...]], codes_of: dict[int, tuple[str, ...]], summary: Summary, system: System
) -> None:
    """No mean may be the only hidden one of a sum: from the others and the sizes it could be worked out."""
    again = True
    while again:
        again = False
        for whole, parts in system.relations:
            row = [codes_of[i] for i in (whole, *parts) if i in codes_of]
            if len(row) != len(parts) + 1 or sum(codes in closed for codes in row) != 1 or len(row) < 2:
                continue
            closed.add(min((c for c in row if c not in closed), key=lambda c: (summary.rows[c][1], c)))
            again = True


def modelled(model: Model, profile: Profile) -> PrintedModel:
    """A model's results, unless it is nearly saturated or rests on a handful of people."""
    shown = model.residual_df >= profile.residual_df and model.smallest_level >= profile.model_level
    values = {name: round(value, model.decimals) for name, value in model.values.items()}
    return PrintedModel(model.name, model.title, values if shown else None, model.decimals)
