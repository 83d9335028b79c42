"""Named faults of several files together: folders, days, versions that refer to each other, and licences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from lamplighter.instruments.loading import digest
from lamplighter.rule_files.faults import listed, nearest, quoted
from lamplighter.rule_files.schema import Report

Documents: TypeAlias = Mapping[str, Mapping[str, Any]]
Reports: TypeAlias = Callable[[str], Report]


@dataclass(frozen=True, slots=True)
class Licence:
    """A recorded licence: of which instrument, from whom, under which reference, from when until when."""

    code: str
    holder: str
    reference: str
    valid_from: dt.date
    valid_until: dt.date | None

    def holds(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


def check_together(documents: Documents, report: Reports, shipped: Collection[str]) -> None:
    """Add what is wrong between files. ``shipped``: names of those that come with the software."""
    for name, document in documents.items():
        _check_place(name, document, report(name))
        if name in shipped and document["licence"] == "licensed" and document.get("item"):
            report(name).add(
                "licensed_wording_shipped",
                "key licence",
                "the wording of a licensed instrument is not ours to give away.",
                "Remove the items: a hub loads them from a folder of its own.",
            )
    for one, other in combinations(documents, 2):
        same_origin = (one in shipped) == (other in shipped)
        if same_origin and documents[one]["code"] == documents[other]["code"]:
            _check_pair(one, other, documents, report)
    for name, document in documents.items():
        _check_others(name, document, documents, report(name))


def check_use(
    documents: Documents,
    report: Reports,
    licences: Sequence[Licence],
    used: Mapping[tuple[str, str], str],
    on: dt.date,
) -> None:
    """Add what forbids using a file: no licence on this day, or words changed after somebody answered them.

    ``used``: the hash with which each version was used, by code and version.
    """
    for name, document in documents.items():
        code, version = document["code"], document["version"]
        held = [one for one in licences if one.code == code]
        if document["licence"] == "licensed" and document.get("item") and not any(x.holds(on) for x in held):
            ended = "its licence has ended" if held else "no licence is recorded"
            report(name).add(
                "no_licence",
                "key licence",
                f"{ended}, and its wording is copyrighted.",
                "Record the licence (holder, reference, from, until), or remove the file.",
            )
        if (code, version) in used and used[code, version] != digest(document):
            report(name).add(
                "edited_after_use",
                "key version",
                f"version {quoted(version)} has been answered, and reads otherwise now.",
                "Put back what it said, and write the change as a new version.",
            )


def _check_place(name: str, document: Mapping[str, Any], report: Report) -> None:
    parts = name.removesuffix(".toml").split("/")
    if len(parts) < 2 or parts[-2] != document["code"]:
        what = f"it is the file of {quoted(document['code'])}, and not in a folder of that name."
        report.add("wrong_folder", "key code", what, f"Put it at {document['code']}/{parts[-1]}.toml.")


def _check_pair(one: str, other: str, documents: Documents, report: Reports) -> None:
    a, b = documents[one], documents[other]
    code, version = a["code"], b["version"]
    if a["version"] == version:
        what = f"{quoted(code)}, version {quoted(version)}, is in {one} too."
        report(other).add(
            "repeated", "key version", what, "Remove one of the two, or give it another version."
        )
        return
    first, last = sorted(((a, one), (b, other)), key=lambda pair: pair[0]["from"])
    if "until" not in first[0] or first[0]["until"] > last[0]["from"]:
        report(last[1]).add(
            "overlap",
            "key from",
            f"it begins on {last[0]['from']}, while version {quoted(first[0]['version'])} still holds.",
            f"End {first[1]} with until = {last[0]['from']}.",
        )
    types = {item["code"]: item["type"] for item in first[0].get("item", ())}
    for item in last[0].get("item", ()):
        if types.get(item["code"], item["type"]) != item["type"]:
            report(last[1]).add(
                "code_reused",
                f"[[item]] {quoted(item['code'])}",
                f"it takes {quoted(item['type'])}, and took {quoted(types[item['code']])} before.",
                "Give the question a new code: old answers keep theirs.",
            )


def _check_others(name: str, document: Mapping[str, Any], documents: Documents, report: Report) -> None:
    others = {
        row["version"]: row["from"]
        for other, row in documents.items()
        if row["code"] == document["code"] and other != name
    }
    for key in ("replaces", "pool_with"):
        given = document.get(key, [])
        for version in [given] if isinstance(given, str) else given:
            if version not in others:
                remedy = f"{nearest(version, others)}There is: {listed(others) or 'no other version'}."
                report.add("unknown_version", f"key {key}", f"there is no version {quoted(version)}.", remedy)
            elif key == "replaces" and others[version] >= document["from"]:
                report.add(
                    "replaces_later",
                    "key replaces",
                    f"version {quoted(version)} begins on {others[version]}, which is not before this.",
                    "A version replaces an earlier one.",
                )
