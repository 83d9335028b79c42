"""Releases on the scorecard: only what the gate printed, hidden stays hidden, nothing is told together."""

import csv
import datetime as dt
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.disclosure.folders import read_printed, write_printed
from lamplighter.disclosure.gate import Released, publish
from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.tables import TOTAL, Cell, Code, Codes, Dimension, Release, Summary, Table
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.studies.review.indicators.lines import lines
from lamplighter.studies.review.settings import settings
from lamplighter.studies.scorecard.crawl import check_site
from lamplighter.studies.scorecard.folder import ScorecardError, SourceChanged, read_folder
from lamplighter.studies.scorecard.releases import cards as cards_file
from lamplighter.studies.scorecard.releases.held import SUMS, NotReleased, add_release, read_releases
from lamplighter.studies.scorecard.releases.together import (
    Piece,
    ToldTogether,
    groups,
    refuse_what_is_told,
)
from lamplighter.studies.scorecard.site import Site, build, write_site
from tests.unit.disclosure.builders import COURTS, EXACT, as_printed
from tests.unit.studies.test_scorecard import AS_AT, a_folder, read, words_of

YEAR = (dt.date(2023, 7, 1), dt.date(2024, 6, 30))
RESULT = Dimension(
    "result",
    (
        Code("met", "Yes"),
        Code("together", "No, or not recorded"),
        Code("not_met", "No", parent="together"),
        Code("not_recorded", "Not recorded", parent="together"),
    ),
)
BOTH = ("met", "together")


def counted(met: int, others: int, name: str = "indicator-15") -> Table:
    cells = {(TOTAL,): met + others, ("met",): met, ("together",): others}
    return Table(name, "Withdrawal", name, ("result",), {c: Cell(n) for c, n in cells.items()})


def tables(met: int, others: int, days: float = 12) -> Release:
    median = Summary("indicator-2a", "Days", "indicator-2a", (), "median", {(): (days, 60)})
    return Release("review", "A review", "2024-06-30", (RESULT,), (counted(met, others),), (), (median,))


def leave(place: Path, made: Release) -> tuple[Path, Path]:
    """Release through the gate, and return the release and the ledger."""
    outcome = publish(made, COURTS, place / "release", place / "ledger")
    assert isinstance(outcome, Released)
    return place / "release", place / "ledger"


def facts(name: str, forces: list[str], **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "publisher": name,
        "forces": forces,
        "first": YEAR[0],
        "last": YEAR[1],
        "published": dt.date(2026, 10, 1),
        "obtained": dt.date(2026, 10, 2),
        "licence": "Open Government Licence v3.0",
        "address": "https://example.org/review",
        "made_up": True,
    }
    return body | changes


@pytest.fixture(scope="module")
def ones(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[Path, Path]]:
    """Three forces and all of them together; Cleveland's withdrawals are few, and hidden."""
    place = tmp_path_factory.mktemp("gate")
    return {
        "cleveland": leave(place / "a", tables(4, 40)),
        "kent": leave(place / "b", tables(100, 240)),
        "surrey": leave(place / "c", tables(50, 60)),
        "all": leave(place / "all", tables(154, 340)),
    }


def held_in(folder: Path, ones: Mapping[str, tuple[Path, Path]], *names: str) -> Path:
    for name in names:
        forces = ["cleveland", "kent", "surrey"] if name == "all" else [name]
        add_release(folder, *ones[name], facts(f"Hub of {name}", forces))
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, ones: Mapping[str, tuple[Path, Path]]) -> Path:
    return held_in(a_folder(tmp_path_factory.mktemp("kept")), ones, "cleveland", "kent")


@pytest.fixture(scope="module")
def built(kept: Path) -> Site:
    return build(kept, AS_AT)


@pytest.fixture
def site(built: Site, tmp_path: Path) -> Path:
    write_site(built, tmp_path / "site")
    return tmp_path / "site"


def test_a_release_is_on_the_site_and_every_number_resolves_to_card_cell_and_file(site: Path) -> None:
    assert check_site(site).faults == []
    row = read(site, "released")["indicator-15.15.hub-of-kent-2024-06-30"]
    assert (row["met"], row["out_of"], row["share"], row["met_is"]) == ("100", "340", "29.4118", "published")
    assert (row["first"], row["last"], row["edition"]) == ("2023-07-01", "2024-06-30", "2024-06-30")
    source = read(site, "sources")[row["source"]]
    there = site / source["file"]
    assert there.name == SUMS
    with (there.parent / row["file"]).open(newline="") as file:
        assert {"result": "met", "count": "100"} in list(csv.DictReader(file))
    card = read(site, "measures")["indicator-15"]
    assert card["held"] == "yes"
    assert card["must_not"]
    # The card of what hubs publish no longer says that nobody has.
    assert read(site, "measures")["hub_indicators"]["not_held"] == ""
    page = words_of((site / "published/hub-of-kent-2024-06-30.html").read_bytes())
    assert "2a Days to the first stalking classification median 12 days" in page
    assert "15 Withdrawal 29%, 100 of 340" in page


def test_a_hidden_cell_is_said_to_be_protected_and_never_a_nought(site: Path) -> None:
    row = read(site, "released")["indicator-15.15.hub-of-cleveland-2024-06-30"]
    assert (row["met"], row["met_is"], row["share"]) == ("", "protected", "")
    page = words_of((site / "measures/indicator-15.html").read_bytes())
    told = page.partition("Hub of cleveland")[2].partition("Hub of kent")[0]
    assert "not published (protected)" in told
    assert not re.search(r"\b(?:0|4|40)\b", told.replace("2024", ""))
    every = b"".join(p.read_bytes() for p in site.rglob("*.csv") if "sources" in p.parts)
    assert b"met,4" not in every
    force = words_of((site / "forces/cleveland.html").read_bytes())
    assert "Hub of cleveland, 1 July 2023 to 30 June 2024" in force
    silent = words_of((site / "forces/surrey.html").read_bytes())
    assert "Nothing is published here of the force’s own work. That says nothing of the work." in silent
    index = words_of((site / "published/index.html").read_bytes())
    assert "Of 44 forces, 42 publish nothing of their own work here" in index


def test_a_release_of_a_force_that_is_still_reading_is_not_on_the_site(
    tmp_path: Path, ones: Mapping[str, tuple[Path, Path]]
) -> None:
    replies = "[every_force]\nsent = 2026-11-02\nembargo = 2026-11-20\n\n"
    replies += '[[force]]\ncode = "kent"\nsent = 2026-11-20\nembargo = 2026-12-20\n'
    folder = held_in(a_folder(tmp_path, replies), ones, "cleveland", "kent")
    made = build(folder, AS_AT).files
    assert "published/hub-of-cleveland-2024-06-30.html" in made
    assert not [name for name in made if "hub-of-kent" in name]


def test_a_site_without_releases_has_no_page_of_them(tmp_path: Path) -> None:
    made = build(a_folder(tmp_path), AS_AT).files
    assert not [n for n in made if n.startswith("published/") or "indicator-" in n or "released" in n]


def test_a_country_less_its_forces_that_tells_a_hidden_figure_is_refused_with_the_reason(
    tmp_path: Path, ones: Mapping[str, tuple[Path, Path]], site: Path
) -> None:
    folder = held_in(a_folder(tmp_path / "in"), ones, "cleveland", "kent", "surrey", "all")
    with pytest.raises(ToldTogether) as refused:
        build(folder, AS_AT)
    told = str(refused.value)
    assert "Hub of cleveland, 2023-07-01 to 2024-06-30" in told
    assert "indicator-15, met / cleveland / 1 July 2023 to 30 June 2024: is 4, exactly." in told
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["scorecard", "build", str(folder), "--out", str(out)])
    assert done.exit_code != 0
    assert not out.exists()
    # Without the country, or without one more force, nobody can subtract.
    for names in (("cleveland", "kent", "surrey"), ("cleveland", "kent", "all")):
        fit = held_in(a_folder(tmp_path / "-".join(names)), ones, *names)
        pieces = [
            Piece(h.words, frozenset(h.forces), h.first, h.last, h.printed()) for h in read_releases(fit)
        ]
        if "all" in names:
            # 154 less 100 leaves Cleveland and Surrey together: 54, and neither by itself.
            refuse_what_is_told(pieces)
        refuse_what_is_told(pieces)
    # A site on which they were put all the same does not pass its check.
    for name in ("surrey", "all"):
        shutil.copytree(ones[name][0], site / "sources" / name)
    with (site / "data/releases.csv").open("a", newline="") as file:
        for name, forces in (("surrey", "surrey"), ("all", "cleveland kent surrey")):
            row = [
                name,
                "t",
                "p",
                forces,
                *YEAR,
                "e",
                "2026-10-01",
                "r",
                5,
                1,
                1,
                0,
                "0" * 64,
                f"sources/{name}",
            ]
            csv.writer(file).writerow(row)
    assert "told_together" in {fault.name for fault in check_site(site).faults}


ALTERED: dict[str, tuple[str, Callable[[str], str]]] = {
    "a count is another": ("indicator-15.csv", lambda text: text.replace("100", "101")),
    "the rules say less": ("release.json", lambda text: text.replace('"threshold": 5', '"threshold": 1')),
    "a hidden count is written in": ("indicator-15.csv", lambda text: text.replace("[c]", "4", 1)),
}


@pytest.mark.parametrize("case", ALTERED)
def test_a_release_that_is_not_as_the_gate_printed_it_is_refused_by_name(
    case: str, tmp_path: Path, ones: Mapping[str, tuple[Path, Path]]
) -> None:
    name, change = ALTERED[case]
    release, ledger = ones["cleveland" if "hidden" in case else "kent"]
    mine = tmp_path / "mine"
    shutil.copytree(release, mine)
    text = (mine / name).read_text("utf-8")
    assert change(text) != text
    (mine / name).write_text(change(text), "utf-8")
    with pytest.raises(NotReleased, match=f"mine/{name}: It is not as the gate printed it."):
        add_release(tmp_path / "card", mine, ledger, facts("A hub", ["kent"]))
    assert not (tmp_path / "card").exists()


def test_what_went_round_the_gate_is_refused_by_name(
    tmp_path: Path, ones: Mapping[str, tuple[Path, Path]]
) -> None:
    from lamplighter.disclosure.folders import write_release

    release, ledger = ones["kent"]
    card = tmp_path / "card"
    own = facts("A hub", ["kent"])
    write_release(tables(4, 40), tmp_path / "true")
    with pytest.raises(NotReleased, match=r"true: It is not protected"):
        add_release(card, tmp_path / "true", ledger, own)
    with pytest.raises(NotReleased, match=r"release: The ledger has no 2024-06-30-review"):
        add_release(card, release, tmp_path / "another", own)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotReleased, match=r"empty: There is no readable release.json"):
        add_release(card, tmp_path / "empty", ledger, own)
    # Whoever writes a ledger by hand is still attacked.
    leaky = as_printed(tables(4, 40), EXACT, {"indicator-15": [("met",)]})
    write_printed(leaky, tmp_path / "leaky")
    write_printed(leaky, tmp_path / "by-hand" / "2024-06-30-review")
    with pytest.raises(NotReleased, match=r"(?s)leaky: It does not withstand.*is 4, exactly"):
        add_release(card, tmp_path / "leaky", tmp_path / "by-hand", own)
    other = leave(
        tmp_path / "none", replace(tables(40, 60), tables=(counted(40, 60, "arrests"),), summaries=())
    )
    with pytest.raises(NotReleased, match=r"It has none of the 33 indicators"):
        add_release(card, *other, own)
    assert not card.exists()


def test_a_release_is_held_once_and_its_bytes_stay_as_they_were(
    tmp_path: Path, ones: Mapping[str, tuple[Path, Path]]
) -> None:
    card = held_in(tmp_path / "card", ones, "kent")
    with pytest.raises(ScorecardError, match="The same release is held already"):
        add_release(card, *ones["kent"], facts("Another name", ["kent"]))
    (held,) = read_releases(card)
    assert read_printed(held.path) == read_printed(ones["kent"][0])
    assert read_releases(card, dt.date(2026, 9, 30)) == ()
    there = held.path / "indicator-15.csv"
    there.write_text(there.read_text("utf-8").replace("100", "101"), "utf-8")
    with pytest.raises(SourceChanged, match=r"indicator-15\.csv: The file is not the one"):
        read_releases(card)
    there.unlink()
    with pytest.raises(SourceChanged, match=r"indicator-15\.csv"):
        read_releases(card)


def test_a_folder_that_a_release_begins_says_what_else_it_needs(
    tmp_path: Path, ones: Mapping[str, tuple[Path, Path]]
) -> None:
    add_release(tmp_path / "begun", *ones["kent"], facts("Hub of kent", ["kent"]))
    assert "Name whoever publishes this" in (tmp_path / "begun" / "scorecard.toml").read_text("utf-8")
    with pytest.raises(ScorecardError, match=r"sources\.toml.*\n?.*Add a table of the Home Office"):
        read_folder(tmp_path / "begun")


def test_a_site_whose_release_or_whose_figure_of_it_was_changed_does_not_pass(site: Path) -> None:
    folder = site / read(site, "releases")["hub-of-kent-2024-06-30"]["folder"]
    table = site / "data/released.csv"
    whole = table.read_text("utf-8")
    table.write_text(whole.replace(",100,published,340", ",99,published,340"), "utf-8", newline="")
    faults = check_site(site).faults
    assert any(f.name == "wrong_value" and f.file == "data/released.csv" for f in faults)
    table.write_text(whole, "utf-8", newline="")
    (folder / "indicator-2a.csv").write_text("value\n13\n", "utf-8")
    faults = check_site(site).faults
    assert any(f.name == "no_source" and "indicator-2a.csv" in str(f) for f in faults)


def test_the_command_takes_a_release_and_asks_for_what_it_must_know(
    tmp_path: Path, ones: Mapping[str, tuple[Path, Path]]
) -> None:
    release, ledger = ones["kent"]
    words = [
        "scorecard",
        "add",
        str(release),
        "--folder",
        str(tmp_path / "card"),
        "--published",
        "2026-10-01",
    ]
    words += ["--obtained", "2026-10-02", "--address", "https://example.org/r"]
    rest = ["--ledger", str(ledger), "--force", "kent", "--from", "2023-07-01", "--until", "2024-06-30"]
    for left_out in ("--ledger", "--force", "--from", "--until"):
        at = rest.index(left_out)
        done = CliRunner().invoke(app, [*words, *rest[:at], *rest[at + 2 :], "--publisher", "Kent hub"])
        assert done.exit_code == 2
        assert left_out in done.output
    assert CliRunner().invoke(app, [*words, *rest]).exit_code == 2
    done = CliRunner().invoke(app, [*words, *rest, "--publisher", "Kent hub"])
    assert done.exit_code == 0, done.output
    assert read_releases(tmp_path / "card")[0].names == ("Kent",)


def printed(met: int, others: int, *hidden: str, name: str = "indicator-15") -> Printed:
    source = replace(tables(met, others), tables=(counted(met, others, name),), summaries=())
    cells: list[Codes] = [(code,) for code in hidden]
    return as_printed(source, EXACT, {name: cells})


def a_piece(
    words: str, made: Printed, *forces: str, first: dt.date = YEAR[0], last: dt.date = YEAR[1]
) -> Piece:
    return Piece(words, frozenset(forces or ("kent",)), first, last, made)


def test_a_year_less_its_other_quarters_that_tells_a_hidden_one_is_refused() -> None:
    middle = dt.date(2023, 10, 1)
    year = a_piece("year", printed(24, 100))
    first = a_piece("first", printed(4, 20, *BOTH), last=middle - dt.timedelta(days=1))
    others = a_piece("others", printed(20, 80), first=middle)
    refuse_what_is_told([year, first])
    refuse_what_is_told([first, others])
    with pytest.raises(ToldTogether, match=r"first: indicator-15, met / kent / .*: is 4, exactly"):
        refuse_what_is_told([year, first, others])
    # Four people in a quarter of which nothing was released are told by subtraction as well.
    with pytest.raises(ToldTogether, match=r"what no release tells: .*: is 4, exactly"):
        refuse_what_is_told([year, others])


def test_a_quarter_printed_within_a_year_is_the_same_as_one_released_by_itself() -> None:
    quarter = Dimension("quarter", tuple(Code(c) for c in ("2023-q3", "2023-q4", "2024-q1", "2024-q2")))
    cells: dict[Codes, int] = {(TOTAL,): 120, ("2023-q3",): 40, ("2023-q4",): 30, ("2024-q1",): 30}
    cells |= {("2024-q2",): 20}
    inside = Table("by-quarter", "Q", "indicator-15", ("quarter",), {c: Cell(n) for c, n in cells.items()})
    whole = replace(tables(30, 90), tables=(inside,), summaries=(), dimensions=(RESULT, quarter))
    year = a_piece("year", as_printed(whole, EXACT, {}))
    own = a_piece("own", printed(9, 31, "met", "together", "all"), last=dt.date(2023, 9, 30))
    with pytest.raises(ToldTogether, match=r"own: indicator-15, all / kent / .*: is 40, exactly"):
        refuse_what_is_told([year, own])


def test_two_editions_that_print_one_figure_with_two_values_are_refused() -> None:
    before = a_piece("2024", printed(20, 80))
    after = a_piece("2025", printed(24, 80))
    with pytest.raises(ToldTogether, match=r"20 is printed here and 24|24 is printed here and 20"):
        refuse_what_is_told([before, after])


def test_counts_of_people_whom_several_forces_know_are_not_added_up() -> None:
    pieces = [
        a_piece("a", printed(4, 40, *BOTH, name="indicator-30"), "cleveland"),
        a_piece("b", printed(100, 240, name="indicator-30"), "kent"),
        # Two suspects are known to both forces: the forces make more than the country.
        a_piece("both", printed(102, 280, name="indicator-30"), "cleveland", "kent"),
    ]
    refuse_what_is_told(pieces)


def test_cells_shown_only_together_are_not_taken_for_empty() -> None:
    split = Table(
        "indicator-15",
        "W",
        "indicator-15",
        ("result",),
        {(c,): Cell(n) for c, n in (("all", 400), ("met", 150), ("not_met", 100), ("not_recorded", 150))},
    )
    country = as_printed(replace(tables(0, 0), tables=(split,), summaries=()), EXACT, {})
    force = printed(50, 90, *BOTH)
    refuse_what_is_told([a_piece("all", country, "kent", "surrey"), a_piece("kent", force, "kent")])


def test_releases_that_share_neither_force_nor_day_are_not_attacked_together() -> None:
    later = {"first": dt.date(2024, 7, 1), "last": dt.date(2025, 6, 30)}
    one, two = a_piece("a", printed(20, 80)), a_piece("b", printed(20, 80), "surrey")
    three = a_piece("c", printed(20, 80), **later)
    assert [len(g) for g in groups([one, two, three])] == [1, 1, 1]
    four = a_piece("d", printed(40, 160), "kent", "surrey")
    assert sorted(len(g) for g in groups([one, two, three, four])) == [1, 3]


def test_each_of_the_33_indicators_has_a_card_and_a_fault_in_one_is_named() -> None:
    made = cards_file.cards()
    assert [card.number for card in made] == list(range(1, 34))
    assert {line.name for card in made for line in card.lines} == {line.name for line in lines(settings())}
    source = Path(cards_file.__file__).with_name(cards_file.FILE).read_text("utf-8")
    for old, new, told in (
        ("paired = 3\n", "paired = 1\n", "no other card has the number"),
        ("number = 33\n", "number = 32\n", "the indicator has another card"),
        ("number = 33\n", "number = 32\n", "indicator 33 has no card"),
        ("must_not = ", "must_nt = ", "must_not"),
    ):
        with pytest.raises(RuleFileError, match=told):
            cards_file.cards_in(source.replace(old, new, 1))
