"""How would three agencies hand the made-up world over?

- ``force_a``: CSV
- ``force_b``: three files with pipes
- ``helpline``: JSON lines
- ``quirks``: what the three share: styles of numbers and accounts, damaged and repeated lines

``write`` also puts the truth beside the exports, keyed by the references an importer makes of them
('<system>:<reference>'), and a manifest of how many lines were written and how many were damaged on purpose.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lamplighter.synthetic.exports import force_a, force_b, helpline
from lamplighter.synthetic.exports.quirks import Written
from lamplighter.synthetic.worlds.world import World

FORCE_A_FILE = "force_a_rms_extract.csv"
FORCE_B_FILES = ("force_b_crimes.txt", "force_b_nominals.txt", "force_b_links.txt")
HELPLINE_FILE = "helpline_contacts.jsonl"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Lines of each file (header and repeats counted), records whose lines are damaged, lines repeated."""

    lines: dict[str, int]
    damaged: int
    repeated_lines: int


def write(world: World, folder: Path) -> Manifest:
    """Write the exports into ``folder`` and the truth into ``folder/truth``.

    ``truth/records.parquet`` gains a column ``damaged``: the record's line was damaged, so an importer may
    not hold it.

    Occurrence numbers have six digits, as the agencies' have, in worlds of up to 100,000 person
    records; larger worlds need more. The whole world is held in memory.

    Raises:
        ValueError: the world has forces other than A and B, whose formats these exports do not have.
    """
    if world.config.forces > 2:
        raise ValueError("Only forces A and B have an export format: generate the world with forces=2")
    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Written] = {
        FORCE_A_FILE: force_a.write(world, folder / FORCE_A_FILE),
        **dict(zip(FORCE_B_FILES, force_b.write(world, [folder / f for f in FORCE_B_FILES]), strict=True)),
        HELPLINE_FILE: helpline.write(world, folder / HELPLINE_FILE),
    }
    damaged = sorted({r for part in parts.values() for r in part.damaged})
    world.truth.write(folder / "truth")
    world.truth.records.with_columns(damaged=pl.col("record_id").is_in(damaged)).write_parquet(
        folder / "truth" / "records.parquet"
    )
    manifest = Manifest(
        lines={name: part.lines for name, part in parts.items()},
        damaged=len(damaged),
        repeated_lines=sum(part.repeated for part in parts.values()),
    )
    (folder / "truth" / "manifest.json").write_text(
        json.dumps(
            {"lines": manifest.lines, "damaged": manifest.damaged, "repeated": manifest.repeated_lines},
            indent=2,
        ),
        "utf-8",
    )
    return manifest
