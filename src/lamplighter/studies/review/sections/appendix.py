"""List what could not be answered, and the methods as they were run."""

from __future__ import annotations

from lamplighter.reporting.document import HIDDEN, Block, Column, Heading, Points, Section, Table, Words
from lamplighter.reporting.words import number
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import Shown
from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.recording_rules import rules_on

#: How each kind of figure is worked out, with where the method comes from. Totals alone give shares only.
METHODS = (
    (
        "Shares",
        "Wilson's score interval",
        "Wilson 1927; Newcombe 1998, Statistics in Medicine 17: 857-872",
    ),
    (
        "Differences of shares",
        "Newcombe's method 10",
        "Newcombe 1998, Statistics in Medicine 17: 873-890",
    ),
    (
        "Time to an end, others competing",
        "Aalen-Johansen, exact ties on calendar days; variance by suspect; limits on the log-log scale. "
        "One minus Kaplan-Meier is never used for an end that competes with others.",
        "Aalen and Johansen 1978; as R's survival package",
    ),
    (
        "What goes with an outcome",
        "Logistic regression with variance by suspect and victim (CR3); Firth's method with profile limits "
        "where "
        "there are fewer than 10 events a term or the model is separated; average marginal effects; Holm's "
        "correction over the terms of one model.",
        "Firth 1993; Heinze and Schemper 2002; Cameron, Gelbach and Miller 2011",
    ),
    (
        "Mean days after an end, and their differences",
        "Area under the Aalen-Johansen curve up to the horizon; variance by suspect, over both groups",
        "Andersen 2013; Royston and Parmar 2013",
    ),
    (
        "Agreement of two assessors",
        "Cohen's kappa, plain and with linear weights",
        "Fleiss, Cohen and Everitt 1969",
    ),
    (
        "Medians in days",
        "Bootstrap of suspects, percentile limits; with open reports, the survival curve",
        "Efron and Tibshirani 1993; Brookmeyer and Crowley 1982",
    ),
)


def not_answered_section(review: Review) -> Section:
    """List the questions that the bundle cannot answer, and what it would take."""
    lacking = review.found.not_answered
    if not lacking:
        blocks: tuple[Block, ...] = (Words(("The bundle holds what every analysis asks for.",)),)
    else:
        blocks = (
            Words(
                (
                    "These could not be answered from the data given. Nothing has been put in their place: "
                    "a blank "
                    "is not a nought.",
                )
            ),
            Table(
                "not-answered",
                "What could not be answered, and what it would take",
                (Column("Indicator"), Column("Question"), Column("What the data would need to hold")),
                tuple((_number(item.what), item.title, "; ".join(item.missing)) for item in lacking),
            ),
        )
    return Section("not-answered", "What could not be answered", blocks)


def _number(what: str) -> str:
    """An indicator by its number, which is the reader's; an analysis without its letter, which is not."""
    kind, _, name = what.partition(" ")
    return name if kind == "indicator" else "(analysis)"


def _second_views(review: Review) -> list[Block]:
    """Hazard ratios beside the odds ratios, and what was asked of each model; aggregates only."""
    blocks: list[Block] = [
        Words(
            (
                "The cause-specific hazard is among reports still open; the subdistribution hazard goes with "
                "the curves by day. Where the three ratios of a term point different ways, say nothing. "
                "A small p of proportionality says that the effect changes over time.",
            )
        )
    ]
    for fit in review.found.fits.values():
        if isinstance(fit.hazards, str):
            blocks.append(Words((f"{fit.title}: {fit.hazards}",)))
        elif fit.hazards:
            rows = tuple(
                (
                    hazard.label,
                    number(fit.model.values[f"{hazard.label}|odds"], 2),
                    _ratio(hazard.cause_specific),
                    _ratio(hazard.subdistribution),
                    number(hazard.proportional_p, 3),
                )
                for hazard in fit.hazards
            )
            columns = (
                Column("Characteristic"),
                Column("Odds ratio"),
                Column("Cause-specific hazard ratio (95% interval)"),
                Column("Subdistribution hazard ratio (95% interval)"),
                Column("p of proportionality"),
            )
            key, title = f"hazards-{fit.model.name}", f"{fit.title}: as hazards"
            blocks.append(Table(key, title, columns, rows, basis=fit.basis, folded=True))
        asked = tuple((check.question, check.answer) for check in fit.checks)
        title = f"{fit.title}: can the model be believed?"
        two = (Column("Question"), Column("Answer"))
        blocks.append(Table(f"checks-{fit.model.name}", title, two, asked, folded=True))
    return blocks


def _ratio(values: tuple[float, float, float]) -> str:
    return f"{number(values[0], 2)} ({number(values[1], 2)} to {number(values[2], 2)})"


def _faults(review: Review, shown: Shown) -> Table:
    return Table(
        "faults",
        "Faults that were found in the data, and what became of the rows",
        (Column("What was found"), Column("How often", "count"), Column("What became of it")),
        tuple(
            (fault.reason, HIDDEN if shown.protected else fault.rows, fault.fate)
            for fault in review.found.faults
        ),
    )


def methods_section(review: Review, shown: Shown, versions: tuple[tuple[str, str], ...]) -> Section:
    """The appendix, made from what was run: data, choices, methods, warnings, versions."""
    meta, choices = review.cohort.bundle.metadata, review.cohort.settings
    rules = {rule.title for day in (meta.period_from, meta.period_to) for rule in rules_on(day).values()}
    blocks: list[Block] = [
        Heading("The data"),
        Table(
            "bundle",
            "The bundle as its metadata describe it",
            (Column("What"), Column("As given")),
            (
                ("Selection", meta.selection),
                ("Outcomes", code_set("study_bases").codes[meta.basis].title),
                ("Sources", "; ".join(meta.sources)),
                ("Pseudonymisation", meta.pseudonymisation),
                ("Recording rules in the period", "; ".join(sorted(rules)) or "none listed"),
                ("Digest of the files (SHA-256)", review.cohort.bundle.digest),
            ),
        ),
        Heading("Choices that were made"),
        Table(
            "outcome-groups",
            "How outcomes were grouped",
            (Column("Group"), Column("Home Office outcome types"), Column("Counts as")),
            tuple(
                (group.title, ", ".join(group.codes), choices.end_of_group[group.name].replace("_", " "))
                for group in choices.outcome_groups
            ),
            notes=(choices.outcome_source + ".",),
        ),
    ]
    if review.found.indicators:
        blocks.append(
            Table(
                "windows",
                "Limits used",
                (Column("Limit"), Column("Value")),
                choices.limits,
                notes=("Choices of design unless an indicator names a legal clock.",),
            )
        )
    blocks += [
        Heading("Methods"),
        Table(
            "methods",
            "How each kind of figure was worked out",
            (Column("Figure"), Column("Method"), Column("Source")),
            METHODS if review.cohort.bundle.height("reports") else METHODS[:1],
        ),
    ]
    if review.found.fits and not shown.protected:
        blocks += [Heading("The models, looked at a second way"), *_second_views(review)]
    if review.found.faults:
        blocks += [Heading("What the check of the data found"), _faults(review, shown)]
    if review.found.flags:
        blocks += [Heading("Warnings raised while it ran"), Points(review.found.flags)]
    blocks += [
        Heading("Programs"),
        Table("versions", "Versions", (Column("Program"), Column("Version")), versions),
    ]
    if shown.protected:
        blocks.insert(
            0,
            Words(
                (
                    "Counts are hidden and rounded so that nobody can be recognised. Shares are of the "
                    "rounded counts. "
                    "Every table of this release was attacked before it left, by a program that shares "
                    "nothing with "
                    "the one that protected it.",
                )
            ),
        )
    return Section("methods", "Appendix: how it was done", tuple(blocks), appendix=True)
