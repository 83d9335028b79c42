"""5,000 damaged files: none crashes the reader, every row is accounted for, every row left out is
explained.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from lamplighter.records import ingest
from lamplighter.records.errors import RecordsError
from lamplighter.records.formats.data_package import write_bundle
from lamplighter.records.formats.delimited import find_header
from lamplighter.records.formats.input_files import labelled
from lamplighter.records.formats.json_lines import check_first_object
from lamplighter.records.formats.text_lines import read_lines
from lamplighter.records.mapping.mappings import Mapping, load_mapping
from lamplighter.records.reading import extract
from lamplighter.records.schema import TABLES
from lamplighter.records.validation.problems import problems
from tests.unit.records import extracts
from tests.unit.records.mutations import mutated

BLOCKS = 20
A_BLOCK = 252  # files, a third for each source: 20 x 252 = 5,040
_TOGETHER = 42
_CLASSES = {p.value_class for p in problems().values()}


def _checked(paths: list[Path], mapping: str) -> None:
    """Read files and hold the reader to its promises."""
    total = ingest.Counts()
    seen: list[pl.DataFrame] = []
    rejects = []
    for batch in ingest.read(paths, mapping, match_key=b"fuzz", batch_reports=50_000):
        assert batch.counts.balanced(), batch.counts
        total = total + batch.counts
        rejects.append(batch.rejects)
        for table in TABLES:
            assert batch.bundle[table.name].schema == table.polars_schema
        seen.append(batch.bundle["people"].select("record_id"))
        reports = batch.bundle["reports"]
        assert reports["report_id"].is_unique().all()
        raw = [*reports["raw"].drop_nulls(), *batch.bundle["people"]["raw"].drop_nulls()]
        assert not any("safe_contact" in text for text in raw)
    assert total.balanced()
    every = pl.concat(rejects)
    out = every.filter(pl.col("severity") == "reject").unique(["file", "row"]).group_by("file").len()
    explained = dict(out.iter_rows())
    for file, number in total.rejected.items():
        assert explained.get(file, 0) == number, (file, number, explained.get(file, 0))
    for value_class, reason, remedy in every.select("value_class", "reason", "remedy").iter_rows():
        assert value_class.rsplit(", ", 1)[0] in _CLASSES or value_class in _CLASSES
        assert reason
        assert remedy
    if seen:
        assert pl.concat(seen)["record_id"].is_unique().all()


def _beginning_read(path: Path, mapping: Mapping) -> None:
    """Read the beginning of one file alone, whatever others its source sends with it."""
    [file] = labelled([path])
    if mapping.format == "json_lines":
        check_first_object(file.label, next(read_lines(path, mapping.files[0].encoding)))
        return
    for spec, one in extract._recognised(file, mapping)[0]:
        if one.sheet is None:
            find_header(file.label, spec, next(read_lines(path, spec.encoding)), spec.above)


def _refused(path: Path, mapping: str) -> bool:
    """Whether one file alone is refused, with an error that says which file and what to do."""
    try:
        _beginning_read(path, load_mapping(mapping))
    except RecordsError as error:
        refusal = error
    else:
        return False
    assert refusal.file == path.name
    assert refusal.remedy
    return True


def _block(folder: Path, block: int, sources: dict[str, list[Path]]) -> tuple[int, int]:
    refused = read = 0
    for mapping, originals in sources.items():
        group: list[Path] = []
        count = A_BLOCK // len(sources)
        for number in range(count):
            seed = block * 10_000 + number
            chosen = originals[seed % len(originals)]
            data, _ = mutated(chosen.read_bytes(), seed)
            table = chosen.stem.split("_")[-1]
            path = folder / f"m{number:04d}-{table}-{mapping}{chosen.suffix}"
            path.write_bytes(data)
            if _refused(path, mapping):
                refused += 1
            else:
                read += 1
                group.append(path)
            if len(group) == _TOGETHER or number == count - 1:
                _together(group, mapping, originals)
                group = []
    return refused, read


def _together(group: list[Path], mapping: str, originals: list[Path]) -> None:
    if not group:
        return
    whole = [p for p in originals if len(originals) > 1]
    _checked([*group, *whole], mapping)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    folder = tmp_path_factory.mktemp("good")
    return {
        "force_a_rms": [extracts.force_a(folder / "force_a.csv", 6)],
        "force_b": extracts.force_b(folder, 5),
        "helpline": [extracts.helpline(folder / "helpline.jsonl", 5)],
    }


@pytest.mark.parametrize("block", range(BLOCKS))
def test_damaged_files_are_read_or_refused_and_always_explained(
    block: int, sources: dict[str, list[Path]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused, read = _block(tmp_path, block, sources)
    with capsys.disabled():
        print(f"\n  block {block}: {refused + read} damaged files, {read} read, {refused} refused")
    assert refused
    assert read


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_damaged_bundles_are_read_or_refused(
    form: str, sources: dict[str, list[Path]], tmp_path: Path
) -> None:
    bundle, _, _ = ingest.read_all(sources["helpline"], "helpline", b"fuzz")
    good = tmp_path / "good"
    write_bundle(bundle, good, form)  # type: ignore[arg-type]  # pytest parameters are plain strings
    refusals: list[RecordsError] = []
    for seed in range(20):
        folder = tmp_path / f"case{seed}"
        write_bundle(bundle, folder, form)  # type: ignore[arg-type]  # pytest parameters are plain strings
        victim = folder / f"{('reports', 'people', 'occasions')[seed % 3]}.{form}"
        victim.write_bytes(mutated(victim.read_bytes(), 70_000 + seed)[0])
        try:
            _checked([folder], "lamplighter")
        except RecordsError as error:
            refusals.append(error)
    assert all(error.file and error.remedy for error in refusals)
