"""A small country of four forces and a helpline, delivered, with what is really so."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from lamplighter.national.delivery import deliveries, splitting
from lamplighter.national.delivery.keys import Key, Release
from lamplighter.national.run import Settings
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.worlds.world import generate

RELEASE = Release("reoffending", "2027-q1")
ALONE = Settings(workers=1)
NAMED = ("surname", "forenames", "address_text", "town")


def silent(step: str) -> None:
    """Watch nothing."""


@dataclass(frozen=True)
class Country:
    """``folder`` holds the linker's and the analyst's folders and the forces' keys; ``truth``: record_id (the
    linker's), force and person."""

    folder: Path
    held: dict[str, Bundle]
    truth: pl.DataFrame

    @property
    def linker(self) -> Path:
        return self.folder / "linker"

    @property
    def analyst(self) -> Path:
        return self.folder / "analyst"

    def key_of(self, force: str) -> Key:
        return Key.kept(self.folder / "forces" / force / "key")

    def deliver(
        self, force: str, bundle: Bundle | None = None, *, release: Release = RELEASE, names: bool = True,
        tokens: bool = False,
    ) -> None:  # fmt: skip
        shared = Key.kept(self.folder / "tokens.key") if tokens else None
        split = splitting.split(
            bundle or self.held[force], force, self.key_of(force),
            Key.read(deliveries.analyst_key(self.analyst, release)), shared=shared, names=names,
        )  # fmt: skip
        deliveries.deliver(split, force, self.linker, self.analyst, release, names=names)

    def copied(self, folder: Path) -> Country:
        """Return the same in another folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return replace(self, folder=folder)


def bundles(seed: int, records: int, forces: int) -> tuple[dict[str, Bundle], pl.DataFrame]:
    """What each force holds, and the truth of all records."""
    world = generate(seed, person_records=records, forces=forces)
    held = {}
    for force in world.bundle["reports"]["agency"].unique().sort().to_list():
        reports = world.bundle["reports"].filter(agency=force)
        mine = pl.col("report_id").is_in(reports["report_id"].implode())
        rest = {name: world.bundle[name].filter(mine) for name in ("people", "offences", "occasions")}
        held[force] = {"reports": reports, **rest}
    return held, world.truth.records.filter("identifiable")


def linkers_ids(country: Country, force: str, records: Collection[str]) -> pl.Series:
    """The linker's ids of some records of a force."""
    own = country.key_of(force)
    return own.derived("linker").sealed("w", own.derived("record", force).tokens(records))


def made(folder: Path, seed: int = 77, records: int = 2_400, forces: int = 4) -> Country:
    """Make a country and deliver it."""
    held, truth = bundles(seed, records, forces)
    country = Country(folder, held, pl.DataFrame())
    told = []
    for force, bundle in held.items():
        country.deliver(force)
        own = bundle["people"]["record_id"]
        told.append(pl.DataFrame({"own": own, "record_id": linkers_ids(country, force, own), "force": force}))
    names = pl.concat(told)
    known = truth.select(own="record_id", person="person_id").join(names, on="own")
    return replace(country, truth=known.select("record_id", "force", "person"))
