"""Number the persons of all forces, and find the records and reports that a stage needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.features.record_features import LIST_COLUMNS, prepare
from lamplighter.national.delivery.deliveries import Delivered
from lamplighter.national.linking.border_reports import Scene
from lamplighter.national.linking.profiles import FACE, Faces, faces_of
from lamplighter.national.linking.within_forces import ForcePersons


@dataclass(frozen=True, slots=True)
class Index:
    """``records``: record_id, person (a number), job (force and block of years, a number), force;
    ``force_of`` (p,): the force of each person; ``forces``: by name, in order."""

    records: pl.DataFrame
    force_of: npt.NDArray[np.str_]
    job_of: Rows
    forces: tuple[Delivered, ...]

    @classmethod
    def of(cls, forces: Sequence[Delivered], found: Sequence[ForcePersons]) -> Index:
        """Return the index of the persons of some forces, beside what linking each gave."""
        parts = [
            own.persons.with_columns(force=pl.lit(force.force))
            for force, own in zip(forces, found, strict=True)
        ]
        every = pl.concat(parts)
        # A person is of the first block that any of their records is in.
        persons = every.group_by("force", "person").agg(pl.col("block").min()).sort("force", "person")
        jobs = persons.select("force", "block").unique().sort("force", "block").with_row_index("job")
        persons = persons.join(jobs, on=["force", "block"], maintain_order="left").with_row_index("number")
        records = every.drop("block").join(
            persons.select(
                "force", "person", number=pl.col("number").cast(pl.Int64), job=pl.col("job").cast(pl.Int64)
            ),
            on=["force", "person"],
        )
        return cls(
            records.select("record_id", person="number", job="job", force="force").sort("record_id"),
            persons["force"].to_numpy().astype(np.str_),
            persons["job"].to_numpy().astype(np.int64),
            tuple(forces),
        )

    @property
    def persons(self) -> int:
        return len(self.force_of)

    def sizes(self) -> dict[str, int]:
        """Return how many persons each force has."""
        names, many = np.unique(self.force_of, return_counts=True)
        return dict(zip(names.tolist(), many.tolist(), strict=True))

    def faces(self) -> Faces:
        """Return the profiles of all persons."""
        return faces_of(self.recorded())

    def recorded(self) -> pl.DataFrame:
        """Return what is recorded of all persons: a row a record, with ``person`` and ``job``."""
        wanted = ("record_id", "report_id", "source", *FACE, *LIST_COLUMNS)
        parts = []
        for force in self.forces:
            people = force.people()
            days = force.told().select("report_id", "reported_at")
            parts.append(
                people.select(c for c in wanted if c in people.columns)
                .join(days, on="report_id", how="left")
                .drop("report_id")
            )
        own = self.records.select("record_id", "person", "job")
        return pl.concat(parts).join(own, on="record_id")

    def scene(self, persons: Rows) -> Scene:
        """Return the records of some persons, with everybody else in their reports."""
        wanted = pl.DataFrame({"person": np.unique(persons)})
        mine = self.records.join(wanted, on="person", how="semi")
        needed = set(mine["force"].unique().to_list())
        people, reports = [], []
        for force in self.forces:
            if force.force in needed:
                every = force.people()
                touched = every.join(mine.select("record_id"), on="record_id", how="semi")["report_id"]
                inside = pl.col("report_id").is_in(touched.unique().implode())
                people.append(every.filter(inside))
                reports.append(force.told().filter(inside))
        everybody = (
            pl.concat(people).join(self.records.select("record_id", "person", "job"), on="record_id")
        ).sort("record_id")
        features = prepare(everybody.drop("person", "job"), pl.concat(reports))
        person = everybody["person"].to_numpy().astype(np.int64)
        return Scene(features, person, everybody["job"].to_numpy().astype(np.int64), self.force_of[person])

    def in_reports(self) -> pl.DataFrame:
        """Return report_id, role, person and force of all records."""
        parts = [f.people().select("record_id", "report_id", "role") for f in self.forces]
        return pl.concat(parts).join(self.records.select("record_id", "person", "force"), on="record_id")
