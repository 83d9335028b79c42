"""Settings that the review takes for granted, read from ``settings.toml`` and printed in every report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lamplighter.vocabulary import upkeep

#: The ways a report can first end, in the order of their numbers as competing causes (1, 2, 3, 4).
ENDS = ("withdrawal", "no_further_action", "charge", "other")
END_TITLES: Mapping[str, str] = {
    "withdrawal": "Victim withdrew",
    "no_further_action": "No further action",
    "charge": "Charged",
    "other": "Another outcome",
}


#: Units in which a limit is given: the end of its name.
_UNITS = ("working_days", "days", "hours", "months")


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    """A group of Home Office outcome types."""

    name: str
    title: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a review. ``windows`` are numbers by name, in the unit that the name ends with;
    ``window_titles`` say what each is of."""

    outcome_groups: tuple[OutcomeGroup, ...]
    outcome_source: str
    end_of_group: Mapping[str, str]
    told_days: tuple[int, ...]
    first_week: int
    curve_until: int
    mature_days: int
    landmark_days: int
    windows: Mapping[str, int]
    window_titles: Mapping[str, str]
    bootstrap_repeats: int
    bootstrap_seed: int
    predictors: tuple[str, ...]
    landmark_predictors: tuple[str, ...]
    merge_below: int
    equality_lines: tuple[str, ...]
    equality_by: tuple[str, ...]

    @property
    def limits(self) -> tuple[tuple[str, str], ...]:
        """List what each limit is of, and how long it is: ("From a breach to an arrest …", "24 hours").

        Raises:
            KeyError: a limit has no title.
        """
        return tuple((self.window_titles[name], _long(name, n)) for name, n in self.windows.items())

    @property
    def group_of_code(self) -> Mapping[str, str]:
        """Outcome type to the name of its group."""
        return {code: group.name for group in self.outcome_groups for code in group.codes}


def _long(name: str, number: int) -> str:
    unit = next(unit for unit in _UNITS if name.endswith(unit))
    return f"{number} {unit.replace('_', ' ')}"


@cache
def settings() -> Settings:
    """The settings that come with this version.

    Raises:
        ValueError: an outcome type stands in two groups, or a group has no end.
        UpkeepError: the file does not say who keeps it up.
    """
    return parse(upkeep.packaged("lamplighter.studies.review", "settings.toml").body)


def parse(body: Mapping[str, Any]) -> Settings:
    """Settings from the parsed file."""
    groups = tuple(
        OutcomeGroup(name, body["outcome_groups"]["groups"][name]["title"], tuple(spec["codes"]))
        for name in body["outcome_groups"]["order"]
        for spec in [body["outcome_groups"]["groups"][name]]
    )
    codes = [code for group in groups for code in group.codes]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(f"Outcome types stand in two groups: {', '.join(twice)}. Give each to one.")
    ends = {group: end for end in ENDS for group in body["ends"][end]}
    without = [group.name for group in groups if group.name not in ends]
    if without:
        raise ValueError(f"Outcome groups without an end: {', '.join(without)}. Name each under [ends].")
    follow, boot, predictors = body["follow_up"], body["bootstrap"], body["predictors"]
    return Settings(
        outcome_groups=groups,
        outcome_source=body["outcome_groups"]["source"],
        end_of_group=ends,
        told_days=tuple(follow["told_days"]),
        first_week=follow["first_week"],
        curve_until=follow["curve_until"],
        mature_days=follow["mature_days"],
        landmark_days=follow["landmark_days"],
        windows=dict(body["windows"]),
        window_titles=dict(body["window_titles"]),
        bootstrap_repeats=boot["repeats"],
        bootstrap_seed=boot["seed"],
        predictors=tuple(predictors["report"]),
        landmark_predictors=tuple(predictors["by_landmark"]),
        merge_below=predictors["merge_below"],
        equality_lines=tuple(body["equality"]["lines"]),
        equality_by=tuple(body["equality"]["by"]),
    )
