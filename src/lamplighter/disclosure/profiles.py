"""Read which rules hold: profiles by name and date, read from ``profiles.toml`` or a file of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lamplighter.disclosure.errors import ProfileNotFound, TablesNotValid
from lamplighter.rule_files import reading
from lamplighter.rule_files.faults import RuleFileError

ROUNDINGS = ("none", "conventional", "controlled")


@dataclass(frozen=True, slots=True)
class Profile:
    """One set of rules; ``profiles.toml`` says what each means."""

    name: str
    title: str
    threshold: int
    zeros_hidden: bool
    base: int
    rounding: str
    rounding_counts: bool
    least_width: int
    class_disclosure: bool
    dominance: tuple[int, float]
    p_percent: float
    residual_df: int
    quantile_group: int
    curve_events: int
    curve_left: int
    model_level: int
    source: str
    valid_from: date
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if self.rounding not in ROUNDINGS or self.base < 1 or self.threshold < 1 or self.least_width < 1:
            raise TablesNotValid(
                "A rule of the profile has no meaning.",
                where=self.name,
                remedy=f"Rounding is one of {', '.join(ROUNDINGS)}; the numbers are 1 or more.",
            )

    def too_few(self, count: float) -> bool:
        """Tell whether a count is too small to be shown."""
        return self.zeros_hidden if count == 0 else count < self.threshold

    def published(self) -> dict[str, Any]:
        """Return the rules as they are printed with a release: an intruder reads them too."""
        rules = asdict(self)
        rules["dominance"] = list(self.dominance)
        rules["valid_from"] = self.valid_from.isoformat()
        rules["valid_until"] = self.valid_until.isoformat() if self.valid_until else None
        return rules


@cache
def every(path: Path | None = None) -> tuple[Profile, ...]:
    """Return all profiles of a file, the project's own when none is given, in the order they are written."""
    source = path or files(__package__) / "profiles.toml"
    text = source.read_text("utf-8")
    try:
        rows = reading.parsed(text, source.name)["profile"]
        found = reading.dated(rows, "profile", source.name, text=text, code="name")
        reading.check_one_after_another(found, source.name)
    except RuleFileError as error:
        fault = error.faults[0]
        raise TablesNotValid(fault.what, where=fault.where, remedy=fault.remedy) from error
    return tuple(_profile(rule.extra) for rule in found)


def profile(name: str, on: date | None = None, path: Path | None = None) -> Profile:
    """Return the profile of this name in force on a date (the newest when no date is given).

    Raises:
        ProfileNotFound: there is none.
    """
    found = [
        p
        for p in every(path)
        if p.name == name
        and (on is None or (p.valid_from <= on and (p.valid_until is None or on < p.valid_until)))
    ]
    if not found:
        known = ", ".join(dict.fromkeys(p.name for p in every(path)))
        raise ProfileNotFound(
            f"No profile {name!r} is in force{f' on {on}' if on else ''}.",
            remedy=f"There are: {known}. “until” is the first day on which a profile does not hold.",
        )
    return max(found, key=lambda p: p.valid_from)


def _profile(entry: Mapping[str, Any]) -> Profile:
    values = dict(entry)
    values["valid_from"], values["valid_until"] = values.pop("from"), values.pop("until", None)
    values["dominance"] = (int(values["dominance"][0]), float(values["dominance"][1]))
    names = {f.name for f in fields(Profile)}
    if set(values) != names:
        odd = ", ".join(sorted(set(values) ^ names))
        raise TablesNotValid(f"Missing or unknown: {odd}.", where=str(entry.get("name", "profile")))
    return Profile(**values)
