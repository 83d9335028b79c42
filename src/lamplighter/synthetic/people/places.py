"""Fictional towns, streets, postcodes and property numbers.

Postcode areas are letter pairs given to no post town; property numbers begin
990, beyond the range in use. An address is one whole number, so that a person
can be moved, and a neighbour placed next door, by arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from lamplighter.rule_files.reading import packaged as packaged_toml
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.sampling.draws import Ints, Words, stream, words

STREETS, NUMBERS, FLATS = 160, 80, 8
UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@cache
def place_data() -> dict[str, Any]:
    """Return the lists behind the places, as read from ``places.toml``."""
    return packaged_toml("lamplighter.synthetic.people", "places.toml")


@dataclass(frozen=True, slots=True)
class Places:
    """All the places of one world.

    ``towns``: names, one a town; ``force``: the force of each town; ``areas``: the postcode area of each
    town;
    ``district``: its district number; ``streets``: names, the same list in every town, in its own order.
    """

    towns: Words
    force: Ints
    areas: Words
    district: Ints
    streets: Words

    def address(self, rng: np.random.Generator, town: Ints) -> Ints:
        """One address in each of the given towns; about one in six is a flat."""
        n = len(town)
        flat = np.where(rng.random(n) < 0.16, rng.integers(1, FLATS, n), 0)
        house = rng.integers(1, NUMBERS, n)
        return ((town * STREETS + rng.integers(0, STREETS, n)) * NUMBERS + house) * FLATS + flat

    def town_of(self, address: Ints) -> Ints:
        return address // (STREETS * NUMBERS * FLATS)

    def force_of(self, address: Ints) -> Ints:
        return self.force[self.town_of(address)]

    def next_door(self, address: Ints, steps: Ints) -> Ints:
        """Return the house ``steps`` along the same street, never the same house."""
        house = address // FLATS
        number = house % NUMBERS
        moved = np.where(number + steps < NUMBERS, number + steps, np.maximum(number - steps, 1))
        return (house - number + moved) * FLATS

    def street_name(self, address: Ints) -> Words:
        town, street = self.town_of(address), address // (NUMBERS * FLATS) % STREETS
        found: Words = self.streets[(street + town * 7) % STREETS]
        return found

    def line(self, address: Ints) -> list[str]:
        """'Flat 4, 20 Meadow Lane, Town' for each address."""
        flat, number = address % FLATS, address // FLATS % NUMBERS
        towns = self.towns[self.town_of(address)]
        return [
            f"Flat {f}, {n} {s}, {t}" if f else f"{n} {s}, {t}"
            for f, n, s, t in zip(
                flat.tolist(), number.tolist(), self.street_name(address), towns, strict=True
            )
        ]

    def postcode(self, address: Ints) -> list[str]:
        """'AV3 5GU': a unit covers one side of a stretch of one street."""
        town = self.town_of(address)
        unit = address // (NUMBERS * FLATS) % STREETS * 4 + address // FLATS % NUMBERS // 20
        mixed = (unit * 7919 + town * 104_729) % 3600
        return [
            f"{a}{d} {m // 400 + 1}{UNIT_LETTERS[m // 20 % 20]}{UNIT_LETTERS[m % 20]}"
            for a, d, m in zip(self.areas[town], self.district[town].tolist(), mixed.tolist(), strict=True)
        ]

    def uprn(self, address: Ints) -> list[str]:
        return [f"990{a:09d}" for a in address.tolist()]


def frame_size(config: Config) -> int:
    """Towns a force: more people need more towns, or everybody lives next door."""
    return max(8, int(config.person_records / 12_000 / config.forces) + 1)


@cache
def _parts() -> tuple[list[str], list[str]]:
    data = place_data()["towns"]
    return data["first"].split(), data["second"].split()


def make(config: Config) -> Places:
    """Return the places of the world with these settings."""
    rng = stream(config.seed, 0, "places")
    first, second = _parts()
    count = frame_size(config) * config.forces
    order = rng.permutation(len(first) * len(second))
    endings = ["", " Green", " Cross", " St Mary", " Parva", " Magna", " Wharf", " Heath", " Vale"]
    names = []
    for i in range(count):
        combo, extra = int(order[i % len(order)]), i // len(order)
        name = first[combo // len(second)] + second[combo % len(second)]
        names.append(name + (endings[extra] if extra < len(endings) else f" {extra}"))
    force = np.arange(count, dtype=np.int64) % config.forces
    data = place_data()["streets"]
    areas = np.array(place_data()["streets"]["areas"].split(), dtype=object)
    pairs = [f"{f} {t}" for f in data["first"].split() for t in data["types"].split()]
    chosen = [pairs[i] for i in rng.permutation(len(pairs))[:STREETS]]
    within_force = np.arange(count, dtype=np.int64) // config.forces
    return Places(
        towns=words(names),
        force=force,
        areas=areas[(force + config.forces * (within_force // 30)) % len(areas)],
        district=within_force % 30 + 1,
        streets=words(chosen),
    )


def abbreviate(line: str) -> str:
    """'29 Derby Drive' as a hurried typist leaves it: '29 Derby Dr'."""
    for long, short in place_data()["streets"]["abbreviations"].items():
        if f" {long}" in line:
            return line.replace(f" {long}", f" {short}", 1)
    return line


def frame(places: Places) -> pl.DataFrame:
    """Towns as a frame: town, force (number), area, district."""
    return pl.DataFrame(
        {
            "town": places.towns.tolist(),
            "force": places.force,
            "area": places.areas.tolist(),
            "district": places.district,
        }
    )
