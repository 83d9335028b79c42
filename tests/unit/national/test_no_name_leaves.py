"""Marked names are in the linker's folder and nowhere else: not in the analyst's, a page, a log or a
crash."""

from __future__ import annotations

import traceback
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.national import run
from lamplighter.national.errors import NationalError, StageFailed
from lamplighter.national.linking import across_forces, border_reports, consolidation, within_forces
from lamplighter.national.release import links
from lamplighter.records.schema import Bundle
from tests.unit.national.country import ALONE, RELEASE, Country, bundles, made, silent

MARKS = {
    "surname": "Quexwarden", "forenames": "Zibidiah", "address_text": "77 Vyxholme Parade",
    "postcode": "QX7 7VQ", "town": "Wuzzlecombe", "descriptor": "the jyxed neighbour",
    "pnc_id": "1999/7654321Q", "source_person_ref": "NOMXQ777",
}  # fmt: skip
LISTS = {"phones": "+447700900777", "emails": "zibidiah@quexwarden.example", "handles": "insta:zibquex",
         "vehicles": "QX77VYX", "nicknames": "Zibbo"}  # fmt: skip
WORDS = {"summary": "Mr Quexwarden of Vyxholme Parade rang her", "impact": "afraid of Zibidiah"}
CANARIES = tuple(
    m.lower()
    for m in (
        "Quexwarden", "Zibidiah", "Vyxholme", "QX7 7VQ", "QX77VQ", "Wuzzlecombe", "jyxed", "1999/7654321Q",
        "NOMXQ777", "447700900777", "zibquex", "QX77VYX", "Zibbo", "1977-07-17",
    )
)  # fmt: skip


def marked(bundle: Bundle) -> Bundle:
    """Return a bundle in which every other person has a marked name, and every report marked words."""
    odd = pl.int_range(pl.len()) % 2 == 0
    people = bundle["people"].with_columns(
        *(pl.when(odd).then(pl.lit(v)).otherwise(c).alias(c) for c, v in MARKS.items()),
        *(pl.when(odd).then(pl.lit([v])).otherwise(c).alias(c) for c, v in LISTS.items()),
        birth_date=pl.when(odd).then(pl.lit("1977-07-17").str.to_date()).otherwise("birth_date"),
    )
    reports = bundle["reports"].with_columns(
        *(pl.lit(v).alias(c) for c, v in WORDS.items()), location_text=pl.lit("77 Vyxholme Parade")
    )
    return {**bundle, "people": people, "reports": reports}


def files_with_a_name(folder: Path) -> list[str]:
    """Every file under a folder whose bytes, or the texts of its table, hold a marked name."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        told = path.read_bytes().decode("latin-1").lower()
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
            told += "\n".join(str(row) for row in frame.rows()).lower()
            told += "\n".join(
                str(v) for c, k in frame.schema.items() if k == pl.Date for v in frame[c].to_list()
            )
        if any(mark in told for mark in CANARIES):
            found.append(path.name)
    return found


def held() -> dict[str, Bundle]:
    bundle, _ = bundles(5, 500, 2)
    return {force: marked(own) for force, own in bundle.items()}


@pytest.fixture(scope="module")
def marked_country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    country = replace(made(tmp_path_factory.mktemp("marked"), 5, 500, 2), held=held())
    for force in country.held:
        country.deliver(force, tokens=True)
    return country


def test_the_marks_are_found_where_they_may_be(marked_country: Country) -> None:
    """A search that finds nothing anywhere would prove nothing."""
    assert "people.parquet" in files_with_a_name(marked_country.linker)


def test_no_name_is_in_the_analysts_folder_the_pseudonyms_the_page_or_the_log(
    marked_country: Country, tmp_path: Path
) -> None:
    country = marked_country.copied(tmp_path)
    named = ["--purpose", RELEASE.purpose, "--release", RELEASE.release]
    both = ["--linker", str(country.linker), "--analyst", str(country.analyst)]
    told = CliRunner().invoke(app, ["national", "link", *both, *named, "--workers", "1"])
    assert told.exit_code == 0, told.output
    shown = CliRunner().invoke(app, ["national", "status", "--linker", str(country.linker), *named])
    page = CliRunner().invoke(app, ["national", "page", "--analyst", str(country.analyst), *named])
    assert shown.exit_code == page.exit_code == 0
    written = {p.name for p in (country.analyst / RELEASE.label / "links").iterdir()}
    assert written == {"persons.parquet", "partitions.parquet", "quality.parquet", "links.json", "page.html"}
    assert files_with_a_name(country.analyst) == []
    log = (told.output + shown.output + page.output).lower()
    assert not any(mark in log for mark in CANARIES)
    # The linker keeps no name beside the deliveries themselves: neither in the model nor in a stage.
    assert files_with_a_name(country.linker / "models") == []
    assert files_with_a_name(country.linker / "stages") == []


def test_the_linker_sees_no_word_of_what_was_done(marked_country: Country) -> None:
    for path in marked_country.linker.rglob("*.parquet"):
        frame = pl.read_parquet(path)
        assert not {"summary", "impact", "recorded_as", "outcome", "location_text"} & set(frame.columns)
        assert "rang her" not in str(frame.rows())


@pytest.mark.parametrize(
    ("module", "name", "stage"),
    [
        (within_forces, "within_force", "force"),
        (across_forces, "edges", "across"),
        (border_reports, "judged", "border"),
        (consolidation, "consolidated", "consolidated"),
    ],
)
def test_a_crash_in_a_stage_tells_no_name(
    marked_country: Country, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str,
    stage: str, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    country = marked_country.copied(tmp_path)

    def fails(*args: object, **more: object) -> None:
        someone = MARKS["surname"]
        try:
            int(MARKS["forenames"])
        except ValueError as problem:
            raise RuntimeError(f"cannot read {someone} at {MARKS['address_text']}") from problem

    monkeypatch.setattr(module, name, fails)
    with pytest.raises(StageFailed) as failed:
        run.linked(country.linker, RELEASE, ALONE, silent)
    told = "".join(traceback.format_exception(failed.value))
    assert f"The stage {stage}" in told
    assert "RuntimeError" in told
    assert not any(mark in (told + "".join(capfd.readouterr())).lower() for mark in CANARIES)
    # Nothing behind it leads back to the error that quoted somebody.
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
    assert files_with_a_name(country.linker / "stages") == []
    assert not list(country.folder.rglob("core*"))


def test_a_crash_while_links_are_written_leaves_the_analyst_what_was_there(
    marked_country: Country, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = marked_country.copied(tmp_path)
    found = run.linked(country.linker, RELEASE, ALONE, silent)
    links.publish(found, country.linker, country.analyst, RELEASE, silent)
    before = (country.analyst / RELEASE.label / "links/persons.parquet").read_bytes()

    def fails(*args: object) -> None:
        raise ValueError(MARKS["surname"])

    monkeypatch.setattr(links, "_quality", fails)
    with pytest.raises(StageFailed) as failed:
        links.publish(found, country.linker, country.analyst, RELEASE, silent)
    assert "Quexwarden" not in "".join(traceback.format_exception(failed.value))
    assert (country.analyst / RELEASE.label / "links/persons.parquet").read_bytes() == before


def test_what_a_delivery_is_refused_for_is_told_without_the_value(marked_country: Country) -> None:
    from lamplighter.national.delivery import splitting
    from lamplighter.national.delivery.keys import Key

    bundle = marked_country.held["force-a"]
    told = pl.DataFrame({"record_id": bundle["people"]["record_id"].head(2), "note": [MARKS["surname"]] * 2})
    with pytest.raises(NationalError) as refused:
        splitting.split(bundle, "force-a", Key(b"f" * 32), Key(b"a" * 32), events={"notes": told})
    assert not any(mark in str(refused.value).lower() for mark in CANARIES)
