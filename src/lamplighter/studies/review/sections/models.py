"""Show what goes with withdrawal and with no further action: forests and tables of the models."""

from __future__ import annotations

from collections.abc import Mapping

from lamplighter.reporting.charts.forest_chart import Effect as ForestEffect
from lamplighter.reporting.charts.forest_chart import forest_chart
from lamplighter.reporting.document import (
    HIDDEN,
    Block,
    Caution,
    Column,
    Figure,
    Heading,
    Points,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.words import number
from lamplighter.studies.review.analyses.predictors import NOT_HELD, said, terms_of
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import DaysLost, Fit, Shown

#: A p-value below this is given as below it.
SMALLEST_P = 0.001
#: A table of so many lines is folded.
FOLD_ABOVE = 8


def model_section(review: Review, shown: Shown) -> Section | None:
    """Every model that was fitted; a model that is withheld says so."""
    if not review.found.fits and not review.found.not_fitted:
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
            "assessed, was not decided at random."
        ),
    ]
    for fit in review.found.fits.values():
        values = shown.model(fit.model.name)
        if values is None:
            words = f"{fit.title}: withheld, because too few reports stand behind one of its levels."
            blocks.append(Words((words,)))
            continue
        blocks.append(_figure(fit, values, review, protected=shown.protected))
        if fit.left_out:
            blocks.append(Words((f"Could not be in it. {_gone(fit.left_out, shown)}",)))
        if fit.flags and not shown.protected:
            blocks.append(Points(fit.flags))
    if review.found.not_fitted:
        words = "These could not be worked out. Nothing stands in their place:"
        blocks += [Words((words,)), Points(review.found.not_fitted)]
    if review.found.days:
        horizon = review.cohort.settings.mature_days
        words = (
            f"Of the first {horizon} days, how many on average lay after the end in "
            "question. A difference in days stays true when an effect fades or grows. The other "
            "characteristics are not held equal here."
        )
        blocks += [Heading("The same in days"), Words((words,))]
        blocks += [_days(own, shown) for own in review.found.days]
    return Section("predictors", "What goes with withdrawal and with no further action", tuple(blocks))


def _gone(left_out: tuple[tuple[str, str], ...], shown: Shown) -> str:
    """The terms that are not there, with why. Outside, how few had the outcome is not told."""
    plain = [(title, why if why == NOT_HELD or not shown.protected else "here") for title, why in left_out]
    return said(plain)


def _figure(fit: Fit, held: Mapping[str, float], review: Review, *, protected: bool) -> Figure:
    """The forest and its table. Of a landmark model the picture shows what was done; the table has all."""
    choices = review.cohort.settings
    asked = {terms_of(choices)[name].title for name in choices.landmark_predictors}
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
            Column("p, all terms together"),
        ),
        tuple(rows),
        basis=fit.basis,
        notes=() if protected else (fit.method,),
    )
    reading = f"{fit.basis}."
    if by_landmark:
        reading += " Held equal for every characteristic of the picture before; the table has them all."
    return Figure(f"figure-{fit.model.name}", fit.title, picture, table, reading)


def _days(own: DaysLost, shown: Shown) -> Block:
    values = shown.model(own.model.name)
    if values is None:
        return Words((f"{own.title}, {own.basis[:1].lower()}{own.basis[1:]}: withheld, as above.",))
    rows: list[tuple[Value, ...]] = []
    base = ""
    for effect in own.effects:
        if effect.reference:
            base = effect.label.removeprefix(f"{effect.term}: ")
            continue
        days, others, gap, low, high = (
            values[f"{effect.label}|{part}"] for part in ("days", "others", "gap", "low", "high")
        )
        rows.append(
            (
                effect.label,
                number(days, 1),
                f"{number(others, 1)} ({base})",
                f"{number(gap, 1)} ({number(low, 1)} to {number(high, 1)})",
            )
        )
    columns = (
        Column("Characteristic"),
        Column("Mean days"),
        Column("Compared with"),
        Column("Difference (95% interval)"),
    )
    # The long one, of what was known at the report, is for those who look for it.
    long = len(rows) > FOLD_ABOVE
    notes = (f"Could not be compared. {_gone(own.left_out, shown)}",) if own.left_out else ()
    return Table(own.model.name, own.title, columns, tuple(rows), own.basis, notes, folded=long)


def _chance(p: float) -> str:
    return f"below {SMALLEST_P}" if p < SMALLEST_P else number(p, 3)
