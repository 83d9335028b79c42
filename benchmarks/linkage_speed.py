"""Time the linkage of a table of people beside Splink 5, each linker in a process of its own.

python -m benchmarks.linkage_speed [--records 1000000 --rounds 3 --only ours splink_tuned]
python -m benchmarks.linkage_speed contender NAME FOLDER
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from inspect import getdoc
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks import run_part
from lamplighter.linkage.explain.accuracy import b_cubed, pairwise

# Any number of made-up person records with their truth, made in arrays: the tables that linkage is timed on.
#
# One record in four is a second or later recording of somebody, with slips, short forms, new surnames, moves,
# new telephones and gaps. People live in households that share a surname, a postcode and often a telephone;
# some are twins, some are named after a parent. Rates are invented. ``noise`` multiplies every rate of error.
# The same arguments give the same table.

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
    from lamplighter.synthetic.people.names import COHORTS, GROUPS, book

    known = book()
    white = GROUPS.index("white")
    first = [known.forename_draws[white, s, c][0] for c in range(len(COHORTS)) for s in (0, 1)]
    order = list(dict.fromkeys(np.concatenate([*first, np.arange(len(known.forenames))]).tolist()))
    names = [str(known.forenames[i]) for i in order]
    return names, [known.nicknames.get(n, [n])[0] for n in names]


def _surnames(persons: int) -> list[str]:
    """The surnames of the made-up world, then composed ones: more in a larger country."""
    from lamplighter.synthetic.people.names import book

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


SPLINK_LINKS_AT = 0.95
NARROW: Sequence[Sequence[str]] = (
    ("first_name", "surname", "substr(postcode, 1, 4)"),
    ("surname", "dob"),
    ("first_name", "dob"),
    ("postcode", "surname"),
    ("postcode", "first_name"),
    ("phone",),
    ("substr(surname, 1, 4)", "substr(dob, 6, 2)", "substr(first_name, 1, 1)", "substr(dob, 1, 4)"),
)
WIDE: Sequence[Sequence[str]] = (
    ("first_name", "surname"),
    ("surname", "dob"),
    ("first_name", "dob"),
    ("postcode",),
    ("phone",),
    ("dob", "substr(postcode, 1, 3)"),
    ("substr(surname, 1, 4)", "substr(dob, 1, 4)", "substr(first_name, 1, 1)"),
    ("substr(surname, 1, 3)", "substr(first_name, 1, 3)", "substr(postcode, 1, 4)"),
    ("dob", "substr(first_name, 1, 1)"),
)


@dataclass(slots=True)
class Found:
    """What a linker says: ``persons`` (record_id, person_id); ``pairs`` (left, right, as ids or row numbers,
    and bits of log-odds); how many pairs it looked at, where it tells; its own recall; seconds."""

    persons: pl.DataFrame
    pairs: pl.DataFrame
    links_at: float
    looked_at: int | None
    seconds: float
    recall: Any = None
    steps: dict[str, float] | None = None


def ours(people: pl.DataFrame) -> Found:
    """The table as anybody would hand it over; nothing is set."""
    from lamplighter.linkage_tables import link

    steps: dict[str, float] = {}
    started = last = time.perf_counter()
    name = ""

    def told(step: str) -> None:
        nonlocal last, name
        now = time.perf_counter()
        if name:
            steps[name] = now - last
        last, name = now, step

    result = link(people, progress=told)
    told("done")
    seconds = time.perf_counter() - started
    return Found(
        result.persons.select("record_id", "person_id"),
        result.pairs.select(
            pl.col("left_record").alias("left"), pl.col("right_record").alias("right"), bits="match_weight"
        ),
        float(np.log2(result.model.bands.link_at) - np.log2(1 - result.model.bands.link_at)),
        int(result.notes["pairs_looked_at"]),
        seconds,
        asdict(result.notes["recall_of_keys"]) if result.notes.get("recall_of_keys") else None,
        steps,
    )


def splink(rules: Sequence[Sequence[str]], most_pairs: float | None) -> Callable[[pl.DataFrame], Found]:
    """Splink 5 with the comparisons of its own examples; ``most_pairs`` caps expectation maximisation."""

    def run(people: pl.DataFrame) -> Found:
        import splink.comparison_library as cl
        from splink import Linker, SettingsCreator, block_on
        from splink.backends.duckdb import DuckDBAPI

        warnings.simplefilter("ignore")
        for name in [n for n in logging.root.manager.loggerDict if n.startswith("splink")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        frame = people.select(
            unique_id=pl.int_range(pl.len()),
            first_name=pl.col("forenames").str.to_lowercase(),
            surname=pl.col("surname").str.to_lowercase(),
            dob="birth_date",
            postcode="postcode",
            phone="phones",
        ).to_arrow()
        settings = SettingsCreator(
            link_type="dedupe_only",
            blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
            comparisons=[
                cl.ForenameSurnameComparison("first_name", "surname"),
                cl.DateOfBirthComparison("dob", input_is_string=True),
                cl.PostcodeComparison("postcode"),
                cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
            ],
        )
        started = time.perf_counter()
        linker = Linker(DuckDBAPI().register(frame, dataset_display_name="people"), settings)
        train = linker.training
        train.estimate_probability_two_random_records_match(
            [block_on("first_name", "surname", "dob"), block_on("phone", "first_name")], recall=0.7
        )
        train.estimate_u_using_random_sampling(max_pairs=1e6)
        capped = {} if most_pairs is None else {"max_pairs": most_pairs}
        train.estimate_parameters_using_expectation_maximisation(block_on("first_name", "surname"), **capped)
        train.estimate_parameters_using_expectation_maximisation(block_on("dob"), **capped)
        trained = time.perf_counter()
        scored = linker.inference.predict(threshold_match_probability=0.01)
        predicted = time.perf_counter()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            scored, threshold_match_probability=SPLINK_LINKS_AT
        )
        groups = pl.DataFrame(clusters.as_pyarrow_table())
        seconds = time.perf_counter() - started
        pairs = pl.DataFrame(scored.as_pyarrow_table())
        ids = people["record_id"]
        return Found(
            pl.DataFrame({"record_id": ids.gather(groups["unique_id"]), "person_id": groups["cluster_id"]}),
            pairs.select(left="unique_id_l", right="unique_id_r", bits="match_weight"),
            float(np.log2(SPLINK_LINKS_AT / (1 - SPLINK_LINKS_AT))),
            None,
            seconds,
            None,
            {
                "training": trained - started,
                "pairs": predicted - trained,
                "persons": seconds + started - predicted,
            },
        )

    return run


CONTENDERS: dict[str, Callable[[pl.DataFrame], Found]] = {
    "ours": ours,
    "splink_tuned": splink(NARROW, 5e5),
    "splink_wider": splink(WIDE, 5e5),
    "splink_defaults": splink(NARROW, None),
}


def measured(found: Found, truth: pl.DataFrame) -> dict[str, Any]:
    """Pairwise scores of the pairs at the linker's own threshold and at the best one, and of the persons."""
    whose = truth.select("record_id", "person_id")
    if found.pairs["left"].dtype == pl.String:
        placed = found.pairs.join(whose, left_on="left", right_on="record_id").join(
            whose, left_on="right", right_on="record_id", suffix="_r"
        )
        match = (placed["person_id"] == placed["person_id_r"]).to_numpy()
        bits = placed["bits"].to_numpy()
    else:
        person = truth["person_id"].to_numpy()
        match = person[found.pairs["left"].to_numpy()] == person[found.pairs["right"].to_numpy()]
        bits = found.pairs["bits"].to_numpy()
    sizes = truth.group_by("person_id").len()["len"].cast(pl.Int64)
    wanted = float((sizes * (sizes - 1) // 2).sum())
    order = np.argsort(-bits, kind="stable")
    right = np.cumsum(match[order])
    taken = np.arange(1, len(order) + 1)
    f1 = 2 * right / (taken + wanted)
    own = int((bits >= found.links_at).sum())
    at_own = float(f1[own - 1]) if own else 0.0
    precise = np.flatnonzero(right / taken >= 0.99)
    pair = pairwise(found.persons, truth, "record_id", "person_id")
    cubed = b_cubed(found.persons, truth, "record_id", "person_id")
    return {
        "pair_f1": at_own,
        "best_pair_f1": float(f1.max()),
        "recall_at_99": float(right[precise[-1]] / wanted) if len(precise) else 0.0,
        "scored_recall": float(match.sum() / wanted),
        "precision": pair.precision,
        "recall": pair.recall,
        "f1": pair.f1,
        "b3": cubed.f1,
    }


def run_contender() -> None:
    """One linker on one table of :mod:`benchmarks.linkage_speed`, in a process of its own.

        python -m benchmarks.linkage_speed contender NAME FOLDER

    Prints one line of JSON: seconds from the table in memory to persons, the peak of resident memory in MB
    over the process, and how right the pairs and the persons are. Everybody gets the same columns and links
    at a probability of its own: ours at the bar that it chooses, Splink at 0.95.
    """
    parser = argparse.ArgumentParser(
        description=getdoc(run_contender), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=[*CONTENDERS])
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    people = pl.read_parquet(arguments.folder / "people.parquet")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    found = CONTENDERS[arguments.name](people)
    peak = resource.getrusage(resource.RUSAGE_SELF)
    report = {
        "name": arguments.name,
        "seconds": found.seconds,
        "processor_seconds": peak.ru_utime - before,
        "megabytes": peak.ru_maxrss / 1024,
        "pairs_a_record": found.looked_at / people.height if found.looked_at else None,
        "own_recall": found.recall,
        "steps": found.steps,
    }
    print(json.dumps(report | measured(found, pl.read_parquet(arguments.folder / "truth.parquet"))))


GROWTH = (1_000_000, 2_000_000, 5_000_000, 10_000_000)
NAMES = {
    "ours": "Lamplighter",
    "splink_tuned": "Splink 5, tuned",
    "splink_wider": "Splink 5, tuned, wider blocking",
    "splink_defaults": "Splink 5, defaults",
}
HEADINGS = (
    "records", "", "seconds", "processor seconds", "MB", "pairs a record", "precision", "recall", "F1",
    "B3 F1", "F1 of pairs", "at the best threshold", "true pairs scored", "its own estimate of that",
)  # fmt: skip


def run(name: str, folder: Path) -> dict[str, Any]:
    """One contender in a process of its own; its report."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.linkage_speed", "contender", name, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def middle(runs: Sequence[dict[str, Any]], what: str) -> float:
    """The median of the rounds."""
    return float(statistics.median(r[what] for r in runs))


def row(records: int, name: str, runs: Sequence[dict[str, Any]]) -> list[str]:
    """What is printed of one contender."""
    last = runs[-1]
    own = last["own_recall"]
    told = f"{own['estimate']:.3f} ({own['lower']:.3f} to {own['upper']:.3f})" if own else ""
    shares = ("precision", "recall", "f1", "b3", "pair_f1", "best_pair_f1", "scored_recall")
    return [
        f"{records:,}",
        NAMES[name],
        f"{middle(runs, 'seconds'):.1f}",
        f"{middle(runs, 'processor_seconds'):.1f}",
        f"{middle(runs, 'megabytes'):,.0f}",
        f"{last['pairs_a_record']:.1f}" if last["pairs_a_record"] else "",
        *(f"{last[s]:.3f}" for s in shares),
        told,
    ]


def compared(records: int, folder: Path, only: Sequence[str], rounds: int, console: Any) -> Any:
    """Every contender on a table of one size, in turn."""
    from rich.table import Table

    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in only}
    for turn in range(rounds):
        for name in only:
            load = os.getloadavg()[0]
            runs[name].append(run(name, folder))
            told = runs[name][-1]
            console.print(
                f"{records:,}, round {turn + 1}, {NAMES[name]}: {told['seconds']:.1f} s (load {load:.1f}); "
                + ", ".join(f"{k.lower()} {v:.1f}" for k, v in (told["steps"] or {}).items())
            )
    table = Table(*HEADINGS, title=f"{records:,} person records, {rounds} rounds, medians")
    for name in only:
        table.add_row(*row(records, name, runs[name]))
    if "ours" in runs:
        for name in only:
            if name != "ours":
                ratio = middle(runs[name], "seconds") / middle(runs["ours"], "seconds")
                console.print(f"{NAMES[name]} takes {ratio:.2f} times as long as Lamplighter")
    return table


def compare_contenders() -> None:
    """Linking a table of people from records in memory to persons, beside Splink 5: seconds, memory, how
    right.

        python -m benchmarks.linkage_speed                            one million records, three rounds
        python -m benchmarks.linkage_speed --records 10000000 --rounds 1 --only ours splink_tuned
        python -m benchmarks.linkage_speed --growth                   ours at 1, 2, 5 and 10 million

    Contenders run in turn, each in a process of its own, so none profits from what another left in memory;
    what is printed is the median of the rounds. "Tuned" is Splink 5 with expectation maximisation capped at
    500,000 pairs, on narrow blocking rules or on wider ones; "defaults" leaves out the cap. Persons and pairs
    are scored against the truth of the made-up table, and a pair that was never looked at is a miss. Needs
    about 8 GB at ten million. The tables are kept under ``--folder``.
    """
    parser = argparse.ArgumentParser(
        description=getdoc(compare_contenders), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--only", nargs="+", choices=[*NAMES], default=["ours", "splink_tuned", "splink_wider"]
    )
    parser.add_argument("--growth", action="store_true", help="ours alone, at 1, 2, 5 and 10 million")
    parser.add_argument("--noise", type=float, default=1.0, help="multiplies every rate of error")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--folder", type=Path, default=Path("var/bench-linkage"))
    asked = parser.parse_args()
    from rich.console import Console

    console = Console(width=190)
    for records in GROWTH if asked.growth else asked.records:
        folder = asked.folder / f"{records}-{asked.seed}-{asked.noise:g}"
        write(folder, records, seed=asked.seed, noise=asked.noise)
        only = ["ours"] if asked.growth else asked.only
        console.print(compared(records, folder, only, 1 if asked.growth else asked.rounds, console))


PARTS = {
    "speed": compare_contenders,
    "contender": run_contender,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("linkage_speed", PARTS))
