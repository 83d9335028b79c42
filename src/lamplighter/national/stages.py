"""Keep what each stage makes under the hash of what went into it: written, checked, then published at once.

A stage that was made already is not made again, so that a run which was killed goes on where it was, and a
run with one more force makes anew what that force touches. A folder is published by one rename: either it is
there whole, or it is not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import tempfile
import traceback
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from lamplighter.national.errors import NationalError, StageFailed

FORMAT = "1"
"""Counted up when what a stage makes of the same inputs changes."""
T = TypeVar("T")
_DONE = "done.json"
_DIGITS = 24


@dataclass(slots=True)
class Stages:
    """The outputs of stages in a folder. ``used``: what this run asked for, ``made``: what it had to make."""

    folder: Path
    used: set[Path] = field(default_factory=set)
    made: list[str] = field(default_factory=list)

    def output(self, stage: str, inputs: Mapping[str, object], make: Callable[[Path], None]) -> Path:
        """Return the folder of a stage's output, made by ``make`` unless it is there.

        Raises:
            StageFailed: making it failed.
        """
        found = self.place(stage, inputs)
        self.used.add(found)
        if whole(found):
            return found
        published(found, stage, make)
        self.made.append(stage)
        return found

    def place(self, stage: str, inputs: Mapping[str, object]) -> Path:
        """Return where the output of a stage lies, or will lie."""
        return self.folder / stage / key_of(stage, inputs)

    def tidied(self) -> int:
        """Remove what this run did not use, and what was never published; return how many folders."""
        gone = 0
        for stage in self.folder.glob("*"):
            for output in stage.glob("*"):
                if output not in self.used:
                    shutil.rmtree(output)
                    gone += 1
        return gone


def key_of(stage: str, inputs: Mapping[str, object]) -> str:
    """Return the name of what a stage makes of some inputs."""
    told = json.dumps([FORMAT, stage, sorted(inputs.items())], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]


def published(found: Path, stage: str, make: Callable[[Path], None]) -> None:
    """Make the output of a stage beside its place, check it and put it there."""
    found.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if found.exists():
        # What is there is not whole: somebody changed or lost a file of it.
        shutil.rmtree(found)
    making = Path(tempfile.mkdtemp(prefix=f".making-{found.name}-", dir=found.parent))
    try:
        guarded(stage, lambda: make(making))
        files = {p.name: digest_of(p) for p in sorted(making.iterdir())}
        (making / _DONE).write_text(json.dumps(files, indent=1) + "\n", "utf-8")
        if not whole(making):
            raise NationalError(f"What the stage {stage} wrote does not read back.")
        making.replace(found)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def whole(folder: Path) -> bool:
    """Tell whether an output is there with every file as it was written."""
    try:
        files = json.loads((folder / _DONE).read_text("utf-8"))
        return all(digest_of(folder / name) == digest for name, digest in files.items())
    except (OSError, ValueError):
        return False


def digest_of(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[: 2 * _DIGITS]


def digest_of_files(paths: Collection[Path]) -> str:
    """Return the hash of several files by their names."""
    told = json.dumps({p.name: digest_of(p) for p in sorted(paths)})
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]


def guarded(stage: str, work: Callable[[], T]) -> T:
    """Do some work; of an error nothing is told but its kind and where it arose.

    The words of an error may quote a cell, and the frames behind it hold tables of people: neither is handed
    on, and no core is written.

    Raises:
        StageFailed: it failed.
    """
    _no_core()
    try:
        return work()
    except NationalError:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever it is, its words are not told
        last = traceback.extract_tb(problem.__traceback__)[-1]
        told = f"{type(problem).__name__} in {Path(last.filename).name}, line {last.lineno}"
    # Outside of the handler, so that the error itself hangs on nothing.
    raise StageFailed(f"The stage {stage} failed: {told}.", remedy="What was published before it stays.")


def _no_core() -> None:
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def written_text(path: Path, text: str) -> None:
    """Write a small file so that it is there whole or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    making = path.with_name(f".{path.name}-{os.getpid()}")
    making.touch(mode=0o600)
    making.write_text(text, "utf-8")
    making.replace(path)
