"""A population with lives: families, households, moves, telephones, accounts, vehicles and work.

Each person is one row of arrays (:class:`People`). Where somebody lives on a day follows from two
households (before and after a break-up or leaving home) and each household's two dated addresses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.people import names
from lamplighter.synthetic.people.places import Places
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.sampling.draws import DAY, NEVER, Bools, Ints, chance, pick, stream

YEAR = 365.25
EPOCH_2024 = 19_723  # days to 2024-01-01, the day ages are drawn for


@dataclass(slots=True)
class People:
    """One row a person. Dates of birth are days since 1970; times are minutes.

    ``household_a`` until ``switch_at``, then ``household_b``. A household has ``address_0`` until
    ``moves_at``, then ``address_1``. A person has ``mobile_0`` until ``changes_at``, then ``mobile_1``. -1
    means none.
    """

    sex: Ints
    ethnicity: Ints
    born: Ints
    forename: Ints
    second: Ints
    surname: Ints
    second_surname: Ints
    family: Ints
    place_in_family: Ints
    household_a: Ints
    household_b: Ints
    switch_at: Ints
    mobile_0: Ints
    mobile_1: Ints
    changes_at: Ints
    handle_style: Ints
    workplace: Ints
    vehicle: Ints
    arrested: Bools
    pnc: Ints
    """Number behind the reference on the police national computer, one a person wherever they live."""
    address_0: Ints
    address_1: Ints
    moves_at: Ints
    landline: Ints
    members: Ints
    """(families, 4): first adult, partner, elder child, younger child; -1 where there is none."""

    def __len__(self) -> int:
        return len(self.sex)

    def household(self, person: Ints, at: Ints) -> Ints:
        return np.where(at < self.switch_at[person], self.household_a[person], self.household_b[person])

    def address(self, person: Ints, at: Ints) -> Ints:
        """Address number of each person at each time."""
        home = self.household(person, at)
        return np.where(at < self.moves_at[home], self.address_0[home], self.address_1[home])

    def mobile(self, person: Ints, at: Ints) -> Ints:
        return np.where(at < self.changes_at[person], self.mobile_0[person], self.mobile_1[person])

    def add_households(self, address: Ints) -> Ints:
        """New households at the given addresses that never move; returns their numbers."""
        first = len(self.address_0)
        self.address_0 = np.concatenate([self.address_0, address])
        self.address_1 = np.concatenate([self.address_1, address])
        self.moves_at = np.concatenate([self.moves_at, np.full(len(address), NEVER)])
        self.landline = np.concatenate([self.landline, np.full(len(address), -1, dtype=np.int64)])
        return np.arange(first, first + len(address), dtype=np.int64)


def make(config: Config, cell: int, places: Places, families: int) -> People:
    """Return the people of one part of the world, about 2.2 a family."""
    rng = stream(config.seed, cell, "people")
    span = (
        np.int64((config.start.toordinal() - 719_163) * DAY),
        np.int64((config.as_at.toordinal() - 719_163) * DAY),
    )
    present = np.stack(
        [np.ones(families, bool), *[chance(rng, p, families) for p in (0.58, 0.40, 0.24)]], axis=1
    )
    born = np.empty((families, 4))
    born[:, 0] = EPOCH_2024 - (20 + 58 * rng.beta(1.4, 1.9, families)) * YEAR
    born[:, 1] = born[:, 0] + rng.normal(0.8, 4.0, families) * YEAR
    born[:, 2] = born[:, 0] + rng.uniform(20, 36, families) * YEAR
    twins = chance(rng, 0.06, families)
    born[:, 3] = np.where(twins, born[:, 2], born[:, 2] + rng.uniform(1, 7, families) * YEAR)
    present &= born < EPOCH_2024 - 14 * YEAR
    present[:, 3] &= present[:, 2]
    sex = (rng.random((families, 4)) < 0.5).astype(np.int64)
    sex[:, 1] = np.where(chance(rng, 0.95, families), 1 - sex[:, 0], sex[:, 0])
    codes = list(config.marginals.ethnicities)
    ethnicity = np.repeat(
        pick(rng, list(config.marginals.ethnicities.values()), families)[:, None], 4, axis=1
    )
    other = pick(rng, list(config.marginals.ethnicities.values()), families)
    ethnicity[:, 1] = np.where(chance(rng, 0.88, families), ethnicity[:, 0], other)
    flat = present.ravel()
    group = names.groups_for(rng, ethnicity.ravel(), codes).reshape(families, 4)
    group[:, 2:] = group[:, :1]
    years = born / YEAR + 1970
    cohort = np.where(years < 1965, 0, np.where(years < 1990, 1, 2))
    forename = names.draw_forenames(rng, group.ravel(), sex.ravel(), cohort.ravel()).reshape(families, 4)
    second = names.draw_forenames(rng, group.ravel(), sex.ravel(), cohort.ravel()).reshape(families, 4)
    second[rng.random((families, 4)) < 0.42] = -1
    # A son named after his father, and a twin never given the same name.
    junior = chance(rng, 0.06, families) & (sex[:, 0] == sex[:, 2]) & (sex[:, 0] == 0)
    forename[junior, 2] = forename[junior, 0]
    surname = np.repeat(names.draw_surnames(rng, group[:, 0])[:, None], 4, axis=1)
    own = names.draw_surnames(rng, group[:, 1])
    surname[:, 1] = np.where(chance(rng, 0.58, families), surname[:, 1], own)
    children_take = chance(rng, 0.15, families)
    surname[children_take, 2:] = surname[children_take, 1:2]
    second_surname = np.full((families, 4), -1, dtype=np.int64)
    double = chance(rng, 0.025, families)
    second_surname[double, 0] = own[double]
    second_surname[double, 2:] = own[double, None]
    keep = np.flatnonzero(flat)
    ids = np.full(families * 4, -1, dtype=np.int64)
    ids[keep] = np.arange(len(keep))
    n = len(keep)
    family, seat = keep // 4, keep % 4

    # Households 0..families-1 are the family homes; grown children may have their own.
    leaves = (seat >= 2) & chance(rng, 0.42, n)
    homes = families + int(leaves.sum())
    town = rng.integers(0, len(places.towns), homes)
    home_of = family.copy()
    home_of[leaves] = families + np.arange(int(leaves.sum()))
    town[families:] = np.where(chance(rng, 0.7, int(leaves.sum())), town[family[leaves]], town[families:])
    address_0 = places.address(rng, town)
    moves = chance(rng, 0.38, homes)
    near = np.where(chance(rng, 0.72, homes), town, (town + config.forces) % len(places.towns))
    far = rng.integers(0, len(places.towns), homes)
    address_1 = places.address(rng, np.where(chance(rng, 0.86, homes), near, far))
    moves_at = np.where(moves, rng.integers(span[0] - 200 * DAY, span[1], homes), NEVER)
    counter = np.int64(cell) * 1_000_000
    mobile_0 = counter + 2 * np.arange(n, dtype=np.int64)
    return People(
        sex=sex.ravel()[keep],
        ethnicity=ethnicity.ravel()[keep],
        born=born.ravel()[keep].astype(np.int64),
        forename=forename.ravel()[keep],
        second=second.ravel()[keep],
        surname=surname.ravel()[keep],
        second_surname=second_surname.ravel()[keep],
        family=family,
        place_in_family=seat,
        household_a=home_of,
        household_b=home_of.copy(),
        switch_at=np.full(n, NEVER),
        mobile_0=mobile_0,
        mobile_1=mobile_0 + 1,
        changes_at=np.where(chance(rng, 0.33, n), rng.integers(span[0], span[1], n), NEVER),
        handle_style=rng.integers(0, 1 << 30, n),
        workplace=rng.integers(0, max(1, n // 9), n),
        vehicle=np.where(chance(rng, 0.5, n), np.int64(cell) * 160_000 + np.arange(n), -1),
        arrested=chance(rng, 0.06, n),
        pnc=mobile_0 // 2,
        address_0=address_0,
        address_1=address_1,
        moves_at=moves_at,
        landline=np.where(chance(rng, 0.35, homes), np.int64(cell) * 300_000 + np.arange(homes), -1),
        members=ids.reshape(families, 4),
    )
