"""What ``lamplighter trace`` writes: a page and a workbook for people, and every result for machines."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from lamplighter.cli.sources import SourcesRead
from lamplighter.courses.pattern_summaries import Agencies, summaries
from lamplighter.courses.people_in_patterns import PersonInPatterns, people_in
from lamplighter.courses.results import CourseResult
from lamplighter.linkage import LinkResult, explain
from lamplighter.records.outward import neutralise_formulae
from lamplighter.reporting.patterns_page import FileRows, Pattern, PatternsPage, patterns_html
from lamplighter.reporting.words import count, day, listed, small
from lamplighter.reporting.workbook import SheetColumn, SheetTable, workbook

PAGE, BOOK, DATA = "patterns.html", "patterns.xlsx", "data"
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


def write(out: Path, read: SourcesRead, linked: LinkResult, found: CourseResult, as_at: dt.datetime) -> None:
    """Write the page, the workbook, the files for machines and what explains them into a folder."""
    agencies = Agencies.known({m.agency: (m.agency_title, m.agency_kind) for m in read.mappings.values()})
    patterns = list(summaries(read.bundle, linked, found, agencies))
    people = people_in(patterns, read.bundle, linked, found, agencies)
    (out / PAGE).write_text(patterns_html(page(patterns, read, linked, found, as_at)), "utf-8")
    (out / BOOK).write_bytes(
        workbook(
            [patterns_sheet(patterns), reports_sheet(patterns), people_sheet(people)],
            title="Patterns in reports",
            marking=MARKING,
            notes=NOT_TO_CONCLUDE,
            made=as_at,
        )
    )
    (out / "README.txt").write_text(_README, "utf-8")
    _write_data(out / DATA, tables(read, linked, found))
    model = json.dumps(linked.model.to_json(), indent=1, sort_keys=True)
    (out / DATA / "model.json").write_text(model, "utf-8")


# The page ----------------------------------------------------------------------------------------------


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


# The workbook --------------------------------------------------------------------------------------------


def patterns_sheet(patterns: Sequence[Pattern]) -> SheetTable:
    """Return one row a pattern, the flagged first."""
    columns = (
        SheetColumn("No.", "The number of the pattern here and on the page: the most urgent first.", 6),
        SheetColumn("Possible stalking", "Yes for a pattern that reads as possible stalking.", 11),
        SheetColumn(
            "In one sentence", "Who, how many reports, by whom, over how long, recorded as what.", 60
        ),
        SheetColumn("Victim", "The name that most records give, or what is known instead of one.", 22),
        SheetColumn(
            "Suspect", "The same of the suspect. “Not identified” where no report names anybody.", 22
        ),
        SheetColumn("Relationship", "How the suspect knows the victim, as most of the reports say.", 18),
        SheetColumn("Incidents", "How many incidents; two accounts of one incident are one.", 10),
        SheetColumn("Reports", "How many reports.", 9),
        SheetColumn("First incident", "The day of the first dated incident.", 13),
        SheetColumn("Last incident", "The day of the last dated incident.", 13),
        SheetColumn("Agencies", "Whose reports they are.", 26),
        SheetColumn(
            "References", "The agencies' own references, in the order in which they were reported.", 34
        ),
        SheetColumn("Recorded as", "What the agencies recorded the reports as.", 34),
        SheetColumn(
            "Recorded as stalking", "Which agency recorded stalking, in how many of its reports.", 34
        ),
        SheetColumn(
            "Never called stalking", "Yes where no agency recorded any of the reports as stalking.", 11
        ),
        SheetColumn("Reads as", "What the acts in the reports read as, by rules.", 20),
        SheetColumn("Why", "The reasons for that reading.", 44),
        SheetColumn(
            "To weigh first", "Time limits, threats, violence, breaches, escalation, other victims.", 50
        ),
        SheetColumn("Pattern reference", "The course_id in the files for machines.", 16),
    )
    rows = [
        (
            p.number, p.flagged, p.sentence, p.parties[0].name, p.parties[1].name, p.relationship,
            len(p.occasions), p.reports, p.first, p.last, listed(p.agencies), "; ".join(p.references),
            p.recorded_as, p.stalking, p.never, p.reading, " ".join(p.reasons),
            "\n".join(f"{title}: {words}" for title, words in p.weigh), p.reference,
        )
        for p in patterns
    ]  # fmt: skip
    return SheetTable(
        "Patterns", "one pattern: two or more incidents between the same two people", columns, rows
    )


def reports_sheet(patterns: Sequence[Pattern]) -> SheetTable:
    """Return one row for each report's account of an incident of a pattern."""
    columns = (
        SheetColumn("No.", "The pattern's number.", 6),
        SheetColumn("Possible stalking", "Yes for a pattern that reads as possible stalking.", 11),
        SheetColumn("Incident", "The number of the incident in its pattern, in order of time.", 9),
        SheetColumn("When", "When it happened, no more exact than is known.", 32),
        SheetColumn("Date", "The day on which it happened at the earliest, for sorting.", 13),
        SheetColumn("Agency", "Whose report it is.", 20),
        SheetColumn("Reference", "The agency's own reference.", 18),
        SheetColumn("Reported", "The day on which it was reported.", 13),
        SheetColumn("Recorded as", "What the agency recorded it as.", 24),
        SheetColumn("Recorded as stalking", "Yes where stalking is among what it was recorded as.", 11),
        SheetColumn("Victim as named", "The victim's name in this report.", 22),
        SheetColumn("Suspect as named", "The suspect's name in this report.", 22),
        SheetColumn("What was done", "The acts against the victim that were read from the words.", 40),
        SheetColumn("How", "By which channels.", 22),
        SheetColumn("Words", "What the agency wrote down.", 60),
        SheetColumn("Effect", "What it did to the victim, where the agency wrote it down.", 30),
        SheetColumn(
            "Why it is here", "Said of a report that does not name both people, or was inferred.", 36
        ),
        SheetColumn("Roles exchanged", "Yes where the suspect of the pattern is this report's victim.", 11),
    )
    rows = [
        (
            p.number, p.flagged, o.number, o.when, o.at, a.agency, a.reference, a.reported, a.recorded_as,
            a.as_stalking, a.victim_as_named, a.suspect_as_named, o.acts, o.channel, a.words, a.impact,
            o.why_here, o.turned,
        )
        for p in patterns
        for o in p.occasions
        for a in o.accounts
    ]  # fmt: skip
    what = "one report's account of an incident in a pattern; a report of two incidents has two rows"
    return SheetTable("Reports in patterns", what, columns, rows)


def people_sheet(people: Sequence[PersonInPatterns]) -> SheetTable:
    """Return one row for each of the two people of patterns."""
    columns = (
        SheetColumn("Person", "The person_id in the files for machines; it is of this run.", 14),
        SheetColumn("Name", "The name that most records give, or what is known instead of one.", 24),
        SheetColumn("Also recorded as", "Other names on the records, nicknames among them.", 30),
        SheetColumn("Born", "Every date of birth that was recorded.", 22),
        SheetColumn("Sex", "As most of the records have it.", 9),
        SheetColumn("Described as", "Words given instead of a name.", 22),
        SheetColumn(
            "Telephones", "Numbers in the reports. Never a safe contact: those are in no file here.", 24
        ),
        SheetColumn("Accounts", "Accounts and e-mail addresses in the reports.", 30),
        SheetColumn("Vehicles", "Registration marks; a * ends a partial one.", 14),
        SheetColumn("Victim in", "Numbers of the patterns in which this is the victim.", 11),
        SheetColumn("Suspect in", "Numbers of the patterns in which this is the suspect.", 11),
        SheetColumn("Possible stalking", "Yes where one of these patterns reads as possible stalking.", 11),
        SheetColumn("Records", "How many records in these reports are held to be of this person.", 9),
        SheetColumn("Agencies", "Whose records they are.", 26),
        SheetColumn("References", "The reports that they are in.", 40),
    )
    rows = [
        (
            p.person_id, p.name, "; ".join(p.also), listed([day(b) for b in p.born], "or"), p.sex,
            p.described, "; ".join(p.phones), "; ".join(p.accounts), "; ".join(p.vehicles),
            ", ".join(map(str, p.harmed_in)), ", ".join(map(str, p.reported_in)), p.flagged, p.records,
            listed(p.agencies), "; ".join(p.references),
        )
        for p in people
    ]  # fmt: skip
    return SheetTable("People", "one person who is the victim or the suspect of a pattern", columns, rows)


# For machines --------------------------------------------------------------------------------------------


@cache
def explained() -> Mapping[str, Any]:
    """Return what each file for machines holds, column by column, from trace_files.toml."""
    return tomllib.loads((files("lamplighter.cli") / "trace_files.toml").read_text("utf-8"))


def tables(read: SourcesRead, linked: LinkResult, found: CourseResult) -> dict[str, pl.DataFrame]:
    """Return every table for machines by the name of its file. Rules that were not met are left out."""
    return {
        "courses": found.courses,
        "course_reports": found.report_groups(),
        "occasions": found.occasions,
        "findings": found.findings.filter("met").drop("met"),
        "persons": linked.persons,
        "pairs_to_decide": _undecided(linked),
        "report_pairs": linked.report_pairs.drop("levels"),
        "rejects": read.rejects,
    }


def _undecided(linked: LinkResult) -> pl.DataFrame:
    pairs = linked.pairs.filter(pl.col("band") == "to_decide").sort(
        ["match_weight", "left_record", "right_record"], descending=[True, False, False]
    )
    reasons = ["" if row["levels"] is None else explain.sentence(row) for row in pairs.iter_rows(named=True)]
    return pairs.select("left_record", "right_record", "match_weight", "probability").with_columns(
        pl.Series("reasons", reasons, dtype=pl.String)
    )


def _write_data(folder: Path, every: Mapping[str, pl.DataFrame]) -> None:
    folder.mkdir()
    for name, frame in every.items():
        write_csv(frame, folder / f"{name}.csv")
    package = json.dumps(_package(every), indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(package + "\n", "utf-8")


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write CSV that a spreadsheet opens safely: lists joined by '; ', no cell that can run as a formula."""
    flat = frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join("; ")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.List)
    )
    neutralise_formulae(flat).write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%S")


def _package(every: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": "lamplighter-trace",
        "title": "Who is who and what belongs together",
        "description": f"{MARKING}. model.json holds the fitted model of the linkage and no person's values.",
        "resources": [_resource(name, frame) for name, frame in every.items()],
    }


def _resource(name: str, frame: pl.DataFrame) -> dict[str, Any]:
    told = explained()[name]
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "title": told["title"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {"name": column, "description": told["columns"][column], **_type(kind)}
                for column, kind in frame.schema.items()
            ],
            "missingValues": [""],
        },
    }


def _type(kind: pl.DataType) -> dict[str, str]:
    if kind == pl.Boolean:
        return {"type": "boolean"}
    if isinstance(kind, pl.Datetime):
        return {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S"}
    if kind.is_integer():
        return {"type": "integer"}
    return {"type": "number"} if kind.is_float() else {"type": "string"}


_README = f"""{MARKING}.
Readable by whoever made it only. Delete it when it is no longer needed.

{PAGE}   The patterns for people: open it in a browser, or print it. Read this first.
{BOOK}   The same in columns, with every report and person in a pattern, and a sheet that
                explains the columns.
{DATA}/          Every result for machines, in CSV. {DATA}/datapackage.json explains every column.
  courses.csv, course_reports.csv, occasions.csv, findings.csv
                what belongs together, and why
  persons.csv, pairs_to_decide.csv, report_pairs.csv, model.json
                who is who, and why
  rejects.csv   rows and cells that could not be used, with the reason and what to do
"""
