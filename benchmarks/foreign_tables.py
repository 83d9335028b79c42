"""Labelled tables with other people's columns and other noise, to see where linkage falls down.

Each is made from a seed; ``truth`` says who a row is about (or which two), and is taken off before linking.
Columns, formats and gaps differ from table to table as they do between agencies.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.foreign_noise import (
    NOTHING,
    Rng,
    chosen,
    date_slip,
    short_forms,
    slip,
    surnames,
    typo,
)

_STREETS = [
    "Mill",
    "Wharf",
    "Orchard",
    "Tanner",
    "Beacon",
    "Chapel",
    "Station",
    "Victoria",
    "Church",
    "High",
    "Park",
    "Grange",
    "Albert",
    "Queens",
]
_KINDS = ("Street", "Road", "Lane", "Close", "Avenue", "Drive")
_TOWNS = (
    "Harrowmere",
    "Stowbridge",
    "Wexcombe",
    "Pendale",
    "Oakster",
    "Marlworth",
    "Selby Cross",
    "Radford End",
)


@dataclass
class Someone:
    """A person as they are; ``home`` is (number, street, town, postcode)."""

    first: str
    middle: str
    last: str
    born: str
    sex: str
    phone: str
    home: tuple[str, str, str, str]


def _home(rng: Rng) -> tuple[str, str, str, str]:
    town = int(rng.integers(0, len(_TOWNS)))
    street = f"{rng.choice(_STREETS)} {rng.choice(_KINDS)}"
    area, (one, two) = "ZQXWVYUT"[town] + "ABCDEFGH"[town], rng.choice(list("ABDEFGHJLNPQRSTUWXYZ"), 2)
    code = f"{area}{rng.integers(1, 15)} {rng.integers(1, 10)}{one}{two}"
    return str(rng.integers(1, 120)), street, _TOWNS[town], code


def _birth(rng: Rng, first: int = 1935, last: int = 2008) -> str:
    return str(
        np.datetime64(f"{first}-01-01") + np.timedelta64(int(rng.integers(0, (last - first) * 365)), "D")
    )


def people(rng: Rng, many: int) -> list[Someone]:
    """Households of one to five: couples, children (some twins, some called after a parent), flatmates."""
    firsts = tuple(np.random.default_rng(9).permutation(list(short_forms())).tolist())

    def one(last: str, home: tuple[str, str, str, str], born: str, phone: str) -> Someone:
        middle = chosen(rng, firsts) if rng.random() < 0.5 else ""
        own = phone if rng.random() < 0.4 else _phone(rng)
        return Someone(chosen(rng, firsts), middle, last, born, "MF"[int(rng.integers(0, 2))], own, home)

    found: list[Someone] = []
    while len(found) < many:
        home, last, phone = _home(rng), chosen(rng, surnames()), _phone(rng)
        found.append(one(last, home, _birth(rng, 1935, 1985), phone))
        if rng.random() < 0.5:
            found.append(
                one(
                    last if rng.random() < 0.7 else chosen(rng, surnames()),
                    home,
                    _birth(rng, 1935, 1985),
                    phone,
                )
            )
        for _ in range(int(rng.integers(0, 3))):
            child = one(last, home, _birth(rng, 1975, 2008), phone)
            if rng.random() < 0.08:
                child.first = found[-1].first
            found.append(child)
            if rng.random() < 0.06:
                found.append(one(last, home, child.born, phone))
    return found[:many]


def _line(row: dict[str, str | None]) -> str | None:
    """The first line of an address."""
    return " ".join(t for t in (row["number"], row["street"]) if t) or None


def _phone(rng: Rng) -> str:
    return f"07{rng.integers(10**8, 10**9)}"


def times(rng: Rng, mean: float, most: int) -> int:
    """How often somebody is recorded: often once, now and then very often."""
    return int(min(rng.geometric(1 / mean), most))


def recorded(rng: Rng, who: Someone, noise: float, gone: float) -> dict[str, str | None]:
    """One recording: slips, short forms, a new surname, a move, gaps."""

    def hit(rate: float) -> bool:
        return bool(rng.random() < rate * noise)

    first, last, born, phone, home = who.first, who.last, who.born, who.phone, list(who.home)
    if hit(0.10) and first in short_forms():
        first = str(rng.choice(short_forms()[first]))
    elif hit(0.03):
        first = first[:1]
    elif hit(0.03) and who.middle:
        first = who.middle
    if who.sex == "F" and hit(0.05):
        last = chosen(rng, surnames())
    first, last = (slip(rng, t) if hit(0.10) else t for t in (first, last))
    if hit(0.02):
        first, last = last, first
    if hit(0.08):
        born = date_slip(rng, born)
    if hit(0.15):
        home = list(_home(rng))
        phone = _phone(rng) if rng.random() < 0.5 else phone
    home = [slip(rng, t) if hit(0.05) else t for t in home]
    phone = _phone(rng) if hit(0.15) else typo(rng, phone) if hit(0.03) else phone
    row = {
        "first": first.title(), "middle": who.middle.title() if not hit(0.3) else who.middle[:1].upper(),
        "last": last.title(), "born": born, "sex": who.sex, "phone": phone, "number": home[0],
        "street": home[1], "town": home[2], "postcode": home[3],
    }  # fmt: skip
    return {
        k: None if v == "" or rng.random() < gone * (0.3 if k in ("first", "last") else 1.0) else v
        for k, v in row.items()
    }


def _rows(
    seed: int, many: int, mean: float, most: int, noise: float, gone: float
) -> tuple[Rng, list[dict[str, str | None]]]:
    rng = np.random.default_rng(seed)
    rows = [
        {"truth": f"t{i}"} | recorded(rng, who, noise, gone)
        for i, who in enumerate(people(rng, many))
        for _ in range(times(rng, mean, most))
    ]
    return rng, [rows[i] for i in rng.permutation(len(rows))]


def hospital(seed: int = 1, persons: int = 3_000) -> pl.DataFrame:
    """Patients: dates as numbers that a program made into decimals, codes for sex, nothing in many words."""
    rng, rows = _rows(seed, persons, 1.9, 8, 1.6, 0.08)
    frame = pl.DataFrame(rows)
    born = pl.col("born").str.replace_all("-", "") + ".0"
    made = frame.select(
        "truth", given_name="first", surname="last", date_of_birth=born,
        gender=pl.col("sex").replace({"M": "1", "F": "2"}), street_number="number", address_1="street",
        suburb="town", postcode=pl.col("postcode").str.replace(" ", ""), home_phone="phone",
    )  # fmt: skip
    return made.with_columns(
        pl.col(c).fill_null(pl.Series([NOTHING[int(i)] for i in rng.integers(0, len(NOTHING), made.height)]))
        for c in made.columns[1:]
    )


def register(seed: int = 2) -> pl.DataFrame:
    """Names in one column, an age and the year it was true, a town and a street; no date of birth."""
    rng, rows = _rows(seed, 2_500, 1.8, 6, 1.2, 0.06)
    made = []
    for row in rows:
        year = int(rng.integers(2015, 2025))
        born = row["born"]
        first, last = row["first"] or "", row["last"] or ""
        middle = f" {row['middle']}" if row["middle"] and first else ""
        age = None if born is None else str(year - int(born[:4]) - int(rng.random() < 0.5))
        made.append({
            "Name": f"{last.upper()}, {first}{middle}" if rng.random() < 0.7 else f"{first}{middle} {last}",
            "Age": age, "Year": str(year), "Address": f"{_line(row) or ''}, {row['town'] or ''}",
            "Sex": row["sex"], "truth": row["truth"],
        })  # fmt: skip
    return pl.DataFrame(made)


def parish(seed: int = 3) -> pl.DataFrame:
    """People long dead, each in many sources: years alone, trades, birthplaces, swapped and partial names."""
    rng, rows = _rows(seed, 800, 6.0, 25, 2.2, 0.10)
    trades = ("weaver", "farmer", "clerk", "writer", "soldier", "engineer", "painter", "politician", "priest")
    trade: dict[str, str] = {}
    made = []
    for row in rows:
        who = str(row["truth"])
        own = trade.setdefault(who, str(rng.choice(trades)))
        born = row["born"]
        if born is not None and rng.random() < 0.25:
            born = f"{born[:4]}-01-01"
        whole = " ".join(t for t in (row["first"], row["middle"], row["last"]) if t)
        made.append({
            "unique_id": f"Q{len(made)}", "cluster": who, "full_name": whole,
            "first_and_surname": " ".join(t for t in (row["first"], row["last"]) if t),
            "first_name": row["first"], "surname": row["last"], "dob": born, "birth_place": row["town"],
            "postcode_fake": row["postcode"], "gender": {"M": "male", "F": "female", None: None}[row["sex"]],
            "occupation": own if rng.random() < 0.7 else None,
        })  # fmt: skip
    return pl.DataFrame(made).rename({"cluster": "truth"})


def two_sources(seed: int = 4) -> pl.DataFrame:
    """A census and a payroll: each holds nobody twice, and only one of them knows when people were born."""
    rng = np.random.default_rng(seed)
    made = []
    for i, who in enumerate(people(rng, 4_000)):
        sides = [s for s in ("census", "payroll") if rng.random() < 0.75]
        for side in sides:
            row = recorded(rng, who, 1.2, 0.05)
            census = side == "census"
            made.append({
                "truth": f"t{i}", "source_dataset": side, "fname": row["first"],
                "mi": (row["middle"] or "")[:1] or None,
                "lname": row["last"], "dob": _american(row["born"]) if census else None,
                "street_no": row["number"], "street_name": row["street"], "city": row["town"],
                "zip": row["postcode"],
            })  # fmt: skip
    return pl.DataFrame([made[i] for i in rng.permutation(len(made))])


def _american(iso: str | None) -> str | None:
    return iso and f"{iso[5:7]}/{iso[8:10]}/{iso[:4]}"


def skewed(seed: int = 5) -> pl.DataFrame:
    """A small table in which a few people fill most rows."""
    rng = np.random.default_rng(seed)
    made = []
    for i, who in enumerate(people(rng, 220)):
        many = 70 if i in (10, 60) else 25 if i % 50 == 7 else int(rng.integers(1, 3))
        made += [{"truth": f"t{i}"} | recorded(rng, who, 1.2, 0.1) for _ in range(many)]
    frame = pl.DataFrame([made[i] for i in rng.permutation(len(made))])
    return frame.select("truth", forename="first", surname="last", dob="born", mobile="phone", town="town")


def _cases(
    seed: int, many: int, sparse: float
) -> tuple[Rng, list[tuple[str, dict[str, str | None], dict[str, str | None]]]]:
    """Reports about two people: some suspects have several victims, some victims several suspects, roles
    are swapped now and then, and of many suspects little is known."""
    rng = np.random.default_rng(seed)
    everybody = people(rng, 4 * many)
    first, second = everybody[: 2 * many], everybody[2 * many :]
    made = []
    for d in range(many):
        v = int(rng.integers(0, d)) if d and rng.random() < 0.12 else d
        s = int(rng.integers(0, d)) if d and rng.random() < 0.12 else d
        suspect = second[s]
        if rng.random() < 0.1:
            suspect.home, suspect.last = first[v].home, first[v].last
        for _ in range(times(rng, 2.2, 9)):
            one, other = recorded(rng, first[v], 1.0, 0.06), recorded(rng, suspect, 1.0, 0.15)
            if rng.random() < sparse:
                kept = rng.choice(["first", "phone", "last"], size=int(rng.integers(1, 3)), replace=False)
                other = {k: x if k in kept or k == "sex" else None for k, x in other.items()}
            if rng.random() < 0.04:
                one, other = other, one
            made.append((f"d{v}-{s}", one, other))
    return rng, [made[i] for i in rng.permutation(len(made))]


def complaints(seed: int = 6) -> pl.DataFrame:
    """One column a name, dates as they are written here, a telephone; two people in three fully known."""
    _, cases = _cases(seed, 900, 0.2)

    def told(row: dict[str, str | None]) -> dict[str, str | None]:
        whole = " ".join(t for t in (row["first"], row["last"]) if t)
        born = row["born"]
        date = born and f"{born[8:10]}/{born[5:7]}/{born[:4]}"
        return {"name": whole or None, "dob": date, "telephone": row["phone"], "postcode": row["postcode"]}

    return pl.DataFrame([
        {"truth": t, "case_no": f"C/{i:05d}"}
        | {f"complainant_{k}": v for k, v in told(a).items()}
        | {f"accused_{k}": v for k, v in told(b).items()}
        for i, (t, a, b) in enumerate(cases)
    ])  # fmt: skip


def incidents(seed: int = 7) -> pl.DataFrame:
    """Prefixes, ages for dates, and suspects of whom little is known."""
    rng, cases = _cases(seed, 1_000, 0.35)

    def told(row: dict[str, str | None]) -> dict[str, str | None]:
        age = None if row["born"] is None else str(2024 - int(row["born"][:4]) - int(rng.random() < 0.5))
        return {"fname": row["first"], "sname": row["last"], "age": age, "sex": row["sex"],
                "mob": row["phone"], "addr": _line(row),
                "town": row["town"]}  # fmt: skip

    return pl.DataFrame([
        {"truth": t}
        | {f"vic_{k}": v for k, v in told(a).items()}
        | {f"sus_{k}": v for k, v in told(b).items()}
        for t, a, b in cases
    ])  # fmt: skip


def couples(seed: int = 8) -> pl.DataFrame:
    """Two people without roles, in either order, at one address."""
    rng = np.random.default_rng(seed)
    everybody = people(rng, 3_200)
    made = []
    for d in range(1_500):
        a, b = everybody[2 * d], everybody[2 * d + 1]
        b.home = a.home
        for _ in range(times(rng, 1.9, 6)):
            one, other = recorded(rng, a, 1.2, 0.08), recorded(rng, b, 1.2, 0.08)
            if rng.random() < 0.3:
                one, other = other, one
            made.append(
                {"truth": f"d{d}"}
                | {f"PERSON_A_{k}": one[k] for k in ("first", "last")} | {"PERSON_A_birthdate": one["born"]}
                | {f"PERSON_B_{k}": other[k] for k in ("first", "last")}
                | {"PERSON_B_birthdate": other["born"]}
                | {"address": _line(one), "postcode": one["postcode"]}
            )  # fmt: skip
    return pl.DataFrame([made[i] for i in rng.permutation(len(made))])


TABLES: dict[str, Callable[..., pl.DataFrame]] = {
    "hospital": hospital, "register": register, "parish": parish, "two_sources": two_sources,
    "skewed": skewed,
}  # fmt: skip
TWO_PARTY: dict[str, Callable[..., pl.DataFrame]] = {
    "complaints": complaints, "incidents": incidents, "couples": couples,
}  # fmt: skip


def main() -> None:
    """Write the small table of the docs to the file that is named."""
    Path(sys.argv[1]).write_text(hospital(seed=20, persons=400).write_csv(), "utf-8")


if __name__ == "__main__":
    main()
