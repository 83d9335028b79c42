"""Hold the locked packages against advisories that lie beside this file, with no network.

python -m tools.advisories
python -m tools.advisories --take PATH --as-of 2026-11-30     PATH: OSV records, a folder, a .zip or a .json

``advisories.json`` holds what is known of the packages that are locked, in the form of OSV, and of which day.
A locked version that an advisory names is refused. What the file does not hold is not known: where it is
empty or older than ``FRESH_DAYS`` days, that is what is said, and nothing of the kind "no vulnerabilities".
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tomllib
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tools.locked import REQUIREMENTS, Locked, locked

KEPT = Path(__file__).with_name("advisories.json")
PYPROJECT = REQUIREMENTS.parent / "pyproject.toml"
FRESH_DAYS = 30
"""Advisories appear every day; what is older than a month says little of today."""
MOST_OF_A_SUMMARY = 300
HOW = (
    "Take them in: download OSV's records of the ecosystem PyPI (one file, all.zip) where there is a "
    "network, then: python -m tools.advisories --take all.zip --as-of YYYY-MM-DD"
)
Record = Mapping[str, Any]


class NotReadableError(ValueError):
    """The advisories cannot be read. The text names the file, what is wrong, and the remedy."""


class Finding(NamedTuple):
    """A locked version that an advisory names."""

    package: Locked
    advisory: Record
    remedy: str

    def __str__(self) -> str:
        names = ", ".join([self.advisory["id"], *sorted(self.advisory.get("aliases", ()))])
        summary = str(self.advisory.get("summary") or "no summary given").strip().rstrip(".")
        return f"{self.package.name} {self.package.version}: {names}: {summary}. {self.remedy}"


class Accepted(NamedTuple):
    """An advisory that was looked at and does not hold here, until a day on which it is looked at again."""

    id: str
    why: str
    until: dt.date


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _of_package(record: Record, name: str) -> Iterator[Record]:
    for affected in record.get("affected", ()):
        package = affected.get("package", {})
        if package.get("ecosystem") == "PyPI" and canonicalize_name(package.get("name", "")) == name:
            yield affected


def _events(affected: Record) -> Iterator[list[tuple[str, Version]]]:
    """Yield each range of versions as its events in order: introduced at a version outlasts fixed at it."""
    for one in affected.get("ranges", ()):
        if one.get("type") == "GIT":
            continue
        events = [(k, Version("0") if v == "0" else _version(v)) for e in one["events"] for k, v in e.items()]
        order = {"fixed": 0, "limit": 0, "introduced": 1, "last_affected": 2}
        known = [(kind, version) for kind, version in events if version is not None and kind in order]
        yield sorted(known, key=lambda event: (event[1], order[event[0]]))


def affects(affected: Record, locked_version: str) -> bool:
    """Tell whether a version is affected, as OSV's own evaluation does: it is listed, or in a range."""
    version = _version(locked_version)
    listed = affected.get("versions", ())
    if locked_version in listed or (version is not None and version in map(_version, listed)):
        return True
    if version is None:
        return False
    for events in _events(affected):
        within = False
        for kind, at in events:
            if kind == "introduced" and version >= at:
                within = True
            elif (kind in {"fixed", "limit"} and version >= at) or (kind == "last_affected" and version > at):
                within = False
        if within:
            return True
    return False


def remedy(affected: Iterable[Record], package: Locked) -> str:
    """Say which version mends it: the lowest fixed one above the locked."""
    held = Version(package.version)
    rows = list(affected)
    fixed = {at for one in rows for events in _events(one) for kind, at in events if kind == "fixed"}
    mended = sorted(v for v in fixed if v > held and not any(affects(one, str(v)) for one in rows))
    if not mended:
        return "No version that mends it is known. Do without it, or accept it in pyproject.toml and say why."
    return f"Lock {mended[0]} or later: requirements/compile.sh --upgrade-package {package.name}"


def findings(packages: Iterable[Locked], records: Sequence[Record]) -> list[Finding]:
    """Return every locked package that a record names, by package and advisory; withdrawn ones left out."""
    found = []
    for package in packages:
        for record in records:
            rows = list(_of_package(record, package.name))
            if not record.get("withdrawn") and any(affects(one, package.version) for one in rows):
                found.append(Finding(package, record, remedy(rows, package)))
    return sorted(found, key=lambda one: (one.package.name, one.advisory["id"]))


def kept(path: Path = KEPT) -> tuple[dt.date | None, list[Record]]:
    """Return of which day the advisories are (``None``: none were ever taken), and the records.

    Raises:
        NotReadableError: the file is not there, or not in its form.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
        as_of = document["as_of"]
        return dt.date.fromisoformat(as_of) if as_of else None, list(document["advisories"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise NotReadableError(f"{path}: cannot be read ({type(problem).__name__}). {HOW}") from None


def standing(as_of: dt.date | None, today: dt.date, packages: int) -> str:
    """Say what is known when nothing was found, and of when."""
    if as_of is None:
        return f"Nothing is known of advisories: none were ever taken in. {HOW}"
    age = (today - as_of).days
    if age > FRESH_DAYS:
        return (
            f"Nothing is known of advisories of the last {age} days: tools/advisories.json is of {as_of}. It "
            f"named none of the {packages} locked packages. {HOW}"
        )
    return f"As of {as_of}, {age} days ago, no advisory taken in names one of the {packages} locked packages."


def accepted(path: Path = PYPROJECT) -> list[Accepted]:
    tools = tomllib.loads(path.read_text("utf-8")).get("tool", {})
    rows = tools.get("lamplighter", {}).get("advisories", {}).get("accepted", ())
    return [Accepted(row["id"], row["why"], row["until"]) for row in rows]


def split(
    found: Iterable[Finding], taken: Sequence[Accepted], today: dt.date
) -> tuple[list[Finding], list[str]]:
    """Part what is refused from what was accepted and still is, the latter in words."""
    refused, said = [], []
    for one in found:
        names = {one.advisory["id"], *one.advisory.get("aliases", ())}
        by = next((row for row in taken if row.id in names and today < row.until), None)
        if by is None:
            refused.append(one)
        else:
            said.append(f"Accepted until {by.until}: {one.package.name}: {by.id}: {by.why}")
    return refused, said


def _records(path: Path) -> Iterator[Record]:
    """Yield the OSV records under a path: of a folder, an archive, or one file (a record, or a list)."""
    if path.is_dir():
        for one in sorted(path.rglob("*.json")):
            yield from _records(one)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(n for n in archive.namelist() if n.endswith(".json")):
                yield from _listed(json.loads(archive.read(name)), f"{path.name}/{name}")
    else:
        yield from _listed(json.loads(path.read_text("utf-8")), path.name)


def _listed(document: Any, place: str) -> Iterator[Record]:
    for one in document if isinstance(document, list) else [document]:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            raise NotReadableError(f"{place}: is no record of OSV (it has no id). Nothing was taken in.")
        yield one


def _short(record: Record, names: Collection[str]) -> Record:
    """Return what is read of a record, of locked packages alone: the file is kept with the code."""
    told = str(record.get("summary") or record.get("details") or "")
    affected = [
        {key: one[key] for key in ("package", "ranges", "versions") if key in one}
        for name in sorted(names)
        for one in _of_package(record, name)
    ]
    kept = {key: record[key] for key in ("id", "aliases", "withdrawn") if key in record}
    return {**kept, "summary": told.strip().split("\n")[0][:MOST_OF_A_SUMMARY], "affected": affected}


def take(path: Path, as_of: dt.date, packages: Iterable[Locked], to: Path = KEPT) -> int:
    """Keep the records that name a locked package, in place of those before. Returns how many.

    Raises:
        NotReadableError: a file is no record of OSV; what was kept before stays.
    """
    names = {package.name for package in packages}
    try:
        rows = {
            r["id"]: _short(r, names) for r in _records(path) if any(any(_of_package(r, n)) for n in names)
        }
    except (OSError, json.JSONDecodeError, zipfile.BadZipFile) as problem:
        raise NotReadableError(
            f"{path}: cannot be read ({type(problem).__name__}). Nothing was taken in; what was kept stands."
        ) from None
    lines = ",\n".join(json.dumps(rows[name], ensure_ascii=False) for name in sorted(rows))
    to.write_text(f'{{"as_of": "{as_of.isoformat()}", "advisories": [\n{lines}\n]}}\n', "utf-8")
    return len(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Hold the locked packages against kept advisories.")
    parser.add_argument("--take", type=Path, help="OSV records to keep in place of those before")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, help="the day on which they were downloaded")
    asked = parser.parse_args(arguments)
    today = dt.datetime.now(dt.UTC).date()
    by_name = {(p.name, p.version): p for path in sorted(REQUIREMENTS.glob("*.txt")) for p in locked(path)}
    packages = list(by_name.values())
    try:
        if asked.take:
            if asked.as_of is None or asked.as_of > today:
                parser.error("--as-of: give the day on which they were downloaded, today at the latest.")
            print(f"Kept {take(asked.take, asked.as_of, packages)} advisories that name a locked package.")
        as_of, records = kept()
    except NotReadableError as problem:
        print(problem)
        return 1
    refused, said = split(findings(packages, records), accepted(), today)
    print(*said, sep="\n", end="\n" if said else "")
    if not refused:
        print(standing(as_of, today, len(packages)))
        return 0
    print(*refused, sep="\n")
    print(f"{len(refused)} refused, by advisories of {as_of}.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
