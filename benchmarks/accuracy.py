"""Measure how right the product is about made-up worlds, sentences written by hand and exports of others.

python -m benchmarks.accuracy --person-records 20000 --seed 2026 --bank b
python -m benchmarks.accuracy urgency
python -m benchmarks.accuracy coder [--misses] [--banks SEED]
python -m benchmarks.accuracy practice
python -m benchmarks.accuracy mapping FOLDER
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import getdoc
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks import linkage, run_part
from lamplighter.courses.assemble import courses
from lamplighter.courses.assemble import courses as find_courses
from lamplighter.courses.coding import coder
from lamplighter.courses.findings import urgency
from lamplighter.courses.summaries import labels
from lamplighter.linkage import link
from lamplighter.linkage.explain.accuracy import Score, b_cubed, pairwise
from lamplighter.linkage.results import LinkResult
from lamplighter.records.errors import RecordsError
from lamplighter.records.propose import Proposal, propose
from lamplighter.records.propose.sample import Table as Sample
from lamplighter.synthetic.worlds.world import World, generate
from lamplighter.vocabulary.codes import code_set
from tests.unit.courses.bundles import Writer

HORIZON = 28
DAYS_BETWEEN = 45
DAYS_LOOKED_AT = 8
RESAMPLES = 2_000
RULES, RECENCY = "rules of the list", "time since last occasion"


def ranked(world: World) -> pl.DataFrame:
    """Every flagged course on every day looked at: ``seed, day, course_id, serious`` and its place in each
    order."""
    last = dt.datetime.combine(world.config.as_at, dt.time.max)
    days = (last - dt.timedelta(days=DAYS_BETWEEN * step) for step in range(DAYS_LOOKED_AT))
    return pl.concat(
        _orders(world, as_at).with_columns(seed=pl.lit(world.config.seed), day=pl.lit(step))
        for step, as_at in enumerate(days)
    )


def urgency_table(every: pl.DataFrame) -> Table:
    """Both orders: concordance, and the share of serious acts in the first twentieth, tenth and fifth."""
    days = every.select("seed", "day").n_unique()
    made = Table(
        title=f"Order of the list: a serious act in the next {HORIZON} days ({days} days looked at)",
        caption=_difference(every),
    )
    for heading in (
        "order",
        "courses",
        "with a serious act",
        "concordance",
        "in first twentieth",
        "in first tenth",
        "in first fifth",
    ):
        made.add_column(heading)
    for name in (RULES, RECENCY):
        made.add_row(
            name,
            str(every.height),
            str(int(every["serious"].sum())),
            f"{concordances(every, name)['ahead'].mean():.3f}",
            *(f"{_share_in_first(every, name, share):.2f}" for share in (0.05, 0.1, 0.2)),
        )
    return made


def concordances(every: pl.DataFrame, order: str) -> pl.DataFrame:
    """For each course with a serious act ahead, ``ahead``: the share of that day's others behind it."""
    others = (~pl.col("serious")).cast(pl.Int64)
    return (
        every.sort("seed", "day", order)
        .with_columns(
            behind=(others.sum() - others.cum_sum()).over("seed", "day"), n=others.sum().over("seed", "day")
        )
        .filter("serious")
        .select("seed", "day", "course_id", ahead=pl.col("behind") / pl.col("n"))
        .sort("seed", "day", "course_id")
    )


def _difference(every: pl.DataFrame) -> str:
    """By how much the concordance of the rules is better, with an interval: courses are drawn anew, since
    one course is looked at on several days."""
    ours, plain = concordances(every, RULES), concordances(every, RECENCY)
    apart = ours.with_columns(better=pl.col("ahead") - plain["ahead"])
    sums = apart.group_by("seed", "course_id", maintain_order=True).agg(pl.col("better").sum(), n=pl.len())
    if sums.is_empty():
        return "No serious act: nothing to compare"
    draws = np.random.default_rng(0).integers(0, sums.height, (RESAMPLES, sums.height))
    means = sums["better"].to_numpy()[draws].sum(axis=1) / sums["n"].to_numpy()[draws].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return (
        f"Concordance better by {apart['better'].mean():+.3f} ({low:+.3f} to {high:+.3f},"
        f" 95 of 100 draws of the {sums.height} courses)"
    )


def _orders(world: World, as_at: dt.datetime) -> pl.DataFrame:
    reports = world.bundle["reports"].filter(pl.col("reported_at") <= as_at)
    ids = reports.select("report_id")
    bundle = {
        name: frame.join(ids, on="report_id", how="semi") if "report_id" in frame.columns else frame
        for name, frame in world.bundle.items()
    }
    found = find_courses(bundle, link(bundle, as_at=as_at), as_at=as_at)
    flagged = found.courses.filter("flagged")
    truth = (
        found.occasions.select("course_id", "report_id")
        .join(world.truth.reports.select("report_id", pl.col("course_id").alias("true_id")), on="report_id")
        .group_by("course_id")
        .agg(pl.col("true_id").drop_nulls().mode().sort().first())
    )
    ahead = world.truth.attention(as_at, horizon_days=HORIZON).select("course_id", "serious_next")
    serious = truth.join(ahead, left_on="true_id", right_on="course_id").filter("serious_next")["course_id"]
    ours = urgency.order(flagged, found.occasions, found.findings, as_at)
    plain = urgency.baseline(flagged, found.occasions, as_at)
    return (
        ours.select("course_id", pl.col("urgency_rank").alias(RULES))
        .join(plain.select("course_id", pl.col("urgency_rank").alias(RECENCY)), on="course_id")
        .with_columns(serious=pl.col("course_id").is_in(serious.implode()))
    )


def _share_in_first(every: pl.DataFrame, order: str, share: float) -> float:
    serious = every.filter("serious").height
    first = every.filter(pl.col(order) <= (pl.len().over("seed", "day") * share).ceil(), "serious").height
    return first / serious if serious else float("nan")


def measure_urgency(arguments: Sequence[str] | None = None) -> int:
    """Show what the order of the list does on made-up worlds. It shows a rule at work, and decides none.

        python -m benchmarks.accuracy urgency

    On each of several days the spine is run on what was known by then. Every
    flagged course is put in order twice: by the rules of the list, and by time since
    the last occasion, the order to beat. The truth is whether the person stalked
    suffers a serious act (violence, strangulation, sexual violence, a threat to
    kill) in the 28 days after, which no rule can see. Such acts are few, so that one
    world tells little: the figures of several are taken together.
    """
    parser = argparse.ArgumentParser(description=getdoc(measure_urgency))
    parser.add_argument("--seeds", type=int, nargs="+", default=[8, 32, 2027, 41, 55, 77])
    parser.add_argument("--person-records", type=int, default=20_000)
    options = parser.parse_args(arguments)
    worlds = (generate(s, person_records=options.person_records, bank="b") for s in options.seeds)
    Console(width=160).print(urgency_table(pl.concat(map(ranked, worlds))))
    return 0


STRATA = ("cross_force", "unknown_suspect", "sparse_suspect", "swapped_roles", "by_proxy", "against_relative")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one method says: persons, the reports of each course, and which it calls hidden stalking."""

    name: str
    seconds: float
    persons: pl.DataFrame
    report_pairs: pl.DataFrame
    courses: pl.DataFrame
    hidden: frozenset[str]
    linked: LinkResult | None = None


def ours(world: World, as_at: dt.datetime) -> Answer:
    """The spine as it ships: linkage, then courses."""
    started = time.perf_counter()
    linked = link(world.bundle, as_at=as_at)
    found = find_courses(world.bundle, linked, as_at=as_at)
    members = found.report_groups().select("report_id", "course_id")
    hidden = found.courses.filter(pl.col("flagged") & pl.col("hidden"))["course_id"]
    return Answer(
        "Lamplighter",
        time.perf_counter() - started,
        linked.persons.select("record_id", "person_id"),
        found.report_pairs(),
        members,
        frozenset(hidden),
        linked,
    )


def peer(name: str, world: World, persons: pl.DataFrame, seconds: float) -> Answer:
    """A peer's persons, with report pairs and hidden stalking by the obvious rules.

    Hidden stalking for a peer is any victim and suspect with two reports or more, none recorded as stalking.
    """
    people = world.bundle["people"]
    placed = people.select("record_id", "report_id", "role").join(persons, on="record_id")
    victims = placed.filter(pl.col("role") == "victim").select(
        "report_id", pl.col("person_id").alias("victim")
    )
    suspects = placed.filter(pl.col("role") == "suspect").select(
        "report_id", pl.col("person_id").alias("suspect")
    )
    dyads = victims.join(suspects, on="report_id").unique()
    members = dyads.select(
        "report_id", pl.concat_str(["victim", "suspect"], separator="|").alias("course_id")
    )
    stalking = said_stalking(world)
    sized = members.join(stalking, on="report_id").group_by("course_id").agg(pl.len(), pl.col("said").any())
    hidden = sized.filter((pl.col("len") > 1) & ~pl.col("said"))["course_id"]
    return Answer(name, seconds, persons, linkage.report_pairs(people, persons), members, frozenset(hidden))


def said_stalking(world: World) -> pl.DataFrame:
    """``report_id`` and whether the agency called it stalking, as the principal or an included class."""
    return (
        world.bundle["offences"]
        .group_by("report_id")
        .agg((pl.col("offence_group") == "stalking").any().alias("said"))
    )


def pairs_of(members: pl.DataFrame) -> pl.DataFrame:
    """Pairs of reports in one course: ``left`` < ``right``."""
    both = members.join(members, on="course_id", suffix="_right")
    both = both.filter(pl.col("report_id") < pl.col("report_id_right"))
    return both.select(pl.col("report_id").alias("left"), pl.col("report_id_right").alias("right")).unique()


def true_members(world: World, where: pl.Expr | None = None) -> pl.DataFrame:
    """``report_id`` and ``course_id`` of the true courses with two reports or more."""
    courses = world.truth.courses.filter(pl.col("n_reports") > 1)
    if where is not None:
        courses = courses.filter(where)
    return world.truth.reports.select("report_id", "course_id").join(
        courses.select("course_id"), on="course_id"
    )


def stratum_score(answer: Answer, world: World, where: pl.Expr | None) -> tuple[Score, str]:
    """Report pairs within the courses of a stratum: found pairs count when they touch one of its reports."""
    members = true_members(world, where)
    truth = pairs_of(members)
    ids = members["report_id"].implode()
    found = answer.report_pairs
    if where is not None:
        found = found.filter(pl.col("left").is_in(ids) | pl.col("right").is_in(ids))
    exact, all_ = linkage.wholly_found(answer.courses, members, "report_id", "course_id")
    return linkage.pairwise_sets(found, truth), f"{exact} of {all_}"


def hidden_score(answer: Answer, world: World, where: pl.Expr | None = None) -> Score:
    """Hidden stalking found and falsely flagged, course by course.

    A flagged course is right when most of its reports belong to one true hidden course; a true hidden
    course is found when a flagged course is right about it.
    """
    is_hidden = pl.col("hidden") if where is None else pl.col("hidden") & where
    wanted = set(world.truth.courses.filter(is_hidden)["course_id"])
    members = answer.courses.filter(pl.col("course_id").is_in(list(answer.hidden)))
    placed = members.join(
        world.truth.reports.select("report_id", pl.col("course_id").alias("true_id")),
        on="report_id",
        how="left",
    )
    counted = (
        placed.with_columns(pl.len().over("course_id").alias("size"))
        .group_by("course_id", "true_id")
        .agg(pl.len().alias("n"), pl.col("size").first())
        .filter((pl.col("n") * 2 > pl.col("size")) & pl.col("true_id").is_not_null())
    )
    all_hidden = set(world.truth.courses.filter(pl.col("hidden"))["course_id"])
    right = counted.filter(pl.col("true_id").is_in(list(all_hidden)))
    found = set(right["true_id"]) & wanted
    precision = right["course_id"].n_unique() / len(answer.hidden) if answer.hidden else 1.0
    return Score(precision, len(found) / len(wanted) if wanted else 1.0, len(wanted))


def strata(world: World) -> dict[str, pl.Expr | None]:
    """Each stratum's name and the condition on the true courses."""
    named: dict[str, pl.Expr | None] = {"all courses": None, "stalking": pl.col("is_stalking")}
    for relationship in sorted(world.truth.courses.filter("is_stalking")["relationship"].unique()):
        named[f"stalking by {relationship}"] = pl.col("is_stalking") & (
            pl.col("relationship") == relationship
        )
    for name in STRATA:
        named[f"stalking, {name.replace('_', ' ')}"] = pl.col("is_stalking") & pl.col(name)
    return named


def print_persons(answers: list[Answer], world: World, console: Console) -> None:
    known = world.truth.records.filter("identifiable").select("record_id", "person_id")
    table = Table(title="Persons: records of people who can be identified at all")
    for heading in ("", "precision", "recall", "F1", "B3 precision", "B3 recall", "B3 F1", "seconds"):
        table.add_column(heading)
    for answer in answers:
        pair = pairwise(answer.persons, known, "record_id", "person_id")
        cubed = b_cubed(answer.persons, known, "record_id", "person_id")
        table.add_row(answer.name, *pair.cells(), *cubed.cells(), f"{answer.seconds:.1f}")
    console.print(table)


def print_pairs(answers: list[Answer], world: World, console: Console) -> None:
    table = Table(title="Report pairs within courses, and courses wholly found (every report, no other)")
    for heading in ("stratum", "true pairs", "method", "precision", "recall", "F1", "wholly found"):
        table.add_column(heading)
    for name, where in strata(world).items():
        for i, answer in enumerate(answers):
            score, whole = stratum_score(answer, world, where)
            table.add_row(
                name if i == 0 else "",
                str(score.truth) if i == 0 else "",
                answer.name,
                *score.cells(),
                whole,
                end_section=i == len(answers) - 1,
            )
    console.print(table)


def print_hidden(answers: list[Answer], world: World, console: Console) -> None:
    table = Table(
        title="Hidden stalking: courses of two reports or more, none recorded as stalking by anyone"
    )
    for heading in ("stratum", "true", "method", "flags right", "found", "F1"):
        table.add_column(heading)
    for name, where in strata(world).items():
        if name == "stalking":
            continue
        for i, answer in enumerate(answers):
            score = hidden_score(answer, world, where)
            # Which stratum a false flag belongs to is not defined, so precision is printed for all only.
            cells = score.cells() if where is None else ["", score.cells()[1], ""]
            table.add_row(
                name if i == 0 else "",
                str(score.truth) if i == 0 else "",
                answer.name,
                *cells,
                end_section=i == len(answers) - 1,
            )
    console.print(table)


def measure_world() -> None:
    """Tell how well the spine finds people and courses of conduct, beside exact matching and stock Splink 5.

        python -m benchmarks.accuracy --person-records 20000 --seed 2026 --bank b

    The made-up world's truth is read here and nowhere else. Settings are those that
    ship; nothing is fitted to the truth. Figures are pairwise unless a line says
    otherwise, and a pair lost by blocking is a miss.
    """
    parser = argparse.ArgumentParser(
        description=getdoc(measure_world), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--person-records", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument(
        "--bank", choices=["a", "b"], default="b", help="which bank of phrases the made-up officers use"
    )
    arguments = parser.parse_args()

    console = Console(width=150)
    world = generate(arguments.seed, person_records=arguments.person_records, bank=arguments.bank)
    counts = ", ".join(
        f"{frame.height:,} {name}" for name, frame in world.bundle.items() if name != "safe_contacts"
    )
    console.print(f"Made-up world, seed {arguments.seed}, phrase bank {arguments.bank}: {counts}")

    answers = [ours(world, dt.datetime.combine(world.config.as_at, dt.time.max))]
    started = time.perf_counter()
    stock = linkage.splink_stock(world.bundle["people"])
    answers.append(peer("Splink 5, stock", world, stock, time.perf_counter() - started))
    started = time.perf_counter()
    wider = linkage.splink_wider(world.bundle["people"])
    answers.append(peer("Splink 5, wider", world, wider, time.perf_counter() - started))
    started = time.perf_counter()
    exact = linkage.exact(world.bundle["people"])
    answers.append(peer("Exact matching", world, exact, time.perf_counter() - started))

    print_persons(answers, world, console)
    assert answers[0].linked is not None
    for table in linkage.tables(world, answers[0].linked, f"Seed {arguments.seed}"):
        console.print(table)
    print_pairs(answers, world, console)
    print_hidden(answers, world, console)
    console.print(urgency_table(ranked(world)))


_DATA = Path(__file__).parent.parent / "tests" / "data" / "courses"
HALVES = {
    "development": ("coder_sentences.toml", "development"),
    "held_out": ("coder_sentences.toml", "held_out"),
    "fresh_development": ("fresh_development.toml", "sentences"),
    "further_development": ("fresh_development.toml", "further"),
    "fresh_held_out": ("fresh_held_out.toml", "sentences"),
    "later_development": ("later_development.toml", "sentences"),
    "later_held_out": ("later_held_out.toml", "sentences"),
    "voices_development": ("voices_development.toml", "sentences"),
    "voices_held_out": ("voices_held_out.toml", "sentences"),
}
Labelled = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts by behaviour: found and right, missed, found and wrong."""

    right: Counter[str]
    missed: Counter[str]
    wrong: Counter[str]
    failures: tuple[str, ...]

    def precision(self) -> float:
        found = self.right.total() + self.wrong.total()
        return self.right.total() / found if found else 1.0

    def recall(self) -> float:
        wanted = self.right.total() + self.missed.total()
        return self.right.total() / wanted if wanted else 1.0


def _rows(half: str) -> list[list[Any]]:
    file, key = HALVES[half]
    found: list[list[Any]] = tomllib.loads((_DATA / file).read_text("utf-8"))[key]
    return found


def load(half: str) -> list[Labelled]:
    """Sentences of one half (a key of :data:`HALVES`) with their labels."""
    return [(row[0], frozenset(row[1])) for row in _rows(half)]


def proposed(text: str) -> frozenset[str]:
    """Behaviours the coder proposes for a sentence."""
    return frozenset(a.behaviour for a in coder.code(text) if not a.negated and a.direction != "by_victim")


def labelled(half: str) -> frozenset[str] | None:
    """Return the behaviours that a half has labels of, ``None`` for all: the four voices have acts only."""
    codes = code_set("behaviours").codes
    acts = frozenset(code for code, row in codes.items() if row.extra["cluster"] != "not_stalking")
    return acts if half.startswith("voices") else None


def turned_round(half: str) -> list[str]:
    """Return the sentences of a half in four voices of which an act is said to be the victim's and is not."""
    turned = []
    for text, to_victim, by_victim, *_ in _rows(half):
        theirs = {a.behaviour for a in coder.code(text) if not a.negated and a.direction == "by_victim"}
        if (theirs & set(to_victim)) - set(by_victim):
            turned.append(text)
    return turned


def measure(rows: Sequence[Labelled], of: Collection[str] | None = None) -> Outcome:
    """Every label of every sentence against what is proposed; ``of``: only these behaviours were labelled."""
    right, missed, wrong = Counter[str](), Counter[str](), Counter[str]()
    failures = []
    for text, wanted in rows:
        found = proposed(text) if of is None else proposed(text) & frozenset(of)
        right.update(found & wanted)
        missed.update(wanted - found)
        wrong.update(found - wanted)
        if found != wanted:
            failures.append(f"{text}  missed: {sorted(wanted - found)}  wrong: {sorted(found - wanted)}")
    return Outcome(right, missed, wrong, tuple(failures))


def told(seed: int, bank: str, person_records: int = 8_000) -> Outcome:
    """Acts proposed for every report of a made-up world, of whatever matter, against those it tells."""
    world = generate(seed, person_records=person_records, bank=bank)
    wanted = world.truth.reports.select("report_id", "behaviours_told")
    rows = world.bundle["reports"].select("report_id", "summary").join(wanted, on="report_id")
    pairs = [(s or "", frozenset(acts or ())) for _, s, acts in rows.iter_rows()]
    return measure(pairs)


def measure_coder() -> None:
    """Tell how well the coder reads sentences it was not written for.

        python -m benchmarks.accuracy coder [--misses] [--banks SEED]

    Sentences and labels are in ``tests/data/courses``, made up and labelled by hand,
    in other words than any agency's, in two sets: the first, whose held-out half was
    written after the lexicon, and the fresh one in the manner of police free text and
    a helpline, and 500 in four voices, half of them traps (each file says who wrote it
    and when). A label counts once a sentence; denied acts and acts by the victim are not
    proposals. Misses are listed for the
    development halves only: nobody should read those of a held-out half. ``--banks``
    reads the summaries of a made-up world in both of its phrase banks against the acts
    that each report was made to tell.
    """
    parser = argparse.ArgumentParser(description=getdoc(measure_coder))
    parser.add_argument(
        "--misses",
        action="store_true",
        help="also list the sentences of the development halves that are read wrongly",
    )
    parser.add_argument("--banks", type=int, metavar="SEED", help="also read a made-up world of this seed")
    arguments = parser.parse_args()
    console = Console(width=120)
    if arguments.banks is not None:
        for bank in ("a", "b"):
            outcome = told(arguments.banks, bank)
            console.print(
                f"Phrase bank {bank}, seed {arguments.banks}: "
                f"precision {outcome.precision():.3f}, recall {outcome.recall():.3f}"
            )
    for half in HALVES:
        outcome = measure(load(half), labelled(half))
        title = (
            f"{half.replace('_', ' ')}: precision {outcome.precision():.3f}, recall {outcome.recall():.3f}"
        )
        table = Table("behaviour", "right", "missed", "wrong", "precision", "recall", title=title)
        for b in sorted({*outcome.right, *outcome.missed, *outcome.wrong}):
            r, m, w = outcome.right[b], outcome.missed[b], outcome.wrong[b]
            precision = f"{r / (r + w):.2f}" if r + w else "-"
            table.add_row(b, str(r), str(m), str(w), precision, f"{r / (r + m):.2f}" if r + m else "-")
        console.print(table)
        if half.startswith("voices"):
            console.print(
                f"Turned round, an act of the suspect's read as the victim's: {len(turned_round(half))}"
            )
        if arguments.misses and half.endswith("development"):
            for line in outcome.failures:
                console.print(line)


# Print what today's code makes of the sentences and courses that a practitioner read it with.
#
#     python -m benchmarks.accuracy practice
#
# The practitioner's own words and made-up courses, of the review of 28 November 2026, with what the code of
# that day said of each (981fab0) and what the code that runs says now. ``docs/practice.md`` tells them; the
# tests that hold each are named there.

SENTENCES = (
    "Partner strangled IP and threatened to kill her",
    "Suspect pushed IP and threatened to stab her",
    "Ex rang IP and threatened to smash her windows",
    "Suspect followed the victim and grabbed her",
    "Ex partner slapped IP then strangled her",
    "Suspect waited for IP and followed her home",
)
FIRST = dt.datetime(2026, 3, 1, 9)
FOLLOWED = (
    "Suspect has followed IP home twice, waits outside her work and has put a tracker on her car. "
    "She told him to stop and blocked him."
)
DISHONOUR = "Brother slapped IP and twice threatened to kill her for dishonouring the family."
NEIGHBOUR = "Neighbour stares at IP, films her and asks for a date. Ongoing dispute over parking."


def _day(number: int) -> dt.datetime:
    return FIRST + dt.timedelta(days=number)


def _five_occasions() -> Writer:
    w = Writer()
    w.report("A1", _day(40), FOLLOWED, "Amy", "Ben", relationship="ex_partner", occasions=5)
    return w


def _counter_reports() -> Writer:
    w = Writer()
    w.report("A1", _day(0), "Suspect followed IP home.", "Amy", "Ben", relationship="ex_partner")
    for number in (1, 2):
        w.report(f"B{number}", _day(5 * number), "She messages him every day.", "Ben", "Amy")
    return w


def _honour() -> Writer:
    w = Writer()
    w.report("A1", _day(0), DISHONOUR, "Amy", "Cal", relationship="family", occasions=2)
    return w


def _tick() -> Writer:
    w = Writer()
    w.report("A1", _day(0), NEIGHBOUR, "Amy", "Dan", relationship="neighbour", ticked=("threat_kill",))
    w.report("A2", _day(9), NEIGHBOUR, "Amy", "Dan", relationship="neighbour")
    return w


COURSES = (
    ("One report, five occasions", "unclear; not flagged", _five_occasions),
    (
        "One report of hers, two counter-reports of his",
        "she is the suspect; her report omitted",
        _counter_reports,
    ),
    ("Two death threats by a brother", "family row: rows between relatives", _honour),
    ("A ticked threat to kill beside a dispute", "noise, boundaries, bins or parking; tick discarded", _tick),
)


def show_practice() -> None:
    """Print what today's code makes of the sentences and courses that a practitioner read it with."""
    argparse.ArgumentParser(description=getdoc(show_practice)).parse_args()
    console = Console(width=140)
    table = Table("sentence", "acts read", "done by", title="Direction: of these, all six were reversed")
    for text in SENTENCES:
        acts = coder.code(text)
        by = {"to_victim": "the suspect", "by_victim": "the victim", "mutual": "both"}
        table.add_row(
            text, ", ".join(a.behaviour for a in acts), ", ".join(sorted({by[a.direction] for a in acts}))
        )
    console.print(table)
    table = Table("course", "then", "now", title="Courses")
    for name, then, make in COURSES:
        w = make()
        found = courses(w.bundle(), w.linked(), as_at=_day(60)).courses
        now = [
            f"{c['victim_person']} as victim of {c['suspect_person']}: "
            f"{labels.reading_title(c['reading'])}, "
            f"{'flagged' if c['flagged'] else 'not flagged'}, "
            f"{c['n_reports']} of {len(w.rows['reports'])} reports"
            for c in found.sort("victim_person").iter_rows(named=True)
        ]
        table.add_row(name, then, "\n".join(now))
    console.print(table)


NOTHING = {"not_used", "left_out"}
MEANINGS: dict[str, set[str]] = {
    "report reference": {"report_reference"},
    "row reference": {"row_reference"},
    "person reference": {"person_reference"},
    "related reference": {"other_reference"},
    "reported date/time": {"reported_at", "reported_time"},
    "incident start date/time": {"happened_from", "happened_from_time"},
    "incident end date/time": {"happened_to", "happened_to_time"},
    "recorded offence or category": {"offence_title", "offence_code"},
    "other offence": {"offence_included"},
    "summary or free text": {"summary"},
    "impact text": {"impact"},
    "behaviours": {"behaviours"},
    "domestic abuse flag": {"domestic_abuse"},
    "hate or other flag": {"flags", "marker"},
    "outcome or disposal": {"outcome"},
    "place of incident": {"place_text", "place_postcode"},
    "report channel": {"report_channel"},
    "who made the report": {"made_by"},
    "role": {"role"},
    "relationship to the other person": {"relationship"},
    "surname": {"surname"},
    "forename(s)": {"forenames"},
    "middle name": {"forenames"},
    "full name": {"whole_name"},
    "alias or nickname": {"nicknames"},
    "date of birth": {"birth_date"},
    "age or age band": {"age"},
    "sex or gender": {"sex"},
    "ethnicity": {"ethnicity"},
    "telephone": {"phones", "contact"},
    "e-mail": {"emails", "contact"},
    "social media account": {"handles"},
    "address (whole or a line)": {"address"},
    "town": {"town"},
    "postcode": {"postcode"},
    "vehicle": {"vehicles"},
    "PNC id": {"pnc_id"},
    "CRO": {"cro"},
    "not used": NOTHING,
    "officer or worker": NOTHING,
    "force or agency": NOTHING,
    "title": NOTHING,
    "outcome date": NOTHING,
}
# Of nobody, where others' columns have owners, a place is that of what happened.
OF_THE_REPORT = {
    "address (whole or a line)": {"place_text"},
    "town": {"place_text"},
    "postcode": {"place_postcode"},
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One column: what it is, what was proposed, how surely, and whether that is right."""

    column: str
    truth: str
    proposed: str
    sure: str
    right: bool


def judge(folder: Path, kind: str | None) -> list[Judged]:
    """Return every column of a layout, judged. What cannot be read is wrong, column by column."""
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = [(r["file"], r["column"], r["meaning"]) for r in csv.DictReader(file)]
    try:
        proposal = propose([folder / name for name in dict.fromkeys(f for f, _, _ in truth)], kind)
    except RecordsError as error:
        return [Judged(c, m, f"not read: {error}", "", False) for _, c, m in truth]
    return list(_judged(truth, proposal))


def _judged(truth: list[tuple[str, str, str]], proposal: Proposal) -> Iterator[Judged]:
    owned = {file for file, _, meaning in truth if ";" in meaning}
    place: dict[str, int] = {}
    for file, column, meaning in truth:
        at = place[file] = place.get(file, -1) + 1
        found = _column(proposal, file, column, at)
        wanted, _, owner = (part.strip() for part in meaning.partition(";"))
        if found is None:
            yield Judged(column, meaning, "no such column", "", False)
            continue
        allowed = MEANINGS[wanted]
        if file in owned and not owner:
            allowed = OF_THE_REPORT.get(wanted, allowed)
        proposed = next(c for c in proposal.columns if (c.table, c.column) == found)
        right = proposed.meaning in allowed and proposed.whose == owner.replace(" ", "_")
        said = f"{proposed.meaning}; {proposed.whose}" if proposed.whose else proposed.meaning
        yield Judged(column, meaning, said, proposed.sure, right)


def _column(proposal: Proposal, file: str, column: str, at: int) -> tuple[str, str] | None:
    """The table and column behind a line of the truth: by its place, or of JSON by its path."""
    tables = [t for t in proposal.tables if t.file == file]
    if tables and tables[0].json:
        return _path(tables, column.replace("[]", ""))
    own = tables[0].columns if tables else ()
    return (tables[0].name, own[at]) if at < len(own) else None


def _path(tables: list[Sample], wanted: str) -> tuple[str, str] | None:
    """The column that a path is, or lies in: lists within objects are one cell."""
    best, found = -1, None
    for table in tables:
        for column, path in zip(table.columns, table.paths, strict=True):
            whole = ".".join(part for part in (table.level, path.removeprefix("$.").replace('"', "")) if part)
            if (wanted == whole or wanted.startswith(f"{whole}.")) and len(whole) > best:
                best, found = len(whole), (table.name, column)
    return found


def measure_mapping() -> None:
    """Count the columns of others' exports proposed right: `python -m benchmarks.accuracy mapping FOLDER`.

    FOLDER holds a folder for each layout: the files of one export and ``truth.csv`` (file, column, meaning).
    A meaning may have an owner behind a semicolon ("surname; victim"), where people stand side by side in a
    row. A column of JSON is a path: ``people[].accounts[].handle`` is the handle of each account of each
    person. ``--kinds``: a CSV with the columns folder and kind, for what the page asks before it proposes.

    A column is right when its meaning is, and whose it is where people stand side by side. Of what truths
    name and our reports have no field for (officers, areas, titles, dates of outcomes), "Not used" is right.
    """
    parser = argparse.ArgumentParser(
        description=getdoc(measure_mapping), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinds", type=Path, help="CSV with the columns folder and kind")
    parser.add_argument("--wrong", action="store_true", help="name the columns that are wrong")
    given = parser.parse_args()
    kinds: dict[str, str] = {}
    if given.kinds:
        with given.kinds.open(encoding="utf-8", newline="") as file:
            kinds = {r["folder"]: r["kind"] for r in csv.DictReader(file)}
    every: list[Judged] = []
    for path in sorted(given.folder.glob("*/truth.csv")):
        judged = judge(path.parent, kinds.get(path.parent.name))
        every += judged
        print(f"{path.parent.name:<32} {sum(j.right for j in judged):>4} / {len(judged)}")
        for one in judged if given.wrong else ():
            if not one.right:
                print(f"    {one.column}: {one.truth}, proposed {one.proposed} ({one.sure})")
    if not every:
        raise SystemExit(f"There is no layout in {given.folder}: a folder with files and truth.csv.")
    right = sum(j.right for j in every)
    print(f"{'Total':<32} {right:>4} / {len(every)}  {100 * right / len(every):.1f}%")
    for sure in ("sure", "likely", "unsure"):
        told = [j for j in every if j.sure == sure]
        if told:
            print(f"  {sure:<30} {sum(j.right for j in told):>4} / {len(told)}")
    used = [j for j in every if j.proposed.partition(";")[0] not in NOTHING and j.sure]
    print(f"  wrong, and not “Not used”      {sum(not j.right for j in used):>4} / {len(used)}")


PARTS: Mapping[str, Callable[[], object]] = {
    "world": measure_world,
    "urgency": measure_urgency,
    "coder": measure_coder,
    "practice": show_practice,
    "mapping": measure_mapping,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("accuracy", PARTS))
