"""The forces of a country: names, sizes, areas and habits of recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from lamplighter.synthetic.countries.settings import CountrySettings, parts_of
from lamplighter.synthetic.people.places import STREETS, UNIT_LETTERS, Places, place_data
from lamplighter.synthetic.sampling.config import HELPLINE, OTHER_FORCE_SOURCE, Config, Marginals
from lamplighter.synthetic.sampling.draws import stream, words

# Which columns a force may leave out, and how often at most. [I]
OFTEN_MISSING: Mapping[str, float] = {
    "ethnicity": 0.7,
    "emails": 0.8,
    "handles": 0.8,
    "pnc_id": 0.6,
    "uprn": 1.0,
    "birth_date": 0.25,
    "postcode": 0.3,
    "phones": 0.25,
    "nicknames": 0.9,
    "vehicles": 0.7,
    "town": 0.5,
}
SYSTEMS = ("force_a_rms", "force_b", OTHER_FORCE_SOURCE)
REFERENCE_STYLES = ("year_last", "letters", "dashes", "crime_number")
_ENDINGS = ("shire", "land", "dale", "moor")


@dataclass(frozen=True, slots=True)
class Habits:
    """Hold how a force records: its system, the form of its references, what it leaves out, how it slips."""

    system: str
    reference_style: str
    marginals: Marginals
    missing: Mapping[str, float]
    in_capitals: bool
    outward_only: float


@dataclass(frozen=True, slots=True)
class Force:
    """One force. ``first_part``: number of its first part in the country; numbers are used once only."""

    number: int
    code: str
    name: str
    size: int
    first_part: int
    habits: Habits

    @property
    def source(self) -> str:
        """Name of the force's own system, which its record ids begin with."""
        return self.code.replace("-", "_")

    @property
    def parts(self) -> int:
        return parts_of(self.size)


@dataclass(frozen=True, slots=True)
class ForceConfig(Config):
    """Settings of the world of one force, whose only other source is the helpline, which is silent here."""

    system: str = SYSTEMS[0]

    @property
    def sources(self) -> list[str]:
        """Return the source systems: the force's, and the helpline's."""
        return [self.system, HELPLINE]


def make(settings: CountrySettings) -> list[Force]:
    """Return the forces of a country in the order of their numbers."""
    sizes = settings.sizes().tolist()
    firsts = place_data()["towns"]["first"].split()
    rng = stream(settings.seed, 0, "force names")
    names = [f"{a}{b}" for b in _ENDINGS for a in firsts]
    chosen = rng.permutation(len(names))[: settings.forces].tolist()
    out, first_part = [], 0
    for i, size in enumerate(sizes):
        out.append(
            Force(
                number=i,
                code=f"force-{i + 1:02d}",
                name=f"{names[chosen[i]]} Police",
                size=size,
                first_part=first_part,
                habits=_habits(settings, i),
            )
        )
        first_part += parts_of(size)
    return out


def config_of(settings: CountrySettings, force: Force) -> ForceConfig:
    """Return the settings of the world of one force."""
    return ForceConfig(
        seed=settings.seed,
        person_records=max(force.size, 100),
        forces=1,
        bank=settings.bank,
        start=settings.start,
        as_at=settings.as_at,
        marginals=force.habits.marginals,
        system=force.habits.system,
    )


def _habits(settings: CountrySettings, number: int) -> Habits:
    rng = stream(settings.seed, number, "habits")
    m = settings.marginals

    def around(rate: float, spread: float = 0.35, most: float = 0.95) -> float:
        return float(min(most, rate * np.exp(rng.normal(0, spread))))

    marginals = replace(
        m,
        helpline=0.0,
        name_error=around(m.name_error),
        birth_date_error=around(m.birth_date_error),
        postcode_other=around(m.postcode_other),
        nominal_reuse=around(m.nominal_reuse, 0.2),
        wrong_nominal=around(m.wrong_nominal, 0.4),
        first_report_stalking=around(m.first_report_stalking, 0.25, 0.5),
        later_report_stalking=around(m.later_report_stalking, 0.25, 0.5),
        third_party=around(m.third_party, 0.2),
    )
    return Habits(
        system=SYSTEMS[int(rng.integers(len(SYSTEMS)))],
        reference_style=REFERENCE_STYLES[int(rng.integers(len(REFERENCE_STYLES)))],
        marginals=marginals,
        missing={name: float(most * rng.beta(1.2, 4.0)) for name, most in OFTEN_MISSING.items()},
        in_capitals=bool(rng.random() < 0.4),
        outward_only=float(0.3 * rng.beta(1.0, 6.0)),
    )


def places_of(settings: CountrySettings, force: Force) -> Places:
    """Return the places of one force: its own towns and districts, streets in an order of its own."""
    data = place_data()
    towns = max(4, force.size // 12_000 + 1)
    first, second = data["towns"]["first"].split(), data["towns"]["second"].split()
    pairs = [a + b for a in first for b in second]
    order = stream(settings.seed, 0, "town names").permutation(len(pairs))
    start = sum(max(4, size // 12_000 + 1) for size in settings.sizes()[: force.number].tolist())
    endings = ["", " Green", " Cross", " St Mary", " Parva", " Magna", " Wharf", " Heath", " Vale"]
    names = []
    for i in range(start, start + towns):
        extra = i // len(order)
        ending = endings[extra] if extra < len(endings) else f" {extra}"
        names.append(pairs[int(order[i % len(order)])] + ending)
    areas = data["streets"]["areas"].split()
    streets = [f"{a} {b}" for a in data["streets"]["first"].split() for b in data["streets"]["types"].split()]
    rng = stream(settings.seed, force.number, "force streets")
    index = np.arange(towns, dtype=np.int64)
    return Places(
        towns=words(names),
        force=np.zeros(towns, dtype=np.int64),
        areas=words([areas[force.number % len(areas)]] * towns),
        district=index % 33 + 1 + 33 * (force.number // len(areas)),
        streets=words([streets[i] for i in rng.permutation(len(streets))[:STREETS]]),
    )


def references(force: Force, years: list[int], numbers: list[int]) -> list[str]:
    """Return references in the force's own form. A number is unique in a force and a year."""
    n, style = force.number + 1, force.habits.reference_style
    pair = zip(years, numbers, strict=True)
    if style == "year_last":
        return [f"{n:02d}R/{k:07d}/{y % 100:02d}" for y, k in pair]
    if style == "letters":
        letters = UNIT_LETTERS[n % len(UNIT_LETTERS)] + UNIT_LETTERS[n // len(UNIT_LETTERS)]
        return [f"{letters}{y % 100:02d}{k:08d}" for y, k in pair]
    if style == "dashes":
        return [f"{n:02d}-{y}-{k:07d}" for y, k in pair]
    return [f"CN{n:02d}{k:08d}/{y}" for y, k in pair]


def frame(forces: list[Force]) -> pl.DataFrame:
    """Return the forces as a frame: code, name, source, wanted records, system, form of references."""
    return pl.DataFrame(
        {
            "force": [f.code for f in forces],
            "name": [f.name for f in forces],
            "source": [f.source for f in forces],
            "asked_for": [f.size for f in forces],
            "system": [f.habits.system for f in forces],
            "reference_style": [f.habits.reference_style for f in forces],
        }
    )
