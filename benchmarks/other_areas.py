"""Reports of areas that another maker made: how well pairs of reports are told where people, slips and habits
are not those of our own made-up world.

    python -m benchmarks.other_areas [--areas families custody] [--seeds 1 2] [--splink]

Nothing here knows how the linkage works, and nothing is fitted to the truth. People are those of
:mod:`benchmarks.foreign_tables`. A pair of reports is true when both are about the same two people.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks import baselines, metrics
from benchmarks.foreign_noise import Rng
from benchmarks.foreign_tables import Someone, people, recorded, times
from benchmarks.linkage_dyads import Told, of_persons, ours, scores, true_pairs
from lamplighter.linkage import link
from lamplighter.records.schema import PEOPLE, REPORTS

NAME = ("first", "last")
TOLD: Mapping[str, tuple[str, ...]] = {
    "all": (*NAME, "middle", "born", "phone", "number", "street", "town", "postcode"),
    "name and age": (*NAME, "age", "town"),
    "name": NAME,
    "first name": ("first",),
    "telephone": ("phone",),
    "words": ("age",),
}
"""What is recorded of somebody, besides the sex."""
RELATIONS: Mapping[str, tuple[float, str]] = {
    "ex_partner": (0.35, "the ex"),
    "partner": (0.05, "her partner"),
    "family": (0.1, "a relative"),
    "acquaintance": (0.2, "somebody she knows"),
    "neighbour": (0.12, "the neighbour"),
    "colleague": (0.06, "a colleague"),
    "stranger": (0.12, "unknown male"),
}
USUAL = {"all": 0.35, "name and age": 0.2, "name": 0.15, "first name": 0.12, "telephone": 0.08, "words": 0.1}
KNOWN = {"all": 0.85, "name and age": 0.1, "first name": 0.03, "telephone": 0.02}
FIRST_DAY = dt.datetime(2022, 7, 1)
DAYS = 1_400


@dataclass(frozen=True, slots=True)
class Area:
    """Habits of an area: how many pairs of people; how often what is told of each party (:data:`TOLD`); the
    share of courses of conduct among what is reported, of suspects who had another victim, of reports with
    the roles swapped, of others of the victim's home who report the same, of reports with a relationship."""

    pairs: int
    suspects: Mapping[str, float] = field(default_factory=lambda: USUAL)
    victims: Mapping[str, float] = field(default_factory=lambda: KNOWN)
    courses: float = 0.35
    again: float = 0.2
    swapped: float = 0.05
    of_home: float = 0.05
    related: float = 0.7
    slips: float = 1.0
    gaps: float = 0.12


AREAS: Mapping[str, Area] = {
    "usual": Area(1_500),
    "small": Area(150),
    "one_report_each": Area(3_000, courses=0.05, again=0.03),
    "long_courses": Area(800, courses=0.9),
    "families": Area(1_500, of_home=0.2, again=0.35),
    "roles_swapped": Area(1_500, swapped=0.25),
    "custody": Area(
        1_500,
        suspects={"all": 0.85, "name and age": 0.1, "name": 0.05},
        victims={"all": 0.3, "name and age": 0.3, "name": 0.3, "first name": 0.1},
    ),
    "helpline": Area(
        1_500,
        suspects={
            "all": 0.1, "name and age": 0.2, "name": 0.2, "first name": 0.3, "telephone": 0.1, "words": 0.1,
        },
        victims={"all": 0.4, "name and age": 0.3, "first name": 0.2, "telephone": 0.1},
    ),
    "many_slips": Area(1_500, slips=2.5, gaps=0.3),
    "nothing_else_said": Area(1_500, related=0.0),
}  # fmt: skip


@dataclass(slots=True)
class Made:
    """Reports of an area and who is in them. ``truth``: record_id, person_id; ``about``: a row a report, as
    :func:`linkage_dyads.true_pairs` wants it."""

    bundle: dict[str, pl.DataFrame]
    truth: pl.DataFrame
    about: pl.DataFrame


class _Writer:
    """Writes reports down, one after the other."""

    def __init__(self, rng: Rng, area: Area) -> None:
        self.rng, self.area = rng, area
        self.people: list[dict[str, object]] = []
        self.reports: list[dict[str, object]] = []
        self.truth: list[tuple[str, int]] = []
        self.about: list[dict[str, object]] = []

    def report(self, victim: Someone, suspect: Someone, when: dt.datetime, relation: str) -> None:
        force = "force_a" if self.rng.random() < 0.7 else "force_b"
        report_id = f"{force}:{len(self.reports):06d}"
        named = {"report_id": report_id, "source": force, "agency": force, "reported_at": when}
        matter = str(self.rng.choice(["harassment", "malicious_communications", "public_order", "theft"]))
        self.reports.append(named | {"source_ref": report_id[-6:], "recorded_as": matter, "related_refs": []})
        swapped = bool(self.rng.random() < self.area.swapped)
        parties = (
            {"victim": suspect, "suspect": victim} if swapped else {"victim": victim, "suspect": suspect}
        )
        told = {role: self._record(report_id, role, who, when, relation) for role, who in parties.items()}
        who = {role: id(someone) for role, someone in parties.items()}
        self.about.append(
            {
                "report_id": report_id, "v": who["victim"], "s": who["suspect"],
                "a": min(who.values()), "b": max(who.values()), "agency": force, "swapped_roles": swapped,
                "named": told["suspect"] != "words", "barely": told["suspect"] in ("first name", "telephone"),
            }
        )  # fmt: skip

    def _record(self, report_id: str, role: str, who: Someone, when: dt.datetime, relation: str) -> str:
        shares = self.area.suspects if role == "suspect" else self.area.victims
        how = str(self.rng.choice(list(shares), p=list(shares.values())))
        said = recorded(self.rng, who, self.area.slips, self.area.gaps)
        kept = {k: v if k in TOLD[how] else None for k, v in said.items()}
        line = " ".join(t for t in (kept["number"], kept["street"], kept["town"]) if t)
        age = when.year - int(who.born[:4]) + int(self.rng.integers(-1, 2))
        says_age = "age" in TOLD[how] and self.rng.random() < 0.5
        says_relation = role == "suspect" and self.rng.random() < self.area.related
        record_id = f"{report_id}/{role}"
        self.people.append(
            {
                "record_id": record_id, "report_id": report_id, "role": role,
                "relationship": relation if says_relation else None,
                "forenames": " ".join(t for t in (kept["first"], kept["middle"]) if t) or None,
                "surname": kept["last"], "sex": {"M": "male", "F": "female"}[who.sex],
                "descriptor": RELATIONS[relation][1] if how == "words" else None,
                "birth_date": _day(kept["born"]), "phones": [kept["phone"]] if kept["phone"] else None,
                "age_from": age if says_age else None, "age_to": age if says_age else None,
                "address_text": line or None, "town": kept["town"], "postcode": kept["postcode"],
            }
        )  # fmt: skip
        self.truth.append((record_id, id(who)))
        return how

    def made(self) -> Made:
        def frame(rows: list[dict[str, object]], schema: pl.Schema) -> pl.DataFrame:
            return pl.DataFrame([{c: r.get(c) for c in schema} for r in rows], schema=schema)

        return Made(
            {
                "people": frame(self.people, PEOPLE.polars_schema),
                "reports": frame(self.reports, REPORTS.polars_schema),
            },
            pl.DataFrame(self.truth, schema=["record_id", "person_id"], orient="row"),
            pl.DataFrame(self.about),
        )


def _day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        return None


def made(area: Area, seed: int) -> Made:
    """An area from a seed."""
    rng = np.random.default_rng(seed)
    everybody = people(rng, 8 * area.pairs)
    homes: dict[tuple[str, str, str, str], list[Someone]] = {}
    for one in everybody:
        homes.setdefault(one.home, []).append(one)
    writer, known = _Writer(rng, area), list[Someone]()
    shares = [share for share, _ in RELATIONS.values()]
    for _ in range(area.pairs):
        victim = everybody[int(rng.integers(0, len(everybody)))]
        relation = str(rng.choice(list(RELATIONS), p=shares))
        others = [one for one in homes[victim.home] if one is not victim]
        if known and rng.random() < area.again:
            suspect = known[int(rng.integers(0, len(known)))]
        elif relation in ("family", "partner") and others:
            suspect = others[int(rng.integers(0, len(others)))]
        else:
            suspect = everybody[int(rng.integers(0, len(everybody)))]
        if suspect is victim:
            continue
        known.append(suspect)
        when = FIRST_DAY + dt.timedelta(days=float(rng.random() * DAYS))
        for _ in range(1 if rng.random() > area.courses else 1 + times(rng, 3.0, 25)):
            writer.report(victim, suspect, when, relation)
            if rng.random() < area.of_home and (own := [one for one in others if one is not suspect]):
                writer.report(own[int(rng.integers(0, len(own)))], suspect, when, "acquaintance")
            when += dt.timedelta(days=float(rng.exponential(40.0)))
    return writer.made()


def told_of(area: Made, *, splink: bool) -> list[tuple[Told, float]]:
    """What each method says of pairs of reports, and F1 of its persons."""
    people_, result = area.bundle["people"], link(area.bundle)
    said = [(ours(result), metrics.pairwise(result.persons, area.truth, "record_id", "person_id").f1)]
    if splink:
        persons = baselines.splink_wider(people_)
        f1 = metrics.pairwise(persons, area.truth, "record_id", "person_id").f1
        said.append((of_persons("Splink 5, tuned, wider blocking", people_, persons), f1))
    return said


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--areas", nargs="+", choices=list(AREAS), default=list(AREAS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument(
        "--splink", action="store_true", help="Splink 5 beside it, whose pairs follow from persons"
    )
    asked = parser.parse_args()
    headings = (
        "area", "seed", "records", "true pairs", "method", "precision", "F1", "at the best threshold",
        "recall at 99%", "calibration error", "F1 of persons",
    )  # fmt: skip
    table = Table(*headings)
    for name in asked.areas:
        for seed in asked.seeds:
            area = made(AREAS[name], seed)
            truth = true_pairs(area.about)
            for said, persons in told_of(area, splink=asked.splink):
                s = scores(said, area.about, truth, None)
                told = [f"{s[k]:.3f}" for k in ("precision", "f1", "best_f1", "recall_at_99", "ece")]
                if said.pairs["bits"].n_unique() == 1:
                    told[2:] = ["", "", ""]  # linked or not: there is no belief between
                table.add_row(
                    *(name, str(seed), f"{area.truth.height:,}", f"{truth.height:,}", said.name),
                    *told,
                    f"{persons:.3f}",
                )
    Console(width=200).print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
