"""List what each analysis and indicator needs, and so what a bundle can and cannot answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lamplighter.rule_files.reading import packaged as packaged_toml
from lamplighter.study_bundle.bundle import StudyBundle
from lamplighter.study_bundle.schema import OR


@dataclass(frozen=True, slots=True)
class Need:
    """One analysis (``A3``) or part of an indicator (``15``, ``17b``): needs without which it cannot be
    answered, and more that would make it better."""

    name: str
    title: str
    needs: tuple[str, ...]
    better: tuple[str, ...]

    @property
    def label(self) -> str:
        """'analysis A3', 'indicator 15' or 'indicator 17b'."""
        return f"indicator {self.name}" if self.name[0].isdigit() else f"analysis {self.name}"


@dataclass(frozen=True, slots=True)
class Answerable:
    """Answer for one of them: whether a bundle can serve it, and what is missing."""

    need: Need
    missing: tuple[str, ...]

    @property
    def possible(self) -> bool:
        return not self.missing


@cache
def needs() -> Mapping[str, Need]:
    """Every analysis and part of an indicator by name: ``A1`` ... ``totals``, ``1``, ``2a`` ... ``33``."""
    body = packaged_toml("lamplighter.study_bundle", "needs.toml")
    return {
        name: Need(name, row["title"], tuple(row["needs"]), tuple(row["better"]))
        for part in ("analysis", "indicator")
        for name, row in body[part].items()
    }


@cache
def measures() -> Mapping[str, Need]:
    """Needs of each table of the review, by the table's name: without them there is no such table."""
    body = packaged_toml("lamplighter.study_bundle", "needs.toml")
    return {name: Need(name, row["title"], tuple(row["needs"]), ()) for name, row in body["measure"].items()}


def lacked(bundle: StudyBundle, need: Need) -> tuple[str, ...]:
    """The needs that the bundle does not meet."""
    return tuple(each for each in need.needs if not any(bundle.holds(one) for one in each.split(OR)))


def answerable(bundle: StudyBundle) -> list[Answerable]:
    """Each analysis and part of an indicator, in order, with what the bundle lacks for it."""
    lacking: dict[str, bool] = {}

    def lacks(need: str) -> bool:
        if need == "metadata.publications":
            return not bundle.metadata.publications
        if need not in lacking:
            lacking[need] = not any(bundle.holds(one) for one in need.split(OR))
        return lacking[need]

    return [Answerable(n, tuple(x for x in n.needs if lacks(x))) for n in needs().values()]


def users_of(what: str) -> list[Need]:
    """Analyses and parts of indicators that use a table, a column (``table.column``) or a kind of event."""
    return [
        n
        for n in needs().values()
        if any(
            x == what or x.startswith(what + ".") for each in (*n.needs, *n.better) for x in each.split(OR)
        )
    ]
