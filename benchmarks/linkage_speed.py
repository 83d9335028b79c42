"""Time the linkage of a table of people beside Splink 5, each linker in a process of its own.

python -m benchmarks.linkage_speed [--records 1000000 --rounds 3 --only ours splink_tuned]
python -m benchmarks.linkage_speed contender NAME FOLDER
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.harness import Splink, by_name, keep, options, quiet, run_part, say, show
from lamplighter.linkage.explain.accuracy import b_cubed, pairwise
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.worlds import stream

COLUMNS = ("record_id", "forenames", "surname", "birth_date", "postcode", "phones")


def write(folder: Path, records: int, seed: int) -> None:
    """Write ``people.parquet`` (:data:`COLUMNS`, as texts) and ``truth.parquet``, unless they are there.

    The people are those of reports of the made-up world who can be identified at all.
    """
    if (folder / "truth.parquet").exists():
        return
    stream.write(folder / "world", Config(seed=seed, person_records=round(records * 1.35), bank="b"))
    known = pl.scan_parquet(folder / "world/truth/records/*.parquet").filter("identifiable").head(records)
    known = known.select("record_id", "person_id")
    people = stream.scan(folder / "world")["people"].join(known, on="record_id", maintain_order="right")
    people = people.with_columns(pl.col("birth_date").cast(pl.String), pl.col("phones").list.first())
    people.select(COLUMNS).sink_parquet(folder / "people.parquet")
    known.sink_parquet(folder / "truth.parquet")


SPLINK_LINKS_AT = 0.95
NARROW: Sequence[Sequence[str]] = (
    ("first_name", "surname", "substr(postcode, 1, 4)"),
    *(("surname", "dob"), ("first_name", "dob"), ("postcode", "surname"), ("postcode", "first_name")),
    ("phone",),
    ("substr(surname, 1, 4)", "substr(dob, 6, 2)", "substr(first_name, 1, 1)", "substr(dob, 1, 4)"),
)
WIDE: Sequence[Sequence[str]] = (
    *(("first_name", "surname"), ("surname", "dob"), ("first_name", "dob"), ("postcode",), ("phone",)),
    ("dob", "substr(postcode, 1, 3)"),
    ("substr(surname, 1, 4)", "substr(dob, 1, 4)", "substr(first_name, 1, 1)"),
    ("substr(surname, 1, 3)", "substr(first_name, 1, 3)", "substr(postcode, 1, 4)"),
    ("dob", "substr(first_name, 1, 1)"),
)


@dataclass(slots=True)
class Found:
    """What a linker says: ``persons`` (record_id, person_id); ``pairs`` (left, right, as ids or row numbers,
    and bits of log-odds); how many pairs it looked at, where it tells; its own recall."""

    persons: pl.DataFrame
    pairs: pl.DataFrame
    links_at: float
    looked_at: int | None = None
    recall: dict[str, float] | None = None


def ours(people: pl.DataFrame) -> Found:
    """Link the table as anybody would hand it over; nothing is set."""
    from lamplighter.linkage_tables import link

    result = link(people)
    bar = result.model.bands.link_at
    recall = result.notes.get("recall_of_keys")
    return Found(
        result.persons.select("record_id", "person_id"),
        result.pairs.select(left="left_record", right="right_record", bits="match_weight"),
        float(np.log2(bar) - np.log2(1 - bar)),
        int(result.notes["pairs_looked_at"]),
        asdict(recall) if recall else None,
    )


def splink(rules: Sequence[Sequence[str]], most_pairs: float | None) -> Callable[[pl.DataFrame], Found]:
    """Return Splink 5 with the comparisons of its own examples; ``most_pairs`` caps its training."""

    def run(people: pl.DataFrame) -> Found:
        frame = people.select(
            unique_id=pl.int_range(pl.len()),
            first_name=pl.col("forenames").str.to_lowercase(),
            surname=pl.col("surname").str.to_lowercase(),
            dob="birth_date",
            postcode="postcode",
            phone="phones",
        )
        sure = (("first_name", "surname", "dob"), ("phone", "first_name"))
        with quiet():
            peer = Splink(frame, by_name(), rules, sure, most_pairs=most_pairs)
            scored = peer.pairs(0.01)
            groups = peer.groups(scored, SPLINK_LINKS_AT)
        pairs, ids = pl.DataFrame(scored.as_pyarrow_table()), people["record_id"]
        return Found(
            pl.DataFrame({"record_id": ids.gather(groups["unique_id"]), "person_id": groups["cluster_id"]}),
            pairs.select(left="unique_id_l", right="unique_id_r", bits="match_weight"),
            float(np.log2(SPLINK_LINKS_AT / (1 - SPLINK_LINKS_AT))),
        )

    return run


CONTENDERS: dict[str, tuple[str, Callable[[pl.DataFrame], Found]]] = {
    "ours": ("Lamplighter", ours),
    "splink_tuned": ("Splink 5, tuned", splink(NARROW, 5e5)),
    "splink_wider": ("Splink 5, tuned, wider blocking", splink(WIDE, 5e5)),
}


def measured(found: Found, truth: pl.DataFrame) -> dict[str, float]:
    """Return pairwise scores of the pairs at the linker's own threshold and the best, and of the persons."""
    whose = truth.select("record_id", "person_id")
    if found.pairs["left"].dtype == pl.String:
        placed = found.pairs.join(whose, left_on="left", right_on="record_id").join(
            whose, left_on="right", right_on="record_id", suffix="_r"
        )
        match, bits = (placed["person_id"] == placed["person_id_r"]).to_numpy(), placed["bits"].to_numpy()
    else:
        person, bits = truth["person_id"].to_numpy(), found.pairs["bits"].to_numpy()
        match = person[found.pairs["left"].to_numpy()] == person[found.pairs["right"].to_numpy()]
    sizes = truth.group_by("person_id").len()["len"].cast(pl.Int64)
    wanted = float((sizes * (sizes - 1) // 2).sum())
    right = np.cumsum(match[np.argsort(-bits, kind="stable")])
    f1 = 2 * right / (np.arange(1, len(right) + 1) + wanted)
    own = int((bits >= found.links_at).sum())
    pair = pairwise(found.persons, truth, "record_id", "person_id")
    cubed = b_cubed(found.persons, truth, "record_id", "person_id")
    return {
        "precision": pair.precision, "recall": pair.recall, "f1": pair.f1, "b3": cubed.f1,
        "f1 of pairs": float(f1[own - 1]) if own else 0.0, "best": float(f1.max()),
        "true pairs scored": float(match.sum() / wanted),
    }  # fmt: skip


def run_contender() -> None:
    """One linker on one table of :mod:`benchmarks.linkage_speed`, in a process of its own.

        python -m benchmarks.linkage_speed contender NAME FOLDER

    Prints one line of JSON: seconds from the table in memory to persons, the peak of resident memory in MB
    over the process, and how right the pairs and the persons are. Everybody gets the same columns and links
    at a probability of its own: ours at the bar that it chooses, Splink at 0.95.
    """
    parser = options(run_contender)
    parser.add_argument("name", choices=[*CONTENDERS])
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    people = pl.read_parquet(asked.folder / "people.parquet")
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
    found = CONTENDERS[asked.name][1](people)
    took, peak = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    report: dict[str, Any] = {
        "seconds": took, "processor": peak.ru_utime - before, "MB": peak.ru_maxrss / 1024,
        "pairs a record": found.looked_at / people.height if found.looked_at else None,
    }  # fmt: skip
    report |= measured(found, pl.read_parquet(asked.folder / "truth.parquet"))
    print(json.dumps(report | {"its own estimate": found.recall}))


GROWTH = (1_000_000, 2_000_000, 5_000_000, 10_000_000)
MEDIAN = ("seconds", "processor", "MB")


def compared(records: int, folder: Path, only: Sequence[str], rounds: int) -> list[dict[str, Any]]:
    """Return a row for every contender on a table of one size, run in turn: the median of the rounds."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in only}
    for turn in range(rounds):
        for name in only:
            words = ["-m", "benchmarks.linkage_speed", "contender", name, str(folder)]
            done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True)
            runs[name].append(json.loads(done.stdout.strip().splitlines()[-1]))
            took = runs[name][-1]["seconds"]
            say(f"{records:,}, round {turn + 1}, {name}: {took:.1f} s (load {os.getloadavg()[0]:.1f})")
    rows: list[dict[str, Any]] = []
    for name in only:
        middle = {m: round(statistics.median(r[m] for r in runs[name]), 1) for m in MEDIAN}
        row: dict[str, Any] = (
            {"records": records, "rounds": rounds, "program": CONTENDERS[name][0]} | runs[name][-1] | middle
        )
        own = row["its own estimate"]
        row["its own estimate"] = (
            f"{own['estimate']:.3f} ({own['lower']:.3f} to {own['upper']:.3f})" if own else None
        )
        rows.append(row)
    for row in rows[1:] if only[0] == "ours" else ():
        say(f"{row['program']} takes {row['seconds'] / rows[0]['seconds']:.2f} times as long as Lamplighter")
    return rows


def compare_contenders() -> None:
    """Link a table of people from records in memory to persons, beside Splink 5: seconds, memory, how right.

        python -m benchmarks.linkage_speed                            one million records, three rounds
        python -m benchmarks.linkage_speed --records 10000000 --rounds 1 --only ours splink_tuned
        python -m benchmarks.linkage_speed --growth                   ours at 1, 2, 5 and 10 million

    Contenders run in turn, each in a process of its own, so none profits from what another left in memory;
    what is printed is the median of the rounds. "Tuned" is Splink 5 with expectation maximisation capped at
    500,000 pairs, on narrow blocking rules or on wider ones. Persons and pairs are scored against the truth,
    and a pair that was never looked at is a miss. Needs about 8 GB at ten million.
    """
    parser = options(compare_contenders)
    parser.add_argument("--records", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--only", nargs="+", choices=[*CONTENDERS], default=["ours", "splink_tuned", "splink_wider"]
    )
    parser.add_argument("--growth", action="store_true", help="ours alone, at 1, 2, 5 and 10 million")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--folder", type=Path, default=Path("var/bench-linkage"))
    asked = parser.parse_args()
    rows = []
    for records in GROWTH if asked.growth else asked.records:
        folder = asked.folder / f"{records}-{asked.seed}"
        write(folder, records, asked.seed)
        rows += compared(
            records, folder, ["ours"] if asked.growth else asked.only, 1 if asked.growth else asked.rounds
        )
    show("A table of people: seconds, memory, how right", rows, 190)
    keep("linkage", "growth" if asked.growth else "speed", rows)


PARTS = {
    "speed": compare_contenders,
    "contender": run_contender,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("linkage_speed", PARTS))
