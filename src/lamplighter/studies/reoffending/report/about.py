"""Show how well records were linked, for whom, by which rules people were counted, and what was left out."""

from __future__ import annotations

import polars as pl

from lamplighter.reporting.document import (
    NOT_AVAILABLE,
    Block,
    Column,
    Heading,
    Points,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.words import day, listed, number
from lamplighter.studies.reoffending.definitions import STRADDLING
from lamplighter.studies.reoffending.linkage_error.unseen import never_looked_at
from lamplighter.studies.reoffending.partitions import combined
from lamplighter.studies.reoffending.report.group_bias import bias_blocks
from lamplighter.studies.reoffending.report.rates import percent
from lamplighter.studies.reoffending.study import Study

_LONGEST = 200
_SHARES = ("precision", "recall", "recall_least")


def links_section(study: Study) -> Section:
    """Return the quality of the links by group, as the linker wrote it."""
    draws = len(study.held.links.draws)
    words = [
        "Links that are missed hide reoffending, and links that are false make it. Both differ by group, "
        "so a rate "
        "by group can differ for that reason alone."
    ]
    both = combined(study.readings, study.headline)
    if both is not None:
        words.append(
            f"The study was worked out on {draws} whole readings of who is who, drawn from the linker’s "
            f"beliefs. In "
            f"the headline, {percent(both.due_to_linkage)} of the variance comes from that doubt."
        )
    elif draws < 2:
        words.append("The linker drew no partitions: doubt about who is who is not in any interval.")
    share, bound = never_looked_at(study.held.links), study.unseen
    if share is not None and bound is not None:
        words.append(
            f"The linker thinks that {percent(share[0])} of true links across forces, at most "
            f"{percent(share[1])}, were never looked at, and no draw holds them. If they were missed at "
            f"random, the headline would be {percent(bound.likely)}; whatever they hide, it lies between "
            f"{percent(bound.least)} and {percent(bound.most)}."
        )
    else:
        words.append(
            "The linker does not say how many links nobody looked at: no interval here allows for them."
        )
    blocks: list[Block] = [Words(tuple(words)), *bias_blocks(study)]
    quality = study.held.links.quality
    if quality is None or not quality.height:
        blocks.append(Words(("The linker handed over no figures by group.",)))
    else:
        blocks.append(_quality(quality))
    return Section("links", "How well people were linked, by group", tuple(blocks))


def _quality(quality: pl.DataFrame) -> Table:
    shown = quality.head(_LONGEST)
    columns = []
    for name, kind in shown.schema.items():
        title = name.replace("_", " ").capitalize()
        if name in _SHARES:
            columns.append(Column(title, "percent"))
        elif kind.is_float():
            columns.append(Column(title, "number"))
        elif kind.is_integer():
            columns.append(Column(title, "count"))
        else:
            columns.append(Column(title))
    shares = [pl.col(name) * 100 for name in _SHARES if name in shown.columns]
    rows = tuple(tuple(_value(v) for v in row) for row in shown.with_columns(shares).iter_rows())
    left = quality.height - shown.height
    notes = (f"{number(left)} more rows are in links/quality.parquet.",) if left else ()
    return Table("links-by-group", "As the linker wrote it", tuple(columns), rows, notes=notes, folded=True)


def _value(value: object) -> Value:
    if value is None or (isinstance(value, float) and value != value):
        return NOT_AVAILABLE
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def rules_section(study: Study) -> Section:
    """Return the rules that decided something, each with how often."""
    own, rules = study.account, study.defs.rules
    people = study.cell(study.headline)
    rows: list[tuple[Value, ...]] = [
        ("Index events of the period; each person is in once, by the first", own.events),
        ("People who were dead by day 0, and are not in", own.dead_before),
        ("People whose force does not hold what is asked for, and who are not in", people.left_out),
        ("People with something proven after day 0 that was done before it: not counted", own.pseudo),
        (
            f"People with a course that began by day 0 and ended after it: {STRADDLING[rules.straddling]}",
            own.straddling,
        ),
        ("People whose index act stands in another force’s book too: not counted again", own.same_act),
        ("Acts known after day 0 whose own day is not known: not counted", own.not_dated),
        ("Acts of the whole data that stood in two forces’ books, made one", study.joined_acts),
    ]
    return Section(
        "rules",
        "Rules that decided something",
        (
            Table(
                "rules-table", "By the headline", (Column("Rule"), Column("How many", "count")), tuple(rows)
            ),
            Points(
                (
                    "What counts was done after day 0, and not after the same day so many months later. "
                    "Day 0 itself "
                    "does not count.",
                    f"Two forces’ records of one person are one act if they are alike, at most "
                    f"{rules.same_act_days} "
                    "days apart, and name no different victims. A force tells of an act once.",
                    "All stay in the denominator, also who died or went to prison; time in custody is "
                    "shown apart.",
                )
            ),
        ),
        appendix=True,
    )


def method_section(study: Study) -> Section:
    """Return the sources, the faults of the data, and how it was worked out."""
    held = study.held
    points = [
        f"Events up to {day(held.country.extracted_on)}, of {len(held.country.forces)} forces: "
        f"{number(held.read)} rows read, {number(len(held.rows))} used.",
        f"Headline {study.defs.headline_hash()[:12]} (the whole hash is in definitions.json): "
        f"{study.defs.headline_words()}",
        f"Why this one: {study.defs.headline.why}",
        "Rates have Wilson’s intervals. Over drawn partitions they are combined on the log-odds scale by "
        "Rubin’s "
        "rules, with Barnard and Rubin’s degrees of freedom.",
        "definitions.json holds every definition that was in force, with its source and how firm it is.",
    ]
    if held.country.late:
        points.append(f"Late, and not in the data: {listed(list(held.country.late))}.")
    marks = [
        f"{row.get('title', name)} ({row.get('source', 'no source')})"
        for name, rows in study.defs.rows.items()
        for row in rows
        if row.get("mark") == "K"
    ]
    if marks:
        points.append(f"To be checked against the publication: {listed(marks)}.")
    blocks: list[Block] = [Points(tuple(points))]
    if held.faults:
        rows: list[tuple[Value, ...]] = [
            (f.file, f.what, f.count, ", ".join(map(str, f.rows[:5])), f.remedy) for f in held.faults
        ]
        blocks += [
            Heading("Rows that were left out"),
            Table(
                "faults",
                "Faults of the data",
                (
                    Column("File"),
                    Column("Fault"),
                    Column("Rows", "count"),
                    Column("At first"),
                    Column("Remedy"),
                ),
                tuple(rows),
            ),
        ]
    return Section("method", "How this was worked out", tuple(blocks), appendix=True)
