"""Write the results of ``lamplighter trace``: a page and a workbook for people, all of it for machines."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from lamplighter.cli.trace.data_package import tables, write_data
from lamplighter.cli.trace.page import MARKING, NOT_TO_CONCLUDE, page
from lamplighter.cli.trace.sources import SourcesRead
from lamplighter.cli.trace.workbook import patterns_sheet, people_sheet, reports_sheet
from lamplighter.courses.results import CourseResult
from lamplighter.courses.summaries.pattern_summaries import Agencies, summaries
from lamplighter.courses.summaries.people_in_patterns import people_in
from lamplighter.linkage import LinkResult
from lamplighter.reporting.patterns_page import patterns_html
from lamplighter.reporting.workbook import workbook

PAGE, BOOK, DATA = "patterns.html", "patterns.xlsx", "data"
_README = f"""{MARKING}.
Readable by whoever made it only. Delete it when it is no longer needed.

{PAGE}   The patterns for people: open it in a browser, or print it. Read this first.
{BOOK}   The same in columns, with every report and person in a pattern, and a sheet that
                explains the columns.
{DATA}/          Every result for machines, in CSV. {DATA}/datapackage.json explains every column.
  courses.csv, course_reports.csv, occasions.csv, findings.csv
                what belongs together, and why
  suspect_unclear.csv
                what may belong to a course and is not in it: a person decides
  persons.csv, pairs_to_decide.csv, report_pairs.csv, model.json
                who is who, and why
  rejects.csv   rows and cells that could not be used, with the reason and what to do
"""


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
    write_data(out / DATA, tables(read, linked, found))
    model = json.dumps(linked.model.to_json(), indent=1, sort_keys=True)
    (out / DATA / "model.json").write_text(model, "utf-8")
