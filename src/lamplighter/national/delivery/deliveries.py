"""Write and read deliveries: which forces sent theirs, which are late, and which have withdrawn.

The linker's folder and the analyst's are two folders, with a key each::

    linker/key                                   national pseudonyms; nobody else has it
    linker/deliveries/<release>/<force>/         file 1: people, reports, tokens, passing
    linker/forces.json                           who is expected, and who has withdrawn
    analyst/key                                  the analyst's
    analyst/release-keys/<release>.key           handed to the forces, never to the linker
    analyst/<release>/content/<force>/           file 2
    analyst/<release>/links/                     what the linker gives back
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lamplighter.national.delivery.keys import Key, Release
from lamplighter.national.delivery.splitting import Delivery
from lamplighter.national.errors import NationalError
from lamplighter.national.stages import digest_of_files, written_text

LINKED_FILES = ("people.parquet", "reports.parquet", "tokens.parquet")
"""The files that linkage reads. Ids of the analyst lie beside them: they are other ones in every release, and
what was linked stays good."""
_FORCE = re.compile(r"^[a-z0-9][a-z0-9-]{0,60}$")


@dataclass(frozen=True, slots=True)
class Delivered:
    """One force's file 1: ``digest`` is of what linkage reads; ``names``: whether it sent any."""

    force: str
    folder: Path
    digest: str
    names: bool
    records: int
    reports: int

    def people(self) -> pl.DataFrame:
        """Return the people, without the analyst's ids."""
        return pl.read_parquet(self.folder / "people.parquet")

    def told(self) -> pl.DataFrame:
        """Return the reports."""
        return pl.read_parquet(self.folder / "reports.parquet")

    def tokens(self) -> pl.DataFrame:
        """Return the tokens."""
        return pl.read_parquet(self.folder / "tokens.parquet")

    def passing(self) -> pl.DataFrame:
        """Return record_id and record, the analyst's id of it."""
        return pl.read_parquet(self.folder / "passing.parquet")


@dataclass(frozen=True, slots=True)
class Forces:
    """``present``, by name; ``late``: expected, and not there; ``withdrawn``: force -> since when."""

    present: tuple[Delivered, ...]
    late: tuple[str, ...]
    withdrawn: Mapping[str, str]


def analyst_key(analyst: Path, release: Release) -> Path:
    """Return the file with the key of a release, which the analyst hands to the forces; made where it is not
    there."""
    path = analyst / "release-keys" / f"{release.label}.key"
    if not path.exists():
        own = Key.kept(analyst / "key").of_release(release)
        written_text(path, own.secret.hex() + "\n")
    return path


def content_folder(analyst: Path, release: Release) -> Path:
    """Return where the analyst keeps what was done."""
    return analyst / release.label / "content"


def links_folder(analyst: Path, release: Release) -> Path:
    """Return where the linker's answer lies."""
    return analyst / release.label / "links"


def deliver(
    delivery: Delivery, force: str, linker: Path, analyst: Path, release: Release, *, names: bool
) -> None:
    """Write both files of a force; each takes its place whole, and takes that of an earlier one.

    Raises:
        NationalError: the force's name is none, or it has withdrawn.
    """
    check_force(force)
    if force in _book(linker)["withdrawn"]:
        raise NationalError(f"{force} has withdrawn: nothing of it is taken in.")
    identity = {
        "people": delivery.people, "reports": delivery.reports, "tokens": delivery.tokens,
        "passing": delivery.passing,
    }  # fmt: skip
    told = {
        "force": force, "names": names, "records": delivery.people.height, "reports": delivery.reports.height,
        "emptied": dict(delivery.emptied), "unknown": dict(delivery.unknown),
    }  # fmt: skip
    _put(content_folder(analyst, release) / force, delivery.content, {"force": force})
    _put(linker / "deliveries" / release.label / force, identity, told)
    _remember(linker, expected=[force])


def check_force(force: str) -> None:
    """Refuse what is no name of a force. Raises ``NationalError``."""
    if not _FORCE.match(force):
        raise NationalError("A force is called by lowercase letters, digits and hyphens: avon-and-somerset.")


def _put(folder: Path, tables: Mapping[str, pl.DataFrame], told: Mapping[str, object]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    making = Path(tempfile.mkdtemp(prefix=f".making-{folder.name}-", dir=folder.parent))
    try:
        for name, frame in tables.items():
            frame.write_parquet(making / f"{name}.parquet")
            pl.read_parquet_schema(making / f"{name}.parquet")
        (making / "delivery.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        making.replace(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def forces_of(linker: Path, release: Release) -> Forces:
    """Return who is there for a release, who is late and who has withdrawn."""
    book = _book(linker)
    folder = linker / "deliveries" / release.label
    present = [_delivered(p) for p in sorted(folder.glob("*")) if _FORCE.match(p.name)]
    there = {d.force for d in present}
    late = sorted(set(book["expected"]) - there - set(book["withdrawn"]))
    return Forces(
        tuple(d for d in present if d.force not in book["withdrawn"]), tuple(late), book["withdrawn"]
    )


def _delivered(folder: Path) -> Delivered:
    try:
        told = json.loads((folder / "delivery.json").read_text("utf-8"))
        digest = digest_of_files([folder / name for name in LINKED_FILES])
        return Delivered(
            told["force"], folder, digest, bool(told["names"]), int(told["records"]), int(told["reports"])
        )
    except (OSError, ValueError, KeyError):
        raise NationalError(
            f"The delivery of {folder.name} cannot be read.", remedy="Deliver it anew."
        ) from None


def expect(linker: Path, forces: Sequence[str]) -> None:
    """Remember who is expected to deliver: who does not is named as late. Raises ``NationalError``."""
    for force in forces:
        check_force(force)
    _remember(linker, expected=forces)


def withdraw(linker: Path, force: str, analyst: Path | None = None) -> int:
    """Take a force out: its files are removed, and nothing of it is taken in again; return how many folders
    went.

    Raises:
        NationalError: nothing is known of the force.
    """
    check_force(force)
    book = _book(linker)
    mine = [*(linker / "deliveries").glob(f"*/{force}")]
    if analyst is not None:
        mine += analyst.glob(f"*/content/{force}")
    if not mine and force not in book["expected"]:
        raise NationalError(f"Nothing is known of {force}.")
    _remember(linker, withdrawn={force: today()})
    _forget(linker, [folder for folder in mine if (folder / "passing.parquet").exists()])
    for folder in mine:
        shutil.rmtree(folder)
    return len(mine)


def _forget(linker: Path, folders: Sequence[Path]) -> None:
    """Take the records of a force out of what is remembered of persons."""
    memory = linker / "memory.parquet"
    if not memory.exists() or not folders:
        return
    theirs = pl.concat([pl.read_parquet(f / "passing.parquet", columns=["record_id"]) for f in folders])
    kept = pl.read_parquet(memory).join(theirs.unique(), on="record_id", how="anti", maintain_order="left")
    making = memory.with_name(".memory.parquet")
    kept.write_parquet(making)
    making.replace(memory)


def today() -> str:
    """Return the day."""
    return dt.datetime.now(dt.UTC).date().isoformat()


def _book(linker: Path) -> dict[str, dict[str, str]]:
    path = linker / "forces.json"
    if not path.exists():
        return {"expected": {}, "withdrawn": {}}
    try:
        found = json.loads(path.read_text("utf-8"))
        return {"expected": dict(found["expected"]), "withdrawn": dict(found["withdrawn"])}
    except (ValueError, KeyError, TypeError):
        raise NationalError(f"{path} cannot be read.") from None


def _remember(linker: Path, expected: Sequence[str] = (), withdrawn: Mapping[str, str] | None = None) -> None:
    book = _book(linker)
    for force in expected:
        book["expected"].setdefault(force, today())
    book["withdrawn"] |= dict(withdrawn or {})
    written_text(linker / "forces.json", json.dumps(book, indent=1, sort_keys=True) + "\n")
