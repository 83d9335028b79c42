"""A4: what goes with withdrawal and with no further action.

Two models an outcome. The first asks what was known when the report was made.
The second asks, among reports still open on the landmark day, what had been
done by then: counting something done later as a predictor would make it look
protective for no other reason than that it takes time (immortal time).

Reports that share a suspect are not independent, so variance is by suspect
(and victim). With few events or separation Firth's method is used, and said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl

from lamplighter.disclosure.tables import Model
from lamplighter.statistics.arrays.errors import StatisticsError
from lamplighter.statistics.inference.multiple_testing import holm
from lamplighter.statistics.logistic_regression.diagnostics import which_estimator
from lamplighter.statistics.logistic_regression.firth import FirthFit, firth
from lamplighter.statistics.logistic_regression.logistic import LogisticFit, logistic
from lamplighter.statistics.logistic_regression.marginal_effects import average_marginal_effects
from lamplighter.studies.review import dimensions
from lamplighter.studies.review.analyses.profile import with_groups
from lamplighter.studies.review.cohort import Cohort, on_the_clock
from lamplighter.studies.review.finished import NOTHING, Finished
from lamplighter.studies.review.hazard_models import checks_of, hazards
from lamplighter.studies.review.held import not_held
from lamplighter.studies.review.indicators.risk import stalking_instruments
from lamplighter.studies.review.results import Effect, Fit
from lamplighter.studies.review.settings import Settings

_NOT_RECORDED = "Not recorded"


@dataclass(frozen=True, slots=True)
class Term:
    """A factor: its levels in order with their titles; the first is what the others are compared with."""

    name: str
    title: str
    levels: Mapping[str, str]


TERMS: Mapping[str, Term] = {
    term.name: term
    for term in (
        Term("victim_female", "Victim's sex", {"male": "Male", "female": "Female"}),
        Term(
            "victim_age",
            "Victim's age",
            {
                "25-34": "25 to 34",
                **{code: title for code, title in dimensions.AGE_GROUPS.items() if code != "25-34"},
            },
        ),
        Term(
            "relationship",
            "Relationship",
            {
                "stranger": "Stranger",
                **{
                    code: title
                    for code, title in dimensions.RELATIONSHIPS.items()
                    if code not in ("stranger", "not_known")
                },
                "not_known": "Not known who",
            },
        ),
        Term("domestic", "Domestic abuse", {"no": "No", "yes": "Yes"}),
        Term("prior_allegations", "Suspect accused before", {"no": "No", "yes": "Yes"}),
        Term("online_only", "Online or by phone only", {"no": "No", "yes": "Yes"}),
        Term("threats", "Threats", {"no": "No", "yes": "Yes"}),
        Term("escalated", "Had grown worse", {"no": "No", "yes": "Yes"}),
        Term("assessed_early", "Stalking risk assessment by day {landmark_days}", {"no": "No", "yes": "Yes"}),
        Term("specialist_early", "Specialist advice by day {landmark_days}", {"no": "No", "yes": "Yes"}),
        Term("advocate_early", "Advocate in contact by day {landmark_days}", {"no": "No", "yes": "Yes"}),
    )
}


def terms_of(settings: Settings) -> dict[str, Term]:
    """Every term by name, the landmark day filled in."""
    days = {"landmark_days": settings.landmark_days}
    return {name: replace(term, title=term.title.format(**days)) for name, term in TERMS.items()}


def predictors(cohort: Cohort, finished: Finished = NOTHING) -> tuple[list[Fit], tuple[str, ...]]:
    """The four models, with what kept any of them from being fitted."""
    mature = cohort.settings.mature_days
    asked_of = (*cohort.settings.predictors, *cohort.settings.landmark_predictors)
    frame = on_the_clock(modelled(with_terms(cohort), asked_of)).filter(pl.col("followed") >= mature)
    landmark = cohort.settings.landmark_days
    later = frame.filter(pl.col("end_day").is_null() | (pl.col("end_day") > landmark))
    asked: list[tuple[str, str, pl.DataFrame, tuple[str, ...], str]] = []
    for end, title in (("withdrawal", "withdrew"), ("no_further_action", "had no further action")):
        report = f"Reports followed for at least {mature} days; outcome within {mature} days"
        asked += [
            (
                end,
                f"Whether the victim {title}" if end == "withdrawal" else f"Whether the report {title}",
                frame,
                cohort.settings.predictors,
                report,
            ),
            (
                end,
                f"Whether the victim {title}, by what was done by day {landmark}"
                if end == "withdrawal"
                else f"Whether the report {title}, by what was done by day {landmark}",
                later,
                (*cohort.settings.landmark_predictors, *cohort.settings.predictors),
                f"{report}, still open after day {landmark}",
            ),
        ]
    fits: list[Fit] = []
    notes: list[str] = []
    for place, (end, title, rows, names, basis) in enumerate(asked):
        early = "by-landmark" if place % 2 else "at-report"
        rows = rows.with_columns(
            y=((pl.col("end") == end) & (pl.col("end_day") <= mature)).fill_null(value=False)
        )
        name = f"{end.replace('_', '-')}-{early}"
        make = partial(_fit, name, title, basis, rows, names, cohort)
        made = finished.fit(f"model-{name}", title, make)
        if isinstance(made, str):
            notes.append(f"{title}: {made}")
        else:
            fits.append(made)
    return fits, tuple(notes)


def with_terms(cohort: Cohort) -> pl.DataFrame:
    """The reports with a column of levels for every term."""
    landmark = cohort.settings.landmark_days

    def by_landmark(term: str, kind: str, met: pl.Expr) -> pl.Expr:
        events = (
            cohort.bundle.done(kind, ("at", "late", *met.meta.root_names()))
            .join(cohort.reports.select("report_id", "start"), on="report_id", how="inner")
            .with_columns(since=(pl.col("at").dt.date() - pl.col("start")).dt.total_days())
            .filter(met)
        )
        late = pl.col("late").fill_null("no") == "yes"
        early = events.filter(pl.col("since").is_between(0, landmark))
        unknown = events.filter((pl.col("since") < 0) | (pl.col("since").is_null() & ~late))
        if not_held(cohort.bundle, f"term-{term}") is not None:
            return _yes_no(pl.lit(value=None, dtype=pl.Boolean))
        said_no = cohort.bundle.not_done(kind)
        heard = pl.concat([said_no, events["report_id"]]).unique()

        def of(reports: pl.Series) -> pl.Expr:
            return pl.col("report_id").is_in(reports.unique().implode())

        found = (
            pl.when(of(early["report_id"]))
            .then(pl.lit(value=True))
            # It was done, and nobody can say whether by then.
            .when(of(unknown["report_id"]))
            .then(None)
            # A force that writes down a "no" says nothing by its silence.
            .when(pl.lit(value=bool(len(said_no))) & ~of(heard))
            .then(None)
            .otherwise(pl.lit(value=False))
        )
        # Asked once: a million reports are looked for among as many.
        return _yes_no(pl.lit(cohort.reports.select(found.alias("met")).to_series()))

    answer = pl.col("answer").fill_null("yes") == "yes"
    reached = pl.col("status").fill_null("reached") == "reached"
    return with_groups(cohort.reports).with_columns(
        victim_female=pl.when(pl.col("victim_sex").is_in(["male", "female"])).then(pl.col("victim_sex")),
        victim_age=pl.col("victim_age_group"),
        relationship=pl.col("relationship_group"),
        domestic=pl.col("domestic_abuse"),
        prior_allegations=_yes_no(pl.col("prior_allegations") > 0),
        online_only=_yes_no(pl.col("online_only")),
        threats=_yes_no(pl.col("threats")),
        assessed_early=by_landmark(
            "assessed_early",
            "risk_assessment",
            pl.col("instrument").is_in(stalking_instruments()).fill_null(value=False)
            & (pl.col("status").fill_null("complete") == "complete"),
        ),
        specialist_early=by_landmark("specialist_early", "specialist_contact", answer),
        advocate_early=by_landmark("advocate_early", "advocate_contact", reached),
    )


def modelled(frame: pl.DataFrame, terms: Sequence[str]) -> pl.DataFrame:
    """The columns that models read and no others, and each person's number: of a million reports that is a
    tenth of the memory. A person who is not identified is a cluster of one, the report's own."""
    return frame.select(
        "followed",
        "end",
        "end_day",
        "end_late",
        *dict.fromkeys(terms),
        suspect=pl.coalesce("suspect_id", "report_id").rank("dense").cast(pl.UInt32),
        victim=pl.coalesce("victim_id", "report_id").rank("dense").cast(pl.UInt32),
    )


def _yes_no(met: pl.Expr) -> pl.Expr:
    return pl.when(met.is_null()).then(None).when(met).then(pl.lit("yes")).otherwise(pl.lit("no"))


@dataclass(frozen=True, slots=True)
class _Column:
    term: Term
    label: str
    level: str
    n: int
    events: int


def _columns(
    rows: pl.DataFrame, terms: Sequence[Term], least: int
) -> tuple[list[_Column], list[Effect], list[str]]:
    """Indicator columns, one a level that has enough in both classes; the rest is merged and said.

    A level that is too thin is merged with the level the others are compared with, and "not recorded" is a
    level of its own: leaving those rows out would choose the cases that somebody wrote up.
    """
    columns: list[_Column] = []
    effects: list[Effect] = []
    notes: list[str] = []
    for term in terms:
        values = rows[term.name].fill_null("not_recorded")
        tally = (
            pl.DataFrame({"level": values, "y": rows["y"]})
            .group_by("level")
            .agg(n=pl.len(), events=pl.col("y").sum())
        )
        seen = {level: (int(n), int(e)) for level, n, e in tally.iter_rows()}
        titles = {**term.levels, "not_recorded": _NOT_RECORDED}
        enough = {
            level for level, (n, e) in seen.items() if e >= least and n - e >= least and level in titles
        }
        order = [level for level in titles if level in enough]
        if len(order) < 2:
            continue
        base, rest = order[0], order[1:]
        thin = [titles[level] for level in titles if level in seen and level not in enough]
        n = sum(seen[level][0] for level in seen if level not in rest)
        e = sum(seen[level][1] for level in seen if level not in rest)
        words = f"{titles[base]}{' and levels too few to stand alone' if thin else ''}"
        effects.append(Effect(term.title, f"{term.title}: {words.lower()}", n, e, reference=True))
        if thin:
            notes.append(f"{term.title}: {', '.join(thin).lower()} merged with the level compared with.")
        for level in rest:
            label = f"{term.title}: {titles[level].lower()}"
            columns.append(_Column(term, label, level, *seen[level]))
            effects.append(Effect(term.title, label, *seen[level]))
    return columns, effects, notes


def _fit(
    name: str, title: str, basis: str, rows: pl.DataFrame, names: Sequence[str], cohort: Cohort
) -> Fit | str:
    """The model, or why there is none."""
    known = terms_of(cohort.settings)
    columns, effects, notes = _columns(rows, [known[own] for own in names], cohort.settings.merge_below)
    outcome = rows["y"].to_numpy().astype(np.float64)
    gone = left_out(cohort, names, {effect.term for effect in effects})
    done = [known[own].title for own in cohort.settings.landmark_predictors]
    if name.endswith("by-landmark") and set(done) <= {title for title, _ in gone}:
        return f"nothing of what was done could be in it. {said(gone, done)}"
    if not columns:
        return "no characteristic has two levels with enough reports in both outcome classes."
    kept: list[_Column] = []
    matrix: list[np.ndarray] = []
    for column in columns:
        # yes or no and not a number: a million reports of twenty-five columns are 25 MB then
        candidate = (rows[column.term.name].fill_null("not_recorded") == column.level).to_numpy()
        if any(np.array_equal(candidate, other) for other in matrix):
            notes.append(f"{column.label}: the same reports as another level, so it is left out.")
            effects = [e for e in effects if e.label != column.label]
            continue
        kept.append(column)
        matrix.append(candidate)
    clusters = (rows["suspect"].to_numpy(), rows["victim"].to_numpy())
    labels = [column.label for column in kept]
    try:
        terms = np.column_stack(matrix)
        plain = logistic(outcome, terms, names=labels, clusters=clusters)
        choice = which_estimator(plain)
        fit: LogisticFit | FirthFit = plain
        if choice.estimator == "firth":
            fit = firth(outcome, terms, names=labels, clusters=clusters)
        margins = average_marginal_effects(fit)
    except StatisticsError as problem:
        return str(problem)
    family = holm([float(fit.p_values[fit.names.index(label)]) for label in labels], family=title)
    values: dict[str, float] = {}
    for place, label in enumerate(labels):
        at = fit.names.index(label)
        values |= {
            f"{label}|odds": float(np.exp(fit.coefficients[at])),
            f"{label}|low": float(np.exp(fit.lower[at])),
            f"{label}|high": float(np.exp(fit.upper[at])),
            f"{label}|p": float(fit.p_values[at]),
            f"{label}|holm": float(family.adjusted[place]),
            f"{label}|points": 100 * float(margins.effects[margins.names.index(label)]),
        }
    smallest = min(min(column.events, column.n - column.events) for column in kept)
    model = Model(
        name=f"model-{name}",
        title=title,
        people=rows.height,
        parameters=len(labels) + 1,
        smallest_level=smallest,
        values=values,
    )
    method = (
        "Firth's penalised logistic regression with profile limits: "
        if isinstance(fit, FirthFit)
        else "Logistic regression: "
    ) + f"{choice.reason} Variance: {fit.variance}."
    told = [*notes, *(flag.text for flag in fit.flags)]
    since = cohort.settings.landmark_days if name.endswith("by-landmark") else 0
    end = name.removesuffix("-by-landmark").removesuffix("-at-report").replace("-", "_")
    return Fit(
        model,
        title,
        basis,
        method,
        tuple(effects),
        tuple(told),
        hazards(rows, end, terms, labels, since),
        checks_of(plain, terms, labels),
        gone,
    )


NOT_HELD = "not held by this force"
TOO_FEW_OF_BOTH = "too few reports with the outcome, or without it, at two of its levels"


def left_out(cohort: Cohort, names: Sequence[str], there: set[str]) -> tuple[tuple[str, str], ...]:
    """The terms that were asked for and are not there, each with why."""
    known = terms_of(cohort.settings)
    gone = [name for name in names if known[name].title not in there]
    return tuple(
        (known[name].title, TOO_FEW_OF_BOTH if not_held(cohort.bundle, f"term-{name}") is None else NOT_HELD)
        for name in gone
    )


def said(gone: Sequence[tuple[str, str]], only: Sequence[str] | None = None) -> str:
    """Say why terms could not be in a model: "Not held by this force: threats, victim's age."."""
    told = [(title, why) for title, why in gone if only is None or title in only]
    reasons = list(dict.fromkeys(why for _, why in told))
    groups = {why: ", ".join(title for title, own in told if own == why) for why in reasons}
    return " ".join(f"{why[:1].upper()}{why[1:]}: {titles}." for why, titles in groups.items())
