"""People a police force writes down: detained, searched on the street, missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.random import Generator

from benchmarks.kinds import slips
from benchmarks.kinds.homes import Home
from benchmarks.kinds.people import TODAY, Person, Town, first_name, frame, life, rows_each
from benchmarks.kinds.slips import Record, date_as, maybe, mixed, one_of


def _name(rng: Generator, value: str, rate: float) -> str:
    return mixed(rng, value, {slips.typed: rate, slips.heard: rate, slips.joined: 0.2})


def _ethnicity(rng: Generator, community: str) -> str:
    own = {"pakistani": "A2", "indian": "A1", "african": "B2", "chinese": "O1", "polish": "W9"}
    return own.get(community, "W1") if rng.random() < 0.85 else one_of(rng, ("NS", "W1", "W9", "O9"))


def custody(seed: int) -> pl.DataFrame:
    """Detained 1 to 40 times; false details given at the desk, brothers' names among them; no fixed abode.

    A person who gives a brother's name keeps their own PNC number once fingerprints are back, in most cases.
    """
    rng = np.random.default_rng([seed, 101])
    town = Town(rng, "Marby", "ZM", streets=220)
    rows: list[Record] = []
    for home in [town.household(0.18, ("sibling", "twin", "namesake"), 17, 62, 0.86) for _ in range(1150)]:
        for who in home:
            check = one_of(rng, "ABCDEFGHJKLMNPQRTUVWXYZ")
            pnc = f"{int(rng.integers(80, 126)) % 100:02d}/{int(rng.integers(1000, 999999))}{check}"
            n = rows_each(rng, 2.6, 40)
            for now in life(town, who, n, moves=0.18, telephones=0.3, marries=0.01):
                rows.append(_detained(rng, now, home, pnc))
    return frame(rng, rows)


def _detained(rng: Generator, who: Person, home: list[Person], pnc: str) -> Record:
    first, last, middle, born = who.first, who.last, who.middle, who.born
    false = rng.random() < 0.035
    if false and len(home) > 1 and rng.random() < 0.5:
        brother = one_of(rng, [p for p in home if p is not who])
        first, born, middle = brother.first, brother.born, brother.middle
    elif false:
        first, born = first_name(rng, who.community, who.sex), slips.day_slip(rng, born)
    if rng.random() < 0.04:
        born = slips.day_slip(rng, born)
    first = slips.short_name(rng, first) if rng.random() < 0.08 else _name(rng, first, 0.025)
    given = f"{first} {middle}" if middle and rng.random() < 0.6 else first
    roof = "NFA" if rng.random() < 0.07 else who.home.line
    return {
        "Custody Record": f"{int(rng.integers(10**6)):06d}/{int(rng.integers(18, 27))}",
        "Detainee Surname": _name(rng, last, 0.025).upper(),
        "Detainee Forename(s)": given.upper(),
        "D.O.B.": date_as("uk", born),
        "M/F": who.sex,
        "Ethnic App.": _ethnicity(rng, who.community),
        "PNC ID": maybe(rng, 0.02, slips.digit_slip, pnc) if rng.random() < 0.62 else "",
        "Residing at": roof.upper(),
        "Pcode": "" if roof == "NFA" or rng.random() < 0.15 else who.home.postcode,
        "Contact tel": who.mobile if rng.random() < 0.35 else "",
        "truth": who.key,
    }


def searches(seed: int) -> pl.DataFrame:
    """Births are missing in more than half, names are refused, and young men of one estate share names.

    Whoever would not give a name is described only, and belongs to nobody.
    """
    rng = np.random.default_rng([seed, 102])
    mix = {"english": 0.5, "pakistani": 0.24, "african": 0.14, "irish": 0.06, "romanian": 0.06}
    town = Town(rng, "Colbridge", "ZC", streets=60, mix=mix)
    rows: list[Record] = []
    for home in [town.household(0.12, ("sibling", "namesake"), 14, 45, 0.92) for _ in range(1500)]:
        for who in home:
            for now in life(town, who, rows_each(rng, 1.9, 25), moves=0.05, telephones=0.2):
                rows.append(_searched(rng, now))
    for i in range(160):
        rows.append(
            {**_searched(rng, town.person(14, 45)), "Name of person": "REFUSED", "DOB if given": "",
             "Home address": "", "Tel": "", "truth": f"refused {i}"}
        )  # fmt: skip
    return frame(rng, rows)


def _searched(rng: Generator, who: Person) -> Record:
    day = TODAY - dt.timedelta(days=int(rng.integers(0, 900)))
    first = slips.short_name(rng, who.first) if rng.random() < 0.15 else _name(rng, who.first, 0.03)
    born = slips.day_slip(rng, who.born) if rng.random() < 0.03 else who.born
    age = (day - born).days // 365
    line = f"{who.home.line}, {who.home.town}" if rng.random() < 0.5 else who.home.line
    return {
        "Search no": f"SS{int(rng.integers(10**7)):07d}",
        "When": day.strftime("%d/%m/%Y"),
        "Name of person": maybe(rng, 0.1, slips.parts_turned, f"{first} {_name(rng, who.last, 0.03)}"),
        "DOB if given": date_as("uk", born) if rng.random() < 0.42 else "",
        "Apparent age": str(max(age + int(rng.normal(0, 2)), 10)) if rng.random() < 0.8 else "",
        "Officer defined ethnicity": _ethnicity(rng, who.community)[0],
        "Home address": line if rng.random() < 0.72 else "",
        "Tel": who.mobile if rng.random() < 0.2 else "",
        "Object": one_of(rng, ("Drugs", "Weapons", "Stolen goods", "Going equipped")),
        "Outcome": one_of(rng, ("NFA", "Arrest", "Community resolution", "Warning")),
        "truth": who.key,
    }


def missing(seed: int) -> pl.DataFrame:
    """A few hundred children and patients missing again and again from the same few homes and wards.

    Their address is the home's, the telephone the staff's, so that both are shared by strangers.
    """
    rng = np.random.default_rng([seed, 103])
    town = Town(rng, "Tarnside", "ZT", streets=160)
    wards = [(town.home(), town.landline()) for _ in range(9)]
    rows: list[Record] = []
    for i in range(420):
        who = town.person(9, 18, 0.45) if rng.random() < 0.6 else town.person(18, 88)
        ward: tuple[Home, str] | None = one_of(rng, wards) if rng.random() < 0.45 else None
        for now in life(town, who, rows_each(rng, 2.8 if ward else 0.7, 38), moves=0.06, telephones=0.2):
            if ward and rng.random() < 0.06:
                ward = one_of(rng, wards)
            placed = replace(now, home=ward[0], landline=ward[1]) if ward else now
            rows.append(_missed(rng, placed, i))
    return frame(rng, rows)


def _missed(rng: Generator, who: Person, number: int) -> Record:
    day = TODAY - dt.timedelta(days=int(rng.integers(0, 1500)))
    first = slips.short_name(rng, who.first) if rng.random() < 0.15 else _name(rng, who.first, 0.02)
    born = slips.day_slip(rng, who.born) if rng.random() < 0.03 else who.born
    aka = slips.short_name(rng, who.first) if rng.random() < 0.15 else ""
    height = np.random.default_rng(number).normal(168 if who.sex == "M" else 160, 9) + rng.normal(0, 3)
    return {
        "MISPER REF": f"MP-{day.year}-{int(rng.integers(10**5)):05d}",
        "Missing Person": f"{first} {_name(rng, who.last, 0.02)}",
        "Also known as": aka if aka != who.first else "",
        "Sex": {"M": "Male", "F": "Female"}[who.sex] if rng.random() < 0.97 else "Not stated",
        "Born on": date_as("words", born) if rng.random() < 0.86 else "",
        "Age when reported": str((day - who.born).days // 365) if rng.random() < 0.9 else "",
        "Reported on": date_as("words", day),
        "Missing from": who.home.line,
        "Missing from postcode": who.home.postcode if rng.random() < 0.85 else "",
        "Height cm": f"{height:.0f}" if rng.random() < 0.7 else "",
        "Informant tel": who.landline if rng.random() < 0.7 else who.mobile,
        "truth": who.key,
    }
