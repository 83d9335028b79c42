"""Links in words: what speaks for two records being one person, and the strongest thing against."""

from __future__ import annotations

from dataclasses import dataclass

from lamplighter.hub.people.models import Link
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.explain import explanations
from lamplighter.reporting.charts.pictures import Picture
from lamplighter.reporting.charts.waterfall import Bar, waterfall

PRIOR = "_prior"
WORTH_NAMING = -0.5  # bits; anything nearer to nought says nothing


@dataclass(frozen=True, slots=True)
class Explained:
    """One link: the line that a page shows and what stands behind it."""

    address: str
    left: str
    right: str
    weight: float
    band: str
    why: str
    against: str
    held: str

    @property
    def strength(self) -> str:
        return STRENGTH.get(self.band, "")


STRENGTH: dict[str, str] = {
    Link.Band.LINKED: "Linked",
    Link.Band.TO_DECIDE: "For a person to decide",
    Link.Band.NOT_LINKED: "Too weak to link",
}

#: Why a pair is not what its weight alone would make of it.
HELD = {
    weight_bars.BARRED: "They stand in one report as two people.",
    weight_bars.UNNAMED: "Nothing recorded says who it is, so a person must decide.",
    weight_bars.TWINS: "Surname, day of birth and home are the same, and the first names are altogether "
    "different: they may be twins, so a person must decide.",
    weight_bars.KEPT: "They were linked before, and stay so although the weight would not quite join them "
    "now.",
}


def explained(link: Link) -> Explained:
    """The link with its reasons, the strongest first, and the strongest thing against."""
    row = {"levels": link.levels, "match_weight": link.match_weight}
    worst = explanations.strongest_against(row)
    against = (
        f"Strongest point against: {_lower(explanations.said_once(worst))}."
        if worst and worst.weight <= WORTH_NAMING
        else "Nothing recorded contradicts this."
    )
    return Explained(
        address=link.address,
        left=link.left_record,
        right=link.right_record,
        weight=link.match_weight,
        band=link.band,
        why=explanations.sentence(row),
        against=against,
        held=_held(link),
    )


def _held(link: Link) -> str:
    # Too weak to link whoever it names: that nothing names them changes nothing.
    if link.hold == weight_bars.UNNAMED and link.band == Link.Band.NOT_LINKED:
        return ""
    return HELD.get(link.hold or "", "")


def _lower(text: str) -> str:
    """With a small first letter, unless the word is an abbreviation: 'PNC id differs' stays."""
    return text[:1].lower() + text[1:] if not text[1:2].isupper() else text


def picture(link: Link, *, linked_at: float | None, decide_at: float | None) -> Picture:
    """The waterfall of a link; its bars sum to the weight shown beside it."""
    row = {"levels": link.levels, "match_weight": link.match_weight}
    bars = [Bar(_short(b), b.weight, start=b.comparison == PRIOR) for b in explanations.waterfall(row)]
    return waterfall(bars, score=link.match_weight, linked_at=linked_at, decide_at=decide_at)


def _short(bar: explanations.Bar) -> str:
    """'Surname: surname the same' says itself twice; 'Surname the same' is enough."""
    said = explanations.said_once(bar)
    return said[:1].upper() + said[1:]
