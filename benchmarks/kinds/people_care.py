"""People that those who care and house write down: a hospital's door, a waiting list, a line for refuges."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
from numpy.random import Generator

from benchmarks.kinds import slips
from benchmarks.kinds.people import TODAY, Person, Town, frame, life, rows_each
from benchmarks.kinds.slips import Record, date_as, maybe, mixed, one_of

_NO_NUMBER = ("", "", "", "0000000000")


def emergency(seed: int) -> pl.DataFrame:
    """Big; few columns, fields cut at ten letters, twins and infants, staff who type what they hear.

    A newborn is 'BABY' until named. Unconscious men are 'UNKNOWN MALE' and belong to nobody.
    """
    rng = np.random.default_rng([seed, 201])
    town = Town(rng, "Harrowgate", "ZH", streets=900)
    rows: list[Record] = []
    for home in [town.household(0.25, ("twin", "child", "child", "partner"), 0, 94) for _ in range(7600)]:
        for who in home:
            number = f"{int(rng.integers(400, 799))}{int(rng.integers(10**7)):07d}"
            for now in life(town, who, rows_each(rng, 1.1, 40), moves=0.09, telephones=0.15, marries=0.03):
                rows.append(_attended(rng, now, number))
    for i in range(120):
        who = town.person(18, 80, 0.8)
        row = _attended(rng, who, "")
        rows.append(
            {**row, "PT_FNAME": "UNKNOWN", "PT_SNAME": "MALE", "PT_BIRTH": "19000101", "PT_PC": "ZZ99 3VZ",
             "PT_TEL": "", "NHS": "", "truth": f"unknown {i}"}
        )  # fmt: skip
    return frame(rng, rows)


def _attended(rng: Generator, who: Person, number: str) -> Record:
    day = TODAY - dt.timedelta(days=int(rng.integers(0, 700)))
    how = {slips.typed: 0.03, slips.heard: 0.035}
    first, born = mixed(rng, who.first, {**how, slips.short_name: 0.06}), who.born
    day = max(day, born)
    if (day - born).days < 60 and rng.random() < 0.6:
        first = "Baby"
    if rng.random() < 0.025:
        born = slips.day_slip(rng, born)
    sure = rng.random() < 0.5
    return {
        "ATT_NO": f"{int(rng.integers(10**8)):08d}",
        "ATT_DT": day.strftime("%Y%m%d"),
        "PT_FNAME": slips.cut(10)(rng, first.upper()),
        "PT_SNAME": slips.cut(10)(rng, mixed(rng, who.last, {**how, slips.joined: 0.3}).upper()),
        "PT_BIRTH": date_as("packed", born) if rng.random() < 0.98 else "19000101",
        "PT_GENDER": {"M": "1", "F": "2"}[who.sex] if rng.random() < 0.985 else "9",
        "PT_PC": maybe(rng, 0.03, slips.typed, who.home.postcode) if rng.random() < 0.93 else "ZZ99 3VZ",
        "PT_TEL": (who.mobile if rng.random() < 0.7 else who.landline) if rng.random() < 0.5 else "",
        "NHS": maybe(rng, 0.01, slips.digits_turned, number) if sure else one_of(rng, _NO_NUMBER),
        "GP_CODE": f"Y{int(who.home.postcode.split()[0][2:]):05d}",
        "truth": who.key,
    }


def housing(seed: int) -> pl.DataFrame:
    """Applicants by initial as often as by name, couples who share a telephone and mail, moves, renewals.

    Somebody applies again each year; between times they move, part and take other surnames.
    """
    rng = np.random.default_rng([seed, 202])
    town = Town(rng, "Ellerby", "ZE", streets=350)
    rows: list[Record] = []
    for home in [town.household(0.45, ("partner", "partner", "child"), 17, 78, 0.42) for _ in range(980)]:
        for who in home:
            insured = _insured(rng)
            n = rows_each(rng, 1.3, 12)
            for now in life(town, who, n, moves=0.25, telephones=0.2, marries=0.04):
                rows.append(_applied(rng, now, home[0], insured))
    return frame(rng, rows)


def _insured(rng: Generator) -> str:
    two = "".join(one_of(rng, "ABCEGHJKLMNPRSTWXYZ") for _ in range(2))
    return f"{two}{int(rng.integers(10**6)):06d}{one_of(rng, 'ABCD')}"


def _applied(rng: Generator, who: Person, head: Person, insured: str) -> Record:
    first = who.first[0] if rng.random() < 0.4 else mixed(rng, who.first, {slips.typed: 0.03})
    title = one_of(rng, ("Mr", "Mr.")) if who.sex == "M" else one_of(rng, ("Mrs", "Ms", "Miss"))
    number = insured if rng.random() < 0.5 else f"{insured[:2]} {insured[2:4]} {insured[4:6]} {insured[6:]}"
    shared = head if rng.random() < 0.5 else who
    return {
        "App ID": f"HR{int(rng.integers(10**6)):06d}",
        "Applicant": f"{title} {first} {mixed(rng, who.last, {slips.typed: 0.03, slips.joined: 0.3})}",
        "Applicant DoB": date_as(one_of(rng, ("uk", "uk", "uk", "short")), who.born)
        if rng.random() < 0.83 else "",
        "N.I. Number": maybe(rng, 0.02, slips.typed, number) if rng.random() < 0.38 else "",
        "Present address": maybe(rng, 0.05, slips.part_lost, f"{who.home.line}, {who.home.town}"),
        "Postal Code": who.home.postcode if rng.random() < 0.9 else "",
        "Mobile/phone": maybe(rng, 0.02, slips.digit_slip, shared.mobile) if rng.random() < 0.75 else "",
        "E-mail addr": shared.mail if rng.random() < 0.45 else "",
        "Bedrooms": str(int(rng.integers(1, 5))),
        "Band": one_of(rng, "ABCD"),
        "truth": who.key,
    }  # fmt: skip


def refuges(seed: int) -> pl.DataFrame:
    """Few rows; women between two surnames, no address that may be told, ages for births, new telephones.

    The number of children and the place that was fled stay the same, and a clerk looks at them.
    """
    rng = np.random.default_rng([seed, 203])
    town = Town(rng, "elsewhere", "ZR", streets=200)
    places = [f"{a}{b}" for a in ("Marl", "Den", "Ox", "Wel", "Crow") for b in ("ford", "bury", "ham", "ton")]
    rows: list[Record] = []
    for _ in range(310):
        who = town.person(17, 70, 0.03)
        place, children = one_of(rng, places), int(rng.integers(0, 5))
        for now in life(town, who, rows_each(rng, 1.1, 9), telephones=0.3, marries=0.06):
            rows.append(_fled(rng, now, place, children))
    return frame(rng, rows)


def _fled(rng: Generator, who: Person, place: str, children: int) -> Record:
    last = who.maiden if who.maiden and rng.random() < 0.25 else who.last
    age = (TODAY - who.born).days // 365 + int(rng.integers(-1, 1))
    born = date_as("uk", who.born) if rng.random() < 0.62 else (str(age) if rng.random() < 0.6 else "")
    return {
        "Referral": f"R{int(rng.integers(10**5)):05d}",
        "First name": mixed(rng, who.first, {slips.typed: 0.04, slips.heard: 0.05, slips.short_name: 0.12}),
        "Last name (if safe)": mixed(rng, last, {slips.typed: 0.04, slips.heard: 0.05})
        if rng.random() < 0.88 else "",
        "DOB or age": born,
        "Safe number": who.mobile if rng.random() < 0.66 else "",
        "Email if safe": who.mail if rng.random() < 0.3 else "",
        "Fled from": place if rng.random() < 0.85 else "",
        "No. of children": str(children + int(rng.random() < 0.05)) if rng.random() < 0.9 else "",
        "Ethnic origin": who.community if rng.random() < 0.7 else "",
        "Referred by": one_of(rng, ("Police", "Self", "Social care", "Helpline", "Health")),
        "truth": who.key,
    }  # fmt: skip
