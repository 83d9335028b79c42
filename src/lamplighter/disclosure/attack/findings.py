"""Put what an attack found, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = {
    "narrow": "a hidden figure can be worked out too closely",
    "difference": "two figures can be subtracted and leave a small group",
    "one exact": "one exact count of an earlier figure would leave a small group",
    "left out": "a margin less its listed parts leaves a small group that no table lists",
    "small": "a printed figure is smaller than the profile allows",
    "class": "everybody in a row or column is seen to be in one cell",
    "rounding": "the rounding can be undone",
    "clash": "the same figure is printed with two values",
    "contradiction": "no true figures fit what is printed",
    "average": "a hidden average can be worked out too closely",
    "curve": "a step of a curve is too few people",
    "text": "a number is not one of the protected figures",
    "bar": "a bar is not as long as a protected figure",
    "unreadable": "a file cannot be checked",
}


@dataclass(frozen=True)
class Finding:
    """One way in: ``low``/``high`` is the interval found (people), ``table`` what is to be mended."""

    kind: str
    table: str
    cell: str
    words: str
    low: float | None = None
    high: float | None = None

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind,
            "table": self.table,
            "cell": self.cell,
            "words": self.words,
            "low": self.low,
            "high": self.high,
        }


@dataclass(frozen=True)
class Attack:
    """The outcome. ``narrowest`` is the least width shown for a hidden cell, ``None`` without hidden cells.

    ``promise`` says to whom nothing is told; ``exact`` how many exact counts behind printed figures the
    attack was given to try it. A release passes only when nothing was found.
    """

    findings: tuple[Finding, ...]
    hidden: int
    figures: int
    files: int
    narrowest: float | None
    promise: str = ""
    exact: int = 0

    @property
    def passed(self) -> bool:
        """Tell whether the release withstood."""
        return not self.findings

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the tables and files in which something was found."""
        return tuple(dict.fromkeys(finding.table for finding in self.findings))

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "passed": self.passed,
            "hidden": self.hidden,
            "figures": self.figures,
            "files": self.files,
            "narrowest": self.narrowest,
            "promise": self.promise,
            "exact": self.exact,
            "findings": [finding.document() for finding in self.findings],
        }


def promise(rules: Mapping[str, Any], beyond: Iterable[str] = ()) -> str:
    """Return to whom nothing is told by a release with these rules, and to whom it may be.

    Of the measures ``beyond``, several tables together were not asked.
    """
    if measures := sorted(beyond):
        return (
            f"{promise(rules)} Not reckoned with: what several tables of {listed(measures)} together say of "
            "people with several codes at once; there are too many combinations. Print fewer tables of it."
        )
    most, least = int(rules["threshold"]) - 1, int(rules["least_width"])
    hidden = (
        f"Promised: any hidden count, and any group of 1 to {most} that is left by subtraction or by leaving "
        f"a code out, can be values at least {least} apart, to a reader of this release, of every one"
        " before it in the ledger and of the rules"
    )
    if rules.get("rounding_counts"):
        return f"{hidden}. Not promised: to a reader who gets one exact total elsewhere."
    return (
        f"{hidden}, who also gets one exact total elsewhere: the true count behind a figure printed here, "
        "or behind an earlier one whose true count these tables give. Not promised: to a reader who gets "
        "another exact count of an earlier release, is told a hidden count, or knows the people."
    )


def told(attack: Attack, most: int = 40) -> str:
    """Return the outcome in words, one line a finding, at most ``most`` of them."""
    lines = []
    if attack.passed:
        width = "" if attack.narrowest is None else f"; every one can be {attack.narrowest:g} or more apart"
        lines.append(
            f"Withstood. {attack.figures} figures and {attack.files} files read, "
            f"{attack.hidden} hidden cells attacked{width}."
        )
        if attack.exact:
            lines.append(
                f"Attacked again with the exact count behind each of {attack.exact} printed figures."
            )
        if attack.promise:
            lines.append(attack.promise)
    else:
        count = len(attack.findings)
        lines.append(f"Broken: {count} finding{'s' if count != 1 else ''} in {listed(attack.tables)}.")
        lines += [f"- {f.table}, {f.cell}: {f.words}" for f in attack.findings[:most]]
        if count > most:
            lines.append(f"- and {count - most} more")
    return "\n".join(lines)


def listed(words: Iterable[str]) -> str:
    """``a, b and c``."""
    *first, last = tuple(words) or ("nothing",)
    return f"{', '.join(first)} and {last}" if first else last
