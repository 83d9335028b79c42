"""Count the columns of others' exports proposed right: `python -m benchmarks.propose_mapping FOLDER`.

FOLDER holds a folder for each layout: the files of one export and ``truth.csv`` (file, column, meaning). A
meaning may have an owner behind a semicolon ("surname; victim"), where people stand side by side in a row.
A column of JSON is a path: ``people[].accounts[].handle`` is the handle of each account of each person.
``--kinds``: a CSV with the columns folder and kind, for what the page asks before it proposes.

A column is right when its meaning is, and whose it is where people stand side by side. Of what truths name
and our reports have no field for (officers, areas, titles, dates of outcomes), "Not used" is right.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lamplighter.records.errors import RecordsError
from lamplighter.records.propose import Proposal, propose
from lamplighter.records.propose.sample import Table

NOTHING = {"not_used", "left_out"}
MEANINGS: dict[str, set[str]] = {
    "report reference": {"report_reference"},
    "row reference": {"row_reference"},
    "person reference": {"person_reference"},
    "related reference": {"other_reference"},
    "reported date/time": {"reported_at", "reported_time"},
    "incident start date/time": {"happened_from", "happened_from_time"},
    "incident end date/time": {"happened_to", "happened_to_time"},
    "recorded offence or category": {"offence_title", "offence_code"},
    "other offence": {"offence_included"},
    "summary or free text": {"summary"},
    "impact text": {"impact"},
    "behaviours": {"behaviours"},
    "domestic abuse flag": {"domestic_abuse"},
    "hate or other flag": {"flags", "marker"},
    "outcome or disposal": {"outcome"},
    "place of incident": {"place_text", "place_postcode"},
    "report channel": {"report_channel"},
    "who made the report": {"made_by"},
    "role": {"role"},
    "relationship to the other person": {"relationship"},
    "surname": {"surname"},
    "forename(s)": {"forenames"},
    "middle name": {"forenames"},
    "full name": {"whole_name"},
    "alias or nickname": {"nicknames"},
    "date of birth": {"birth_date"},
    "age or age band": {"age"},
    "sex or gender": {"sex"},
    "ethnicity": {"ethnicity"},
    "telephone": {"phones", "contact"},
    "e-mail": {"emails", "contact"},
    "social media account": {"handles"},
    "address (whole or a line)": {"address"},
    "town": {"town"},
    "postcode": {"postcode"},
    "vehicle": {"vehicles"},
    "PNC id": {"pnc_id"},
    "CRO": {"cro"},
    "not used": NOTHING,
    "officer or worker": NOTHING,
    "force or agency": NOTHING,
    "title": NOTHING,
    "outcome date": NOTHING,
}
# Of nobody, where others' columns have owners, a place is that of what happened.
OF_THE_REPORT = {
    "address (whole or a line)": {"place_text"},
    "town": {"place_text"},
    "postcode": {"place_postcode"},
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One column: what it is, what was proposed, how surely, and whether that is right."""

    column: str
    truth: str
    proposed: str
    sure: str
    right: bool


def judge(folder: Path, kind: str | None) -> list[Judged]:
    """Return every column of a layout, judged. What cannot be read is wrong, column by column."""
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = [(r["file"], r["column"], r["meaning"]) for r in csv.DictReader(file)]
    try:
        proposal = propose([folder / name for name in dict.fromkeys(f for f, _, _ in truth)], kind)
    except RecordsError as error:
        return [Judged(c, m, f"not read: {error}", "", False) for _, c, m in truth]
    return list(_judged(truth, proposal))


def _judged(truth: list[tuple[str, str, str]], proposal: Proposal) -> Iterator[Judged]:
    owned = {file for file, _, meaning in truth if ";" in meaning}
    place: dict[str, int] = {}
    for file, column, meaning in truth:
        at = place[file] = place.get(file, -1) + 1
        found = _column(proposal, file, column, at)
        wanted, _, owner = (part.strip() for part in meaning.partition(";"))
        if found is None:
            yield Judged(column, meaning, "no such column", "", False)
            continue
        allowed = MEANINGS[wanted]
        if file in owned and not owner:
            allowed = OF_THE_REPORT.get(wanted, allowed)
        proposed = next(c for c in proposal.columns if (c.table, c.column) == found)
        right = proposed.meaning in allowed and proposed.whose == owner.replace(" ", "_")
        said = f"{proposed.meaning}; {proposed.whose}" if proposed.whose else proposed.meaning
        yield Judged(column, meaning, said, proposed.sure, right)


def _column(proposal: Proposal, file: str, column: str, at: int) -> tuple[str, str] | None:
    """The table and column behind a line of the truth: by its place, or of JSON by its path."""
    tables = [t for t in proposal.tables if t.file == file]
    if tables and tables[0].json:
        return _path(tables, column.replace("[]", ""))
    own = tables[0].columns if tables else ()
    return (tables[0].name, own[at]) if at < len(own) else None


def _path(tables: list[Table], wanted: str) -> tuple[str, str] | None:
    """The column that a path is, or lies in: lists within objects are one cell."""
    best, found = -1, None
    for table in tables:
        for column, path in zip(table.columns, table.paths, strict=True):
            whole = ".".join(part for part in (table.level, path.removeprefix("$.").replace('"', "")) if part)
            if (wanted == whole or wanted.startswith(f"{whole}.")) and len(whole) > best:
                best, found = len(whole), (table.name, column)
    return found


def main() -> None:
    """Print, for each layout, how many of its columns are right, and the total."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinds", type=Path, help="CSV with the columns folder and kind")
    parser.add_argument("--wrong", action="store_true", help="name the columns that are wrong")
    given = parser.parse_args()
    kinds: dict[str, str] = {}
    if given.kinds:
        with given.kinds.open(encoding="utf-8", newline="") as file:
            kinds = {r["folder"]: r["kind"] for r in csv.DictReader(file)}
    every: list[Judged] = []
    for path in sorted(given.folder.glob("*/truth.csv")):
        judged = judge(path.parent, kinds.get(path.parent.name))
        every += judged
        print(f"{path.parent.name:<32} {sum(j.right for j in judged):>4} / {len(judged)}")
        for one in judged if given.wrong else ():
            if not one.right:
                print(f"    {one.column}: {one.truth}, proposed {one.proposed} ({one.sure})")
    if not every:
        raise SystemExit(f"There is no layout in {given.folder}: a folder with files and truth.csv.")
    right = sum(j.right for j in every)
    print(f"{'Total':<32} {right:>4} / {len(every)}  {100 * right / len(every):.1f}%")
    for sure in ("sure", "likely", "unsure"):
        told = [j for j in every if j.sure == sure]
        if told:
            print(f"  {sure:<30} {sum(j.right for j in told):>4} / {len(told)}")
    used = [j for j in every if j.proposed.partition(";")[0] not in NOTHING and j.sure]
    print(f"  wrong, and not “Not used”      {sum(not j.right for j in used):>4} / {len(used)}")


if __name__ == "__main__":
    main()
