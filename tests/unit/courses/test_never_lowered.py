"""Nothing that is added to a course takes its reading away, or moves it down the list."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.courses.assemble import courses
from lamplighter.courses.reports import readings
from tests.unit.courses.bundles import Writer, day

LEVELS = [{readings.OTHER, readings.DOMESTIC, readings.HONOUR}, {readings.FIRST}, {readings.POSSIBLE}]
TEXTS = [
    "Suspect followed her home from the tram.",
    "He rang her 14 times on Sunday night.",
    "Argument between the parties about money.",
    "Suspect slapped her.",
    "Loud music again, dispute over the hedge.",
    "Suspect turned up at her door. She told him to stop.",
    "Scam call claiming to be from the bank.",
    "Suspect threatened to kill her during an argument.",
    "Phone stolen from her bag in a bar.",
    "",
]
RELATIONSHIPS = [None, "ex_partner", "partner", "family", "neighbour", "colleague", "stranger", "not_known"]
REPORTS = st.lists(
    st.tuples(st.sampled_from(TEXTS), st.sampled_from(RELATIONSHIPS), st.integers(1, 3)),
    min_size=1,
    max_size=5,
)
AGENCIES = ["force-a", "force-b"]


def level(
    reports: list[tuple[str, str | None, int]],
    ticked: tuple[str, ...] = (),
    against: tuple[str, ...] = (),
) -> int:
    """How far the course of Amy and Ben reads, of reports given in the order in which they came.

    ``against``: what Ben reported about Amy meanwhile.
    """
    w = Writer()
    for n, (text, relationship, occasions) in enumerate(reports):
        w.report(
            f"R{n}", day(40 * n), text, "Amy", "Ben", relationship=relationship, occasions=occasions,
            agency=AGENCIES[n % 2], ticked=ticked if n == 0 else (),
        )  # fmt: skip
    for n, text in enumerate(against):
        w.report(f"C{n}", day(30 * n), text, "Ben", "Amy")
    found = courses(w.bundle(), w.linked(), as_at=day(1_000)).courses
    (reading,) = found.filter(victim_person="P-Amy", suspect_person="P-Ben")["reading"]
    return next(i for i, level in enumerate(LEVELS) if reading in level)


def place(
    reports: list[tuple[str, str | None, int]],
    ticked: tuple[str, ...] = (),
    victim: str = "Amy",
    suspect: str = "Ben",
    counter: str = "",
) -> list[float]:
    """The place of the course in the list, so late that some reports are of late and some are not."""
    w = Writer()
    for n, (text, relationship, occasions) in enumerate(reports):
        w.report(
            f"R{n}", day(40 * n), text, victim, suspect, relationship=relationship, occasions=occasions,
            ticked=ticked if n == 0 else (),
        )  # fmt: skip
    if counter:
        w.report("R9", day(395), counter, suspect, victim)
    found = courses(w.bundle(), w.linked(), as_at=day(401)).courses
    (key,) = found.filter(victim_person=f"P-{victim}", suspect_person=f"P-{suspect}")["urgency_key"].to_list()
    return [float(rule) for rule in key]


@settings(max_examples=40)
@given(reports=REPORTS, another=REPORTS)
def test_more_reports_never_move_it_down(reports: list, another: list) -> None:  # type: ignore[type-arg]
    assert place([*reports, *another]) <= place(reports)


@settings(max_examples=30)
@given(reports=REPORTS, tick=st.sampled_from(["threat_kill", "violence", "following", "unwanted_contact"]))
def test_a_tick_never_moves_it_down(reports: list, tick: str) -> None:  # type: ignore[type-arg]
    assert place(reports, (tick,)) <= place(reports)


@settings(max_examples=15)
@given(reports=REPORTS)
def test_who_they_are_makes_no_difference(reports: list) -> None:  # type: ignore[type-arg]
    """He for she is another person for this rule: no name and no sex has a place in it."""
    assert place(reports, victim="Ken", suspect="Zoe") == place(reports)


@settings(max_examples=60)
@given(reports=REPORTS, another=REPORTS)
def test_more_reports_never_lower_it(reports: list, another: list) -> None:  # type: ignore[type-arg]
    assert level([*reports, *another]) >= level(reports)


@settings(max_examples=40)
@given(reports=REPORTS, which=st.integers(0, 4))
def test_more_occasions_never_lower_it(reports: list, which: int) -> None:  # type: ignore[type-arg]
    at = which % len(reports)
    text, relationship, occasions = reports[at]
    more = [*reports[:at], (text, relationship, occasions + 2), *reports[at + 1 :]]
    assert level(more) >= level(reports)


@settings(max_examples=40)
@given(
    reports=REPORTS, words=st.sampled_from(["Argument over money.", "Both drunk. Row about the children."])
)
def test_words_of_a_dispute_never_lower_it(reports: list, words: str) -> None:  # type: ignore[type-arg]
    said = [(f"{text} {words}", relationship, n) for text, relationship, n in reports]
    assert level(said) >= level(reports)


def test_words_of_a_dispute_take_nothing_from_a_title() -> None:
    """A report of no words that is recorded as harassment supports one that tells of following."""
    followed, silent = ("Suspect followed her home from the tram.", None, 1), ("", None, 1)
    argued = ("Argument over money.", None, 1)
    assert level([followed, silent]) == level([followed, argued]) == len(LEVELS) - 1


@settings(max_examples=30)
@given(reports=REPORTS, tick=st.sampled_from(["threat_kill", "violence", "following", "unwanted_contact"]))
def test_a_tick_never_lowers_it(reports: list, tick: str) -> None:  # type: ignore[type-arg]
    assert level(reports, (tick,)) >= level(reports)
