"""People in several systems at once, by their handles, or in another country."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.random import Generator

from benchmarks.kinds import slips
from benchmarks.kinds.homes import Home
from benchmarks.kinds.people import TODAY, Person, Town, frame, life, rows_each
from benchmarks.kinds.slips import Record, date_as, maybe, mixed, one_of


def courts(seed: int) -> pl.DataFrame:
    """Three areas' registers below one another, each with other columns filled and dates of its own.

    Area A writes one name, surname first; B writes parts; C knows an age and the place, seldom a birth.
    """
    rng = np.random.default_rng([seed, 401])
    town = Town(rng, "Selwick", "ZL", streets=380)
    rows: list[Record] = []
    for home in [town.household(0.1, ("sibling", "twin", "partner"), 16, 70, 0.8) for _ in range(2300)]:
        for who in home:
            areas = "".join(one_of(rng, "AABBC") for _ in range(2))
            for now in life(town, who, rows_each(rng, 1.4, 30), moves=0.12, marries=0.02):
                rows.append(_tried(rng, now, one_of(rng, areas)))
    return frame(rng, rows)


def _tried(rng: Generator, who: Person, area: str) -> Record:
    how = {slips.typed: 0.025, slips.heard: 0.02}
    first = mixed(rng, who.first, {**how, slips.short_name: 0.05})
    last = mixed(rng, who.last, {**how, slips.joined: 0.3})
    middle = who.middle if rng.random() < 0.7 else ""
    day = TODAY - dt.timedelta(days=int(rng.integers(0, 1200)))
    born = slips.day_slip(rng, who.born) if rng.random() < 0.025 else who.born
    row = dict.fromkeys(
        ("area", "case_no", "defendant", "forename_1", "forename_2", "family_name", "born", "age_at_hearing",
         "gender", "address_line_1", "address_town", "address_pc", "heard_on", "plea"), "",
    )  # fmt: skip
    row |= {
        "area": area, "case_no": f"{area}{int(rng.integers(10**7)):07d}", "heard_on": date_as("iso", day),
        "plea": one_of(rng, ("G", "NG", "")), "truth": who.key,
    }  # fmt: skip
    if area == "A":
        row |= {
            "defendant": f"{last.upper()}, {first} {middle}".strip(),
            "born": date_as("uk", born) if rng.random() < 0.95 else "",
            "address_line_1": f"{who.home.line}, {who.home.town}",
        }
    else:
        row |= {"forename_1": first, "forename_2": middle, "family_name": last, "gender": who.sex}
    if area == "B":
        row |= {
            "born": date_as("dashed", born) if rng.random() < 0.93 else "",
            "address_line_1": who.home.line,
            "address_pc": who.home.postcode,
        }
    if area == "C":
        row |= {
            "born": date_as("iso", born) if rng.random() < 0.3 else "",
            "age_at_hearing": str((day - who.born).days // 365),
            "address_line_1": who.home.line if rng.random() < 0.85 else "",
            "address_town": who.home.town,
            "address_pc": who.home.postcode if rng.random() < 0.6 else "",
        }
    return row


def handles(seed: int) -> pl.DataFrame:
    """Reports of what was done online: handles, display names, seldom a real name, hardly ever a birth.

    Somebody has two or three handles, leaves some and takes others; telephones and mail tie them together.
    """
    rng = np.random.default_rng([seed, 402])
    town = Town(rng, "Bramwell", "ZB", streets=250)
    rows: list[Record] = []
    for _ in range(720):
        who = town.person(15, 55, 0.75)
        club = one_of(rng, ("Reds", "Blues", "Rovers", "City", "Town"))
        own = [_handle(rng, who) for _ in range(int(rng.integers(1, 4)))]
        for now in life(town, who, rows_each(rng, 1.7, 25), telephones=0.12):
            if rng.random() < 0.08:
                own[int(rng.integers(len(own)))] = _handle(rng, who)
            rows.append(_posted(rng, now, one_of(rng, own), club))
    return frame(rng, rows)


def _handle(rng: Generator, who: Person) -> str:
    first, last, number = who.first.lower(), who.last.lower().replace("'", ""), int(rng.integers(1, 9999))
    word = one_of(rng, ("gunner", "ghost", "real", "night", "lad", "king", "fc", "blade", "red", "tiger"))
    return one_of(rng, (f"{first}_{last}{number}", f"{first}{number}", f"{word}_{first}{number}",
                        f"{word}{number}", f"{last}.{first}{number}", f"the{word}{number}"))  # fmt: skip


def _posted(rng: Generator, who: Person, handle: str, club: str) -> Record:
    first = mixed(rng, who.first, {slips.typed: 0.02, slips.short_name: 0.2})
    shown = one_of(rng, (first, f"{first} {who.last}", f"{first} {who.last[0]}", handle))
    at = one_of(rng, ("{}", "{}", "@{}"))
    return {
        "report": f"SM{int(rng.integers(10**6)):06d}",
        "platform": one_of(rng, ("insta", "facebook", "snap", "tiktok", "x")),
        "handle": at.format(maybe(rng, 0.03, slips.typed, handle)) if rng.random() < 0.9 else "",
        "display_name": shown if rng.random() < 0.8 else "",
        "real_name_if_known": f"{first} {who.last}" if rng.random() < 0.5 else "",
        "dob_if_known": date_as("uk", who.born) if rng.random() < 0.2 else "",
        "suspect_phone": who.mobile if rng.random() < 0.35 else "",
        "suspect_email": who.mail if rng.random() < 0.3 else "",
        "suspect_town": who.home.town if rng.random() < 0.4 else "",
        "club": club if rng.random() < 0.6 else "",
        "truth": who.key,
    }  # fmt: skip


_UMLAUTS: Mapping[str, str] = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e"}


def _spelt_out(rng: Generator, value: str) -> str:
    """Umlauts written as two letters, or their dots lost."""
    table = _UMLAUTS if rng.random() < 0.8 else {k: v[0] for k, v in _UMLAUTS.items()}
    return value.translate(str.maketrans(dict(table)))


def anzeigen(seed: int) -> pl.DataFrame:
    """German: umlauts spelt out or lost, names at birth, 'geb. am' with stops, streets cut to 'Str.'.

    Five figures of a post code stand for a whole quarter, so that a place says little.
    """
    rng = np.random.default_rng([seed, 403])
    mix = {"german": 0.8, "turkish": 0.12, "polish": 0.05, "romanian": 0.03}
    town = Town(rng, "Neustedt", "ZZ", streets=240, mix=mix)
    rows: list[Record] = []
    for home in [town.household(0.25, ("partner", "sibling", "child"), 15, 82, 0.55) for _ in range(1600)]:
        for who in home:
            for now in life(town, who, rows_each(rng, 1.2, 30), moves=0.12, telephones=0.2, marries=0.03):
                rows.append(_reported(rng, now))
    return frame(rng, rows)


def _street(rng: Generator, home: Home) -> str:
    root = home.street.split()[0]
    road = one_of(np.random.default_rng([ord(c) for c in home.street]), ("straße", "weg", "platz", "allee"))
    number = home.number.split()[-1]
    if road == "straße":
        road = one_of(rng, ("straße", "straße", "str.", "strasse"))
    return f"{root}{road} {number}"


def _reported(rng: Generator, who: Person) -> Record:
    how = {slips.typed: 0.025, slips.heard: 0.02, _spelt_out: 0.3}
    born = slips.day_slip(rng, who.born) if rng.random() < 0.025 else who.born
    home = who.home
    place = str(60000 + int(home.postcode.split()[0][2:]) * 7)
    landline = "0" + who.landline[1:].replace(" ", one_of(rng, ("/", " ", "-")))
    return {
        "Vorgangsnr.": f"{int(rng.integers(10**6)):06d}/{int(rng.integers(20, 27))}",
        "Nachname": mixed(rng, who.last, how),
        "Vorname": mixed(rng, who.first, how)
        + (f" {who.middle}" if who.middle and rng.random() < 0.2 else ""),
        "Geburtsname": mixed(rng, who.maiden, how) if rng.random() < 0.5 else "",
        "geb. am": date_as("dots", born) if rng.random() < 0.88 else "",
        "Geschl.": {"M": "m", "F": "w"}[who.sex] if rng.random() < 0.9 else "",
        "Straße/Nr.": _street(rng, home) if rng.random() < 0.9 else "",
        "PLZ": maybe(rng, 0.02, slips.digit_slip, place) if rng.random() < 0.92 else "",
        "Wohnort": "Neustedt" if rng.random() < 0.9 else "",
        "Tel.": (who.mobile if rng.random() < 0.6 else landline) if rng.random() < 0.5 else "",
        "Delikt": one_of(rng, ("Nachstellung", "Bedrohung", "Betrug", "Körperverletzung")),
        "truth": who.key,
    }
