"""The lines of the 33 indicators as data, and the function that finds each."""

from __future__ import annotations

from dataclasses import dataclass

from lamplighter.studies.review.indicators import closing, orders, others, recognition, risk, victim
from lamplighter.studies.review.indicators.rules import Rule
from lamplighter.studies.review.settings import Settings
from lamplighter.vocabulary import upkeep

_MODULES = {
    "closing": closing,
    "orders": orders,
    "others": others,
    "recognition": recognition,
    "risk": risk,
    "victim": victim,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what is counted of what, and which result is the wanted one (``""``: neither)."""

    number: int
    part: str
    title: str
    numerator: str
    denominator: str
    unit: str
    rule: str
    good: str
    split: str
    note: str
    read_with: tuple[int, ...]

    @property
    def name(self) -> str:
        """'15' or '17b', as the needs of a bundle call it."""
        return f"{self.number}{self.part}"

    @property
    def find(self) -> Rule:
        """The function that finds it."""
        module, name = self.rule.split(".")
        found: Rule = getattr(_MODULES[module], name)
        return found


def lines(settings: Settings) -> tuple[Line, ...]:
    """Every line in order, its limits filled in from the settings."""
    body = upkeep.packaged("lamplighter.studies.review.indicators", "lines.toml").body
    words = {
        **settings.windows,
        "mature_days": settings.mature_days,
        "first_week": settings.first_week,
    }
    return tuple(
        Line(
            number=row["number"],
            part=row.get("part", ""),
            title=row["title"].format(**words),
            numerator=row["numerator"].format(**words),
            denominator=row["denominator"].format(**words),
            unit=row["unit"],
            rule=row["rule"],
            good=row.get("good", ""),
            split=row.get("split", ""),
            note=row.get("note", ""),
            read_with=tuple(row.get("read_with", ())),
        )
        for row in body["line"]
    )
