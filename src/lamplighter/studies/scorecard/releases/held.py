"""Releases in the scorecard's folder: each as the gate printed it, its files known by their hashes.

``releases.toml`` names each release with its forces, its period and the SHA-256 of ``SHA256SUMS``, which has
the SHA-256 of every file of it. A release is taken in only when the ledger of the gate holds the same bytes
and when it withstands the attack again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamplighter.disclosure.attack import told
from lamplighter.disclosure.errors import DisclosureError
from lamplighter.disclosure.folders import DESCRIPTION, read_printed
from lamplighter.disclosure.gate import check as attack
from lamplighter.disclosure.printed import Printed
from lamplighter.rule_files import reading
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.rule_files.schema import Report, Rows, Value, check, code, text
from lamplighter.studies.reoffending.report.release_names import NAME as REOFFENDING
from lamplighter.studies.review.indicators.lines import lines
from lamplighter.studies.review.settings import settings
from lamplighter.studies.scorecard.folder import ScorecardError, SourceChanged, begin
from lamplighter.studies.scorecard.releases import reoffending
from lamplighter.vocabulary.codes import code_set

FILE, SUMS = "releases.toml", "SHA256SUMS"
_FOLDER = "releases"
#: How the tables of an indicator are called in a release.
TABLE = "indicator-{}"


class NotReleased(ScorecardError):
    """A folder of tables is not a release that the gate has passed."""


class MissingFact(ScorecardError):
    """A release does not say itself of whom or of when it is, and nobody has said it."""

    def __init__(self, name: str) -> None:
        super().__init__("A release needs it.")
        self.name = name


@dataclass(frozen=True, slots=True)
class Held:
    """One release: whose, of which period, and its files as the gate printed them."""

    id: str
    path: Path
    sha256: str
    publisher: str
    forces: tuple[str, ...]
    first: dt.date
    last: dt.date
    published: dt.date
    obtained: dt.date
    licence: str
    address: str
    title: str
    edition: str
    is_reoffending: bool = False
    note: str = ""
    made_up: bool = False

    @property
    def on_site(self) -> str:
        """Return the folder in which the site keeps its files."""
        return f"sources/{self.sha256[:16]}-{self.id}"

    @property
    def sums(self) -> str:
        """Return the file of the site that has the hash of each of its files."""
        return f"{self.on_site}/{SUMS}"

    @property
    def words(self) -> str:
        """Return what it is called where several are spoken of."""
        return f"{self.publisher}, {self.first} to {self.last}, edition {self.edition}"

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its forces."""
        known = code_set("forces").codes
        return tuple(known[force].title for force in self.forces)

    def files(self) -> dict[str, bytes]:
        """Return its files by name, the list of hashes among them."""
        names = [SUMS, *(name for name, _ in _listed(self.path))]
        return {name: (self.path / name).read_bytes() for name in names}

    def printed(self) -> Printed:
        """Return the tables as the gate printed them."""
        return read_printed(self.path)


_ROW = Rows(
    "release",
    "Releases",
    (
        code(name="id", longest=80),
        text("folder", "Folder", shape=lambda v: None if ".." not in v and v[:1] != "/" else "be inside"),
        text("sha256", "SHA-256", shape=lambda v: None if re.fullmatch(r"[0-9a-f]{64}", v) else "be a hash"),
        text("publisher", "Publisher", longest=120),
        Value(
            "forces",
            "Forces",
            many=True,
            one_of=lambda: {c: f.title for c, f in code_set("forces").codes.items()},
        ),
        *(Value(name, name.capitalize(), of=dt.date) for name in ("first", "last", "published", "obtained")),
        text("licence", "Licence"),
        text(
            "address",
            "Address",
            shape=lambda v: None if re.fullmatch(r"https?://[^\s<>\"]+", v) else "begin with https://",
        ),
        text("note", "Note", optional=True),
        Value("made_up", "Made up", of=bool, optional=True),
    ),
    code="id",
    heading="publisher",
    dated=False,
)


def read_releases(folder: Path, as_at: dt.date | None = None) -> tuple[Held, ...]:
    """Return the releases of a folder that were published by a day, each checked against its hashes.

    Raises:
        ScorecardError: ``releases.toml`` or a release is wrong, by file and line.
        SourceChanged: a file of a release has other bytes than those written down.
    """
    place = folder / FILE
    if not place.exists():
        return ()
    rows = _checked(place.read_text("utf-8-sig"))
    found = [_held(folder, row) for row in rows]
    out = [h for h in found if as_at is None or h.published <= as_at]
    return tuple(sorted(out, key=lambda h: (h.publisher, h.first, h.last, h.edition, h.id)))


def _checked(content: str) -> list[dict[str, Any]]:
    report = Report(FILE, content)
    document = reading.parse(report)
    if document is not None:
        check((_ROW,), document, report)
        for row in document.get("release", ()) if not report.faults else ():
            if row["last"] < row["first"] or len(set(row["forces"])) != len(row["forces"]):
                report.add(
                    "not_a_period",
                    f"[[release]] “{row['id']}”",
                    "it ends before it begins, or names a force twice.",
                    "Give the first and the last day of what it counts, and each force once.",
                )
    if document is None or report.faults:
        raise ScorecardError(str(RuleFileError(report.faults)))
    return list(document["release"])


def _held(folder: Path, row: Mapping[str, Any]) -> Held:
    path = folder / row["folder"]
    sums = path / SUMS
    if not sums.is_file():
        raise ScorecardError(
            "The release is not there.",
            file=f"{row['folder']}/{SUMS}",
            remedy=f"Put it back; {FILE} names it.",
        )
    wrong = changed(path, str(row["sha256"]))
    if wrong:
        raise SourceChanged(
            f"The file is not the one that was written down as {row['id']}.",
            file=f"{row['folder']}/{wrong}",
            remedy="Put it back as it was. Another edition is a release of its own: "
            "`lamplighter scorecard add`.",
        )
    said = json.loads((path / DESCRIPTION).read_text("utf-8"))
    rest = {name: value for name, value in row.items() if name not in ("folder", "forces")}
    return Held(
        path=path,
        forces=tuple(row["forces"]),
        title=said["title"],
        edition=said["edition"],
        is_reoffending=said["name"] == REOFFENDING,
        **rest,
    )


def changed(path: Path, sha256: str) -> str:
    """Return the first file of a kept release whose bytes are not those of its hash; empty for none."""
    if hashlib.sha256((path / SUMS).read_bytes()).hexdigest() != sha256:
        return SUMS
    for name, digest in _listed(path):
        there = path / name
        if not there.is_file() or hashlib.sha256(there.read_bytes()).hexdigest() != digest:
            return name
    return ""


def _listed(path: Path) -> list[tuple[str, str]]:
    """Return the files that ``SHA256SUMS`` names, each with its hash."""
    lines_ = (path / SUMS).read_text("utf-8").splitlines()
    return [
        (name, digest) for digest, _, name in (line.partition("  ") for line in lines_) if "/" not in name
    ]


def add_release(folder: Path, release: Path, ledger: Path, facts: Mapping[str, Any]) -> Held:
    """Take a release into the folder and write it down.

    Args:
        folder: the scorecard's folder; begun if it is not there.
        release: the folder that the gate wrote.
        ledger: the ledger of the gate, in which it wrote down what it printed.
        facts: publisher, forces, first, last, published, obtained, licence, address, note, made_up.

    Raises:
        NotReleased: it is not protected, the ledger holds no such release or other bytes, an attack breaks
            it, it has no indicator, or it says other forces or days than the facts.
        ScorecardError: it is held already, or a fact is missing or wrong.
    """
    printed, files = _as_the_gate_printed(release, ledger)
    known = {TABLE.format(line.name) for line in lines(settings())}
    if reoffending.is_reoffending(printed):
        facts = {**_told_by(printed, release.name, facts), **{k: v for k, v in facts.items() if v}}
        _as_it_says(printed, release.name, facts)
    elif not known & {t.name for t in printed.tables} | known & {s.name for s in printed.summaries}:
        raise NotReleased(
            "It has none of the 33 indicators, and is no study of reoffending.",
            file=release.name,
            remedy="Release a review, or a study of reoffending: `lamplighter review … --release`, "
            "`lamplighter reoffending report … --release`.",
        )
    for name in ("forces", "first", "last"):
        if not facts.get(name):
            raise MissingFact(name)
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    digest = hashlib.sha256(sums.encode()).hexdigest()
    before = (folder / FILE).read_text("utf-8-sig") if (folder / FILE).exists() else ""
    if digest in before:
        raise ScorecardError("The same release is held already.", file=release.name, remedy=f"See {FILE}.")
    key = re.sub(r"[^a-z0-9]+", "-", f"{facts['publisher']} {printed.edition}".lower()).strip("-")[:70]
    taken = {str(row["id"]) for row in _checked(before)} if before else set()
    own = next(name for n in range(1, 1_000) if (name := key if n == 1 else f"{key}-{n}") not in taken)
    row = {"id": own, "folder": f"{_FOLDER}/{digest[:16]}-{own}", "sha256": digest}
    row |= {name: value for name, value in facts.items() if value}
    told_ = "\n".join(f"{name} = {_toml(value)}" for name, value in row.items())
    whole = f"{before.rstrip()}\n\n[[release]]\n{told_}\n".lstrip()
    _checked(whole)
    place = folder / str(row["folder"])
    begin(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    (place / SUMS).write_text(sums, "utf-8")
    (folder / FILE).write_text(whole, "utf-8")
    return _held(folder, row)


def _told_by(printed: Printed, where: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the forces and the days that a release of the study of reoffending names itself."""
    first, last = reoffending.period(printed)
    codes, strange = reoffending.forces(printed)
    if strange and not (facts.get("made_up") and facts.get("forces")):
        raise NotReleased(
            f"It names {strange[0]}, which is in no list of forces.",
            file=where,
            remedy="Deliver under the name of the force. Of a made-up country say --made-up, and --force for "
            "each force whose page is to lead to it.",
        )
    return {"forces": list(codes), "first": first, "last": last}


def _as_it_says(printed: Printed, where: str, facts: Mapping[str, Any]) -> None:
    """Refuse facts that are not those of the release: an embargo and the attack go by them."""
    told = reoffending.period(printed)
    if (facts["first"], facts["last"]) != told:
        raise NotReleased(
            f"It counts people of {told[0]} to {told[1]}.",
            file=where,
            remedy="Leave out --from and --until, or give these days.",
        )
    codes, strange = reoffending.forces(printed)
    if not set(codes) <= set(facts["forces"]) or (not strange and set(codes) != set(facts["forces"])):
        raise NotReleased(
            "It counts people of other forces than those given.",
            file=where,
            remedy="Leave out --force: the release names its forces.",
        )


def _as_the_gate_printed(release: Path, ledger: Path) -> tuple[Printed, dict[str, bytes]]:
    """Return a release with its files, when the gate wrote down the same and it withstands."""
    try:
        said = json.loads((release / DESCRIPTION).read_bytes())
    except (OSError, ValueError):
        said = {}
    if not isinstance(said, dict) or "tables" not in said:
        raise NotReleased(
            f"There is no readable {DESCRIPTION}.", file=release.name, remedy="Name a folder of the gate."
        )
    if "rules" not in said:
        raise NotReleased(
            "It is not protected: these are the true figures, or figures that went round the gate.",
            file=release.name,
            remedy="`lamplighter publish` or `lamplighter review … --release` protects it.",
        )
    entry = ledger / f"{said.get('edition')}-{said.get('name')}"
    if not (entry / DESCRIPTION).is_file():
        raise NotReleased(
            f"The ledger has no {entry.name}: the gate wrote down no such release.",
            file=release.name,
            remedy="Name the ledger of the gate that released it (its --earlier or --out).",
        )
    files = {p.name: p.read_bytes() for p in sorted(entry.iterdir()) if p.is_file()}
    for name, content in files.items():
        if not (release / name).is_file() or (release / name).read_bytes() != content:
            raise NotReleased(
                "It is not as the gate printed it.",
                file=f"{release.name}/{name}",
                remedy="Take the release as the gate wrote it.",
            )
    try:
        printed = read_printed(release)
        outcome = attack(printed)
    except DisclosureError as problem:
        raise NotReleased(f"It cannot be read: {problem}", file=release.name) from None
    if not outcome.passed:
        raise NotReleased(f"It does not withstand the attack.\n{told(outcome)}", file=release.name)
    return printed, files


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return json.dumps(list(value), ensure_ascii=False)
    return value.isoformat() if isinstance(value, dt.date) else json.dumps(str(value), ensure_ascii=False)
