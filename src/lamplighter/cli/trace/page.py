"""The page of ``lamplighter trace``: patterns, what was left out, and what must not be concluded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from lamplighter.cli.trace.sources import SourcesRead
from lamplighter.courses.results import CourseResult
from lamplighter.linkage import LinkResult
from lamplighter.reporting.patterns_page import FileRows, Pattern, PatternsPage
from lamplighter.reporting.words import count, day, listed, small

MARKING = "OFFICIAL-SENSITIVE: holds personal data about victims and suspects"
MOST_WHOLE, MOST_LINES = 200, 500
"""Patterns that the page shows whole, and in a line each. The workbook holds all."""
NOT_TO_CONCLUDE = (
    "That it happened. A pattern says what was reported. It is no finding of fact or of an offence.",
    "That two records are one person. Joining them is a belief with reasons: check them before anybody acts, "
    "and before anybody is told.",
    "That the order says who is in most danger. It follows named rules, above all how recent the last "
    "incident is. Nothing here is a probability that somebody will be hurt.",
    "That somebody who is not listed is safe, or was not stalked. Words that were not understood, people who "
    "were not recognised and incidents that nobody reported are not here. Some flags are wrong, and some "
    "stalking is missed: docs/courses.md says how often on made-up data.",
    "That a report was recorded wrongly. What it was recorded as is shown beside what it reads as, so that "
    "the agency can review it.",
    "That a victim may be contacted. How to reach a victim safely is not in these files: ask the agency that "
    "was told.",
)


def page(
    patterns: Sequence[Pattern],
    read: SourcesRead,
    linked: LinkResult,
    found: CourseResult,
    as_at: dt.datetime,
) -> PatternsPage:
    """Return everything that the page says."""
    flagged = [p for p in patterns if p.flagged]
    others = [p for p in patterns if not p.flagged]
    systems = [f"{m.title} ({count(len(read.files[name]), 'file')})" for name, m in read.mappings.items()]
    return PatternsPage(
        subtitle=f"As the record stood on {day(as_at)}. Read from {listed(systems)}.",
        marking=MARKING,
        lead=tuple(_lead(flagged, read)),
        flagged=tuple(flagged[:MOST_WHOLE]),
        more_flagged=tuple(flagged[MOST_WHOLE : MOST_WHOLE + MOST_LINES]),
        others=tuple(others[:MOST_LINES]),
        others_untold=len(patterns) - len(flagged[: MOST_WHOLE + MOST_LINES]) - len(others[:MOST_LINES]),
        left_out=tuple(_left_out(read, linked, found)),
        aside=tuple(read.left_aside),
        reasons=_reasons(read.rejects),
        files=tuple(
            FileRows(f, n, read.counts.accepted[f], read.counts.rejected[f], read.counts.duplicates[f])
            for f, n in read.counts.rows_in.items()
        ),
        not_to_conclude=NOT_TO_CONCLUDE,
    )


def _lead(flagged: Sequence[Pattern], read: SourcesRead) -> list[str]:
    reports = read.bundle["reports"].height
    if not flagged:
        return [
            f"No pattern reads as possible stalking among the {count(reports, 'report')} that were read. "
            "That is no sign that there is none: see what was left out, and what must not be concluded."
        ]
    n = len(flagged)
    reads = "pattern reads" if n == 1 else "patterns read"
    held = {a.report_id for p in flagged for o in p.occasions for a in o.accounts}
    lead = [
        f"{small(n).capitalize()} {reads} as possible stalking, made of {len(held):,} of the "
        f"{count(reports, 'report')} that were read."
    ]
    never, no_force = sum(p.never for p in flagged), sum(p.never_by_police for p in flagged)
    if never or no_force:
        told = [f"{_of_them(never, n)} never recorded as stalking by anyone" if never else ""]
        if no_force > never:
            told.append(f"{_of_them(no_force, n)} never recorded as stalking by a police force")
        words = "; ".join(t for t in told if t)
        lead.append(f"{words[:1].upper()}{words[1:]}.")
    across = sum(len(p.agencies) > 1 for p in flagged)
    if across:
        which = f"{small(across).capitalize()} of them {'holds' if across == 1 else 'hold'}"
        lead.append(f"{'It holds' if n == 1 else which} reports of more than one agency.")
    return lead


def _of_them(some: int, every: int) -> str:
    if every == 1:
        return "it was"
    return "all were" if some == every else f"{small(some)} of them {'was' if some == 1 else 'were'}"


def _left_out(read: SourcesRead, linked: LinkResult, found: CourseResult) -> list[str]:
    single = found.courses.filter(pl.col("kind") == "single")
    alone = single.filter(pl.col("reading") == "possible_stalking").height
    out = []
    if single.height:
        words = (
            f"{count(single.height, 'incident stands', 'incidents stand')} alone: no second one between the "
        )
        words += "same two people was found."
        if alone:
            reads = "of them reads" if alone == 1 else "of them read"
            itself = "itself" if alone == 1 else "themselves"
            words += f" {count(alone, reads, reads)} as possible stalking by {itself}."
        out.append(f"{words} They are in data/courses.csv, where kind is single.")
    undecided = linked.pairs.filter(pl.col("band") == "to_decide").height
    if undecided:
        out.append(
            f"{count(undecided, 'pair of person records', 'pairs of person records')} may be one person and "
            "were not joined, because it is not likely enough. They are in data/pairs_to_decide.csv."
        )
    unclear = found.unclear["report_id"].n_unique()
    if unclear:
        out.append(
            f"{count(unclear, 'report')} by the victim of a pattern may belong to it: nothing names the "
            "suspect, and whether it is the same is for a person. They are in data/suspect_unclear.csv."
        )
    totals = read.counts.totals()
    if totals["rejected"] or totals["duplicates"]:
        out.append(
            f"{totals['rejected']:,} of {totals['rows_in']:,} rows could not be used, and "
            f"{totals['duplicates']:,} repeated another. data/rejects.csv says what was wrong, row by row."
        )
    else:
        out.append(f"No row: all {totals['rows_in']:,} could be used.")
    out += [f"The mapping {name} was given, and no file fits it." for name in read.unused]
    return out


def _reasons(rejects: pl.DataFrame) -> tuple[tuple[str, str, int], ...]:
    left_out = rejects.filter(pl.col("severity") == "reject").group_by("reason", "remedy").len()
    return tuple(left_out.sort(["len", "reason"], descending=[True, False]).iter_rows())
