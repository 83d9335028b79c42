"""Hold the bias of groups to counts by hand, to whole recounts, and to what may be said of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lamplighter.reporting.html_page import html_page
from lamplighter.statistics import meet
from lamplighter.studies.reoffending.content.shapes import Grouping
from lamplighter.studies.reoffending.grid import Cohorts, counts_of
from lamplighter.studies.reoffending.linkage_error.group_bias import (
    FORCE_SIZE,
    Biases,
    GroupBias,
    group_biases,
)
from lamplighter.studies.reoffending.lives import lives_of
from lamplighter.studies.reoffending.partitions import loose_rows
from lamplighter.studies.reoffending.report.group_bias import bias_blocks, called, sentences
from lamplighter.studies.reoffending.report.page import report_of
from lamplighter.studies.reoffending.study import study_of
from tests.unit.studies.reoffending.making import YEAR, country, defs, event, held
from tools.verify.reoffending_country import write_country

KEY = ("proven", "stalking_proven", "either", 12, 12)


def twelve_of_each(folder: Path, draws: list[dict[str, str]], *, told: bool = True, extra: str = "") -> Path:
    """Make twelve women and twelve men, four of each convicted again.

    The fourth man's second conviction is on a record ``mx`` that the published links give to him; the fifth
    woman's is on a record ``wx`` that they give to nobody else.
    """
    rows = [
        event("conviction", "2019-12-01", f"{sex}{n}", proven="2020-03-10", force="North")
        for sex in "wm"
        for n in range(12)
    ]
    again = [f"{sex}{n}" for sex in "wm" for n in range(4 if sex == "w" else 3)] + ["mx", "wx"]
    rows += [event("conviction", "2020-12-01", who, proven="2021-06-01", force="South") for who in again]
    made = country(folder, rows, persons={"mx": "m3"}, draws=draws, extra=extra)
    if told:
        place = made / "content" / "North"
        place.mkdir(parents=True)
        who = sorted({row["suspect"] for row in rows} - {"wx", "mx"})
        pl.DataFrame(
            {
                "record": who,
                "sex": ["female" if w[0] == "w" else "male" for w in who],
                "ethnicity": ["W1"] * len(who),
            }
        ).write_parquet(place / "people.parquet")
    return made


JOINED, APART, BOTH = {"wx": "w4"}, {"mx": "nobody"}, {"wx": "w4", "mx": "nobody"}


def found(folder: Path) -> Biases:
    (own,) = group_biases(held(folder), defs(), None, {KEY: YEAR})
    return own


def of(biases: Biases, by: str, group: str) -> GroupBias:
    (own,) = [g for g in biases.groups if (g.by, g.group) == (by, group)]
    return own


def test_missed_links_hide_and_false_ones_make_reoffending_by_hand(tmp_path: Path) -> None:
    own = found(twelve_of_each(tmp_path, [BOTH, BOTH, BOTH, {}]))
    women, men = of(own, "sex", "female"), of(own, "sex", "male")
    assert (women.people, men.people) == (12, 12)
    assert women.rate == pytest.approx(4 / 12)
    assert men.rate == pytest.approx(4 / 12)
    # In three of four draws the fifth woman did it again, and the fourth man did not.
    assert women.missed_links == pytest.approx(-0.75 / 12)
    assert women.false_links == pytest.approx(0)
    assert men.false_links == pytest.approx(0.75 / 12)
    assert men.missed_links == pytest.approx(0)
    rates = np.array([5, 5, 5, 4]) / 12
    assert women.error == pytest.approx(np.sqrt(rates.var(ddof=1) * 1.25))
    # With one draw against three the direction cannot be told; with all four it can.
    assert (women.direction, men.direction) == ("", "")
    sure = found(twelve_of_each(tmp_path / "sure", [BOTH] * 4))
    assert of(sure, "sex", "female").direction == "too low"
    assert of(sure, "sex", "male").direction == "too high"
    assert of(sure, "sex", "female").moved == pytest.approx(-1 / 12)


def test_the_sentence_says_in_which_direction_and_how_far(tmp_path: Path) -> None:
    said = sentences(found(twelve_of_each(tmp_path, [BOTH] * 4)))
    assert (
        "By sex: the rate of women (by 8.3 points) is too low; the rate of men (by 8.3 points) is too high. "
        "A difference of 16.7 points between men and women may be links and nothing else."
    ) in said
    unsure = sentences(found(twelve_of_each(tmp_path / "unsure", [BOTH, BOTH, BOTH, {}])))
    assert any(
        "By sex: for women and men the draws do not say in which direction" in words for words in unsure
    )
    # Where links move nothing, there is no difference to warn of.
    still = sentences(found(twelve_of_each(tmp_path / "still", [{}] * 4)))
    assert "By sex: no draw moves the rate of women and men." in still


def test_what_cannot_be_said_is_said_to_be_so(tmp_path: Path) -> None:
    own = found(twelve_of_each(tmp_path / "none", [BOTH] * 4, told=False))
    assert "does not hold it" in own.unsaid["sex"]
    assert {g.by for g in own.groups} == {FORCE_SIZE}
    own = found(twelve_of_each(tmp_path / "told", [BOTH] * 4))
    assert "does not hold it" in own.unsaid["age_band"]
    undrawn = found(twelve_of_each(tmp_path / "undrawn", []))
    assert undrawn.groups == ()
    assert set(undrawn.unsaid.values()) == {"The linker drew fewer than two partitions."}
    # Ten women are needed in every reading; here one force's are nine.
    few = twelve_of_each(tmp_path / "few", [BOTH] * 4)
    people = few / "content/North/people.parquet"
    frame = pl.read_parquet(people).filter(~pl.col("record").is_in(["w9", "w10", "w11"]))
    frame.write_parquet(people)
    own = found(few)
    assert ("sex", "female") in own.too_few
    assert [g.group for g in own.groups if g.by == "sex"] == ["male"]


def test_the_page_shows_the_groups_and_what_cannot_be_said(tmp_path: Path) -> None:
    folder = twelve_of_each(tmp_path, [BOTH] * 4)
    study = study_of(folder, window=YEAR)
    page = html_page(report_of(study))
    assert "How links move the rates of groups" in page
    assert "By sex: the rate of women (by 8.3 points) is too low" in page
    assert "By age nothing can be said." in page
    assert "Links that nobody looked at are in no draw" in page
    (table,) = [t for t in report_of(study).tables() if t.key == "bias-by-group-stalking-proven"]
    women = next(row for row in table.rows if row[0] == "Women")
    assert women[1] == 12
    assert women[4] == "−8.3"
    assert women[6] == "too low"
    assert bias_blocks(study)


def test_a_group_of_another_name_is_shown_by_it() -> None:
    assert called("ethnicity", "B") == "Black"
    assert called("age_band", "18 to 24") == "Aged 18 to 24"
    assert called("sex", "not known") == "Sex not known"


def test_a_group_is_what_most_records_of_a_person_say(tmp_path: Path) -> None:
    folder = twelve_of_each(tmp_path, [BOTH] * 2)
    links = held(folder).links
    sex = links.groups["sex"]
    assert isinstance(sex, Grouping)
    # Of the record that no force delivered a sex of, that of its person's other record is taken.
    assert sex.labels == ("female", "male", "not known")
    assert [int((sex.codes == n).sum()) for n in range(3)] == [12, 13, 1]
    assert links.groups["ethnicity"].labels == ("W", "not known")
    assert "age_band" not in links.groups


def test_only_touched_people_are_worked_out_again_and_all_is_as_a_whole_recount(tmp_path: Path) -> None:
    write_country(tmp_path, 3_000, seed=5)
    read, own = held(tmp_path), defs()
    assert 0 < loose_rows(read).sum() < len(read.rows) / 2
    (said,) = group_biases(read, own, None, {KEY: YEAR})
    assert said.groups
    size = np.empty(len(read.country.forces), int)
    order = np.argsort(np.bincount(read.rows.force, minlength=size.size), kind="stable")
    size[order] = np.arange(size.size) * 3 // size.size

    def rates(person: np.ndarray) -> list[float]:
        lives = lives_of(read.rows, person.astype(np.int32), int(person.max()) + 1, own.rules)
        out = []
        for part in range(3):
            forces = frozenset(np.flatnonzero(size == part).tolist())
            # People of a part are those whose first index event of all is there.
            cohort = Cohorts(read, own, lives, None)
            people = cohort.cohort(own.index("proven"), YEAR)
            mine = np.isin(people.force, list(forces))
            again = counts_of(people, cohort.later(people, own.outcome("stalking_proven")), "either", 12, 12)
            out.append(float((again > 0)[mine].mean()))
        return out

    links = read.links
    draws = [links.of_draw(draw) for draw in range(len(links.draws))]
    published = np.array(rates(links.person))
    drawn = np.array([rates(one) for one in draws]).mean(axis=0)
    met = np.array([rates(meet(links.person, one)) for one in draws]).mean(axis=0)
    by_size = [g for g in said.groups if g.by == FORCE_SIZE]
    assert len(by_size) == 3
    assert [g.rate for g in by_size] == pytest.approx(published.tolist())
    assert [g.missed_links for g in by_size] == pytest.approx((met - drawn).tolist())
    assert [g.false_links for g in by_size] == pytest.approx((published - met).tolist())
