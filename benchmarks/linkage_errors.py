"""Write examples of each kind of error of the linkage on the made-up world, and three judgements in full.

    python -m benchmarks.linkage_errors --out docs/linkage-errors.md

Everybody in it is made up, which is why records may be shown as they were recorded. The examples are drawn,
not chosen: as many of each kind as ``--examples`` says by the hash of the pair, or all where there are fewer.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.linkage_dyads import ON, reports_of, true_pairs
from lamplighter.linkage import link
from lamplighter.linkage.explain import explanations
from lamplighter.linkage.results import LinkResult
from lamplighter.synthetic.worlds.world import World, generate

EXAMPLES = 1
SHOWN = ("forenames", "surname", "nicknames", "birth_date", "age_from", "sex", "address_text", "postcode",
         "phones", "handles", "vehicles", "relationship", "descriptor")  # fmt: skip
Pair = Mapping[str, Any]


def shown(record: Mapping[str, Any]) -> str:
    """What a record says of a person, in one line."""
    said = []
    for name in SHOWN:
        value = record.get(name)
        if isinstance(value, list):
            value = ", ".join(value)
        if value not in (None, ""):
            said.append(f"aged {value}" if name == "age_from" else str(value))
    return ("; ".join(said) or "nothing recorded").replace("|", "/")


class Book:
    """A world, what the linkage made of it, and what is so."""

    def __init__(self, world: World, result: LinkResult) -> None:
        people = world.bundle["people"]
        self.records = {r["record_id"]: r for r in people.iter_rows(named=True)}
        truth = world.truth.records.select("record_id", "person_id", "identifiable")
        placed = (
            people.select("record_id", "report_id", "role")
            .join(truth, on="record_id")
            .join(result.persons.rename({"person_id": "found"}), on="record_id")
        )
        self.parties = {
            (report, role): shown(self.records[record])
            for record, report, role in people.select("record_id", "report_id", "role").iter_rows()
        }
        sides = [placed.rename({c: f"{c}_{s}" for c in placed.columns}) for s in ("l", "r")]
        self.pairs = result.pairs.join(sides[0], left_on="left_record", right_on="record_id_l").join(
            sides[1], left_on="right_record", right_on="record_id_r"
        )
        self.weighed = self.pairs.with_columns(
            one=pl.col("person_id_l") == pl.col("person_id_r"),
            linked=pl.col("found_l") == pl.col("found_r"),
            known=pl.col("identifiable_l") & pl.col("identifiable_r"),
        ).filter(pl.col("report_id_l") != pl.col("report_id_r"))
        reports = reports_of(world)
        true = true_pairs(reports).select(*ON, "named", true=pl.lit(True))
        said = result.report_pairs.with_columns(
            left=pl.min_horizontal("left_report", "right_report"),
            right=pl.max_horizontal("left_report", "right_report"),
        )
        self.dyads = said.join(true, on=ON, how="full", coalesce=True).with_columns(
            pl.col("true").fill_null(False),
            pl.col("relation").fill_null("none"),
            pl.col("named").fill_null(False),
        )
        victims = reports.group_by("report_id").agg(pl.col("v").first())
        self.dyads = (
            self.dyads.join(victims.rename({"report_id": "left", "v": "v_l"}), on="left", how="left")
            .join(victims.rename({"report_id": "right", "v": "v_r"}), on="right", how="left")
            .with_columns(one_victim=(pl.col("v_l") == pl.col("v_r")).fill_null(False))
        )

    def of_records(self, pair: Pair) -> list[str]:
        """A pair of records as a row: both, the belief, and why."""
        belief = 1 / (1 + 2 ** -max(min(pair["match_weight"], 60), -60))
        return [
            shown(self.records[pair["left_record"]]),
            shown(self.records[pair["right_record"]]),
            f"{belief:.3f}",
            explanations.sentence(pair),
        ]

    def of_reports(self, pair: Pair) -> list[str]:
        """A pair of reports as a row: both with victim and suspect, what was said, and why."""
        sides = [
            f"V: {self.parties.get((r, 'victim'), '-')}<br>S: {self.parties.get((r, 'suspect'), '-')}"
            for r in (pair["left"], pair["right"])
        ]
        if pair["relation"] == "none":
            return [*sides, "not looked at, or far apart", ""]
        return [
            *sides, f"{pair['relation'].replace('_', ' ')}, {pair['probability']:.3f}",
            explanations.sentence(pair),
        ]  # fmt: skip


def drawn(frame: pl.DataFrame, on: list[str], examples: int = EXAMPLES) -> pl.DataFrame:
    """Draw a few of some pairs, the same ones every time."""
    if not frame.height:
        return frame
    order = frame.select(h=pl.concat_str(on).hash(3))["h"].arg_sort()
    return frame[order].head(examples)


def kinds(book: Book) -> list[tuple[str, str, pl.DataFrame, bool]]:
    """Each kind of error: a heading, what it means, its pairs, and whether they are pairs of records."""
    w, d = book.weighed, book.dyads
    said = pl.col("relation")
    both = ["same_victim_same_suspect", "counter_report"]
    return [
        ("Two people taken for one", "Records that were put together and are of two people.",
         w.filter(pl.col("linked") & ~pl.col("one")), True),
        ("One person taken for two", "Records of one person, weighed with each other and not put together.",
         w.filter(~pl.col("linked") & pl.col("one") & pl.col("known")), True),
        ("The same victim, another suspect, taken for one course",
         "The confusion that must not happen: joined, and the suspects are two people.",
         d.filter(said.is_in(both) & ~pl.col("true") & pl.col("one_victim")), False),
        ("Another victim taken for the same", "Joined, and the victims are two people.",
         d.filter(said.is_in(both) & ~pl.col("true") & ~pl.col("one_victim")), False),
        ("The same two people, the suspect left to a person",
         "True pairs that were not joined, because the suspect is not described well enough.",
         d.filter((said == "same_victim_suspect_unclear") & pl.col("true")), False),
        ("The same two people, told apart",
         "True pairs of which the linkage says that one of the two is somebody else.",
         d.filter(said.is_in(["same_victim_other_suspect", "same_suspect_other_victim"]) & pl.col("true")),
         False),
        ("The same two people, never put side by side", "True pairs that share no person that was found.",
         d.filter((said == "none") & pl.col("true")), False),
    ]  # fmt: skip


def in_full(book: Book) -> list[tuple[str, str, Pair | None]]:
    """An easy, a hard and a rejected judgement about two reports."""
    d = book.dyads

    def first(where: pl.Expr, by: Callable[[pl.DataFrame], pl.DataFrame]) -> Pair | None:
        found = by(d.filter(where))
        return found.row(0, named=True) if found.height else None

    same = pl.col("relation") == "same_victim_same_suspect"
    return [
        ("An easy one", "Joined, and right.",
         first(same & pl.col("true") & pl.col("weight").is_between(25, 60), lambda f: f.sort("weight", *ON))),
        ("A hard one", "Joined, and right, on little.",
         first(same & pl.col("true") & pl.col("weight").is_between(1.5, 3.5), lambda f: f.sort(*ON))),
        ("A rejected one", "The victim is the same, the suspect is held to be another, and is.",
         first((pl.col("relation") == "same_victim_other_suspect") & ~pl.col("true") & pl.col("one_victim"),
               lambda f: f.sort("weight", *ON, descending=[True, False, False]))),
    ]  # fmt: skip


def page(book: Book, command: str, examples: int = EXAMPLES) -> str:
    """The whole page, in Markdown."""
    number = "One example of each kind is" if examples == 1 else f"{examples} examples of each kind are"
    lines = [
        "# Errors of the linkage",
        "",
        f"Written by `{command}`; do not edit. Everybody here is made up. {number} drawn by a hash,"
        " not chosen (`--examples 10` writes more). V is the victim and S the suspect of a report. What the"
        " figures are is in [Results of the linkage](linkage-results.md).",
        "",
        "## Three judgements, unit by unit",
        "",
        "A unit is a bit: it doubles or halves the odds. The units of a judgement sum to its weight exactly.",
        "",
    ]
    for title, note, pair in in_full(book):
        lines += [f"### {title}", ""]
        if pair is None:
            lines += ["This world has none.", ""]
            continue
        left, right, said, why = book.of_reports(pair)
        lines += [f"{note} {said[0].upper()}{said[1:]}. {why}", ""]
        lines += [f"- First report. {left.replace('<br>', '. ')}", f"- Second. {right.replace('<br>', '. ')}"]
        lines += ["", "| units | what |", "|---:|---|"]
        lines += [f"| {b.weight:+.2f} | {b.label} |" for b in explanations.waterfall(pair)]
        lines += [f"| **{pair['weight']:+.2f}** | **weight: log-odds in bits** |", ""]
        against = explanations.strongest_against(pair)
        if against is not None:
            lines += [f"Most against it: {against.label} ({against.weight:+.2f}).", ""]
    for title, note, found, of_records in kinds(book):
        on = ["left_record", "right_record"] if of_records else ON
        lines += [f"## {title}", "", f"{note} {found.height:,} in this world.", ""]
        if not found.height:
            continue
        lines += [
            "| one | other | belief | why |" if of_records else "| one | other | said | why |",
            "|---|---|---|---|",
        ]
        rows = drawn(found, on, examples).iter_rows(named=True)
        lines += [
            "| " + " | ".join(book.of_records(r) if of_records else book.of_reports(r)) + " |" for r in rows
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--person-records", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="how many of each kind")
    parser.add_argument("--out", type=Path, default=Path("docs/linkage-errors.md"))
    asked = parser.parse_args()
    world = generate(asked.seed, person_records=asked.person_records, bank="b")
    result = link(world.bundle, as_at=dt.datetime.combine(world.config.as_at, dt.time.max))
    command = (
        f"python -m benchmarks.linkage_errors --person-records {asked.person_records} --seed {asked.seed}"
    )
    asked.out.write_text(page(Book(world, result), command, asked.examples), "utf-8")


if __name__ == "__main__":
    main()
