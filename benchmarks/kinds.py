"""Kinds of tables that the linkage was not written for: other holders, other columns, other gaps.

    python -m benchmarks.kinds [--only detained,fled] [--seeds 1 2]

A kind is a block of ``kinds.toml``: how many people, or pairs of them, are recorded how often and how badly,
and for each column what stands in it. People and slips are those of :mod:`benchmarks.foreign`.
"""

from __future__ import annotations

import datetime as dt
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.foreign import Rng, _cases, _rows, measure, short_forms
from benchmarks.harness import options, run_part

DATES = {"uk": "%d/%m/%Y", "us": "%m/%d/%Y", "dots": "%d.%m.%Y", "packed": "%Y%m%d", "words": "%d %b %Y"}
TODAY = 2026
Row = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind by its name; ``hard`` says in one line what makes it so; ``two_party``: two people a row."""

    name: str
    hard: str
    two_party: bool
    spec: Mapping[str, Any]

    def make(self, seed: int) -> pl.DataFrame:
        """Return a table of strings from a seed, with a column ``truth``."""
        spec, chance = self.spec, np.random.default_rng([seed, len(self.name)])
        if self.two_party:
            many, sparse, unknown = spec["pairs"].values()
            told = [
                (truth, fields("v_", one) | fields("s_", other if chance.random() >= unknown else {}))
                for truth, one, other in _cases(seed, many, sparse)[1]
            ]
        else:
            told = [(str(row["truth"]), fields("", row)) for row in _rows(seed, *spec["people"].values())[1]]
        columns = spec["columns"].items()
        rows = [
            {"truth": truth, **{heading: said(chance, of, known) for heading, of in columns}}
            for truth, known in told
        ]
        return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))


def fields(begin: str, row: Row) -> dict[str, str]:
    """Return what a column may say of somebody, by name: empty where it is not recorded."""
    own = {
        k: row.get(k) or "" for k in ("first", "middle", "last", "sex", "phone", "street", "town", "postcode")
    }
    own["number"], born = row.get("number") or "", row.get("born") or ""
    day = _day(born) if born else None
    own |= {name: f"{day:{style}}" if day else born for name, style in DATES.items()}
    own |= {"born": born, "age": str(TODAY - int(born[:4])) if born else "", "year": born[:4]}
    own |= {"line": f"{own['number']} {own['street']}".strip(), "initial": own["first"][:1]}
    own |= {"mi": own["middle"][:1], "nick": (short_forms().get(own["first"].lower()) or ("",))[0].title()}
    own["place"] = ", ".join(t for t in (own["line"], own["town"], own["postcode"]) if t)
    own["mail"] = (
        f"{own['initial']}.{own['last']}@post.example".lower() if own["first"] and own["last"] else ""
    )
    return {begin + k: v for k, v in own.items()} | {(begin + k).upper(): v.upper() for k, v in own.items()}


def _day(iso: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(iso)
    except ValueError:
        return None


def said(rng: Rng, of: str | Sequence[str], known: Mapping[str, str]) -> str | None:
    """Return what stands in a cell: one of several ways, ``{#####}`` being a number of so many digits."""
    way = of if isinstance(of, str) else of[int(rng.integers(0, len(of)))]
    while "{#" in way:
        at, end = way.index("{#"), way.index("#}") + 1
        digits = "".join(map(str, rng.integers(0, 10, end - at - 1)))
        way = way[:at] + digits + way[end + 1 :]
    return " ".join(way.format_map(known).split()).strip(" ,()") or None


KINDS = tuple(
    Kind(name, spec["hard"], "pairs" in spec, spec)
    for name, spec in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
)


def measure_kinds() -> None:
    """Measure how well tables are linked of whose columns nothing is said, kind by kind.

        python -m benchmarks.kinds [--only detained,fled] [--seeds 1 2]

    What the columns say is in :func:`benchmarks.foreign.measure_tables`.
    """
    parser = options(measure_kinds)
    parser.add_argument("--only", default="", help="names of kinds, parted by commas")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    asked = parser.parse_args()
    made = {kind.name: (partial(kind.make), kind.two_party) for kind in KINDS}
    measure(made, asked.only, asked.seeds, "kinds", alone=True)


PARTS = {"kinds": measure_kinds}

if __name__ == "__main__":
    sys.exit(run_part("kinds", PARTS))
