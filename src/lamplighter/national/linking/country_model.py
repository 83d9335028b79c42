"""Fit one model for the country: on a sample of reports of all forces, once, and kept until somebody asks for
another.

Rates and frequencies are the country's. How common it is that two reports share a person is not: two reports
of one force do so many times as often as two of two forces. Of the matches in the sample the share within one
force is counted, for each of the four cells, and from it follow the priors of a force of any size, and those
across forces.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl

from lamplighter.linkage import Model, link
from lamplighter.national.delivery.deliveries import Delivered
from lamplighter.national.errors import NationalError

MOST_SAMPLED = 100_000
"""Person records that the model is fitted to."""
_CELLS = {"both": "same_victim_same_suspect", "suspect_only": "same_suspect_other_victim"}
_AS_MANY = 20.0
"""What is supposed of the share of matches within one force counts as so many matches."""
SUPPOSED_WITHIN = 0.8
_LEAST, _MOST = 1e-12, 0.05


@dataclass(frozen=True, slots=True)
class Within:
    """Of all matches in the country, the share of which both are of one force: of pairs of reports of each
    cell, and of pairs of records."""

    both: float
    victim_only: float
    suspect_only: float
    records: float


@dataclass(frozen=True, slots=True)
class CountryModel:
    """A model, which matches lie ``within`` one force, and how many ``reports`` there were of each force."""

    model: Model
    within: Within
    reports: dict[str, int]

    @property
    def _every(self) -> float:
        return float(sum(self.reports.values()))

    def of_force(self, reports: int) -> Model:
        """Return the model for pairs of one force with so many reports: somebody has about as many reports,
        however large their force."""
        p, w = self.model.priors, self.within
        more = self._every / max(reports, 1)
        return self._with(
            w.both * p.both * more, w.victim_only * p.victim_only * more,
            w.suspect_only * p.suspect_only * more, w.both * p.swapped * more, w.records * p.other * more,
        )  # fmt: skip

    def across(self) -> Model:
        """Return the model for pairs of two forces."""
        p, w = self.model.priors, self.within
        own = sum(n * n for n in self.reports.values())
        more = self._every**2 / max(self._every**2 - own, 1.0)
        return self._with(
            (1 - w.both) * p.both * more, (1 - w.victim_only) * p.victim_only * more,
            (1 - w.suspect_only) * p.suspect_only * more, (1 - w.both) * p.swapped * more,
            (1 - w.records) * p.other * more,
        )  # fmt: skip

    def _with(self, both: float, victim: float, suspect: float, swapped: float, other: float) -> Model:
        priors = replace(
            self.model.priors, both=_share(both), victim_only=_share(victim), suspect_only=_share(suspect),
            swapped=_share(swapped), other=_share(other),
        )  # fmt: skip
        return replace(self.model, priors=priors).named()

    def write(self, folder: Path) -> None:
        """Write it as two files, of which neither holds a name."""
        (folder / "model.json").write_text(json.dumps(self.model.to_json()), "utf-8")
        told = {"within": asdict(self.within), "reports": self.reports}
        (folder / "country.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")

    @classmethod
    def read(cls, folder: Path, secret: bytes) -> CountryModel:
        """Return what :meth:`write` wrote; ``secret`` is what its values are hashed with."""
        told = json.loads((folder / "country.json").read_text("utf-8"))
        model = Model.from_json(json.loads((folder / "model.json").read_text("utf-8")), secret)
        return cls(model, Within(**told["within"]), dict(told["reports"]))


def _share(value: float) -> float:
    return float(f"{min(max(value, _LEAST), _MOST):.6g}")


def fitted(forces: Sequence[Delivered], secret: bytes, most: int = MOST_SAMPLED) -> CountryModel:
    """Return the model of a country, fitted to a sample of its reports.

    Raises:
        NationalError: no force sent names.
    """
    named = [f for f in forces if f.names]
    if not named:
        raise NationalError("No force delivered names: there is nothing to fit a model to.")
    share = min(1.0, most / max(sum(f.records for f in named), 1))
    people, reports = zip(*(_sampled(f, share) for f in named), strict=True)
    both = {"people": pl.concat(people), "reports": pl.concat(reports)}
    day = both["reports"]["reported_at"].max()
    found = link(both, as_at=day if isinstance(day, dt.date) else None, secret=secret)
    return CountryModel(
        found.model, _within(found.report_pairs, found.persons, both), {f.force: f.reports for f in named}
    )


def _sampled(force: Delivered, share: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a share of the reports of a force with everybody in them. Their ids look random, so that those
    up to some id are a random sample, and the same one every time."""
    people, reports = force.people(), force.told()
    last = f"{round(share * (16**8 - 1)):08x}"
    upto = pl.col("report_id").str.slice(2, 8) <= last
    return people.filter(upto), reports.filter(upto)


def _within(report_pairs: pl.DataFrame, persons: pl.DataFrame, both: dict[str, pl.DataFrame]) -> Within:
    source = both["reports"].select("report_id", "source")
    told = report_pairs.select("left_report", "right_report", "relation").join(
        source, left_on="left_report", right_on="report_id"
    ).join(source, left_on="right_report", right_on="report_id", suffix="_2")  # fmt: skip

    def share(some: pl.DataFrame) -> float:
        return _drawn(float((some["source"] == some["source_2"]).sum()), float(some.height))

    victim_only = told.filter(
        pl.col("relation").is_in(["same_victim_other_suspect", "same_victim_suspect_unclear"])
    )
    # Two records of a person lie in one force as often as their sizes there say.
    placed = persons.join(both["people"].select("record_id", "source"), on="record_id")
    sizes = placed.group_by("person_id", "source").len().with_columns(pl.col("len").cast(pl.Float64))
    own = float((sizes["len"] * (sizes["len"] - 1) / 2).sum())
    whole = sizes.group_by("person_id").agg(pl.col("len").sum())["len"]
    every = float((whole * (whole - 1) / 2).sum())
    return Within(
        share(told.filter(pl.col("relation") == _CELLS["both"])),
        share(victim_only),
        share(told.filter(pl.col("relation") == _CELLS["suspect_only"])),
        _drawn(own, every),
    )


def _drawn(found: float, of: float) -> float:
    return round((found + _AS_MANY * SUPPOSED_WITHIN) / (of + _AS_MANY), 6)
