"""Rows parted by a key, in memory or on disk, so that a report is whole wherever its lines stand in a
file.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl


class Spool:
    """Takes frames, parts their rows by a hash of one column, and gives each part back whole, in order
    of arrival.
    """

    def __init__(self, key: str, parts: int, folder: Path | None) -> None:
        self.key, self.parts, self.folder = key, parts, folder
        self._held: list[list[pl.DataFrame]] = [[] for _ in range(parts)]
        self._files: list[list[Path]] = [[] for _ in range(parts)]
        self._count = 0

    def write(self, frame: pl.DataFrame) -> None:
        """Add rows; rows without a key go to the first part."""
        if frame.is_empty():
            return
        if self.parts == 1:
            self._put(0, frame)
            return
        part = (frame[self.key].hash(seed=20) % self.parts).fill_null(0).cast(pl.UInt32)
        for (number,), rows in (
            frame.with_columns(part.alias("_part"))
            .partition_by("_part", as_dict=True, include_key=False, maintain_order=True)
            .items()
        ):
            self._put(int(number), rows)

    def _put(self, part: int, frame: pl.DataFrame) -> None:
        if self.folder is None:
            self._held[part].append(frame)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{part:05d}-{self._count:06d}.arrow"
        self._count += 1
        frame.write_ipc(path)
        self._files[part].append(path)

    def read(self, part: int) -> pl.DataFrame | None:
        """Return all rows of one part, or ``None``; what is held for it is let go."""
        frames = self._held[part] + [pl.read_ipc(p) for p in self._files[part]]
        self._held[part] = []
        for path in self._files[part]:
            path.unlink()
        self._files[part] = []
        return pl.concat(frames, how="diagonal") if frames else None
