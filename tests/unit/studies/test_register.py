"""Verdicts follow from what was entered, by rules written before, and from nothing that was entered later."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.rule_files.faults import RuleFileError
from lamplighter.studies.register.changes import changes, written_over
from lamplighter.studies.register.entries import Claim, Evidence, Recommendation, Register
from lamplighter.studies.register.loading import ahead, load, shipped
from lamplighter.studies.register.verdicts import STATUSES, Standing, standing
from tests.unit.studies.registers import ONE, SOURCE, UPKEEP, claim, evidence, folder, measured

DAY = dt.date.fromisoformat


def stands(at: Path, *entries: str, on: str = "2024-12-31", body: str = "kent", **more: str) -> Standing:
    register = load(folder(at, *entries, **more))
    return standing(register, register.recommendations["report-1"], body, DAY(on))


# Each status -----------------------------------------------------------------------------------------------


def test_silence_is_no_public_evidence_and_no_slip_is_made_up_for_it(tmp_path: Path) -> None:
    found = stands(tmp_path)
    assert (found.status, found.slipped, found.since_due) == ("no_response", None, 184)
    assert "could be said" in found.slip_words
    assert stands(tmp_path, on="2024-06-01").slipped == 0


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("accepted", "accepted"),
        ("accepted_in_part", "accepted"),
        ("in_progress", "accepted"),
        ("not_done", "accepted"),
        ("rejected", "rejected"),
        ("done", "claimed_done"),
    ],
)
def test_what_a_body_says_is_its_status_until_evidence_is_judged(
    tmp_path: Path, kind: str, status: str
) -> None:
    assert stands(tmp_path, claim(kind)).status == status
    assert stands(tmp_path, claim(kind), body="essex").status == "no_response"


def test_the_last_thing_said_counts_whatever_its_place_in_the_file(tmp_path: Path) -> None:
    both = claim("done", "2024-08-01"), claim("accepted", "2024-02-05")
    assert stands(tmp_path, *both).status == "claimed_done"
    assert stands(tmp_path, *both, claim("not_done", "2024-09-01")).status == "accepted"


def test_evidence_after_the_rule_shows_it_or_says_that_it_is_not_done(tmp_path: Path) -> None:
    assert stands(tmp_path, claim(), evidence("met")).status == "evidenced"
    assert stands(tmp_path, evidence("met")).status == "evidenced"
    assert stands(tmp_path, claim(), evidence("not_met")).status == "contradicted"
    assert stands(tmp_path, claim(), evidence("cannot_tell")).status == "claimed_done"
    # Nobody said that it was done: there is nothing to contradict.
    assert stands(tmp_path, claim("accepted"), evidence("not_met")).status == "accepted"
    assert stands(tmp_path, evidence("not_met")).status == "no_response"


def test_evidence_of_a_time_before_the_claim_contradicts_nothing(tmp_path: Path) -> None:
    old = evidence("not_met", "2024-05-01")
    assert stands(tmp_path, old, claim("done", "2024-07-10")).status == "claimed_done"
    late = evidence("not_met", "2024-09-01", first=DAY("2024-01-01"), last=DAY("2024-03-31"))
    assert stands(tmp_path, claim("done", "2024-07-10"), late).status == "claimed_done"


def test_what_was_shown_and_then_fails_is_contradicted(tmp_path: Path) -> None:
    both = evidence("met", "2024-05-01"), evidence("not_met", "2024-10-01")
    assert stands(tmp_path, *both).status == "contradicted"
    assert stands(tmp_path, *both, on="2024-09-30").status == "evidenced"
    assert stands(tmp_path, *both, claim("done", "2024-11-01")).status == "claimed_done"


def test_a_body_that_takes_back_what_was_shown_is_believed(tmp_path: Path) -> None:
    assert stands(tmp_path, evidence("met"), claim("not_done", "2024-10-01")).status == "accepted"


def test_the_whole_interval_has_to_lie_on_one_side(tmp_path: Path) -> None:
    assert stands(tmp_path, claim(), measured(94.0, 91.0, 96.0)).status == "evidenced"
    assert stands(tmp_path, claim(), measured(92.0, 88.0, 95.0)).status == "claimed_done"
    assert stands(tmp_path, claim(), measured(80.0, 75.0, 84.0)).status == "contradicted"
    assert stands(tmp_path, claim(), measured(90.0, 90.0, 90.0)).status == "evidenced"


def test_evidence_without_a_rule_is_held_and_judges_nothing(tmp_path: Path) -> None:
    found = stands(
        tmp_path,
        claim("done", "2024-01-20", recorded=DAY("2024-02-01")),
        evidence("", "2024-01-25", recorded=DAY("2024-02-01")),
    )
    assert (found.status, len(found.evidence)) == ("claimed_done", 1)


WHOLE = SOURCE.replace(UPKEEP, "") + (
    '\n[[looked]]\non = {on}\nbody = "kent"\naddress = "https://example.org/kent"\nfound = "All."\n'
    "whole = {whole}\n"
)


@pytest.mark.parametrize(
    ("on", "whole", "status"),
    [
        ("2025-06-30", "true", "lapsed"),
        ("2025-06-29", "true", "accepted"),  # a day short of a year after it was due
        ("2025-12-01", "false", "accepted"),  # only a part was read: the rest may say more
    ],
)
def test_an_accepted_one_lapses_when_its_pages_were_read_whole_after_a_year_of_silence(
    tmp_path: Path, on: str, whole: str, status: str
) -> None:
    source = WHOLE.format(on=on, whole=whole) + UPKEEP
    found = stands(tmp_path, claim("accepted", "2024-03-01"), on="2026-01-01", source=source)
    assert found.status == status


def test_what_was_said_later_puts_the_lapse_off_and_nobody_lapses_unread(tmp_path: Path) -> None:
    source = WHOLE.format(on="2025-12-01", whole="true") + UPKEEP
    said = claim("accepted", "2024-03-01"), claim("in_progress", "2025-01-01")
    assert stands(tmp_path, *said, on="2026-01-01", source=source).status == "accepted"
    assert stands(tmp_path, claim("accepted", "2024-03-01"), on="2030-01-01").status == "accepted"


# Days slipped ----------------------------------------------------------------------------------------------


def test_days_slipped_are_counted_from_the_first_due_date(tmp_path: Path) -> None:
    moved = claim("date_moved", "2024-05-01", new_date=DAY("2024-12-31"))
    assert (stands(tmp_path, moved).status, stands(tmp_path, moved).slipped) == ("accepted", 184)
    assert stands(tmp_path, moved, claim("done", "2024-07-10")).slipped == 10
    assert stands(tmp_path, moved, claim("done", "2024-05-10")).slipped == 0
    assert stands(tmp_path, moved, claim("rejected", "2024-07-10")).slipped is None
    assert stands(tmp_path, claim(), evidence("met", "2024-09-01")).slipped == 63
    assert stands(tmp_path, claim(), evidence("not_met", "2024-09-01")).slipped == 184


def test_a_day_that_is_not_held_makes_no_slip(tmp_path: Path) -> None:
    assert stands(tmp_path, claim("done", "2024-07-10", by_then=True)).slipped is None
    assert stands(tmp_path, claim("done", "2024-06-10", by_then=True)).slipped == 0


# As at -----------------------------------------------------------------------------------------------------


days = st.dates(DAY("2024-02-02"), DAY("2026-12-31"))


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    on, recorded = sorted((draw(days), draw(days)))
    withdrawn = draw(st.none() | st.dates(recorded, DAY("2027-01-31")))
    kind = draw(st.sampled_from(["accepted", "rejected", "in_progress", "not_done", "done"]))
    return Claim(1, "kent", kind, on, recorded, "", "", withdrawn=withdrawn, by_then=draw(st.booleans()))


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    published, recorded = sorted((draw(days), draw(days)))
    withdrawn = draw(st.none() | st.dates(recorded, DAY("2027-01-31")))
    found = draw(st.sampled_from(["met", "not_met", "cannot_tell"]))
    return Evidence(1, "kent", published, recorded, "", "", rule="found", found=found, withdrawn=withdrawn)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return load(folder(tmp_path_factory.mktemp("register")))


def numbered(one: Recommendation, said: list[Claim], shown: list[Evidence]) -> Recommendation:
    return dataclasses.replace(
        one,
        claims=tuple(dataclasses.replace(c, number=n) for n, c in enumerate(said, 1)),
        evidence=tuple(dataclasses.replace(e, number=n) for n, e in enumerate(shown, 1)),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(claims(), max_size=5), st.lists(evidences(), max_size=4), days)
def test_a_status_never_depends_on_what_was_entered_after(
    plain: Register, said: list[Claim], shown: list[Evidence], on: dt.date
) -> None:
    """Take out all that was entered after a day, and undo what was withdrawn after it: nothing changes."""
    one = plain.recommendations["report-1"]

    def then(entry: Claim | Evidence) -> Claim | Evidence:
        later = entry.withdrawn is not None and entry.withdrawn > on
        return dataclasses.replace(entry, withdrawn=None) if later else entry

    cut = numbered(
        one,
        [then(c) for c in said if c.recorded <= on],  # type: ignore[misc]
        [then(e) for e in shown if e.recorded <= on],  # type: ignore[misc]
    )
    now, before = (standing(plain, r, "kent", on) for r in (numbered(one, said, shown), cut))
    assert now.status in STATUSES
    assert (now.status, now.since, now.slipped, now.why) == (
        before.status,
        before.since,
        before.slipped,
        before.why,
    )
    assert now.slipped is None or now.slipped >= 0


@settings(max_examples=100, deadline=None)
@given(st.lists(claims(), max_size=5), days)
def test_nothing_is_shown_to_be_done_without_evidence(
    plain: Register, said: list[Claim], on: dt.date
) -> None:
    one = numbered(plain.recommendations["report-1"], said, [])
    assert standing(plain, one, "kent", on).status not in ("evidenced", "contradicted")


def test_what_is_withdrawn_counts_until_the_day_and_not_from_it(tmp_path: Path) -> None:
    gone = claim(withdrawn=DAY("2024-08-01"), why_withdrawn="It was another force.")
    assert stands(tmp_path, gone, on="2024-07-31").status == "claimed_done"
    assert stands(tmp_path, gone, on="2024-08-01").status == "no_response"


# Faults ----------------------------------------------------------------------------------------------------

TWO = ONE.replace("report-1", "report-2")


@pytest.mark.parametrize(
    ("entries", "others", "names"),
    [
        ([evidence(published="2024-02-01")], {}, ["rule_after_evidence"]),
        ([evidence(published="2024-01-20", recorded=DAY("2024-03-01"))], {}, ["rule_after_evidence"]),
        ([evidence(rule="gone")], {}, ["unknown_rule"]),
        ([evidence(checked_by="A")], {}, ["one_reader"]),
        ([evidence(found=None, rule="found", read_by="A", checked_by="B")], {}, ["no_finding"]),
        ([measured(94.0, 96.0, 91.0)], {}, ["not_an_interval"]),
        ([measured(94.0, 91.0, 96.0, measure="another")], {}, ["other_measure"]),
        ([evidence(about="home_office")], {}, ["not_addressed"]),
        ([claim(by="kemt")], {}, ["unknown_body"]),
        ([claim(by="npcc")], {}, ["not_addressed"]),
        ([claim(on="2024-01-01")], {}, ["before_published"]),
        ([claim(recorded=DAY("2024-07-01"))], {}, ["recorded_before"]),
        ([claim(withdrawn=DAY("2024-08-01"))], {}, ["withdrawn_without_why"]),
        ([claim("date_moved")], {}, ["no_new_date"]),
        ([claim("date_moved", new_date=DAY("2024-06-01"))], {}, ["not_later"]),
        ([claim("perhaps")], {}, ["unknown_code"]),
        ([claim(link="report on a shelf")], {}, ["malformed"]),
        ([], {"report_2": TWO + UPKEEP}, ["number_twice"]),
        ([], {"report_3": TWO + UPKEEP}, ["id_is_not_the_file"]),
        ([], {"report_2": TWO.replace('number = "1"', 'number = "5"') + UPKEEP}, ["no_such_number"]),
        ([], {"report_2": TWO.replace('"report"', '"repot"') + UPKEEP}, ["unknown_source"]),
        ([], {"report_2": TWO.replace("chief_", "cheif_") + UPKEEP}, ["unknown_body"]),
        ([], {"report_2": TWO.replace("at_least = 90.0\n", "") + UPKEEP}, ["no_bound"]),
        ([], {"report_2": TWO.replace("2024-06-30", "2024-01-01") + UPKEEP}, ["due_before_published"]),
        ([], {"report_2": TWO[: TWO.index("[[rule]]")] + UPKEEP}, ["no_rule"]),
        (
            [],
            {"report_2": TWO.replace("Forces should search their records.", "text not held") + UPKEEP},
            ["rule_without_words"],
        ),
        ([], {"report_2": TWO}, ["no_upkeep"]),
        ([], {"report_2": 'id = "report-2'}, ["syntax"]),
    ],
)
def test_a_fault_has_a_name_a_file_and_a_remedy(
    tmp_path: Path, entries: list[str], others: dict[str, str], names: list[str]
) -> None:
    with pytest.raises(RuleFileError) as refused:
        load(folder(tmp_path, *entries, **others))
    assert [f.name for f in refused.value.faults] == names
    for fault in refused.value.faults:
        assert fault.file.startswith("report-")
        assert fault.remedy.endswith((".", "!", "}"))


def test_the_line_of_an_entry_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError) as refused:
        load(folder(tmp_path, claim(), evidence(), evidence(published="2024-02-01")))
    told = str(refused.value)
    text = (tmp_path / "report-1.toml").read_text("utf-8").split("\n")
    assert told.startswith("report-1.toml, [[evidence]] 2 (line ")
    assert text[int(told.split("(line ")[1].split(")")[0]) - 1] == "[[evidence]]"
    assert "nobody judges by a rule that was written when the answer was known" in told


def test_the_newest_rule_of_the_day_judges_and_no_older_one_is_chosen(tmp_path: Path) -> None:
    later = '\n[[rule]]\nid = "newer"\nwritten = 2024-05-01\nby = "A"\ntext = "Stricter."\n'
    old = evidence("met", "2024-04-01", recorded=DAY("2024-06-01"))
    assert stands(tmp_path, later, old).status == "evidenced"
    with pytest.raises(RuleFileError, match="rule “newer” of 2024-05-01 had taken the place of “found”"):
        load(folder(tmp_path, later, evidence("met", "2024-09-01")))


def test_more_than_a_publication_addresses_are_refused(tmp_path: Path) -> None:
    two, three = (TWO.replace("report-2", f"report-{n}").replace('"1"', f'"{n}"') + UPKEEP for n in (2, 3))
    with pytest.raises(RuleFileError, match="3 files are addressed to “chief_constables”"):
        load(folder(tmp_path, report_2=two, report_3=three))


def test_a_measure_without_a_card_is_refused_where_the_cards_are_known(tmp_path: Path) -> None:
    at = folder(tmp_path, measured(94.0, 91.0, 96.0))
    assert load(at, measures=["found_share"])
    with pytest.raises(RuleFileError, match="there is no measure “found_share”"):
        load(at, measures=["found_shares"])


def test_an_empty_folder_is_no_register(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="there is no recommendation"):
        load(tmp_path)


def test_what_is_entered_on_a_day_to_come_is_named(tmp_path: Path) -> None:
    register = load(folder(tmp_path, claim()))
    assert [f.name for f in ahead(register, DAY("2024-07-09"))] == ["in_the_future"]
    assert ahead(register, DAY("2024-07-10")) == []


# Editions --------------------------------------------------------------------------------------------------


def edition(at: Path, name: str, *entries: str, of: str = ONE) -> Register:
    place = folder(at / name, *entries)
    (place / "report-1.toml").write_text(of + "".join(entries) + UPKEEP, "utf-8")
    return load(place)


def test_the_first_due_date_a_rule_and_an_entry_are_never_written_over(tmp_path: Path) -> None:
    old = edition(tmp_path, "old", claim())
    for name, new in {
        "due_date_written_over": edition(tmp_path, "a", claim(), of=ONE.replace("2024-06-30", "2024-12-31")),
        "rule_written_over": edition(tmp_path, "b", claim(), of=ONE.replace("90.0", "50.0")),
        "words_written_over": edition(tmp_path, "c", claim(), of=ONE.replace("should search", "may search")),
        "entry_written_over": edition(tmp_path, "d", claim("accepted")),
    }.items():
        assert [f.name for f in written_over(old, new)] == [name]
    gone = dataclasses.replace(old, recommendations={})
    assert [f.name for f in written_over(old, gone)] == ["recommendation_gone"]


def test_an_edition_may_add_withdraw_and_fill_in(tmp_path: Path) -> None:
    blank = ONE.replace("Forces should search their records.", "text not held").replace(
        "to = [", 'asks = "Search."\nto = ['
    )
    old = edition(tmp_path, "old", claim(), of=blank)
    gone = claim(withdrawn=DAY("2024-08-01"), why_withdrawn="Another force.")
    new = edition(tmp_path, "new", gone, claim(by="essex"), evidence())
    assert written_over(old, new) == []
    assert [f.name for f in written_over(new, old)] == [
        "words_written_over",
        "entry_written_over",
        "entry_written_over",
        "entry_written_over",
    ]


def test_what_changed_is_told_once_with_its_day_and_its_page(tmp_path: Path) -> None:
    old = edition(tmp_path, "old", claim("accepted", "2024-03-01"))
    new = edition(tmp_path, "new", claim("accepted", "2024-03-01"), claim(), evidence("not_met"))
    found = changes(old, new, DAY("2024-07-01"), DAY("2024-12-31"))
    assert [(c.kind, c.body, str(c.on)) for c in found] == [
        ("claim", "kent", "2024-07-10"),
        ("evidence", "kent", "2024-09-01"),
        ("verdict", "kent", "2024-09-01"),
    ]
    assert found[-1].text == "“Search records”, Kent: Evidence says it is not done, and before “Accepted”."
    assert {c.path for c in found} == {"register/report-1.html"}
    again = changes(old, new, DAY("2024-07-01"), DAY("2025-12-31"))
    assert [c.id for c in again] == [c.id for c in found]
    assert changes(new, new, DAY("2024-12-31"), DAY("2024-12-31")) == []


def test_one_register_tells_what_became_known_between_two_days(tmp_path: Path) -> None:
    gone = claim(withdrawn=DAY("2024-08-01"), why_withdrawn="Another force.")
    register = edition(tmp_path, "one", gone)
    first = changes(register, register, DAY("2024-01-01"), DAY("2024-02-01"))
    assert [c.kind for c in first] == ["recommendation", "rule", "rule"]
    then = changes(register, register, DAY("2024-07-31"), DAY("2024-08-01"))
    assert [(c.kind, c.after) for c in then] == [
        ("verdict", "No public evidence held"),
        ("withdrawn", ""),
    ]


# The register that comes with the software ------------------------------------------------------------------


def test_the_shipped_register_holds_no_words_that_nobody_read() -> None:
    register = shipped()
    numbers = [r.number for r in register.recommendations.values() if r.source == "super-complaint-2024"]
    assert sorted(int(n) for n in numbers if n.isdigit()) == list(range(1, 30))
    assert {r.words for r in register.recommendations.values()} == {"text not held"}
    blank = [r for r in register.recommendations.values() if not r.says_something]
    assert len(blank) == 23
    assert all(not r.to and r.due is None and not r.claims and not r.rules for r in blank)


def test_no_shipped_rule_judges_and_none_is_older_than_the_register() -> None:
    for one in shipped().recommendations.values():
        assert not one.evidence
        assert all(rule.written == one.recorded for rule in one.rules)


def test_on_record_of_each_force_is_as_it_was_read() -> None:
    register, on = shipped(), DAY("2026-11-30")
    seven = register.recommendations["super-complaint-2024-07"]
    found = {f: standing(register, seven, f, on) for f in register.asked(seven, on)}
    assert len(found) == 43
    assert {f: s.status for f, s in found.items() if s.status != "no_response"} == {
        "kent": "claimed_done",
        "cheshire": "accepted",
        "hampshire": "accepted",
    }
    assert (found["hampshire"].slipped, found["kent"].slipped) == (613, 0)
