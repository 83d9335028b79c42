"""Run all stages in order: within each force, across forces, border reports, consolidation, draws, links."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.components import LARGEST_GROUP
from lamplighter.linkage.arrays.log_odds import DIGITS
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
    standing_borders,
    within_forces,
)
from lamplighter.national.linking.across_forces import Edges, Weighed
from lamplighter.national.linking.border_reports import Judged
from lamplighter.national.linking.consolidation import Capped
from lamplighter.national.linking.country_model import CountryModel
from lamplighter.national.linking.index import Index
from lamplighter.national.linking.priors import PartSizes, SourcePairs
from lamplighter.national.linking.recording.border_weigher import Recording
from lamplighter.national.linking.standing_borders import Before, Known, Plan
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
        "digits": DIGITS,
    }  # fmt: skip
    across = stages.output(
        "across", inputs, partial(_write_across, index, country, settings.engine, stages.folder)
    )
    edges = Edges.of(pl.read_parquet(across / "edges.parquet"))
    sources = _sources(model_folder, edges, index, country)
    recording = _recording(model_folder, edges, index, country, secret)
    borders = _borders(
        stages, edges, index, country, model_folder, secret, sources, recording, across.name, settings,
        progress,
    )  # fmt: skip

    progress("Persons of the country")
    commoner = _commoner(model_folder, index, country, borders)
    said = {
        "borders": borders.name, "commoner": commoner.tolist(), "decisions": _said(decided),
        "most": settings.most_in_a_component,
    }  # fmt: skip
    whole_ = stages.output(
        "consolidated", {"across": across.name} | said,
        partial(_write_consolidated, index, country, settings, borders, force, sources, recording, commoner),
    )  # fmt: skip
    found = guarded("consolidated", lambda: _read_consolidated(whole_))
    stages.tidied()
    apart = consolidation.people_apart(index.in_reports())
    return Linked(
        forces, country, index, within, found.label, found.judged, found.bits, _seen(borders), found.capped,
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


def _write_across(index: Index, country: CountryModel, engine: Engine, stages: Path, folder: Path) -> None:
    model = country.across()
    ground = {"model": model.version, "polars": pl.__version__}
    earlier = _newest(stages / "across", ground)
    before = Weighed.read(earlier) if earlier is not None else None
    found, weighed = across_forces.edges(index.faces(), model, engine, before)
    found.frame().write_parquet(folder / "edges.parquet")
    if weighed is not None:
        weighed.write(folder)
    _write_ground(folder, ground)


def _newest(outputs_: Path, ground: Mapping[str, str]) -> Path | None:
    """Return the newest output of a stage that was made on the same ground, and is whole."""
    made = sorted(outputs_.glob("*/ground.json"), key=lambda path: (path.stat().st_mtime_ns, path))
    for path in reversed(made):
        if json.loads(path.read_text("utf-8")) == ground and whole(path.parent):
            return path.parent
    return None


def _write_ground(folder: Path, ground: Mapping[str, str]) -> None:
    (folder / "ground.json").write_text(json.dumps(ground) + "\n", "utf-8")


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


def _commoner(model: Path, index: Index, country: CountryModel, borders: Path) -> np.ndarray:
    """Return how common matches of each kind of pair are: learned and kept in the same way."""
    path = model / "commoner.json"

    def learned() -> np.ndarray:
        judged = Judged.of(pl.read_parquet(borders / "judged.parquet"))
        two = index.force_of[judged.left] != index.force_of[judged.right]
        return priors.by_part(judged, two, PartSizes.of(index.in_reports()), country.across())

    if not path.exists():
        found = guarded("commoner", learned)
        told = {name: float(found[number]) for name, number in KINDS.items()}
        written_text(path, json.dumps(told) + "\n")
    told = json.loads(path.read_text("utf-8"))
    return np.array([told[name] for name in KINDS])


def _borders(
    stages: Stages, edges: Edges, index: Index, country: CountryModel, model: Path, secret: bytes,
    sources: SourcePairs, recording: Recording, across: str, settings: Settings, progress: Progress,
) -> Path:  # fmt: skip
    """Return the folder of all judgements of stage C. Those of an earlier run that stand are taken as they
    are (:mod:`standing_borders`); what is told of them is the same as if all had been made now."""
    inputs: dict[str, object] = {
        "across": across, "sources": sources.digest, "recording": recording.digest,
    }  # fmt: skip
    place = stages.place("borders", inputs)
    stages.used.add(place)
    if whole(place):
        return place
    ground = {
        "model": digest_of(model / "model.json"), "country": digest_of(model / "country.json"),
        "sources": sources.digest, "recording": recording.digest, "polars": pl.__version__,
    }  # fmt: skip
    known = guarded("borders", lambda: Known.of(index))
    earlier = _newest(place.parent, ground)
    before = guarded("borders", lambda: Before.read(earlier)) if earlier is not None else None
    plan = guarded("borders", lambda: standing_borders.planned(edges, known, before))
    parts = _judged_now(
        stages, edges, index, model, secret, sources, recording, plan, inputs, settings, progress
    )
    made = stages.output(
        "borders",
        inputs,
        partial(_write_borders, edges, known, plan, parts, ground, len(country.model.table) + 2),
    )
    # All that they hold is in the one folder now.
    stages.used.difference_update(parts)
    return made


def _judged_now(
    stages: Stages, edges: Edges, index: Index, model: Path, secret: bytes, sources: SourcePairs,
    recording: Recording, plan: Plan, inputs: dict[str, object], settings: Settings, progress: Progress,
) -> list[Path]:  # fmt: skip
    """Return the folders of what is judged now, part by part."""
    frame = edges.frame()
    jobs = []
    cut = _batches(edges, plan.rows, index)
    for i, rows in enumerate(cut):
        those = hashlib.sha256(rows.tobytes()).hexdigest()
        jobs.append(
            Job(
                "border", f"part {i + 1}", inputs | {"edges": those},
                partial(_write_border, index, model, secret, frame[rows], sources, recording),
            )
        )  # fmt: skip
    return outputs(stages, jobs, progress, settings.workers)


def _write_borders(
    edges: Edges, known: Known, plan: Plan, parts: Sequence[Path], ground: Mapping[str, str], compared: int,
    folder: Path,
) -> None:  # fmt: skip
    own = [Judged.none(compared)] + [Judged.of(pl.read_parquet(p / "judged.parquet")) for p in parts]
    seen = pl.concat([border_reports.NOTHING_SEEN] + [pl.read_parquet(p / "seen.parquet") for p in parts])
    judged, told = plan.joined(Judged.joined(own), seen, len(known.name))
    standing_borders.write(folder, edges, known, judged, told)
    _write_ground(folder, ground)


def _batches(edges: Edges, wanted: Rows, index: Index) -> list[Rows]:
    """Return the edges of each job, of those that are ``wanted``: all of two forces together, since their
    reports are judged together."""
    code = np.unique(index.force_of, return_inverse=True)[1].astype(np.int64)
    left, right = edges.left[wanted], edges.right[wanted]
    low, high = np.minimum(code[left], code[right]), np.maximum(code[left], code[right])
    order = np.lexsort((right, left, high, low))
    begins = np.flatnonzero(np.r_[True, (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)])
    found: list[Rows] = []
    first = 0
    for start, end in zip(begins.tolist(), [*begins[1:].tolist(), len(order)], strict=True):
        if end - first > EDGES_A_BATCH and start > first:
            found.append(wanted[order[first:start]])
            first = start
    if len(order) > first:
        found.append(wanted[order[first:]])
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
    seen.write_parquet(folder / "seen.parquet")


def _seen(borders: Path) -> Unseen:
    return Unseen.of_rows(pl.read_parquet(borders / "seen.parquet"))


def _write_consolidated(
    index: Index, country: CountryModel, settings: Settings, borders: Path, force: Standing,
    sources: SourcePairs, recording: Recording, commoner: np.ndarray, folder: Path,
) -> None:  # fmt: skip
    judged, in_reports = Judged.of(pl.read_parquet(borders / "judged.parquet")), index.in_reports()
    two = index.force_of[judged.left] != index.force_of[judged.right]
    judged = priors.with_parts(judged, two, commoner)
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
