"""Any number of made-up person records with their truth, made in arrays: the tables that linkage is timed on.

One record in four is a second or later recording of somebody, with slips, short forms, new surnames, moves,
new telephones and gaps. People live in households that share a surname, a postcode and often a telephone;
some are twins, some are named after a parent. Rates are invented. ``noise`` multiplies every rate of error.
The same arguments give the same table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.synthetic.people.names import COHORTS, GROUPS, book

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Letters = npt.NDArray[np.uint8]
LAST_BIRTH = 19_700
"""In days since 1970."""
COLUMNS = ("record_id", "forenames", "surname", "birth_date", "postcode", "phones")
AGAIN = 0.25
"""The share of records that are not the first of their person."""
_LISTED = """
al an ar ash bal bar beck ben ber bon bran brad bur cal can car cas chan clay cole cor cros dal dan del
den der dun ed el em fair far fen fer field gar gil gor gran ham har hart hay hel hen hol hor hur in ing
jar kel ken ker kin lan lang lar law len lin lock low lyn mac mal man mar mer mil mon mor mun nel new
nor pal par pen per pol por ran red rich ros row rus sal san sel shaw sher sin smal sol stan stev sut
tal tan tem ter thorn tol tur van ver wal war wat web wel wes whit wil win wood wor yar
"""
SYLLABLES = tuple(_LISTED.split())


@dataclass(frozen=True, slots=True)
class Rates:
    """How often a later recording differs from the person. Shares, before ``noise``."""

    slip: float = 0.07
    short: float = 0.06
    initial: float = 0.015
    no_forename: float = 0.02
    new_surname: float = 0.04
    no_surname: float = 0.015
    swapped: float = 0.006
    birth_slip: float = 0.035
    day_month: float = 0.012
    no_birth: float = 0.07
    moved: float = 0.17
    postcode_slip: float = 0.02
    no_postcode: float = 0.08
    new_telephone: float = 0.28
    telephone_slip: float = 0.015
    no_telephone: float = 0.25

    def times(self, noise: float) -> Rates:
        """The same with every share multiplied, none over 0.6."""
        return Rates(*(min(0.6, getattr(self, n) * noise) for n in self.__slots__))


def write(folder: Path, records: int, *, seed: int = 11, noise: float = 1.0) -> None:
    """``people.parquet`` (:data:`COLUMNS`) and ``truth.parquet`` (record_id, person_id), unless there."""
    note = folder / "made.json"
    asked = json.dumps({"records": records, "seed": seed, "noise": noise, "of": 1})
    if note.exists() and note.read_text("utf-8") == asked:
        return
    folder.mkdir(parents=True, exist_ok=True)
    people, truth = make(records, seed=seed, noise=noise)
    people.write_parquet(folder / "people.parquet")
    truth.write_parquet(folder / "truth.parquet")
    note.write_text(asked, "utf-8")


def make(records: int, *, seed: int = 11, noise: float = 1.0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records, shuffled, and whose each one is."""
    rng = np.random.default_rng(seed)
    persons = records - round(records * AGAIN)
    rates = Rates().times(noise)
    forenames, short = _forenames()
    surnames = _surnames(persons)
    home, family, twin, junior = _households(rng, persons)
    born = _births(rng, persons, home, twin)
    first = _falling(rng, len(forenames), persons, 0.8)
    first[junior] = first[junior - 1]
    last = _falling(rng, len(surnames), persons, 0.7)[family]
    telephone = _telephones(rng, persons)
    shared = rng.random(persons) < 0.15
    telephone[shared] = telephone[family[shared]]
    postcode = rng.integers(0, max(persons // 22, 40), persons)[home]

    again = np.sort(rng.integers(0, persons, records - persons))
    # One in eight of those who are recorded again is recorded often.
    often = rng.random(len(again)) < 0.125
    again[often] = again[np.maximum(np.flatnonzero(often) - 1, 0)]
    person = np.concatenate([np.arange(persons), again])
    later = np.arange(records) >= persons

    def hit(rate: float) -> Bools:
        # First recordings have slips too, if fewer.
        return np.asarray(rng.random(records) < np.where(later, rate, rate * 0.25))

    names, families = pl.Series(forenames), pl.Series(surnames)
    given = names.gather(first[person])
    nick = hit(rates.short)
    given = given.zip_with(pl.Series(~nick), pl.Series(short).gather(first[person]))
    changed = hit(rates.new_surname)
    held = last[person]
    held[changed] = rng.integers(0, len(surnames), int(changed.sum()))
    sur = families.gather(held)
    given, sur = _slipped(rng, given, hit(rates.slip)), _slipped(rng, sur, hit(rates.slip))
    given = given.zip_with(pl.Series(~hit(rates.initial)), given.str.slice(0, 1))
    swap = pl.Series(~hit(rates.swapped))
    given, sur = given.zip_with(swap, sur), sur.zip_with(swap, given)
    code = postcode[person]
    moved = hit(rates.moved)
    code[moved] = rng.integers(0, max(persons // 22, 40), int(moved.sum()))
    number = telephone[person]
    fresh = hit(rates.new_telephone)
    number[fresh] = _telephones(rng, int(fresh.sum()))
    slipped = hit(rates.telephone_slip)
    number[slipped] += rng.integers(1, 9, int(slipped.sum())) * 10 ** rng.integers(0, 7, int(slipped.sum()))
    frame = pl.DataFrame(
        {
            "forenames": _missing(given, hit(rates.no_forename)),
            "surname": _missing(sur, hit(rates.no_surname)),
            "birth_date": _missing(_dates(rng, born[person], hit, rates), hit(rates.no_birth)),
            "postcode": _missing(_postcodes(rng, code, hit(rates.postcode_slip)), hit(rates.no_postcode)),
            "phones": _missing(pl.Series(number).cast(pl.String), hit(rates.no_telephone) | hit(0.1)),
            "person_id": person,
        }
    )
    frame = frame.with_columns(phones=pl.format("+44{}", "phones")).sample(
        fraction=1.0, shuffle=True, seed=seed
    )
    frame = frame.with_columns(
        record_id=pl.format("r{}", pl.int_range(pl.len()).cast(pl.String).str.zfill(9))
    )
    return frame.select(COLUMNS), frame.select("record_id", "person_id")


def _forenames() -> tuple[list[str], list[str]]:
    known = book()
    white = GROUPS.index("white")
    first = [known.forename_draws[white, s, c][0] for c in range(len(COHORTS)) for s in (0, 1)]
    order = list(dict.fromkeys(np.concatenate([*first, np.arange(len(known.forenames))]).tolist()))
    names = [str(known.forenames[i]) for i in order]
    return names, [known.nicknames.get(n, [n])[0] for n in names]


def _surnames(persons: int) -> list[str]:
    """The surnames of the made-up world, then composed ones: more in a larger country."""
    listed = [str(n) for n in book().surnames]
    syllables = [a + b for a in SYLLABLES for b in SYLLABLES]
    more = syllables + [a + b for a in syllables[:: max(1, 20_000_000 // max(persons, 1))] for b in SYLLABLES]
    order = np.random.default_rng(5).permutation(len(more))
    return list(dict.fromkeys([*listed, *(more[i].capitalize() for i in order)]))


def _falling(rng: np.random.Generator, size: int, many: int, steepness: float) -> Ints:
    weights = (np.arange(size) + 8.0) ** -steepness
    upto = np.cumsum(weights)
    return np.minimum(np.searchsorted(upto, rng.random(many) * upto[-1]), size - 1)


def _households(rng: np.random.Generator, persons: int) -> tuple[Ints, Ints, Ints, Ints]:
    """For each person the first of their home and of their family; who is a twin, and who is named after
    a parent, of the one before."""
    begins = rng.random(persons) < 0.45
    begins[0] = True
    home = np.maximum.accumulate(np.where(begins, np.arange(persons), 0))
    other = ~begins & (rng.random(persons) < 0.3)
    family = np.where(other, np.arange(persons), home)
    inside = ~begins & ~other & (family[np.arange(persons) - 1] == family)
    drawn = rng.random(persons)
    return home, family, np.flatnonzero(inside & (drawn < 0.02)), np.flatnonzero(inside & (drawn > 0.98))


def _births(rng: np.random.Generator, persons: int, home: Ints, twin: Ints) -> Ints:
    """Days since 1970: parents of one age, children a generation later, twins together."""
    born = rng.integers(-14_600, 12_800, persons)[home] + rng.integers(-1_400, 1_400, persons)
    child = (np.arange(persons) - home) >= 2
    born[child] += rng.integers(7_500, 12_500, int(child.sum()))
    born[twin] = born[twin - 1]
    # Whoever would be born after the last day was born so long before it: no day is that of a crowd.
    return np.where(born > LAST_BIRTH, 2 * LAST_BIRTH - born, born)


def _telephones(rng: np.random.Generator, many: int) -> Ints:
    return 7_000_000_000 + rng.integers(100_000_000, 999_999_999, many)


def _postcodes(rng: np.random.Generator, code: Ints, slip: Bools) -> pl.Series:
    """A number as a postcode of one of a few hundred districts: 'ZB12 4XK'."""
    code = code.copy()
    code[slip] += rng.integers(1, 9, int(slip.sum()))
    letters = pl.Series([*"ABDEFGHJLNPQRSTUWXYZ"])
    district, rest = code // 600, code % 600
    parts = pl.DataFrame({"number": district % 30 + 1 + 30 * (district // 600), "sector": rest % 10})
    area, one, two = (
        letters.gather(x % 20).alias(n)
        for n, x in (("a", district // 30), ("i", rest // 10), ("j", rest // 200))
    )
    return parts.with_columns(area, one, two).select(
        w=pl.format("Z{}{} {}{}{}", "a", "number", "sector", "i", "j")
    )["w"]


def _dates(rng: np.random.Generator, born: Ints, hit: object, rates: Rates) -> pl.Series:
    """Dates as 'YYYY-MM-DD', some with a slip of one digit or with day and month exchanged."""
    assert callable(hit)
    parts = (
        pl.DataFrame({"d": born.astype(np.int32)})
        .with_columns(d=pl.col("d").cast(pl.Date))
        .select(
            y=pl.col("d").dt.year(),
            m=pl.col("d").dt.month().cast(pl.Int32),
            d=pl.col("d").dt.day().cast(pl.Int32),
        )
    )
    year, month, day = (parts[c].to_numpy().astype(np.int64) for c in "ymd")
    slip, which = hit(rates.birth_slip), rng.integers(0, 4, len(born))
    day = np.where(slip & (which == 0), day % 28 + 1, day)
    month = np.where(slip & (which == 1), month % 12 + 1, month)
    year = np.where(slip & (which == 2), year + rng.choice([-10, -1, 1, 10], len(born)), year)
    day = np.where(slip & (which == 3) & (day > 10), day % 10 + 1, day)
    turned = hit(rates.day_month) & (day <= 12)
    day, month = np.where(turned, month, day), np.where(turned, day, month)
    day = np.minimum(day, 28 + (month != 2) * 2)
    return pl.DataFrame({"y": year, "m": month, "d": day}).select(
        t=pl.date("y", "m", "d").dt.to_string("%Y-%m-%d")
    )["t"]


def _missing(values: pl.Series, gone: Bools) -> pl.Series:
    return values.zip_with(
        pl.Series(~gone), pl.Series([None], dtype=values.dtype).new_from_index(0, len(values))
    )


def _slipped(rng: np.random.Generator, values: pl.Series, slip: Bools) -> pl.Series:
    """One slip in some of the texts: a letter replaced, lost, doubled, or two exchanged."""
    at = np.flatnonzero(slip)
    texts = values.gather(at).to_list()
    kinds, places, letters = rng.random(len(at)), rng.random(len(at)), rng.integers(97, 123, len(at))
    made = []
    for text, kind, place, letter in zip(texts, kinds, places, letters, strict=True):
        i = int(place * len(text))
        if len(text) < 3:
            made.append(text)
        elif kind < 0.35:
            made.append(text[:i] + chr(letter) + text[i + 1 :])
        elif kind < 0.6:
            made.append(text[:i] + text[i + 1 :])
        elif kind < 0.75:
            made.append(text[:i] + text[i : i + 1] + text[i:])
        else:
            i = min(i, len(text) - 2)
            made.append(text[:i] + text[i + 1] + text[i] + text[i + 2 :])
    return values.scatter(at, made) if len(at) else values
