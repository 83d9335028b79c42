"""More labelled tables with other people's columns: headings that name no field, siblings, many moves, and
reports in which nobody is named as the second person. Made as those of :mod:`benchmarks.foreign_tables`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from benchmarks.foreign_noise import short_forms
from benchmarks.foreign_tables import _american, _birth, _cases, _home, _line, _rows, people, recorded, times


def orders(seed: int = 9) -> pl.DataFrame:
    """What customers ordered: whole names under "Bill To", no births."""
    rng, rows = _rows(seed, 2_000, 1.9, 9, 1.2, 0.08)
    return pl.DataFrame([
        {
            "truth": row["truth"], "Order No": f"{rng.integers(10**8, 10**9)}",
            "Bill To": " ".join(t for t in (row["first"], row["last"]) if t) or None,
            "Ship Address 1": _line(row), "Ship City": row["town"], "Ship Postcode": row["postcode"],
            "Contact Phone": row["phone"], "Total": f"{rng.lognormal(3.5, 0.8):.2f}",
        }
        for row in rows
    ])  # fmt: skip


def pupils(seed: int = 10) -> pl.DataFrame:
    """Brothers and sisters, each with the name they go by beside the first name."""
    rng = np.random.default_rng(seed)
    made = []
    for i, who in enumerate(people(rng, 2_400)):
        who.born = _birth(rng, 2005, 2018)
        for _ in range(times(rng, 1.7, 5)):
            row = recorded(rng, who, 1.1, 0.05)
            born, first, year = row["born"], row["first"], int(rng.integers(2018, 2025))
            shorter = short_forms().get((first or "").lower())
            goes_by = shorter[0].title() if shorter and rng.random() < 0.3 else first
            made.append({
                "truth": f"t{i}", "Legal Surname": row["last"], "Legal Forename": first,
                "Chosen name": goes_by, "DOB": born and f"{born[8:10]}/{born[5:7]}/{born[2:4]}",
                "Gender": row["sex"], "NC Year": str(year - int(who.born[:4]) - 5),
                "Home Tel": row["phone"], "Postcode": row["postcode"],
            })  # fmt: skip
    return pl.DataFrame([made[i] for i in rng.permutation(len(made))])


def custody(seed: int = 11) -> pl.DataFrame:
    """Surname first in one column, a number now and then, another town nearly every time."""
    rng, rows = _rows(seed, 1_000, 4.0, 20, 1.6, 0.10)
    number: dict[str, str] = {}
    made = []
    for row in rows:
        who = str(row["truth"])
        own = number.setdefault(
            who, f"A{rng.integers(1_000, 10_000)}{''.join(rng.choice(list('ABCDEF'), 2))}"
        )
        town = _home(rng)[2] if rng.random() < 0.5 else row["town"]
        made.append({
            "truth": who, "PrisonerName": f"{(row['last'] or '').upper()}, {row['first'] or ''}",
            "BirthDate": _american(row["born"]), "Prison number": own if rng.random() < 0.3 else None,
            "last known town": town, "Sex": row["sex"],
        })  # fmt: skip
    return pl.DataFrame(made)


def unnamed(seed: int = 12) -> pl.DataFrame:
    """Crimes of which a third name no suspect at all."""
    rng, cases = _cases(seed, 900, 0.1)
    made = []
    for truth, one, other in cases:
        known = rng.random() >= 0.3
        made.append(
            {"truth": truth, "Crime No": f"{rng.integers(10**7, 10**8)}"}
            | {f"aggrieved_{k}": one[k] for k in ("first", "last", "born", "phone")}
            | {f"suspect_{k}": other[k] if known else None for k in ("first", "last", "born", "phone")}
        )
    return pl.DataFrame(made)


MORE: dict[str, Callable[..., pl.DataFrame]] = {"orders": orders, "pupils": pupils, "custody": custody}
MORE_TWO_PARTY: dict[str, Callable[..., pl.DataFrame]] = {"unnamed": unnamed}
