"""The indicators of a cohort: every line found, or said what the bundle lacks for it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from lamplighter.disclosure.tables import Summary
from lamplighter.statistics.survival.kaplan_meier import kaplan_meier
from lamplighter.studies.review import dimensions
from lamplighter.studies.review.analyses.medians import Median, median_days
from lamplighter.studies.review.analyses.profile import with_groups
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.indicators.lines import Line, lines
from lamplighter.studies.review.indicators.others import followed_until
from lamplighter.studies.review.results import Count, Field, Indicator, NotAnswered, counted
from lamplighter.study_bundle.limitations import lacking
from lamplighter.study_bundle.needs import answerable, needs
from lamplighter.vocabulary.codes import code_set

#: Dimensions that a line can be split by, and that the equality view uses.
SPLITS: Mapping[str, Field] = {
    own.name: own
    for own in (
        dimensions.yes_no("domestic_abuse", "Domestic abuse"),
        dimensions.yes_no("advocate_early", "Advocate in contact early"),
        Field("agency", "Agency", {c: row.title for c, row in code_set("study_agencies").codes.items()}),
        Field(
            "programme",
            "Standing with a programme",
            {
                "none": "No programme recorded",
                **{c: row.title for c, row in code_set("programme_states").codes.items()},
            },
        ),
        Field("victim_sex", "Victim's sex", dimensions.SEXES),
        Field("victim_age_group", "Victim's age", dimensions.AGE_GROUPS),
        Field("victim_ethnic_group", "Victim's ethnic group", dimensions.ETHNIC_GROUPS),
        dimensions.yes_no("victim_disability", "Victim's disability"),
        Field("relationship_group", "Relationship", dimensions.RELATIONSHIPS),
    )
}


#: Lines that follow cases from their report: they need crimes by when they were recorded.
_FOLLOWED = (
    "victim.withdrew",
    "victim.first_week",
    "victim.first_week_of_withdrawn",
    "victim.first_week_by_advocate",
    "closing.days_to_outcome",
)


#: Lines whose silence is a gap in the data, and not a step that nobody took: silent throughout, none is held.
_GAPS = (
    "recognition.never_corrected",
    "recognition.found_by_search",
    "recognition.suspects_before",
    "recognition.cases_before",
    "risk.minimised",
    "risk.trained",
)


class Evaluated:
    """The indicators, the medians behind them, the equality tables, and what could not be answered."""

    def __init__(self) -> None:
        self.indicators: list[Indicator] = []
        self.summaries: dict[str, Summary] = {}
        self.medians: dict[str, Median] = {}
        self.equality: list[Count] = []
        self.not_answered: list[NotAnswered] = []


def evaluate(cohort: Cohort) -> Evaluated:
    """Every line of the 33, in order."""
    out = Evaluated()
    missing = {a.need.name: a for a in answerable(cohort.bundle) if not a.possible}
    cases = with_groups(cohort.cases).with_columns(
        victim_disability=pl.col("victim_disability").replace_strict(
            {"yes": "yes", "no": "no"}, default=None, return_dtype=pl.String
        )
    )
    cases = cases.select("case", *(column for column in SPLITS if column in cases.columns))
    for line in lines(cohort.settings):
        lack = missing.get(line.name)
        if line.rule in _FOLLOWED and cohort.bundle.metadata.basis != "recorded":
            what = ("the outcomes of all crimes recorded in the period",)
            out.not_answered.append(NotAnswered(f"indicator {line.name}", line.title, what))
            continue
        if lack is not None:
            out.not_answered.append(NotAnswered(f"indicator {line.name}", line.title, lacking(lack.missing)))
            continue
        _one(cohort, line, cases, out)
    return out


def _one(cohort: Cohort, line: Line, cases: pl.DataFrame, out: Evaluated) -> None:
    frame = line.find(cohort)
    name = f"indicator-{line.name}"
    summary = None
    count = None
    if "event" in frame.columns:
        summary = _survival_median(name, line, frame, out)
    elif "result" not in frame.columns:
        summary = _median(cohort, name, line, frame, out)
    elif line.rule in _GAPS and frame.height and frame["result"].null_count() == frame.height:
        what = lacking(needs()[line.name].needs)
        out.not_answered.append(NotAnswered(f"indicator {line.name}", line.title, what))
        return
    else:
        if line.split and line.split not in frame.columns:
            frame = frame.join(cases.select("case", line.split), on="case", how="left")
        elif line.split == "domestic_abuse":
            frame = frame.drop("domestic_abuse").join(
                cases.select("case", "domestic_abuse"), on="case", how="left"
            )
        # A group that is recorded of nobody is no group: the line stands, and is not split.
        blank = line.split and frame.height and frame[line.split].null_count() == frame.height
        by = [SPLITS[line.split]] if line.split and not blank else []
        count = _count(frame, name, line, by)
        if line.name in cohort.settings.equality_lines:
            out.equality += _equality(cohort, name, line, frame, cases)
    out.indicators.append(
        Indicator(
            number=line.number,
            part=line.part,
            title=line.title,
            numerator=line.numerator,
            denominator=line.denominator,
            count=count,
            median=summary,
            read_with=line.read_with,
            notes=(*((line.note,) if line.note else ()), *_told(cohort, line)),
        )
    )


def _told(cohort: Cohort, line: Line) -> tuple[str, ...]:
    """Return what a reader of a line must know of this bundle."""
    if line.rule != "others.repeated":
        return ()
    until = followed_until(cohort)
    if until == cohort.bundle.metadata.extracted_on:
        return ()
    return (
        "A suspect is followed to the end of the period and no further, because later reports are not in the "
        "data: whoever was first reported less than a year before it is not counted. Ask for reports about "
        "the same suspects up to the day of the extract.",
    )


def _count(frame: pl.DataFrame, name: str, line: Line, by: list[Field], suffix: str = "") -> Count:
    return counted(
        frame,
        f"{name}{suffix}",
        line.title + (f", by {by[0].title.lower()}" if by else ""),
        [dimensions.RESULT, *by],
        measure=name,
        unit=line.unit,
        basis=line.denominator[:1].upper() + line.denominator[1:],
    )


def _equality(cohort: Cohort, name: str, line: Line, frame: pl.DataFrame, cases: pl.DataFrame) -> list[Count]:
    """The same line by each group of victims that the bundle records."""
    made = []
    groups = cohort.settings.equality_by
    joined = frame.select("case", "result").join(cases.select("case", *groups), on="case", how="left")
    for column in groups:
        if joined.height and joined[column].null_count() < joined.height:
            made.append(_count(joined, name, line, [SPLITS[column]], f"-by-{column.replace('_', '-')}"))
    return made


def _median(cohort: Cohort, name: str, line: Line, frame: pl.DataFrame, out: Evaluated) -> str | None:
    if "case" in frame.columns:
        owner = cohort.cases.select("case", cluster=pl.coalesce("suspect_id", "case"))
        frame = frame.join(owner, on="case", how="left")
    else:
        frame = frame.with_columns(cluster=pl.int_range(pl.len()).cast(pl.String))
    found = median_days(
        frame,
        "cluster",
        repeats=cohort.settings.bootstrap_repeats,
        seed=cohort.settings.bootstrap_seed + line.number,
    )
    if found is None:
        return None
    out.medians[name] = found
    _keep(name, line, found.median, found.ninetieth, found.n, out)
    return name


def _survival_median(name: str, line: Line, frame: pl.DataFrame, out: Evaluated) -> str | None:
    """The median of a survival curve, so that open reports count for as long as they have been open."""
    if not frame.height:
        return None
    curve = kaplan_meier(frame["days"].to_numpy().astype(np.float64), frame["event"].to_numpy())
    half, late = curve.quantile(0.5), curve.quantile(0.9)
    out.medians[name] = Median(frame.height, half.time, half.lower, half.upper, late.time, 0)
    _keep(name, line, half.time, late.time, frame.height, out)
    return name


def _keep(name: str, line: Line, median: float, ninetieth: float, n: int, out: Evaluated) -> None:
    for suffix, statistic, value in (("", "median", median), ("-90th", "quantile", ninetieth)):
        if np.isfinite(value):
            out.summaries[f"{name}{suffix}"] = Summary(
                name=f"{name}{suffix}",
                title=line.title,
                measure=name,
                dimensions=(),
                statistic="median" if statistic == "median" else "quantile",
                rows={(): (value, n)},
            )
