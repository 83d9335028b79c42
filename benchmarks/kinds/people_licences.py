"""People on registers: certificates for guns, badges for taxis, the roll of electors."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.random import Generator

from benchmarks.kinds import slips
from benchmarks.kinds.people import Person, Town, frame, life, moved
from benchmarks.kinds.slips import Record, date_as, maybe, mixed, one_of

_MOHAMMED = ("Mohammed", "Mohammad", "Muhammad", "Mohamed", "Md", "M")
_FARMS = ("Farm", "Grange", "Cottage", "House", "Barn", "Lodge")


def firearms(seed: int) -> pl.DataFrame:
    """Fathers and sons of one name on one farm; two certificates and a renewal every five years.

    Births are written with stops, are copied from the father's certificate now and then, and the number of
    the certificate says nothing of its holder.
    """
    rng = np.random.default_rng([seed, 301])
    town = Town(rng, "Upper Skell", "ZS", streets=420, mix={"english": 0.93, "irish": 0.05, "polish": 0.02})
    rows: list[Record] = []
    for _ in range(1350):
        home = town.household(0.3, ("namesake", "child", "child", "sibling", "partner"), 38, 84, 0.93)
        farm = f"{home[0].home.street.split()[0]} {one_of(rng, _FARMS)}" if rng.random() < 0.4 else ""
        before: list[Record] = []
        for who in home:
            birthplace = one_of(rng, ("Skell", "Marby", "Harrowgate", "Leeds", "York", "Hull", "Durham"))
            for now in life(town, who, int(rng.integers(1, 7)), moves=0.05, telephones=0.1):
                before.append(_certified(rng, now, farm, birthplace, before))
        rows += before
    return frame(rng, rows)


def _certified(rng: Generator, who: Person, farm: str, birthplace: str, before: list[Record]) -> Record:
    born = slips.day_slip(rng, who.born) if rng.random() < 0.02 else who.born
    given = [who.first, who.middle if rng.random() < 0.75 else who.middle[:1]]
    row = {
        "Cert. number": f"{one_of(rng, 'FS')}{int(rng.integers(10**6)):06d}",
        "Holder forenames": mixed(rng, " ".join(given).strip(), {slips.typed: 0.03, slips.scanned: 0.02}),
        "Holder family name": mixed(rng, who.last, {slips.typed: 0.02, slips.scanned: 0.03}),
        "Title": ("Mr" if who.sex == "M" else "Mrs") if rng.random() < 0.9 else "",
        "Birth": date_as("dots", born) if rng.random() < 0.94 else "",
        "Birth place": birthplace if rng.random() < 0.8 else "",
        "House": farm if farm and rng.random() < 0.9 else who.home.number,
        "Road": who.home.street if rng.random() < 0.9 else "",
        "Post town": who.home.town,
        "P/code": maybe(rng, 0.02, slips.typed, who.home.postcode),
        "Tel (home)": who.landline if rng.random() < 0.6 else "",
        "Tel (mob)": who.mobile if rng.random() < 0.35 else "",
        "Granted": date_as("dots", dt.date(int(rng.integers(2011, 2026)), int(rng.integers(1, 13)), 3)),
        "truth": who.key,
    }
    return slips.copied(before, "Birth", "Birth place")(rng, row) if rng.random() < 0.01 else row


def taxis(seed: int) -> pl.DataFrame:
    """Five councils' drivers; a few names that very many bear, in either order, spelt in many ways.

    Mohammed stands before another name or is left out; the driver number is filled by two councils.
    """
    rng = np.random.default_rng([seed, 302])
    mix = {
        "pakistani": 0.56,
        "english": 0.2,
        "romanian": 0.08,
        "indian": 0.08,
        "turkish": 0.04,
        "african": 0.04,
    }
    town = Town(rng, "Castleby", "ZY", streets=300, mix=mix)
    rows: list[Record] = []
    for home in [town.household(0.15, ("sibling", "child"), 23, 68, 0.96) for _ in range(1500)]:
        for who in home:
            own = (int(rng.integers(5)), int(rng.integers(5)))
            number = f"{who.last.upper()[:5]:9<5}{int(rng.integers(10**6)):06d}{who.first[0]}9XY"
            mohammed = (
                who.first not in _MOHAMMED
                and who.community == "pakistani"
                and who.sex == "M"
                and rng.random() < 0.5
            )
            for now in life(town, who, int(rng.integers(1, 5)), moves=0.12, telephones=0.15):
                rows.append(_badged(rng, now, one_of(rng, own), number, mohammed))
    return frame(rng, rows)


def _badged(rng: Generator, who: Person, council: int, number: str, mohammed: bool) -> Record:
    how = {slips.typed: 0.03, slips.heard: 0.06}
    before = f"{one_of(rng, _MOHAMMED)} " if mohammed and rng.random() < 0.75 else ""
    born = slips.day_slip(rng, who.born) if rng.random() < 0.03 else who.born
    row = {
        "Council": ("Castle", "Dale", "Moor", "Vale", "Wold")[council],
        "Badge": f"{int(rng.integers(100, 9999))}",
        "Driver first names": before + mixed(rng, who.first, how),
        "Driver surname": mixed(rng, who.last, how),
        "Date/Birth": date_as(("uk", "dashed", "uk", "iso", "short")[council], born)
        if rng.random() < 0.9 else "",
        "Driver number": maybe(rng, 0.02, slips.typed, number) if council in (1, 3) else "",
        "Driver address": f"{who.home.line}, {who.home.town}, {who.home.postcode}"
        if rng.random() < 0.88 else "",
        "Contact no": who.mobile if council != 2 and rng.random() < 0.7 else "",
        "Vehicle reg": f"U{int(rng.integers(1, 999))} ZZ{one_of(rng, 'ABCD')}" if rng.random() < 0.4 else "",
        "Expires": date_as("iso", dt.date(int(rng.integers(2024, 2029)), int(rng.integers(1, 13)), 1)),
        "truth": who.key,
    }  # fmt: skip
    if rng.random() < 0.04:
        row = slips.turned("Driver first names", "Driver surname")(rng, row)
    return {f: v.upper() if council == 4 else v for f, v in row.items()} | {"truth": who.key}


def electors(seed: int) -> pl.DataFrame:
    """No births but an attainer's; name and address are all; three years' rolls below one another.

    Fathers and sons of one name in one home differ by a middle initial at the best; who moves within the
    area is found again only where the name is rare.
    """
    rng = np.random.default_rng([seed, 303])
    town = Town(rng, "Netherby", "ZN", streets=400)
    rows: list[Record] = []
    for _ in range(2300):
        home = town.household(0.6, ("partner", "partner", "partner", "child", "sibling", "namesake"), 17, 88)
        for year in (2024, 2025, 2026):
            if rng.random() < 0.02:
                head = moved(town, home[0])
                home = [replace(who, home=head.home, landline=head.landline) for who in home]
            for who in home:
                if rng.random() < 0.93:
                    rows.append(_enrolled(rng, who, year))
    return frame(rng, rows)


def _enrolled(rng: Generator, who: Person, year: int) -> Record:
    middle = who.middle if rng.random() < 0.45 else who.middle[:1]
    others = mixed(rng, who.first, {slips.typed: 0.015, slips.scanned: 0.015, slips.short_name: 0.03})
    comes_of_age = who.born.replace(year=who.born.year + 18, day=min(who.born.day, 28))
    home = who.home
    return {
        "Elector Number Prefix": f"{who.home.postcode.split()[0][2:]}/{len(who.home.street) % 4}",
        "Elector Number": f"{int(rng.integers(1, 3000))}",
        "Elector Surname": mixed(rng, who.last, {slips.typed: 0.01, slips.scanned: 0.015, slips.joined: 0.2}),
        "Elector Forename": f"{others} {middle}".strip() if rng.random() < 0.985 else others[:1],
        "Elector DOB": date_as("uk", comes_of_age) if comes_of_age.year >= year else "",
        "Franchise Flag": "G" if who.community in ("polish", "romanian") else "",
        "Address 1": home.line if rng.random() < 0.97 else slips.typed(rng, home.line),
        "Address 2": home.town if rng.random() < 0.8 else "",
        "PostCode": home.postcode,
        "Roll of": str(year),
        "truth": who.key,
    }
