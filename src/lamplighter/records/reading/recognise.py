"""Tell which files belong to which source system, from their columns; what belongs to none is said.

A mapping that the caller names outranks one that comes with the package. Where two of one rank fit a file
equally well, their patterns of file names decide; where those do not either, the caller is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lamplighter.records.errors import FileNotReadable, FileNotRecognised, RecordsError
from lamplighter.records.formats.input_files import InputFile, labelled, refuse_no_file
from lamplighter.records.mapping.mappings import Mapping, built_in, check_names, load_mapping, load_mappings
from lamplighter.records.reading import mapping_fit
from lamplighter.records.reading.bundles import is_bundle, is_table_of_bundle
from lamplighter.records.reading.mapping_fit import Fit
from lamplighter.records.workbook.package import Sheet, is_workbook
from lamplighter.records.workbook.reading import tops

BUNDLE = "lamplighter"
_MOST_NAMED = 5
_FOLDER_WITHIN = "a folder within a folder is not looked into; name it too if it is to be read"
_HIDDEN = "a hidden sheet is not read; show it and save the workbook if it is to be read"


@dataclass(frozen=True, slots=True)
class LeftAside:
    """A file, a sheet or a folder that is not read, and why."""

    label: str
    why: str


@dataclass(frozen=True, slots=True)
class SortedFiles:
    """``files`` by the name of their mapping, in the order in which they were given; ``mappings`` by name;
    what was ``left_aside``; the names of mappings that the caller gave and no file fits (``unused``)."""

    files: dict[str, list[InputFile]] = field(default_factory=dict)
    mappings: dict[str, Mapping] = field(default_factory=dict)
    left_aside: list[LeftAside] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def extracts(self) -> list[tuple[Mapping, list[InputFile]]]:
        """Return each mapping with its files."""
        return [(self.mappings[name], files) for name, files in self.files.items()]


@dataclass(frozen=True, slots=True)
class _Table:
    """A file, or one sheet of a workbook, with the mapping that reads it, or why none does."""

    path: Path
    sheet: str | None
    mapping: Mapping | None
    why: str = ""


def sort_out(paths: Iterable[str | Path], mappings: Iterable[str | Path | Mapping] = ()) -> SortedFiles:
    """Tell files and folders apart by mapping; a folder stands for the files in it.

    ``mappings`` are the caller's: loaded, by name, or by the path of a TOML file or of a folder of them.
    Those that come with the package are asked about a file that none of these fits. A file named outright
    is read by the one mapping that was given although it does not fit: reading says what it lacks.

    Raises:
        FileNotReadable: there is no such path.
        FileNotRecognised: no mapping fits a file that was named outright, or any file of a folder; or two
            fit a file equally well.
        MappingError: a mapping is wrong, or two have one name.
    """
    given = [Path(p) for p in paths]
    for path in given:
        if not path.exists():
            raise FileNotReadable("There is no such file.", file=path.name, remedy="Check the path.")
        refuse_no_file(path)
    choice = _Choice(mappings)
    tables = [table for path in given for table in _taken(path, choice)]
    return _sorted(tables, choice)


class _Choice:
    """The mappings to choose from, the caller's own before those that come with the package."""

    def __init__(self, mappings: Iterable[str | Path | Mapping]) -> None:
        own: list[Mapping] = []
        for one in mappings:
            own += [one] if isinstance(one, Mapping) else load_mappings([one])
        check_names(own)
        self.own = {m.name: m for m in own}
        # An own mapping takes the place of one of the same name that comes with the package.
        self.every = [*self.own.values(), *(load_mapping(n) for n in built_in() if n not in self.own)]
        self.bundles = next((m for m in self.every if m.format == "bundle"), None) or load_mapping(BUNDLE)

    def best(self, where: str, fits: Sequence[Fit]) -> tuple[Mapping | None, str]:
        """Return the mapping that fits best, or none and why. Raises ``FileNotRecognised`` for equals."""
        for named in (True, False):
            rank = [f for f in fits if f.share > 0 and (f.mapping.name in self.own) is named]
            best = [f for f in rank if f.share == max(r.share for r in rank)]
            best = [f for f in best if f.by_name] or best
            if len(best) > 1:
                raise self._equals(where, best)
            if best:
                return best[0].mapping, ""
        near = max(fits, key=lambda f: (bool(f.lacks), -len(f.lacks)), default=None)
        if near is None or not near.lacks:
            return None, "no mapping knows its columns"
        lacks = ", ".join(near.lacks[:_MOST_NAMED]) + (" and more" if near.lacks[_MOST_NAMED:] else "")
        return None, f"no mapping fits its columns; for {near.mapping.name} it lacks {lacks}"

    def _equals(self, where: str, best: Sequence[Fit]) -> FileNotRecognised:
        names = " and ".join(
            f.mapping.name + (f" ({f.mapping.written_in})" if f.mapping.name in self.own else "")
            for f in best
        )
        return FileNotRecognised(
            f"Mappings fit this equally well: {names}.",
            file=where,
            remedy="Read the files of each system by themselves, with one --mapping at a time; or let the "
            "pattern in each mapping's [[files]] tell their names apart.",
        )

    @property
    def remedy(self) -> str:
        names = ", ".join(m.name for m in self.every)
        return f"Say which it is with --mapping: {names}, or the TOML file of a mapping of your own."


def _taken(path: Path, choice: _Choice) -> list[_Table]:
    """What one path that was given holds."""
    if is_bundle(path):
        return [_Table(path, None, choice.bundles)]
    if not path.is_dir():
        return _outright(path, choice)
    found: list[_Table] = []
    for one in sorted(path.iterdir()):
        if one.is_dir():
            found.append(_Table(one, None, None, _FOLDER_WITHIN))
        elif one.is_file():
            found += _in_folder(one, choice)
    if not any(t.mapping for t in found):
        only = next(iter(choice.own.values())) if len(choice.own) == 1 else None
        if only is not None and only.format == "bundle":
            return [_Table(path, None, only)]
        shown = [f"{t.path.name}: {t.why}" for t in found[:_MOST_NAMED]]
        raise FileNotRecognised(
            "No mapping knows any file in this folder" + (f" ({'; '.join(shown)})." if shown else "."),
            file=path.name,
            remedy=choice.remedy,
        )
    return found


def _in_folder(path: Path, choice: _Choice) -> list[_Table]:
    try:
        return _tables(path, choice)
    except FileNotRecognised:
        raise
    except RecordsError as error:
        return [_Table(path, None, None, error.what[:1].lower() + error.what[1:].rstrip("."))]


def _outright(path: Path, choice: _Choice) -> list[_Table]:
    tables = _tables(path, choice)
    if any(t.mapping for t in tables):
        return tables
    if len(choice.own) == 1:
        return [_Table(path, None, next(iter(choice.own.values())))]
    why = tables[0].why if tables else "there is nothing in it"
    raise FileNotRecognised(
        f"{why[:1].upper()}{why[1:]}.", file=path.name, place="first lines", remedy=choice.remedy
    )


def _tables(path: Path, choice: _Choice) -> list[_Table]:
    """Return a file, or each sheet of a workbook that is not empty, with what reads it."""
    if is_table_of_bundle(path):
        return [_Table(path, None, choice.bundles)]
    out: list[_Table] = []
    for sheet, fits in _fits(path, choice.every):
        where = path.name if sheet is None else f"{path.name}, sheet {sheet.name}"
        mapping, why = choice.best(where, fits)
        if mapping is not None and sheet is not None and sheet.hidden:
            mapping, why = None, _HIDDEN
        out.append(_Table(path, sheet.name if sheet else None, mapping, why))
    return out


def _fits(path: Path, mappings: Sequence[Mapping]) -> Iterator[tuple[Sheet | None, list[Fit]]]:
    """How well each mapping fits a file of lines, or each sheet of a workbook that is not empty."""
    if not is_workbook(path):
        yield None, [mapping_fit.of_lines(path, m) for m in mappings]
        return
    for top in tops(InputFile(path, path.name)):
        if top.rows:
            yield top.sheet, [mapping_fit.of_rows(path, top.rows, m) for m in mappings]


def which(path: Path, mappings: Sequence[Mapping], *, clearly: float = 0.0) -> list[str]:
    """Return the mappings that a file may be of, by name: one where it is clear, none where none fits.

    For a page, where a person is asked about what is not clear. ``clearly``: a mapping that fits by less
    than so much better than another is not clearly the one. A workbook of which one sheet is of one mapping
    and one of another may be of either.

    Raises:
        RecordsError: the file cannot be read.
    """
    if is_bundle(path) or is_table_of_bundle(path):
        return [BUNDLE]
    found: set[str] = set()
    for sheet, fits in _fits(path, mappings):
        best = max((f.share for f in fits), default=0.0)
        if best and not (sheet and sheet.hidden):
            found |= {f.mapping.name for f in fits if f.share and f.share >= best - clearly}
    return sorted(found)


def _sorted(tables: Sequence[_Table], choice: _Choice) -> SortedFiles:
    """Everything by mapping, each with a label that is its own over all of it."""
    out = SortedFiles()
    once = {(t.path.resolve(), t.sheet): t for t in reversed(tables)}
    files = {f.path.resolve(): f for f in labelled(t.path for t in tables)}
    sheets = Counter(path for path, _ in once)
    for (path, sheet), table in reversed(once.items()):
        file = files[path]
        if sheet is not None:
            file = file.of_sheet(sheet, alone=sheets[path] == 1)
        if table.mapping is None:
            out.left_aside.append(LeftAside(file.label, table.why))
        else:
            out.mappings[table.mapping.name] = table.mapping
            out.files.setdefault(table.mapping.name, []).append(file)
    out.unused.extend(n for n in choice.own if n not in out.files)
    return out
