"""A study of reoffending on the scorecard: as the gate left it, and nothing that may not be read out."""

import csv
import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.disclosure.folders import read_printed
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.studies.reoffending.definitions import ReadOut
from lamplighter.studies.scorecard.crawl import check_site
from lamplighter.studies.scorecard.releases import reoffending
from lamplighter.studies.scorecard.releases.held import NotReleased, add_release, read_releases
from lamplighter.studies.scorecard.releases.together import Piece, ToldTogether, refuse_what_is_told
from lamplighter.studies.scorecard.site import Site, build, write_site
from tests.unit.studies.reoffending.making import country, event
from tests.unit.studies.test_scorecard import AS_AT, a_folder, read
from tests.unit.studies.test_scorecard import words_of as words
from tests.unit.studies.test_scorecard_releases import facts, held_in, ones

__all__ = ["ones"]

#: People convicted in each force, and how many of them again: of Wiltshire nothing may be printed, nor of
#: Dorset, so that nobody subtracts; of Surrey it is too few to be read out.
PEOPLE = {
    "Kent Police": (1_200, 240),
    "Surrey Police": (60, 30),
    "Dorset Police": (20, 10),
    "Wiltshire Police": (8, 3),
}
RELEASE = "a-study-2026-11-30"


def words_of(page: bytes) -> str:
    """Return what a page says, with plain spaces in its numbers."""
    return words(page).replace("\u2009", " ").replace("\u00a0", " ")


def events(people: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    rows = []
    for force, (every, again) in people.items():
        for n in range(every):
            who = f"{force} {n}"
            rows.append(event("report", "2023-06-01", who, force=force, recorded="2025-12-02"))
            rows.append(event("conviction", "2023-06-01", who, force=force, proven="2024-03-10"))
            if n < again:
                rows.append(event("conviction", "2024-06-01", who, force=force, proven="2024-09-01"))
    return rows


def released(place: Path, people: dict[str, tuple[int, int]], *options: str) -> tuple[Path, Path]:
    """Run the study by its command, and return the release and the ledger."""
    who = "Kent Police 1100"
    draws = [{who: "Kent Police 3"}, {who: who}, {who: "Kent Police 4"}]
    folder = country(place / "country", events(people), forces=tuple(people), draws=draws)
    run = ["reoffending", "report", str(folder), "-o", str(place / "inside"), "--on", "2026-12-01"]
    run += ["--release", str(place / "release"), "--earlier", str(place / "ledger"), *options]
    done = CliRunner().invoke(app, run)
    assert done.exit_code == 0, done.output
    return place / "release", place / "ledger"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return released(tmp_path_factory.mktemp("study"), PEOPLE)


def added(folder: Path, release: tuple[Path, Path], *more: str) -> Any:
    words = ["scorecard", "add", str(release[0]), "--folder", str(folder), "--ledger", str(release[1])]
    words += ["--published", "2026-10-01", "--obtained", "2026-10-02", "--publisher", "A study"]
    return CliRunner().invoke(app, [*words, "--address", "https://example.org/again", *more])


@pytest.fixture(scope="module")
def kept(
    tmp_path_factory: pytest.TempPathFactory, release: tuple[Path, Path], ones: dict[str, tuple[Path, Path]]
) -> Path:
    folder = held_in(a_folder(tmp_path_factory.mktemp("kept")), ones, "kent")
    done = added(folder, release, "--made-up")
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def built(kept: Path) -> Site:
    return build(kept, AS_AT)


@pytest.fixture
def site(built: Site, tmp_path: Path) -> Path:
    write_site(built, tmp_path / "site")
    return tmp_path / "site"


def test_a_study_of_reoffending_comes_by_the_same_command_and_names_its_forces_and_days(kept: Path) -> None:
    held = next(h for h in read_releases(kept) if h.is_reoffending)
    assert held.forces == ("dorset", "kent", "surrey", "wiltshire")
    first, before = dt.date(2023, 12, 1), dt.date(2024, 12, 1)
    assert (held.first, held.last) == (first, before - dt.timedelta(days=1))


def test_every_figure_resolves_to_its_card_and_to_the_cell_of_the_release(site: Path) -> None:
    assert check_site(site).faults == []
    row = read(site, "released")[f"reoffending.again.{RELEASE}"]
    assert row["met_is"] == "published"
    assert abs(int(row["met"]) - 283) < 5
    assert abs(int(row["out_of"]) - 1_288) < 5
    assert row["share"] == f"{100 * int(row['met']) / int(row['out_of']):.4f}"
    source = read(site, "sources")[row["source"]]
    with (site / source["file"]).with_name(row["file"]).open(newline="") as file:
        cells = {(r["reoffending"]): r["count"] for r in csv.DictReader(file)}
    assert (cells["headline"], cells["all"]) == (row["met"], row["out_of"])
    page = words_of((site / f"published/{RELEASE}.html").read_bytes())
    told = f"22%, {row['met']} of 1,{row['out_of'][1:]}; by chance it could be 20% to"
    assert f"Known to have done it again {told}" in page
    assert "Proven offence related to stalking, within 12 months of: conviction or caution" in page
    # With doubt about who is who: as the release printed it, in whole per cent.
    own = read(site, "released")[f"reoffending.again-links.{RELEASE}"]
    values = next(m for m in read_printed((site / source["file"]).parent).models).values
    assert values is not None
    assert (float(own["low"]), float(own["high"])) == (values["linkage_low"], values["linkage_high"])


def test_every_measure_has_a_card_with_every_field(site: Path) -> None:
    rows = read(site, "measures")
    for card in reoffending.cards():
        row = rows[card.name]
        assert row["held"] == "yes"
        assert [name for name, value in row.items() if not value and name != "not_held"] == []
        page = words_of((site / f"measures/{card.name}.html").read_bytes())
        assert card.must_not in page
        assert card.gaming in page


def test_what_the_gate_hid_stays_hidden_and_what_is_of_too_few_is_not_said(site: Path) -> None:
    rows = read(site, "released")
    small = rows[f"reoffending.again-force.{RELEASE}.wiltshire"]
    assert (small["met"], small["met_is"], small["share"]) == ("", "protected", "")
    few = rows[f"reoffending.again-force.{RELEASE}.surrey"]
    assert (few["met"], few["met_is"], few["share"], few["low"]) == ("", "too_few", "", "")
    page = words_of((site / f"published/{RELEASE}.html").read_bytes())
    told = page.partition("By the force of the index event")[2]
    assert "Surrey Police of too few people to be read out, of 60" in told
    assert re.search(r"Wiltshire Police not published \(protected\)(?! , of)", told)
    assert "50%" not in told.partition("Reported before")[0]
    # The page of the force says the same, and that it is no judgement of the force.
    force = words_of((site / "forces/surrey.html").read_bytes())
    assert "of too few people to be read out" in force
    kent = words_of((site / "forces/kent.html").read_bytes())
    assert "20%, 240 of 1,200" in kent
    assert "It says nothing of how well a force does" in kent
    assert "may not be read out" in words_of((site / "published/stalking-again.html").read_bytes())


def test_a_study_is_nobodys_own_work(site: Path, tmp_path: Path, release: tuple[Path, Path]) -> None:
    index = words_of((site / "published/index.html").read_bytes())
    assert "Of 44 forces, 43 publish nothing of their own work here" in index
    alone = a_folder(tmp_path / "alone")
    assert added(alone, release, "--made-up").exit_code == 0
    made = build(alone, AS_AT).files
    assert "published/index.html" not in made
    assert "published/stalking-again.html" in made
    assert b"Own work of forces" not in made["index.html"]


def test_a_figure_that_is_not_as_the_release_has_it_is_found(site: Path) -> None:
    table = site / "data/released.csv"
    whole = table.read_text("utf-8")
    shown = read(site, "released")[f"reoffending.again.{RELEASE}"]
    own = f",{shown['met']},published,{shown['out_of']},"
    for old, new in ((own, own.replace(shown["met"], "100", 1)), (",too_few,60,", ",published,60,")):
        assert old in whole
        table.write_text(whole.replace(old, new, 1), "utf-8", newline="")
        assert "wrong_value" in {f.name for f in check_site(site).faults}
    table.write_text(
        whole.replace("again-force." + RELEASE + ".surrey", "x").replace(
            ",surrey,Surrey Police", ",essex,Surrey Police"
        ),
        "utf-8",
        newline="",
    )
    assert "no_source" in {f.name for f in check_site(site).faults}


def test_a_force_that_is_still_reading_holds_back_the_whole_study(
    tmp_path: Path, release: tuple[Path, Path]
) -> None:
    replies = "[every_force]\nsent = 2026-11-02\nembargo = 2026-11-20\n\n"
    replies += '[[force]]\ncode = "wiltshire"\nsent = 2026-11-20\nembargo = 2026-12-20\n'
    folder = a_folder(tmp_path, replies)
    assert added(folder, release, "--made-up").exit_code == 0
    assert not [name for name in build(folder, AS_AT).files if "again" in name]


def test_other_days_and_other_forces_than_the_release_names_are_refused(
    tmp_path: Path, release: tuple[Path, Path]
) -> None:
    done = added(tmp_path / "in", release, "--from", "2020-01-01", "--until", "2020-12-31")
    assert isinstance(done.exception, NotReleased)
    assert "It counts people of 2023-12-01 to 2024-11-30" in str(done.exception)
    done = added(tmp_path / "in", release, "--force", "kent")
    assert isinstance(done.exception, NotReleased)
    assert "other forces" in str(done.exception)
    strange = released(tmp_path / "strange", {"Kent Police": (1_200, 240), "Force 9": (40, 20)})
    done = added(tmp_path / "in", strange)
    assert isinstance(done.exception, NotReleased)
    assert "Force 9, which is in no list of forces" in str(done.exception)
    assert added(tmp_path / "in", strange, "--made-up", "--force", "kent").exit_code == 0
    assert not (tmp_path / "in/releases.toml").read_text("utf-8").count("[[release]]") - 1


def pieces(*given: tuple[str, Path, set[str]]) -> list[Piece]:
    days = dt.date(2023, 12, 1), dt.date(2024, 11, 30)
    return [Piece(words, frozenset(forces), *days, read_printed(path)) for words, path, forces in given]


def test_two_studies_of_the_same_days_of_which_one_has_a_force_more_are_refused(
    tmp_path: Path, release: tuple[Path, Path]
) -> None:
    fewer = released(tmp_path / "fewer", {k: v for k, v in PEOPLE.items() if k != "Wiltshire Police"})
    every = ("all", release[0], {"dorset", "kent", "surrey", "wiltshire"})
    # The one less the other is the few of Wiltshire.
    with pytest.raises(ToldTogether, match="the difference tells of a few"):
        refuse_what_is_told(pieces(every, ("two", fewer[0], {"dorset", "kent", "surrey"})))
    refuse_what_is_told(pieces(every, ("elsewhere", fewer[0], {"essex", "norfolk"})))
    # Two editions of the same people are attacked, and the same figures tell nothing more.
    refuse_what_is_told(pieces(every, ("again", release[0], {"dorset", "kent", "surrey", "wiltshire"})))


def test_a_later_edition_that_tells_of_a_few_is_refused(tmp_path: Path, release: tuple[Path, Path]) -> None:
    later = tmp_path / "later"
    shutil.copytree(release[0], later)
    for name in ("people-by-outcome.csv", "people-by-force.csv"):
        text = (later / name).read_text("utf-8")
        assert "[c]" in text or name == "people-by-outcome.csv"
        (later / name).write_text(text.replace("[c]", "3", 1), "utf-8")
    every = {"dorset", "kent", "surrey", "wiltshire"}
    with pytest.raises(ToldTogether):
        refuse_what_is_told(pieces(("one", release[0], every), ("later", later, every)))


def test_what_may_be_read_out_goes_by_the_rule_of_the_release() -> None:
    rule = ReadOut(10, 20)
    said = reoffending.counted(200, 1_000, rule)
    assert (said["met"], said["share"], said["met_is"]) == (200, 20.0, "published")
    assert reoffending.counted(20, 40, rule)["met_is"] == "too_few"
    assert reoffending.counted(20, 40, ReadOut(10, 40))["met_is"] == "published"
    assert reoffending.counted(200, 1_000, ReadOut(1_001, 20))["met_is"] == "too_few"
    assert reoffending.counted(None, 40, rule)["met_is"] == "protected"
    # Of a number that is hidden no share may be told.
    assert reoffending.counted(30, None, rule)["met"] is None
    assert reoffending.estimated({"linkage_low": 5.0, "linkage_high": 26.0}, "linkage", rule) == {
        "met_is": "too_few"
    }
    late = {"late": 12.0, "late_low": 9.0, "late_high": 15.0}
    both = {"both": 14.0, "both_low": 10.0, "both_high": 18.0}
    found = reoffending.estimated({**late, **both}, "expected", rule)
    assert found is not None
    assert (found["share"], found["low"], found["high"]) == (14.0, 10.0, 18.0)
    assert reoffending.estimated(late, "linkage", rule) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace('paired = "reoffending"', 'paired = "nothing"', 1), "no other card"),
        (lambda text: text.replace('part = "headline"\n', "", 1), "a table with a part"),
        (lambda text: text.replace('table = "known-before"', 'table = "known"', 1), "table"),
        (lambda text: text.replace("must_not = ", "must_nt = ", 1), "must_not"),
    ],
)
def test_a_fault_in_a_card_is_named(change: Callable[[str], str], told: str) -> None:
    source = Path(reoffending.__file__).with_name(reoffending.FILE).read_text("utf-8")
    assert change(source) != source
    with pytest.raises(RuleFileError, match=told):
        reoffending.cards_in(change(source))


def test_a_review_still_needs_its_forces(tmp_path: Path, ones: dict[str, tuple[Path, Path]]) -> None:
    own = facts("Kent hub", [])
    with pytest.raises(Exception, match="A release needs it"):
        add_release(tmp_path / "in", *ones["kent"], own)
