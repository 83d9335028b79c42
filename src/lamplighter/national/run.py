"""Run all stages in order: within each force, across forces, border reports, consolidation, draws, links."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.components import LARGEST_GROUP
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.clustering.decisions import Standing, standing
from lamplighter.linkage.dyads.dyad_evidence import KINDS
from lamplighter.linkage.engines.on_arrays import OnArrays
from lamplighter.linkage.engines.protocol import Engine
from lamplighter.linkage.settings import Progress
from lamplighter.national.delivery.deliveries import Delivered, Forces, forces_of
from lamplighter.national.delivery.keys import Key, Release
from lamplighter.national.errors import NationalError
from lamplighter.national.jobs import WORKERS, Job, outputs
from lamplighter.national.linking import (
    across_forces,
    border_reports,
    consolidation,
    country_model,
    priors,
    within_forces,
)
from lamplighter.national.linking.across_forces import Edges
from lamplighter.national.linking.border_reports import Judged
from lamplighter.national.linking.consolidation import Capped
from lamplighter.national.linking.country_model import CountryModel
from lamplighter.national.linking.index import Index
from lamplighter.national.linking.priors import PartSizes, SourcePairs
from lamplighter.national.linking.recording.border_weigher import Recording
from lamplighter.national.linking.unseen import Unseen
from lamplighter.national.linking.within_forces import MOST_RECORDS_A_JOB, ForcePersons
from lamplighter.national.stages import Stages, digest_of, guarded, published, whole, written_text

EDGES_A_BATCH = 150_000
"""Edges whose reports are judged by one job."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold how a run goes: processes, the largest job, the engine of stage B, whether a new model is
    fitted."""

    workers: int = WORKERS
    most_records_a_job: int = MOST_RECORDS_A_JOB
    most_in_a_component: int = LARGEST_GROUP
    engine: Engine = field(default_factory=OnArrays)
    refit: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """Hold what the stages come to: who is there (``forces``), the ``index`` of persons of forces, the
    national ``group`` (p,) of each, all ``judged`` pairs with their ``bits``, what was ``capped``, how often
    forces share people, how forces record, the forces' own pairs, and which stages had to be made."""

    forces: Forces
    country: CountryModel
    index: Index
    within: tuple[ForcePersons, ...]
    group: Rows
    judged: Judged
    bits: np.ndarray
    seen: Unseen
    capped: tuple[Capped, ...]
    sources: SourcePairs
    recording: Recording
    standing: Standing
    apart: Rows
    made: tuple[str, ...]
    digest: str


def linked(linker: Path, release: Release, settings: Settings, progress: Progress) -> Linked:
    """Link all deliveries of a release, stage by stage; what was made already is taken as it is.

    Raises:
        NationalError: there is no delivery with names.
        StageFailed: a stage failed.
    """
    key = Key.kept(linker / "key")
    secret = key.derived("frequencies").secret
    forces = forces_of(linker, release)
    named = tuple(f for f in forces.present if f.names)
    if not named:
        raise NationalError(f"No force has delivered names for {release.label}.")
    stages = Stages(linker / "stages")
    progress("Model of the country")
    model_folder = _model(linker, named, secret, settings)
    country = CountryModel.read(model_folder, secret)
    decided = _decisions(linker)
    force = standing(decided)

    jobs = [_job_of_force(f, model_folder, secret, decided, settings) for f in named]
    folders = outputs(stages, jobs, progress, settings.workers)
    within = tuple(guarded("force", partial(ForcePersons.read, p)) for p in folders)
    index = guarded("index", lambda: Index.of(named, within))

    progress("Across forces")
    inputs: dict[str, object] = {
        "force": [p.name for p in folders], "model": country.model.version,
        "pairs": [across_forces.PAIRS_A_FACE, across_forces.OF_MANY, across_forces.MANY],
    }  # fmt: skip
    across = stages.output("across", inputs, partial(_write_across, index, country, settings.engine))
    edges = Edges.of(pl.read_parquet(across / "edges.parquet"))
    sources = _sources(model_folder, edges, index, country)
    recording = _recording(model_folder, edges, index, country, secret)
    border = {"across": across.name, "sources": sources.digest, "recording": recording.digest}
    cut = _batches(edges, index)
    batches = [
        Job("border", f"part {i + 1}", border | {"part": i, "of": len(cut)},
            partial(_write_border, index, model_folder, secret, edges.frame()[rows], sources, recording))
        for i, rows in enumerate(cut)
    ]  # fmt: skip
    parts = outputs(stages, batches, progress, settings.workers)

    progress("Persons of the country")
    commoner = _commoner(model_folder, index, country, parts)
    said = {
        "border": [p.name for p in parts], "commoner": commoner.tolist(), "decisions": _said(decided),
        "most": settings.most_in_a_component,
    }  # fmt: skip
    whole_ = stages.output(
        "consolidated", {"across": across.name} | said,
        partial(_write_consolidated, index, country, settings, parts, force, sources, recording, commoner),
    )  # fmt: skip
    found = guarded("consolidated", lambda: _read_consolidated(whole_))
    stages.tidied()
    apart = consolidation.people_apart(index.in_reports())
    return Linked(
        forces, country, index, within, found.label, found.judged, found.bits, _seen(parts), found.capped,
        sources, recording, force, apart, tuple(stages.made), whole_.name,
    )  # fmt: skip


def _model(linker: Path, named: Sequence[Delivered], secret: bytes, settings: Settings) -> Path:
    """Return the folder of the model in use; one is fitted where there is none, or another is asked for."""
    pointer = linker / "models" / "current.json"
    if pointer.exists() and not settings.refit:
        folder = linker / "models" / str(json.loads(pointer.read_text("utf-8"))["folder"])
        if whole(folder):
            return folder
    name = f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}"
    folder = linker / "models" / name
    published(folder, "model", lambda into: country_model.fitted(named, secret).write(into))
    written_text(pointer, json.dumps({"folder": name}) + "\n")
    return folder


def _decisions(linker: Path) -> pl.DataFrame | None:
    path = linker / "decisions.parquet"
    return pl.read_parquet(path) if path.exists() else None


def _said(decided: pl.DataFrame | None) -> str:
    force = standing(decided)
    return json.dumps([force.same, force.not_same])


def _job_of_force(
    force: Delivered, model: Path, secret: bytes, decided: pl.DataFrame | None, settings: Settings
) -> Job:
    # Of decisions a force's job depends on those alone that name two of its own records.
    own = None
    if decided is not None and decided.height:
        ids = force.people()["record_id"]
        mine = pl.col("left_record").is_in(ids.implode()) & pl.col("right_record").is_in(ids.implode())
        kept = decided.filter(mine)
        undone = decided.filter(pl.col("undoes").is_in(kept["decision_id"].implode()))
        own = pl.concat([kept, undone]) if kept.height else None
    return Job(
        "force", force.force,
        {"force": force.force, "delivery": force.digest, "model": digest_of(model / "model.json"),
         "country": digest_of(model / "country.json"), "decisions": _said(own),
         "most": settings.most_records_a_job},
        partial(_write_force, force, model, secret, own, settings.most_records_a_job),
    )  # fmt: skip


def _write_force(
    force: Delivered, model: Path, secret: bytes, decided: pl.DataFrame | None, most: int, folder: Path
) -> None:
    within_forces.write_force(force, CountryModel.read(model, secret), decided, most, folder)


def _write_across(index: Index, country: CountryModel, engine: Engine, folder: Path) -> None:
    model = country.across()
    found = across_forces.edges(index.faces(), model, engine)
    found.frame().write_parquet(folder / "edges.parquet")


def _sources(model: Path, edges: Edges, index: Index, country: CountryModel) -> SourcePairs:
    """Return how common matches of each two forces are: learned once with a model, and kept with it, so that
    a force which leaves or comes changes nothing between the others."""
    path = model / "sources.json"
    if not path.exists():
        found = guarded(
            "sources", lambda: priors.source_pairs(edges, index.force_of, index.sizes(), country.across())
        )
        written_text(path, json.dumps(asdict(found)) + "\n")
    return SourcePairs(**json.loads(path.read_text("utf-8")))


def _recording(model: Path, edges: Edges, index: Index, country: CountryModel, secret: bytes) -> Recording:
    """Return how forces record: learned once with a model, and kept with it, in the same way."""
    path = model / "recording.json"
    if not path.exists():
        found = guarded("recording", lambda: priors.recording(edges, index, country.across(), secret))
        written_text(path, json.dumps(found.to_json()) + "\n")
    return Recording.read(path, secret)


def _commoner(model: Path, index: Index, country: CountryModel, parts: Sequence[Path]) -> np.ndarray:
    """Return how common matches of each kind of pair are: learned and kept in the same way."""
    path = model / "commoner.json"

    def learned() -> np.ndarray:
        judged = _all(parts)
        borders = index.force_of[judged.left] != index.force_of[judged.right]
        return priors.by_part(judged, borders, PartSizes.of(index.in_reports()), country.across())

    if not path.exists():
        found = guarded("commoner", learned)
        told = {name: float(found[number]) for name, number in KINDS.items()}
        written_text(path, json.dumps(told) + "\n")
    told = json.loads(path.read_text("utf-8"))
    return np.array([told[name] for name in KINDS])


def _all(parts: Sequence[Path]) -> Judged:
    """Return the pairs of all batches, each once: two batches may have brought the same two together."""
    judged = Judged.joined([Judged.of(pl.read_parquet(p / "judged.parquet")) for p in parts])
    first = np.r_[True, (np.diff(judged.left) != 0) | (np.diff(judged.right) != 0)][: len(judged)]
    return judged.at(first.astype(bool))


def _batches(edges: Edges, index: Index) -> list[Rows]:
    """Return the edges of each job: all of two jobs together, since their reports are judged together."""
    a, b = index.job_of[edges.left], index.job_of[edges.right]
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((edges.right, edges.left, high, low))
    begins = np.flatnonzero(np.r_[True, (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)])
    found: list[Rows] = []
    first = 0
    for start, end in zip(begins.tolist(), [*begins[1:].tolist(), len(order)], strict=True):
        if end - first > EDGES_A_BATCH and start > first:
            found.append(order[first:start])
            first = start
    if len(order) > first:
        found.append(order[first:])
    return found


def _shifts(index: Index, sources: SourcePairs) -> np.ndarray:
    """Return by how many bits matches of two jobs are commoner than those of any two: (j, j)."""
    many = int(index.job_of.max(initial=-1)) + 1
    force = np.empty(many, dtype=object)
    force[index.job_of] = index.force_of
    found = np.zeros((many, many))
    for i in range(many):
        for j in range(many):
            found[i, j] = sources.shift.get("|".join(sorted((str(force[i]), str(force[j])))), 0.0)
    return found


def _write_border(
    index: Index, model: Path, secret: bytes, edges: pl.DataFrame, sources: SourcePairs,
    recording: Recording, folder: Path,
) -> None:  # fmt: skip
    some = Edges.of(edges)
    scene = index.scene(np.r_[some.left, some.right])
    country = CountryModel.read(model, secret)
    across, shifts = country.across(), _shifts(index, sources)
    found, seen = border_reports.judged(scene, some.left, some.right, across, shifts, recording)
    again = border_reports.half_told(found, some.left, some.right)
    if again.any():
        half = found.at(again)
        every = index.scene(np.r_[half.left, half.right])
        told, _ = border_reports.judged(every, half.left, half.right, across, shifts, recording, only=True)
        found = Judged.joined([found.at(~again), half.told_by(told)])
    found.frame().write_parquet(folder / "judged.parquet")
    (folder / "seen.json").write_text(json.dumps(seen.figures()) + "\n", "utf-8")


def _seen(parts: Sequence[Path]) -> Unseen:
    return Unseen.summed(json.loads((p / "seen.json").read_text("utf-8")) for p in parts)


def _write_consolidated(
    index: Index, country: CountryModel, settings: Settings, parts: Sequence[Path], force: Standing,
    sources: SourcePairs, recording: Recording, commoner: np.ndarray, folder: Path,
) -> None:  # fmt: skip
    judged, in_reports = _all(parts), index.in_reports()
    borders = index.force_of[judged.left] != index.force_of[judged.right]
    judged = priors.with_parts(judged, borders, commoner)
    average = round(sum(country.reports.values()) / max(len(country.reports), 1))
    across, inside, shift = country.across(), country.of_force(average), _shifts(index, sources)

    def look(left: Rows, right: Rows) -> Judged:
        scene = index.scene(np.r_[left, right])
        own = index.job_of[left] == index.job_of[right]
        found = [
            border_reports.judged(scene, left[own], right[own], inside, None, recording, only=True)[0],
            border_reports.judged(scene, left[~own], right[~own], across, shift, recording, only=True)[0],
        ]
        both = Judged.joined(found)
        return priors.with_parts(both, index.force_of[both.left] != index.force_of[both.right], commoner)

    said = {r for pair in (*force.same, *force.not_same) for r in pair}
    known = index.records.filter(pl.col("record_id").is_in(list(said)))
    person_of = dict(known.select("record_id", "person").iter_rows())
    apart = consolidation.people_apart(in_reports)
    found = consolidation.consolidated(
        judged, index.force_of, country.model, settings.engine, force, person_of, apart, look,
        settings.most_in_a_component,
    )  # fmt: skip
    np.save(folder / "label.npy", found.label)
    found.judged.frame().with_columns(bits=pl.Series(found.bits)).write_parquet(folder / "judged.parquet")
    (folder / "capped.json").write_text(json.dumps([asdict(c) for c in found.capped]) + "\n", "utf-8")
    # Which records these are, for whoever at the linker looks into it.
    groups = pl.DataFrame(
        [(i, person) for i, c in enumerate(found.capped, 1) for person in c.members],
        schema={"group": pl.Int64(), "person": pl.Int64()}, orient="row",
    )  # fmt: skip
    groups.join(index.records, on="person").select("group", "force", "record_id").sort(
        pl.all()
    ).write_parquet(folder / "capped_records.parquet")


def _read_consolidated(folder: Path) -> consolidation.Consolidated:
    frame = pl.read_parquet(folder / "judged.parquet")
    told = json.loads((folder / "capped.json").read_text("utf-8"))
    capped = tuple(
        Capped(
            c["persons"],
            tuple(c["forces"]),
            tuple(c["held_by"]),
            c["bar"],
            c["edges_cut"],
            tuple(c["members"]),
        )
        for c in told
    )
    judged = Judged.of(frame.drop("bits"))
    return consolidation.Consolidated(np.load(folder / "label.npy"), judged, frame["bits"].to_numpy(), capped)
