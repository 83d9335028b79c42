"""Measure the linkage of labelled tables with other people's columns, beside Splink 5.

python -m benchmarks.foreign [--only parish,complaints] [--seeds 0 505] [--also FOLDER] [--alone]
python -m benchmarks.foreign write patients.csv
"""

from __future__ import annotations

import csv
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.harness import Splink, keep, options, quiet, run_part, say, show
from lamplighter.linkage.explain.accuracy import b_cubed, pairwise
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.whole_tables import linked, truth_of

# How other people's records go wrong: keys that lie side by side, letters read badly, sounds, gaps, dates.
#
# Written apart from the made-up world of the project and from what the linkage knows. Rates are invented.

Rng = np.random.Generator
Row = dict[str, str | None]
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_READ_BADLY = {
    "m": "rn", "rn": "m", "cl": "d", "d": "cl", "l": "1", "i": "l", "o": "0", "0": "O", "1": "l", "5": "S",
    "b": "h", "h": "b", "u": "v", "e": "c", "vv": "w", "n": "ri",
}  # fmt: skip
_SOUNDS = (
    ("ph", "f"), ("f", "ph"), ("ck", "k"), ("c", "k"), ("k", "c"), ("y", "i"), ("ie", "y"), ("ee", "ea"),
    ("ea", "ee"), ("gh", ""), ("tt", "t"), ("ll", "l"), ("nn", "n"), ("ss", "s"), ("s", "z"), ("ai", "ay"),
    ("ough", "uff"), ("th", "t"), ("w", "wh"), ("er", "ar"), ("an", "en"), ("on", "en"),
)  # fmt: skip
NOTHING = ("", "NaN", "n/a", "Unknown", "-", "null")


def typo(rng: Rng, text: str) -> str:
    """One slip of the keyboard: a neighbouring key, two in the wrong order, one too many, one left out."""
    if len(text) < 2:
        return text
    at = int(rng.integers(0, len(text)))
    kind = int(rng.integers(0, 4))
    if kind == 0:
        row = next((r for r in _ROWS if text[at].lower() in r), None)
        if row is None:
            return text
        near = row[max(0, min(len(row) - 1, row.index(text[at].lower()) + (1 if rng.random() < 0.5 else -1)))]
        return text[:at] + near + text[at + 1 :]
    if kind == 1 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at] + text[at:] if kind == 2 else text[:at] + text[at + 1 :]


def read_badly(rng: Rng, text: str) -> str:
    """One letter as a scanner reads it."""
    hits = [(i, a) for a in _READ_BADLY for i in range(len(text)) if text.lower().startswith(a, i)]
    if not hits:
        return text
    at, a = hits[int(rng.integers(0, len(hits)))]
    return text[:at] + _READ_BADLY[a] + text[at + len(a) :]


def misheard(rng: Rng, text: str) -> str:
    """Spelt as it sounds."""
    hits = [(a, b) for a, b in _SOUNDS if a in text.lower()[1:]]
    if not hits:
        return text
    a, b = hits[int(rng.integers(0, len(hits)))]
    at = text.lower().index(a, 1)
    return text[:at] + b + text[at + len(a) :]


def slip(rng: Rng, text: str) -> str:
    """One of the three."""
    return (typo, read_badly, misheard)[int(rng.integers(0, 3))](rng, text)


def date_slip(rng: Rng, iso: str) -> str:
    """A date gone wrong: day and month changed over, a digit, the year beside it, or the first of January."""
    y, m, d = iso.split("-")
    kind = int(rng.integers(0, 4))
    if kind == 0 and int(d) <= 12:
        return f"{y}-{d}-{m}"
    if kind == 1:
        return f"{y}-01-01"
    if kind == 2:
        return f"{int(y) + (1 if rng.random() < 0.5 else -1)}-{m}-{d}"
    at = int(rng.choice([3, 6, 9]))
    return iso[:at] + str(int(rng.integers(0, 10))) + iso[at + 1 :]


@cache
def short_forms() -> dict[str, tuple[str, ...]]:
    """Names that have short forms, and these."""
    found: dict[str, set[str]] = defaultdict(set)
    with (files("nicknames") / "names.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["relationship"] == "has_nickname":
                found[row["name1"]].add(row["name2"])
    return {name: tuple(sorted(forms)) for name, forms in sorted(found.items())}


_LISTED_SURNAMES = """
smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker white roberts
green hall wood jackson clarke patel khan lewis james phillips mason mitchell rose davis rodgers begum ali
hussain ahmed singh kaur edwards hughes turner hill scott cooper morris ward moore king watson baker harris
morgan harrison allen young bell lee bennett cook parker shaw carter collins marshall richardson bailey
"""
_SURNAMES = _LISTED_SURNAMES.split()
_BEGINS = (
    "bal bram car crow dun elm fair gar hart hol kel lang mar nor oak pem quin rad sel thorn ul wex yar zel"
)
_ENDS = (
    "bury combe dale der field ford ham ington ley lin man mere more ridge ster stock stone ton ward worth"
)


@cache
def surnames() -> tuple[str, ...]:
    """Surnames, the commonest first."""
    made = sorted(a + b for a in _BEGINS.split() for b in _ENDS.split())
    return (*_SURNAMES, *np.random.default_rng(5).permutation(made).tolist())


def chosen(rng: Rng, names: tuple[str, ...], flat: float = 8.0) -> str:
    """One of some names, those at the front more often (Zipf and Mandelbrot)."""
    weights = _falling(len(names), flat)
    return names[int(np.searchsorted(weights, rng.random()))]


@cache
def _falling(many: int, flat: float) -> npt.NDArray[np.float64]:
    shares = 1.0 / (np.arange(many) + flat)
    return np.cumsum(shares / shares.sum())


# Labelled tables with other people's columns and other noise, to see where linkage falls down.
#
# Each is made from a seed; ``truth`` says who a row is about (or which two), and is taken off before linking.
# Columns, formats and gaps differ from table to table as they do between agencies.

_LISTED_STREETS = (
    "Mill Wharf Orchard Tanner Beacon Chapel Station Victoria Church High Park Grange Albert Queens"
)
_STREETS = _LISTED_STREETS.split()
_KINDS = ("Street", "Road", "Lane", "Close", "Avenue", "Drive")
_TOWNS = (
    "Harrowmere", "Stowbridge", "Wexcombe", "Pendale", "Oakster", "Marlworth", "Selby Cross", "Radford End",
)  # fmt: skip


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
    day = np.timedelta64(int(rng.integers(0, (last - first) * 365)), "D")
    return str(np.datetime64(f"{first}-01-01") + day)


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
            name = last if rng.random() < 0.7 else chosen(rng, surnames())
            found.append(one(name, home, _birth(rng, 1935, 1985), phone))
        for _ in range(int(rng.integers(0, 3))):
            child = one(last, home, _birth(rng, 1975, 2008), phone)
            if rng.random() < 0.08:
                child.first = found[-1].first
            found.append(child)
            if rng.random() < 0.06:
                found.append(one(last, home, child.born, phone))
    return found[:many]


def _line(row: Row) -> str | None:
    """The first line of an address."""
    return " ".join(t for t in (row["number"], row["street"]) if t) or None


def _phone(rng: Rng) -> str:
    return f"07{rng.integers(10**8, 10**9)}"


def times(rng: Rng, mean: float, most: int) -> int:
    """Draw how often somebody is recorded: often once, now and then very often."""
    return int(min(rng.geometric(1 / mean), most))


def recorded(rng: Rng, who: Someone, noise: float, gone: float) -> Row:
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


def _rows(seed: int, many: int, mean: float, most: int, noise: float, gone: float) -> tuple[Rng, list[Row]]:
    rng = np.random.default_rng(seed)
    rows = [
        {"truth": f"t{i}", **recorded(rng, who, noise, gone)}
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


def _cases(seed: int, many: int, sparse: float) -> tuple[Rng, list[tuple[str, Row, Row]]]:
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

    def told(row: Row) -> Row:
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

    def told(row: Row) -> Row:
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


Maker = Callable[..., pl.DataFrame]
TABLES: dict[str, Maker] = {"hospital": hospital, "register": register, "two_sources": two_sources}
TWO_PARTY: dict[str, Maker] = {"complaints": complaints, "incidents": incidents}


def write_patients() -> None:
    """Write the small table of the docs to the file that is named."""
    parser = options(write_patients)
    parser.add_argument("file", type=Path)
    parser.parse_args().file.write_text(hospital(seed=20, persons=400).write_csv(), "utf-8")


NARROW = (("first", "last"), ("last", "dob"), ("first", "dob"), ("postcode", "first"), ("phone",))
WIDE = (*NARROW, ("dob",), ("postcode",), ("last", "town"), ("first", "town"), ("first", "street"),
        ("last", "street"))  # fmt: skip
SURE = (("first", "last", "dob"), ("first", "last", "street"), ("first", "phone"))
AT = 0.95


def splink(frame: pl.DataFrame, rules: Sequence[Sequence[str]], most: float | None) -> pl.DataFrame | None:
    """Return record (row number as text) and group by Splink 5, on a table as it was understood; None where
    it stops with an error."""
    import splink.comparison_library as cl

    people = understood(frame).people
    names = {
        "forenames": "first", "surname": "last", "birth_date": "dob", "postcode": "postcode",
        "phones": "phone", "town": "town", "street": "street",
    }  # fmt: skip
    seen = people.select(
        pl.int_range(pl.len()).alias("unique_id"),
        *(
            (pl.col(c).list.first() if people[c].dtype == pl.List else pl.col(c)).str.to_lowercase().alias(n)
            for c, n in names.items()
            if c in people.columns
        ),
    )
    there = set(seen.columns)

    def usable(of: Sequence[Sequence[str]]) -> list[Sequence[str]]:
        return [rule for rule in of if set(rule) <= there]

    exact = cl.ExactMatch
    kinds: dict[str, Any] = {
        "first": cl.NameComparison("first"), "last": cl.NameComparison("last"),
        "dob": cl.DateOfBirthComparison("dob", input_is_string=True),
        **{n: exact(n).configure(term_frequency_adjustments=True) for n in ("postcode", "phone", "town")},
        "street": cl.JaroWinklerAtThresholds("street"),
    }  # fmt: skip
    compared = [kind for name, kind in kinds.items() if name in there]
    trained = (("first", "last"), ("dob",) if "dob" in there else ("last", "street"))
    with quiet():
        try:
            peer = Splink(seen, compared, usable(rules), usable(SURE), trained, most)
            groups: pl.DataFrame = peer.groups(peer.pairs(AT), AT)
        except Exception:  # noqa: BLE001 - a peer that cannot be fitted to a table is part of the result
            return None
    return groups.select(rid=pl.col("unique_id").cast(pl.String()), group="cluster_id")


def measured(name: str, table: pl.DataFrame, *, two_party: bool, alone: bool) -> list[dict[str, Any]]:
    """Return the rows of one labelled table: ours, and Splink's where it has something for such a table."""
    truth, frame = truth_of(table, "truth"), table.drop("truth")
    assert truth is not None
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = linked(frame, two_party=two_party)
    m = found.measured(truth)
    b = m.beliefs
    row = {"table": name, "rows": table.height, "method": "Lamplighter"}
    row |= {"precision": m.groups.precision, "recall": m.groups.recall, "f1": m.groups.f1, "b3": m.items.f1}
    row |= {"bar less best": b.at_bar - b.best, "sure": b.recall_sure, "error": b.calibration_error}
    row |= {"chance": b.by_chance, "looked at": b.proposed, "s": f"{time.perf_counter() - started:.1f}"}
    lines: list[dict[str, Any]] = [row]
    if two_party or alone:
        return lines
    rid = pl.Series(range(table.height), dtype=pl.Int64()).cast(pl.String())
    known = pl.DataFrame({"rid": rid, "group": truth}).drop_nulls("group")
    for title, rules, most in (("Splink 5, stock", NARROW, None), ("Splink 5, tuned", WIDE, 5e5)):
        started = time.perf_counter()
        theirs = splink(frame, rules, most)
        line = dict.fromkeys(row) | {"table": name, "rows": table.height, "method": title}
        if theirs is not None:
            score = pairwise(theirs, known, "rid", "group")
            line |= {"precision": score.precision, "recall": score.recall, "f1": score.f1}
            line["b3"] = b_cubed(theirs, known, "rid", "group").f1
        lines.append(line | {"s": f"{time.perf_counter() - started:.1f}"})
    return lines


def measure(
    tables: Mapping[str, tuple[Maker, bool]], only: str, seeds: Sequence[int], kept: str, *, alone: bool
) -> None:
    """Show how well tables are linked, each by its maker and with whether a row is of two people."""
    named = [n for n in only.split(",") if n]
    if unknown := set(named) - tables.keys():
        raise SystemExit(f"There is no table {', '.join(sorted(unknown))}. There are: {', '.join(tables)}.")
    rows = []
    for name, (make, two_party) in tables.items():
        for seed in seeds if not named or name in named else ():
            made = make(**({"seed": seed} if seed else {}))
            rows += [{"seed": seed} | r for r in measured(name, made, two_party=two_party, alone=alone)]
            say(f"{name}, {made.height:,} rows: F1 {rows[-1]['f1'] or 0:.3f}")
    show("Columns are guessed, and nothing is fitted to the truth", rows)
    keep("tables", kept, rows)


def measure_tables() -> None:
    """Measure how well labelled tables with other people's columns are linked, beside Splink 5.

        python -m benchmarks.foreign [--only parish,complaints] [--seeds 0 505] [--also FOLDER]

    Nothing is said of the columns: they are guessed, once for all tables, and nothing is fitted to a truth.
    ``--also``: a folder of further labelled CSVs (a column ``truth``; two people a row where the name begins
    with ``pair``), in the place of ours. Splink sees the columns as they were understood, with the settings
    of its own examples ("stock"), and with wide blocking rules and a cap on training ("tuned"). "sure" is
    recall where 99 of 100 pairs are right, "error" the calibration error, "chance" what it would be were
    every belief right.
    """
    parser = options(measure_tables)
    parser.add_argument("--only", default="", help="names of tables, parted by commas")
    parser.add_argument("--also", type=Path, help="a folder of labelled CSVs in the place of ours")
    parser.add_argument("--alone", action="store_true", help="without Splink")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="0: each table's own")
    asked = parser.parse_args()
    made = {n: (f, n in TWO_PARTY) for n, f in (TABLES | TWO_PARTY).items()}
    if asked.also:
        made = {p.stem: (read(p), p.stem.startswith("pair")) for p in sorted(asked.also.glob("*.csv"))}
    measure(made, asked.only, asked.seeds, "public" if asked.also else "foreign", alone=asked.alone)


def read(path: Path) -> Maker:
    """Return what reads a labelled table."""
    return lambda **seed: pl.read_csv(path, infer_schema=False)


PARTS = {
    "tables": measure_tables,
    "write": write_patients,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("foreign", PARTS))
