"""The page of a release of links: what was linked, how well for whom, who is late and what was capped.

It holds counts and names of forces, and nobody's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from lamplighter.reporting.charts.bars_chart import BarValue, bars_chart
from lamplighter.reporting.document import (
    NOT_AVAILABLE,
    Block,
    Caution,
    Column,
    Figure,
    KeyFigure,
    KeyFigures,
    Points,
    Report,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.words import listed

GROUPS = {"sex": "Sex", "age_band": "Age", "ethnicity": "Ethnicity"}
ETHNICITIES = {
    "W": "White", "A": "Asian", "B": "Black", "M": "Mixed", "O": "Other", "not known": "Not known",
}  # fmt: skip
_COLUMNS = (
    Column("Links", "count"), Column("Expected false", "number"), Column("Expected missed", "number"),
    Column("Never compared, estimate", "number"), Column("Precision", "percent"), Column("Recall", "percent"),
    Column("Recall, at least", "percent"),
)  # fmt: skip
_FEWEST = 10
"""Of fewer links no share is told: one link more or less would move it by ten points."""


def page(told: Mapping[str, Any], quality: pl.DataFrame) -> Report:
    """Return the report of one release. ``told``: what ``links.json`` holds."""
    sections = [
        Section("found", "What was linked", tuple(_found(told, quality)), first=True),
        Section("groups", "How well, by group", tuple(_groups(quality))),
        Section("forces", "How well, by pair of forces", tuple(_forces(told, quality))),
        Section("missing", "What is not here", tuple(_missing(told))),
        *([Section("tokens", "Agencies that sent no names", tuple(_tokens(told)))] if told["tokens"] else []),
        Section("how", "How this was worked out", (Points(_HOW),), appendix=True),
    ]
    return Report(
        title="People known to several forces",
        subtitle=f"Links for {told['purpose']}, release {told['release']}",
        standing="For analysts of this release: counts and names of forces, nobody's name",
        facts=(
            ("Forces", f"{len(told['forces']['present']):,}"),
            ("Person records", f"{told['records']:,}"),
            ("Persons", f"{told['persons']:,}"),
            ("Known to several forces", f"{told['persons_in_several_forces']:,}"),
        ),
        sections=tuple(sections),
        source="from links.json and quality.parquet beside this page",
    )


def _row_of(quality: pl.DataFrame, scope: str) -> dict[str, Any] | None:
    found = quality.filter((pl.col("scope") == scope) & (pl.col("by") == "all"))
    return found.row(0, named=True) if found.height else None


def _percent(value: float | None) -> str:
    return "not known" if value is None else f"{100 * value:.1f}%"


def _found(told: Mapping[str, Any], quality: pl.DataFrame) -> list[Block]:
    across, within = (_row_of(quality, scope) for scope in ("across", "within"))
    figures = [
        KeyFigure(
            f"{told['persons_in_several_forces']:,}", "persons known to several forces",
            f"of {told['persons']:,} persons in {told['records']:,} person records",
        )
    ]  # fmt: skip
    for row, name in ((across, "across forces"), (within, "within a force")):
        if row is not None:
            figures.append(
                KeyFigure(
                    _percent(row["recall"]), f"of true links {name} found",
                    f"an estimate without any truth; at least {_percent(row['recall_least'])}. "
                    f"{_percent(row['precision'])} of {row['links']:,} links are expected to be right",
                )
            )  # fmt: skip
    blocks: list[Block] = [
        KeyFigures(tuple(figures)),
        Caution(
            "A missed link makes somebody who moved look new, and a false one makes a record for somebody "
            "who has none. Count on the drawn partitions beside the links, and not on the links alone."
        ),
    ]
    said = _standing(told)
    if said:
        blocks.append(Points(tuple(said)))
    return blocks


def _standing(told: Mapping[str, Any]) -> list[str]:
    found = []
    if late := told["forces"]["late"]:
        found.append(f"Late, and not in this release: {listed(late)}.")
    if gone := told["forces"]["withdrawn"]:
        found.append(f"Withdrawn: {listed([f'{f} (since {day})' for f, day in sorted(gone.items())])}.")
    if capped := told["capped"]:
        many = "1 group of records was" if len(capped) == 1 else f"{len(capped)} groups of records were"
        found.append(f"{many} too large to be one person and not joined: see what is not here.")
    if split := told["changes"].get("split"):
        parts = "1 person came" if split == 1 else f"{split:,} persons came"
        found.append(
            f"{parts} apart since the last release: what held their records together is not here any more, "
            "or somebody decided so."
        )
    return found


def _figures(row: Mapping[str, Any]) -> tuple[Value, ...]:
    few = row["links"] < _FEWEST

    def share(name: str) -> Value:
        value = row[name]
        return NOT_AVAILABLE if few or value is None else 100 * float(value)

    return (
        int(row["links"]), float(row["false_links"]), float(row["missed_links"]),
        float(row["never_looked_at"]),
        share("precision"), share("recall"), share("recall_least"),
    )  # fmt: skip


def _table(
    quality: pl.DataFrame, key: str, title: str, first: str, names: Mapping[str, str] | None = None
) -> Table:
    rows = tuple(
        ((names or {}).get(r["group"], r["group"].replace("|", " and ").replace("_", " ")), *_figures(r))
        for r in quality.iter_rows(named=True)
    )
    return Table(
        key, title, (Column(first), *_COLUMNS), rows,
        basis="Links are pairs of persons of two forces. Shares are estimates from beliefs; of fewer than "
        f"{_FEWEST} links none is given.",
    )  # fmt: skip


def _groups(quality: pl.DataFrame) -> list[Block]:
    blocks: list[Block] = [
        Words(
            (
                "Links are not found equally well for everybody: names that are spelt in several ways, and "
                "people who move often, are missed more. What a study counts for a group is too low by about "
                "what is missed in it.",
            )
        )
    ]
    for by, title in GROUPS.items():
        own = quality.filter((pl.col("scope") == "across") & (pl.col("by") == by))
        if not own.height:
            continue
        names = ETHNICITIES if by == "ethnicity" else {}
        table = _table(own, by, f"Links across forces by {title.lower()}", title, names)
        shown = [
            BarValue(str(row[0]), float(row[6]), f"{float(row[6]):.1f}%")
            for row in table.rows
            if isinstance(row[6], float)
        ]
        if shown:
            name = f"True links across forces that are found, by {title.lower()}"
            picture = bars_chart(shown, title=name, unit="% found", most=100)
            blocks.append(Figure(by, name, picture, table))
        else:
            blocks.append(table)
    return blocks


def _forces(told: Mapping[str, Any], quality: pl.DataFrame) -> list[Block]:
    across = quality.filter((pl.col("scope") == "across") & (pl.col("by") == "force_pair"))
    within = quality.filter((pl.col("scope") == "within") & (pl.col("by") == "force_pair"))
    present = told["forces"]["present"]
    rows = tuple(
        (force, own["records"], own["reports"], "names" if own["names"] else "tokens alone")
        for force, own in present.items()
    )
    return [
        Table("present", "Forces in this release",
              (Column("Force"), Column("Person records", "count"), Column("Reports", "count"),
               Column("Sent")), rows),
        _table(across.sort("links", descending=True), "pairs", "Links by pair of forces", "Two forces"),
        Table(
            "within", "Links within each force", (Column("Force"), *_COLUMNS),
            tuple((r["group"], *_figures(r)) for r in within.iter_rows(named=True)),
            basis="Links are pairs of person records of one force.",
        ),
    ]  # fmt: skip


def _missing(told: Mapping[str, Any]) -> list[Block]:
    points = []
    late, gone = told["forces"]["late"], told["forces"]["withdrawn"]
    points.append(
        f"Late forces, of which nothing is in this release: {listed(late)}." if late else "No force is late."
    )
    points.append(
        f"Withdrawn forces, whose files were removed: {listed(sorted(gone))}." if gone
        else "No force has withdrawn."
    )  # fmt: skip
    blocks: list[Block] = [Points(tuple(points))]
    capped: Sequence[Mapping[str, Any]] = told["capped"]
    if not capped:
        return [*blocks, Words(("No group of records was too large to be one person.",))]
    rows = tuple(
        (f"Group {i}", c["persons"], len(c["forces"]), listed([h.lower() for h in c["held_by"]]),
         c["edges_cut"])
        for i, c in enumerate(capped, 1)
    )  # fmt: skip
    return [
        *blocks,
        Table(
            "capped", "Groups too large to be one person",
            (Column("Group"), Column("Persons of forces", "count"), Column("Forces", "count"),
             Column("Held together by"), Column("Links not made", "count")), rows,
            basis="Such a group hangs together by what many people share, as a hostel's telephone. It was "
            "cut where it is weakest; the linker's folder says which records these are.",
        ),
    ]  # fmt: skip


def _tokens(told: Mapping[str, Any]) -> list[Block]:
    own = told["tokens"]
    rows = tuple((kind, 100 * sure) for kind, sure in own["sure"].items())
    return [
        Words(
            (
                f"{listed(own['agencies'])} sent keyed tokens and no names. {own['linked']:,} of their "
                f"records were found among the persons of forces; {own['unclear']:,} fit two persons and "
                "were linked to neither.",
                "Tokens match exactly: a slip in one digit is a miss. Of the links across forces that names "
                f"show, they find {_percent(own['recall'])}. Figures of these agencies are lower for that "
                "reason alone.",
            )
        ),
        Table("tokens", "How sure each kind of token is",
              (Column("Token"), Column("One person where it is shared", "percent")), rows),
    ]  # fmt: skip


_HOW = (
    "Each force sends two files. The linker sees who people are and nothing of what was done; analysts see "
    "what was done and pseudonyms. The keys of a release are its own: two releases cannot be joined.",
    "Each force's reports are linked by themselves. Each person of a force has a profile, and profiles of "
    "two forces are compared. Where two may be one person, the reports that they stand in are judged by both "
    "parties.",
    "Expected false links are the sum of what is believed against each link, and expected missed ones the "
    "sum of what is believed for each pair that was not linked. Pairs that were never compared are estimated "
    "from how often victims and suspects of the same two reports are found by their own records.",
    "Twenty partitions are drawn from the same beliefs. What differs between them is what is not known.",
)
