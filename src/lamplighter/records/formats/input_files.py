"""Input files and what to call them: by their name, with as much of their folder as tells them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lamplighter.records.errors import FileNotReadable


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file, or one sheet of a workbook. ``label`` is what counts, rejects and messages call it; two of one
    run never share a label."""

    path: Path
    label: str
    sheet: str | None = None

    def of_sheet(self, name: str, *, alone: bool) -> InputFile:
        """Return one sheet of this workbook; ``alone`` in it, it goes by the workbook's label."""
        return replace(self, sheet=name, label=self.label if alone else f"{self.label}, sheet {name}")


def labelled(paths: Iterable[str | Path | InputFile]) -> list[InputFile]:
    """Give every path a label of its own: 'jan.csv', or 'north/jan.csv' beside 'south/jan.csv'.

    A path that has a label keeps it. The same path twice is there once: nobody means to count it twice.
    """
    found: dict[tuple[Path, str | None], InputFile | Path] = {}
    for given in paths:
        if isinstance(given, InputFile):
            found.setdefault((given.path.resolve(), given.sheet), given)
        else:
            found.setdefault((Path(given).resolve(), None), Path(given))
    bare = [p for p in found.values() if isinstance(p, Path)]
    labels = dict(zip(bare, _labels(bare), strict=True))
    return [f if isinstance(f, InputFile) else InputFile(f, labels[f]) for f in found.values()]


def _labels(paths: Sequence[Path]) -> list[str]:
    """Return the last parts of each path, so many of them that no two are alike."""
    parts = [p.resolve().parts for p in paths]
    depth = [1] * len(paths)
    while True:
        labels = ["/".join(x[-n:]) for x, n in zip(parts, depth, strict=True)]
        times = Counter(labels)
        longer = [i for i, label in enumerate(labels) if times[label] > 1 and depth[i] < len(parts[i])]
        if not longer:
            return labels
        for i in longer:
            depth[i] += 1


def refuse_no_file(path: Path, label: str = "") -> None:
    """Refuse what is neither a file nor a folder: reading a pipe waits for whoever writes into it, for ever.

    Raises ``FileNotReadable``.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise FileNotReadable(
            "This is a pipe or a device, and no file.",
            file=label or path.name,
            remedy="Save what it holds in a file, and name that.",
        )
