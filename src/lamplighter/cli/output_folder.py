"""The folder that a command writes: private, whole or not there, and never over what somebody has there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

Overwrite = Annotated[
    bool,
    typer.Option(
        "--overwrite", help="Replace the files of an earlier result in the folder; other files stay there."
    ),
]
_SHOWN, _COUNTED = 4, 1_000


def refuse_used(out: Path, *, overwrite: bool) -> None:
    """Refuse a folder that holds files already, naming some of them.

    Raises:
        typer.BadParameter: it holds files and ``overwrite`` was not said, or it is a file.
    """
    if out.exists() and not out.is_dir():
        raise typer.BadParameter(f"{out} is a file. Name a folder.", param_hint="--out")
    if overwrite or not out.exists():
        return
    held = sorted(str(p.relative_to(out)) for p in islice(_files(out), _COUNTED))
    if not held:
        return
    counted = f"{len(held) - _SHOWN:,}" if len(held) < _COUNTED else "many"
    more = f" and {counted} more" if len(held) > _SHOWN else ""
    raise typer.BadParameter(
        f"{out} holds files already: {', '.join(held[:_SHOWN])}{more}. Nothing was read or written. Name "
        "another folder, or add --overwrite to replace the files of an earlier result.",
        param_hint="--out",
    )


def _files(folder: Path) -> Iterator[Path]:
    return (p for p in folder.rglob("*") if not p.is_dir())


@contextmanager
def written(out: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a folder to write into; its files take their places in ``out`` when all are there.

    Files are readable by their owner only, and so is ``out`` where it is made here. After an error ``out`` is
    as it was.

    Raises:
        typer.BadParameter: as :func:`refuse_used` has it.
    """
    refuse_used(out, overwrite=overwrite)
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    # On the same file system as where the files go, so that each takes its place at once.
    made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out if out.is_dir() else out.parent))
    before = os.umask(0o077)
    try:
        yield made
        for path in sorted(made.rglob("*")):
            to = out / path.relative_to(made)
            if path.is_dir():
                to.mkdir(parents=True, exist_ok=True)
            else:
                to.parent.mkdir(parents=True, exist_ok=True)
                path.replace(to)
    finally:
        os.umask(before)
        shutil.rmtree(made, ignore_errors=True)
