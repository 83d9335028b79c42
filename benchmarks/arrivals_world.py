"""A made-up world of any size for a hub to hold, in parts on the disk, and reports that are still to come."""

from __future__ import annotations

import datetime as dt
import pickle
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from lamplighter.linkage.features.record_features import Features, prepare
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.sampling.config import Config, Marginals
from lamplighter.synthetic.worlds.stream import write

FROM, AS_AT = dt.date(2022, 7, 1), dt.date(2026, 6, 30)


@dataclass(frozen=True, slots=True)
class Coming:
    """Reports that are not held, each a row with its ``people``, and all true records of their persons
    (record_id, person_id), whether held or to come."""

    reports: list[dict[str, Any]]
    truth: pl.DataFrame


@dataclass(slots=True)
class World:
    """The world in a folder, without the reports whose ids are ``away``. A part has persons of its own."""

    folder: Path
    parts: int
    away: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"report_id": pl.String()}))

    def held(self, part: int) -> Bundle:
        """Reports and people that are held of one part."""
        return {
            name: self._read(name, part).join(self.away, on="report_id", how="anti")
            for name in ("reports", "people")
        }

    def whole(self) -> Bundle:
        """All that is held, where it fits into memory."""
        parts = [self.held(number) for number in range(self.parts)]
        return {name: pl.concat([p[name] for p in parts]) for name in ("reports", "people")}

    def truth(self, part: int) -> pl.DataFrame:
        """The true person of every record of a part (record_id, person_id)."""
        return self._read("truth/records", part).select("record_id", "person_id")

    def features(self, part: int) -> tuple[Features, pl.DataFrame]:
        """What is held of one part, ready to be compared, and its reports; read again if made before."""
        file = self.folder / f"features-{part:05d}.pickle"
        if file.exists():
            found: tuple[Features, pl.DataFrame] = pickle.loads(file.read_bytes())
            return found
        held = self.held(part)
        made = prepare(held["people"], held["reports"]), held["reports"]
        file.write_bytes(pickle.dumps(made))
        return made

    def forget_features(self) -> None:
        for file in self.folder.glob("features-*.pickle"):
            file.unlink()

    def _read(self, table: str, part: int) -> pl.DataFrame:
        return pl.read_parquet(self.folder / table / f"part-{part:05d}.parquet")


def made(folder: Path, person_records: int, seed: int) -> World:
    """The world of this size and seed, written unless it is there."""
    config = Config(
        seed=seed, person_records=person_records, forces=4, bank="b", start=FROM, as_at=AS_AT,
        marginals=Marginals(),
    )  # fmt: skip
    return World(folder, write(folder, config).parts)


def parted(world: World, many: int, seed: int) -> tuple[World, Coming]:
    """The world without ``many`` of its reports, or a third of them, and those."""
    every = pl.scan_parquet(world.folder / "reports" / "*.parquet").select("report_id").collect()
    ids = every.sort("report_id").sample(min(many, every.height // 3), seed=seed, shuffle=True)
    left = World(world.folder, world.parts, ids)
    reports, people, truth = [], [], []
    for part in range(world.parts):
        reports.append(world._read("reports", part).join(ids, on="report_id", how="semi"))
        people.append(world._read("people", part).join(ids, on="report_id", how="semi"))
        whose = world.truth(part)
        asked = whose.join(people[-1].select("record_id"), on="record_id", how="semi")
        truth.append(whose.join(asked.select("person_id").unique(), on="person_id", how="semi"))
    rows = rows_of(ids.join(pl.concat(reports), on="report_id", how="left"), pl.concat(people))
    return left, Coming(rows, pl.concat(truth))


def rows_of(reports: pl.DataFrame, people: pl.DataFrame) -> list[dict[str, Any]]:
    """Each report as a row with its ``people``."""
    own = defaultdict(list)
    for row in people.iter_rows(named=True):
        own[row["report_id"]].append(row)
    return [{**r, "people": own[r["report_id"]]} for r in reports.iter_rows(named=True)]
