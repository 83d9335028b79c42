"""Sources, columns and reports of a sample, in the words of a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from lamplighter.hub.design.environment import grouped, long_date, long_time, plural
from lamplighter.hub.intake import presenters as intake
from lamplighter.hub.intake.sources.forms import ColumnsForm, person_words
from lamplighter.records.propose import ColumnProposal, Proposal
from lamplighter.records.propose.choices import Choices
from lamplighter.records.propose.columns.meanings import NOT_USED, meanings
from lamplighter.records.propose.sample import MOST_ROWS, Table
from lamplighter.records.reading.batches import Batch, Counts
from lamplighter.records.schema import TABLES, Bundle
from lamplighter.records.validation.problems import problems
from lamplighter.vocabulary.codes import code_set

SHOWN = 20
_LONGEST_EXAMPLE = 70
_MOST_ROWS_NAMED = 12
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_ENCODINGS = {"utf-8": "UTF-8", "cp1252": "Windows-1252"}
SURE_WORDS = {"sure": "Sure", "likely": "Probably", "unsure": "Check"}


def how_written(table: Table) -> str:
    """Describe how a file is written, in one sentence."""
    if table.json:
        under = f"within “{table.level}”" if table.level else "one on each line"
        return f"{table.file}: {plural(table.rows.height, 'object')}, {under}, in JSON."
    line = f"headings in line {table.above + 1}" + (", grouped by the line above" if table.grouped else "")
    rows = ("the first " if table.rows.height >= MOST_ROWS else "") + plural(table.rows.height, "row")
    columns = plural(len(table.columns), "column")
    if table.sheet:
        return f"{table.file}: {rows}, {columns}, {line.replace(' line ', ' row ', 1)}."
    between = _SEPARATORS.get(table.delimiter, table.delimiter)
    written = _ENCODINGS.get(table.encoding, table.encoding)
    return f"{table.file}: {rows}, {columns} with {between} between, {line}, {written}."


def column_sections(proposal: Proposal, choices: Choices, form: ColumnsForm) -> list[dict[str, Any]]:
    """The columns of a sample, those to look at first."""
    cards = [_card(number, column, choices, form) for number, column in enumerate(proposal.columns)]
    levels = len(proposal.tables) > 1
    for card, column in zip(cards, proposal.columns, strict=True):
        if levels:
            table = proposal.table(column.table)
            card["where"] = table.level or table.file
    check = [c for c in cards if c["sure"] != "sure" and not c["unknown"]]
    unknown = [c for c in cards if c["unknown"]]
    rest = [c for c in cards if c["sure"] == "sure" and not c["unknown"]]
    check.sort(key=lambda c: c["sure"] != "unsure")
    sections = [
        (
            "check",
            "Check these",
            "The heading or the values leave a doubt. Change the meaning if it is wrong.",
            check,
        ),
        (
            "unknown",
            "Not known, so not used",
            "Choose a meaning if the hub should use them. What is not used is still kept as it came, "
            "unless you choose “Do not store”.",
            unknown,
        ),
        ("right", "These look right", "Read through them once.", rest),
    ]
    return [
        {"key": key, "title": f"{title} ({len(own)})", "words": words, "cards": own}
        for key, title, words, own in sections
        if own
    ]


def _card(number: int, column: ColumnProposal, choices: Choices, form: ColumnsForm) -> dict[str, Any]:
    meaning, whose = choices.columns[column.table, column.column]
    changed = (meaning, whose) != (column.meaning, column.whose)
    unknown = column.meaning == NOT_USED and column.sure == "unsure"
    bound = form[f"column_{number}"]
    return {
        "heading": column.heading,
        "examples": [_short(e) for e in column.examples],
        "reasons": list(column.reasons),
        "proposed": said(column.meaning, column.whose),
        "others": [said(g.meaning, g.whose) for g in column.guesses[1:3] if g.meaning != NOT_USED],
        "sure": column.sure,
        "tag": "Changed by you" if changed else ("Not known" if unknown else SURE_WORDS[column.sure]),
        "unknown": unknown,
        "name": bound.html_name,
        "id": bound.auto_id,
        "value": str(bound.value() or ""),
        "errors": list(bound.errors),
        "where": "",
    }


def said(meaning: str, whose: str) -> str:
    """'Victim: date of birth', 'Where it happened'."""
    label = meanings()[meaning].label
    if not whose:
        return label
    small = label if label[:2].isupper() else label[0].lower() + label[1:]
    return f"{person_words(whose)}: {small}"


def _short(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= _LONGEST_EXAMPLE else one[: _LONGEST_EXAMPLE - 1] + "…"


# What would arrive ------------------------------------------------------------------


def together(batches: Sequence[Batch]) -> tuple[Bundle, pl.DataFrame, Counts]:
    """Join the batches of a sample into one."""
    bundle: Bundle = {t.name: pl.concat([b.bundle[t.name] for b in batches]) for t in TABLES}
    counts = sum((b.counts for b in batches), Counts())
    return bundle, pl.concat([b.rejects for b in batches]), counts


def arrival_sentence(counts: Counts) -> str:
    totals = counts.totals()
    gives = f"{plural(totals['reports'], 'report')} about {plural(totals['people'], 'person record')}"
    wrong = f"{plural(totals['rejected'], 'row')} rejected, {plural(totals['warnings'], 'warning')}"
    return f"{plural(totals['rows_in'], 'row')} would give {gives}: {wrong}."


def counts_rows(counts: Counts) -> list[list[dict[str, str]]]:
    totals = counts.totals()
    kinds = {"accepted": "accepted", "rejected": "rejected", "duplicate": "duplicates"}
    rows = {f"rows_{ours}": totals[theirs] for ours, theirs in kinds.items()}
    return intake.counts_rows({"rows_in": totals["rows_in"], **rows})


_REMEDIES = {
    problems()["code_unknown"].remedy: "Go back and choose what the word stands for, if it means something."
}
"""What to do about a problem, where the page itself can do it."""


def reasons(rejects: pl.DataFrame, proposal: Proposal) -> list[dict[str, Any]]:
    """Every reject and warning, by reason, with the rows that had it. Columns are called as in the file."""
    if rejects.is_empty():
        return []
    by = ["severity", "file", "column", "reason", "remedy"]
    counted = (
        rejects.group_by(by, maintain_order=True)
        .agg(pl.len().alias("number"), pl.col("row").drop_nulls().alias("rows"))
        .sort(["severity", "number", "reason"], descending=[False, True, False])
    )
    return [
        row
        | {
            "where": _rows_named(row["rows"]),
            "column": _column_said(row["file"], row["column"], proposal),
            "remedy": _REMEDIES.get(row["remedy"], row["remedy"]),
        }
        for row in counted.iter_rows(named=True)
    ]


def _column_said(file: str | None, column: str | None, proposal: Proposal) -> str:
    """The heading of a column or, of what several columns gave, the label of its meaning."""
    if not column:
        return ""
    headings = {
        name: t.heading(name)
        for t in sorted(proposal.tables, key=lambda t: t.file == file)
        for name in t.columns
    }
    if column in headings:
        return headings[column]
    field = column.rpartition(".")[2]
    gives = ((m.label, g.rpartition(".")[2]) for m in meanings().values() for g in m.gives)
    if label := next((label for label, given in gives if given == field), ""):
        return label
    # Columns that are read together are named together.
    parts = column.split("/")
    for at in range(1, len(parts)):
        first, rest = "/".join(parts[:at]), "/".join(parts[at:])
        if first in headings:
            return f"{headings[first]} and {_column_said(file, rest, proposal)}"
    return column


def _rows_named(found: Sequence[int]) -> str:
    rows = list(dict.fromkeys(found))
    named = ", ".join(grouped(r) for r in rows[:_MOST_ROWS_NAMED])
    more = len(rows) - _MOST_ROWS_NAMED
    if not rows:
        return ""
    return f"{'Row' if len(rows) == 1 else 'Rows'} {named}" + (
        f" and {grouped(more)} more" if more > 0 else ""
    )


def reports(bundle: Bundle) -> list[dict[str, Any]]:
    """The first reports as the hub would show them."""
    first = (
        bundle["reports"]
        .with_columns(pl.col("source_rows").list.first().alias("_row"))
        .sort("_row")
        .head(SHOWN)
    )
    found = []
    for report in first.iter_rows(named=True):
        mine = {
            name: list(bundle[name].filter(pl.col("report_id") == report["report_id"]).iter_rows(named=True))
            for name in ("offences", "occasions", "people")
        }
        found.append(
            {
                "reference": report["source_ref"],
                "rows": _report_rows(report, mine),
                "people": [_person(p) for p in mine["people"]],
            }
        )
    return found


def _report_rows(report: Mapping[str, Any], mine: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    occasion = mine["occasions"][0] if mine["occasions"] else {}
    told = [
        ("Recorded as", "; ".join(_offence(o) for o in mine["offences"])),
        ("Kind of record", _title("record_type", report["record_type"])),
        ("Reported", _when(report["reported_at"])),
        ("Happened", _happened(occasion)),
        ("Where", ", ".join(p for p in (report["location_text"], report["location_postcode"]) if p)),
        ("What was done", "; ".join(_title("behaviours", b) for b in occasion.get("behaviours") or [])),
        ("How", _title("channels", occasion.get("channel"))),
        ("What happened", report["summary"]),
        ("Impact", report["impact"]),
        ("Domestic abuse", {True: "Yes", False: "No"}.get(report["domestic_abuse"], "")),
        ("Markers", ", ".join(report["flags"] or [])),
        ("Outcome", _title("outcomes", report["outcome"])),
        ("Told by", _title("made_by", report["made_by"])),
        ("Told how", _title("report_channel", report["report_channel"])),
        ("Other references", ", ".join(report["related_refs"] or [])),
    ]
    return [{"key": {"text": k}, "value": {"text": v}} for k, v in told if v]


def _offence(row: Mapping[str, Any]) -> str:
    title = _title("offences", row["offence"])
    raw = row["raw_title"] or row["raw_code"]
    return f"{title} (“{raw}”)" if raw and raw != title else title


def _title(name: str, code: str | None) -> str:
    if not code:
        return ""
    codes = code_set(name).codes
    return codes[code].title if code in codes else code


def _when(at: dt.datetime | None) -> str:
    if at is None:
        return ""
    return long_date(at) if at.time() == dt.time() else long_time(at)


def _happened(occasion: Mapping[str, Any]) -> str:
    start, end, how = (occasion.get(k) for k in ("started_at", "ended_at", "date_precision"))
    if not start:
        return f"Not recorded; no later than {_when(end)}" if end else ""
    if how == "day":
        return long_date(start)
    return _when(start) if not end or end == start else f"Between {_when(start)} and {_when(end)}"


def _person(person: Mapping[str, Any]) -> dict[str, str]:
    """One person in one line, with the part played."""
    name = " ".join(p for p in (person["forenames"], person["surname"]) if p) or person["descriptor"]
    born = f"born {long_date(person['birth_date'])}" if person["birth_date"] else _age(person)
    sex = {"male": "male", "female": "female"}.get(person["sex"] or "", "")
    known = f"known as {', '.join(person['nicknames'])}" if person["nicknames"] else ""
    address = ", ".join(p for p in (person["address_text"], person["postcode"]) if p)
    parts = [
        name or "Name not recorded",
        known,
        born,
        sex,
        _title("relationships", person["relationship"]),
        _title("ethnicities", person["ethnicity"]),
        *(person["phones"] or []),
        *(person["emails"] or []),
        *(h.removeprefix("?:") for h in person["handles"] or []),
        address,
        *(person["vehicles"] or []),
        *(person["vehicle_descriptions"] or []),
        f"PNC {person['pnc_id']}" if person["pnc_id"] else "",
        f"number {person['source_person_ref']}" if person["source_person_ref"] else "",
        "safe contact in the vault" if person["match_tokens"] else "",
    ]
    return {"role": _title("roles", person["role"]), "words": "; ".join(p for p in parts if p)}


def _age(person: Mapping[str, Any]) -> str:
    low, high = person["age_from"], person["age_to"]
    if low is None and high is None:
        return ""
    return f"aged {low}" if low == high else f"aged {low} to {high}"
