"""A world of any size to Parquet, one part at a time, in bounded memory.

Layout: ``<folder>/<table>/part-00000.parquet`` for the five canonical tables,
``<folder>/truth/<frame>/part-00000.parquet`` for the truth, ``<folder>/world.json`` for the settings. A
part is about 100,000 person records and depends only on the settings and its own number, so the world does
not depend on how many workers made it, and a run that was stopped goes on where it was: parts that are
there are left alone.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, fields
from multiprocessing.context import SpawnContext
from pathlib import Path

import polars as pl

from lamplighter.records.schema import TABLES, Bundle
from lamplighter.synthetic.people import places
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.worlds.truth import Truth
from lamplighter.synthetic.worlds.world import part

Progress = Callable[[int, int], None]


class OtherWorldError(ValueError):
    """The folder holds a world with other settings."""


@dataclass(frozen=True, slots=True)
class Written:
    """Hold how much was written (or was there already): parts, reports, person records."""

    parts: int
    reports: int
    person_records: int


def write(
    folder: Path, config: Config, *, workers: int | None = None, progress: Progress | None = None
) -> Written:
    """Write the world of ``config`` into ``folder``.

    Args:
        folder: made if it is not there. May hold an unfinished run of the same settings, which is completed.
        workers: processes; by default one a processor, never more than there are parts.
        progress: called with (parts done, parts in all) as parts are finished.

    Raises:
        OtherWorldError: the folder holds a world with other settings.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _claim(folder, config)
    todo = [number for number in range(config.cells) if not _marker(folder, number).exists()]
    done = config.cells - len(todo)
    if progress:
        progress(done, config.cells)
    for _ in _make(folder, config, todo, min(workers or os.cpu_count() or 1, max(len(todo), 1))):
        done += 1
        if progress:
            progress(done, config.cells)
    counts = [json.loads(_marker(folder, number).read_text("utf-8")) for number in range(config.cells)]
    return Written(
        parts=config.cells,
        reports=sum(c["reports"] for c in counts),
        person_records=sum(c["person_records"] for c in counts),
    )


def scan(folder: Path) -> dict[str, pl.LazyFrame]:
    """Return the five canonical tables of a written world, lazily."""
    return {t.name: pl.scan_parquet(folder / t.name / "*.parquet") for t in TABLES}


def _settings(config: Config) -> str:
    def plain(value: object) -> object:
        return dict(value) if isinstance(value, Mapping) else str(value)

    shown = {f.name: getattr(config, f.name) for f in fields(config) if f.name != "marginals"}
    shown["marginals"] = {
        f.name: getattr(config.marginals, f.name) for f in dataclasses.fields(config.marginals)
    }
    return json.dumps(shown, default=plain, indent=2, sort_keys=True)


def _claim(folder: Path, config: Config) -> None:
    note, settings = folder / "world.json", _settings(config)
    if note.exists() and note.read_text("utf-8") != settings:
        raise OtherWorldError(f"{folder} holds a world with other settings; choose another folder")
    note.write_text(settings, "utf-8")


def _marker(folder: Path, number: int) -> Path:
    return folder / "parts" / f"{number:05d}.json"


def _make(folder: Path, config: Config, todo: list[int], workers: int) -> Iterator[int]:
    if workers <= 1:
        for number in todo:
            yield _write_part(folder, config, number)
        return
    # Spawned, not forked: a forked child may inherit a lock that a Polars thread holds.
    context = multiprocessing.get_context("spawn")
    # Each worker has a processor to itself, so its Polars needs one thread.
    before = os.environ.get("POLARS_MAX_THREADS")
    os.environ["POLARS_MAX_THREADS"] = "1"
    try:
        yield from _spread(folder, config, todo, workers, context)
    finally:
        if before is None:
            del os.environ["POLARS_MAX_THREADS"]
        else:
            os.environ["POLARS_MAX_THREADS"] = before


def _spread(
    folder: Path, config: Config, todo: list[int], workers: int, context: SpawnContext
) -> Iterator[int]:
    with ProcessPoolExecutor(max_workers=workers, mp_context=context) as pool:
        waiting: list[Future[int]] = [pool.submit(_write_part, folder, config, number) for number in todo]
        for finished in as_completed(waiting):
            yield finished.result()


def _write_part(folder: Path, config: Config, number: int) -> int:
    # A part makes millions of small objects and no cycles: looking for cycles costs a fifth of the time.
    gc.disable()
    try:
        return _write_frames(folder, number, *part(config, number, places.make(config)))
    finally:
        gc.enable()


def _write_frames(folder: Path, number: int, bundle: Bundle, truth: Truth) -> int:
    frames = {t.name: bundle[t.name] for t in TABLES}
    frames |= {f"truth/{f.name}": getattr(truth, f.name) for f in fields(Truth)}
    for name, frame in frames.items():
        target = folder / name / f"part-{number:05d}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(".unfinished")
        frame.write_parquet(unfinished, compression="lz4", statistics=False)
        unfinished.rename(target)
    # Written last: a part without its marker is made again.
    marker = _marker(folder, number)
    marker.parent.mkdir(exist_ok=True)
    marker.write_text(
        json.dumps({"reports": bundle["reports"].height, "person_records": bundle["people"].height}), "utf-8"
    )
    return number
