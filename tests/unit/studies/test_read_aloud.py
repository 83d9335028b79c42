"""Sentences that somebody says after five minutes with the national page are true, cell by cell.

Each sentence of ``docs/scorecard-read-aloud.md`` is made anew from the cells of the real site of 2018/19 and
the register; its crimes are counted again from the publisher's file by lines that share nothing with it.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from lamplighter.studies.scorecard.site import build, write_site
from tests.unit.studies.test_forces import DATA
from tests.unit.studies.test_scorecard import AS_AT, a_folder, read, words_of

DOCUMENT = Path(__file__).parents[3] / "docs/scorecard-read-aloud.md"
Rows = Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("aloud")
    write_site(build(a_folder(place / "kept"), AS_AT, register=Path("shipped")), place / "site")
    return place / "site"


def one_in(share: float) -> str:
    """Return a share of a hundred as it is said: the nearest "one in so many"."""
    names = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    nearest = round(100 / share)
    return f"one in {names[nearest] if nearest < len(names) else nearest}"


def tenths(share: float) -> str:
    """Return a share that lies just under so many in ten."""
    whole = -int(-share // 10)
    assert 0 < whole * 10 - share < 3, share
    return ("", "one", "two", "three", "four", "five")[whole] + " in ten"


def sentences(site: Path) -> list[str]:
    figures: Rows = read(site, "figures")
    country: Rows = read(site, "register-country")

    def cell(measure: str, column: str, force: str = "all") -> str:
        return figures[f"{measure}.{force}.2018-19"][column]

    def count(measure: str, column: str = "counted", force: str = "all") -> str:
        return f"{int(cell(measure, column, force)):,}"

    def share(measure: str, force: str = "all") -> float:
        return float(cell(measure, "value", force))

    def known(key: str) -> str:
        return country[key]["count"]

    forces = [row for row in figures.values() if row["measure"] == "charged" and row["force"] != "all"]
    compared = [row for row in forces if row["compared"] == "yes"]
    outside = [row for row in compared if row["where"] != "inside the limits"]
    apart = read(site, "comparison")["charged.2018-19"]
    assert apart["differ"] == "yes"
    assert (int(apart["outside"]), int(apart["compared"])) == (len(outside), len(compared)) == (0, 41)
    assert share("evidence") > 25
    return [
        f"In 2018/19 the police in England and Wales recorded {count('charged', 'out_of')} crimes of "
        "stalking.",
        f"About {one_in(share('charged'))} of them, {share('charged'):.1f}%, had led to a charge or summons "
        "by the edition of January 2020.",
        f"Of the outcomes that were assigned in that year, {share('charged_assigned'):.1f}% were charges or "
        "summonses. That is a share of something else.",
        f"In nearly {tenths(share('victim'))}, {share('victim'):.1f}%, a suspect was identified and the "
        "victim did not support action.",
        f"In more than a quarter, {share('evidence'):.1f}%, the victim supported action and evidence was the "
        "difficulty.",
        f"About {one_in(share('open'))}, {share('open'):.1f}%, had no outcome yet.",
        f"{len(compared)} of {len(forces)} forces can be set beside one another. They differ in what they "
        "charge by more than chance, and none lies outside the limits once the spread between forces is "
        "allowed for.",
        f"North Yorkshire is not compared: {count('open', force='north_yorkshire')} of its "
        f"{count('open', 'out_of', 'north_yorkshire')} crimes had no outcome yet.",
        f"{known('forces')} forces were each asked to do {known('each')} things. For {known('no_response')} "
        f"of the {known('cells')} answers the register holds no public evidence.",
        f"Of {known('unread_forces')} forces nobody has read their own pages for the register, so no public "
        "evidence does not mean that nothing was done.",
    ]


def rows_of(heading: str) -> list[list[str]]:
    part = DOCUMENT.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_sentence_of_the_document_is_what_the_cells_say(site: Path) -> None:
    assert [row[0] for row in rows_of("What may be said")] == sentences(site)


def test_each_sentence_names_cells_that_are_on_the_site(site: Path) -> None:
    for sentence, cells in rows_of("What may be said"):
        named = re.findall(r"`([a-z-]+)#([^/`]+)/([a-z_]+)`", cells)
        assert named, sentence
        for table, key, column in named:
            row = read(site, table)[key]
            assert row[column] != "", (sentence, table, key, column)


def test_the_crimes_are_those_of_the_publishers_file(site: Path) -> None:
    with gzip.open(DATA / "outcomes_2018_19_stalking_harassment.csv.gz", "rt", encoding="utf-8-sig") as file:
        lines = [x for x in csv.DictReader(file) if x["offence_description"] == "Stalking"]
    of_crimes: Counter[str] = Counter()
    assigned: Counter[str] = Counter()
    open_in: Counter[str] = Counter()
    for line in lines:
        crimes, given = (
            int(line[name]) if line[name].lstrip("-").isdigit() else 0
            for name in (
                "force_outcomes_for_offences_recorded_in_quarter",
                "force_outcomes_recorded_in_quarter",
            )
        )
        kind = line["outcome_type"]
        of_crimes[kind] += crimes
        assigned[kind] += given
        if line["force_name"] == "North Yorkshire":
            open_in[kind] += crimes
    found = read(site, "figures")
    row = found["charged.all.2018-19"]
    assert int(row["out_of"]) == sum(of_crimes.values())
    assert int(row["counted"]) == of_crimes["1"] + of_crimes["1A"]
    assert int(found["charged_assigned.all.2018-19"]["counted"]) == assigned["1"] + assigned["1A"]
    assert int(found["victim.all.2018-19"]["counted"]) == of_crimes["16"]
    assert int(found["evidence.all.2018-19"]["counted"]) == of_crimes["15"]
    assert int(found["open.all.2018-19"]["counted"]) == of_crimes["0"]
    own = found["open.north_yorkshire.2018-19"]
    assert (int(own["counted"]), int(own["out_of"])) == (open_in["0"], sum(open_in.values()))
    # Victims who do not support action are more than those of whose case a suspect is known.
    (beside,) = (row[1] for row in rows_of("What may not be said") if "four in ten" in row[0])
    assert f"{of_crimes['14']:,} more" in beside


def test_what_may_not_be_said_is_on_neither_page(site: Path) -> None:
    pages = [words_of((site / path).read_bytes()) for path in ("index.html", "register/index.html")]
    words = {word.strip("`“” ") for row in rows_of("What may not be said") for word in row[2].split(",")}
    assert len(words) >= 8
    for word in words:
        found = [page for page in pages if re.search(rf"\b{re.escape(word)}\b", page, re.IGNORECASE)]
        assert not found, word
