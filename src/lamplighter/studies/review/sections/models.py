"""What goes with withdrawal and with no further action: forests and tables of the models."""

from __future__ import annotations

from collections.abc import Mapping

from lamplighter.reporting.document import (
    HIDDEN,
    Block,
    Caution,
    Column,
    Figure,
    Points,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.forest_chart import Effect as ForestEffect
from lamplighter.reporting.forest_chart import forest_chart
from lamplighter.reporting.words import number
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.predictors import TERMS
from lamplighter.studies.review.results import Fit, Shown


def model_section(review: Review, shown: Shown) -> Section | None:
    """Every model that was fitted; a model that is withheld says so."""
    if not review.found.fits:
        return None
    blocks: list[Block] = [
        Words(
            (
                "An odds ratio above 1 means that the outcome was more common among reports of that kind, "
                "the "
                "other characteristics held equal. The points say by how many in a hundred.",
            )
        ),
        Caution(
            "These are things that go together, not causes. Whom an advocate reached early, or whose risk "
            "was "
            "assessed, was not decided by lot."
        ),
    ]
    for fit in review.found.fits.values():
        values = shown.model(fit.model.name)
        if values is None:
            words = f"{fit.title}: withheld, because too few reports stand behind one of its levels."
            blocks.append(Words((words,)))
            continue
        blocks.append(_figure(fit, values, review, protected=shown.protected))
        if fit.flags and not shown.protected:
            blocks.append(Points(fit.flags))
    return Section("predictors", "What goes with withdrawal and with no further action", tuple(blocks))


def _figure(fit: Fit, held: Mapping[str, float], review: Review, *, protected: bool) -> Figure:
    """The forest and its table. Of a landmark model the picture shows what was done; the table has all."""
    asked = {TERMS[name].title for name in review.cohort.settings.landmark_predictors}
    by_landmark = any(effect.term in asked for effect in fit.effects)
    effects, rows = [], []
    for effect in fit.effects:
        label = effect.label
        counts: tuple[Value, Value] = (HIDDEN, HIDDEN) if protected else (effect.n, effect.events)
        drawn = effect.term in asked or not by_landmark
        if effect.reference:
            if drawn:
                effects.append(ForestEffect(label, None))
            rows.append((label, *counts, "compared with", "", "", ""))
            continue
        odds, low, high = (held[f"{label}|{part}"] for part in ("odds", "low", "high"))
        if drawn:
            effects.append(ForestEffect(label, odds, min(low, odds), max(high, odds)))
        rows.append(
            (
                label,
                *counts,
                f"{number(odds, 2)} ({number(low, 2)} to {number(high, 2)})",
                number(held[f"{label}|points"], 1),
                _chance(held[f"{label}|p"]),
                _chance(held[f"{label}|holm"]),
            )
        )
    picture = forest_chart(effects, title=fit.title, unit="odds ratio")
    table = Table(
        fit.model.name,
        fit.title,
        (
            Column("Characteristic"),
            Column("Reports", "count"),
            Column("With the outcome", "count"),
            Column("Odds ratio (95% interval)"),
            Column("Points"),
            Column("p"),
            Column("p, Holm"),
        ),
        tuple(rows),
        basis=fit.basis,
        notes=() if protected else (fit.method,),
    )
    reading = f"{fit.basis}."
    if by_landmark:
        reading += " Held equal for every characteristic of the picture before; the table has them all."
    return Figure(f"figure-{fit.model.name}", fit.title, picture, table, reading)


def _chance(p: float) -> str:
    return "below 0.001" if p < 0.001 else number(p, 3)
