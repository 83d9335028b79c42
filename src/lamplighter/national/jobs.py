"""Run jobs in a pool of processes, each of which publishes what it makes by itself."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from lamplighter.linkage.settings import Progress
from lamplighter.national.stages import Stages, published, whole

WORKERS = 2


@dataclass(frozen=True, slots=True)
class Job:
    """``make`` writes the output of a ``stage`` into the folder that it is given; it and what it holds can be
    sent to another process. ``inputs``: what its output depends on; ``label``: told while it runs."""

    stage: str
    label: str
    inputs: dict[str, object]
    make: Callable[[Path], None]


def outputs(stages: Stages, jobs: Sequence[Job], progress: Progress, workers: int = WORKERS) -> list[Path]:
    """Return the outputs of all jobs, in their order; those that are not there are made.

    Raises:
        StageFailed: one of them failed; what others published stays.
    """
    places = [stages.place(j.stage, j.inputs) for j in jobs]
    stages.used.update(places)
    missing = [(job, place) for job, place in zip(jobs, places, strict=True) if not whole(place)]
    stages.made += [job.stage for job, _ in missing]
    if workers < 2 or len(missing) < 2:
        for done, (job, place) in enumerate(missing, 1):
            published(place, f"{job.stage} of {job.label}", job.make)
            progress(f"{job.stage}: {done} of {len(missing)} ({job.label})")
        return places
    # Processes begin anew: a fork of one with threads may wait for ever.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        waiting = {
            pool.submit(published, place, f"{job.stage} of {job.label}", job.make): job
            for job, place in missing
        }
        for done, future in enumerate(as_completed(waiting), 1):
            future.result()
            progress(f"{waiting[future].stage}: {done} of {len(missing)} ({waiting[future].label})")
    return places
