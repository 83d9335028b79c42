"""Measure how well people and pairs of reports are told, on made-up worlds and on areas of another maker.

    python -m benchmarks.linkage dyads --person-records 20000 --seeds 2026 7 31
    python -m benchmarks.linkage areas [--areas families custody] [--seeds 1 2] [--splink]

Truth is what the made-up world says, and is read here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.foreign import Rng, Someone, people, recorded, times
from benchmarks.harness import Splink, by_name, keep, options, quiet, run_part, show
from lamplighter.linkage import link
from lamplighter.linkage.dyads import dyad_frames, report_candidates, weighed_pairs
from lamplighter.linkage.explain.accuracy import Score, pairwise
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.results import LinkResult
from lamplighter.records.schema import PEOPLE, REPORTS
from lamplighter.synthetic.worlds.world import World, generate

# How well a grouping agrees with the truth; the scores themselves are the library's.


def pairwise_sets(found: pl.DataFrame, truth: pl.DataFrame) -> Score:
    """Pairwise score of two lists of unordered pairs, columns ``left`` < ``right``, without repeats."""
    right = (
        found.select("left", "right")
        .unique()
        .join(truth.select("left", "right").unique(), on=["left", "right"])
        .height
    )
    ours, true = found.select("left", "right").unique().height, truth.select("left", "right").unique().height
    return Score(right / ours if ours else 1.0, right / true if true else 1.0, true)


def wholly_found(found: pl.DataFrame, truth: pl.DataFrame, on: str, group: str) -> tuple[int, int]:
    """How many true groups of two or more are found exactly, item for item, and how many there are."""
    true = truth.filter(pl.col(group).is_not_null()).group_by(group).agg(pl.col(on).sort().alias("items"))
    true = true.filter(pl.col("items").list.len() > 1)
    ours = found.filter(pl.col(group).is_not_null()).group_by(group).agg(pl.col(on).sort().alias("items"))
    exact = true.join(ours.select("items").unique(), on="items", how="inner").height
    return exact, true.height


# The peers: exact matching, and Splink 5 as its own examples set it up. Both give persons; two reports belong
# together when a victim of one is a victim of the other, and a suspect a suspect.


def exact(people: pl.DataFrame) -> pl.DataFrame:
    """Return ``record_id`` and ``person_id``: the same surname, forename and birth date, or the same surname,
    forename and telephone, else alone."""
    second = pl.coalesce("dob", "phone").alias("second")
    keyed = for_splink(people).select("unique_id", "first_name", "surname", second)
    whole = pl.all_horizontal(pl.col("surname", "first_name", "second").is_not_null())
    key = pl.concat_str(["surname", "first_name", "second"], separator="|")
    alone = pl.lit("alone ") + pl.col("unique_id")
    return keyed.select(record_id="unique_id", person_id=pl.when(whole).then(key).otherwise(alone))


STOCK = (
    ("first_name", "surname"), ("surname", "dob"), ("first_name", "dob"), ("postcode", "first_name"),
    ("phone",), ("email",),
)  # fmt: skip
WIDER = (
    ("first_name", "surname"), ("dob",), ("postcode",), ("phone",), ("email",),
    ("substr(surname, 1, 4)", "substr(dob, 1, 4)"), ("substr(surname, 1, 3)", "substr(first_name, 1, 3)"),
)  # fmt: skip
"""Blocking rules of Splink's example of people, and those that propose what spelling or a move would hide."""


def splink(people: pl.DataFrame, rules: Sequence[Sequence[str]] = STOCK, over: float = 0.95) -> pl.DataFrame:
    """Return ``record_id`` and ``person_id`` of Splink 5: connected components at a probability."""
    import splink.comparison_library as cl

    sure = (("first_name", "surname", "dob"), ("email",), ("phone", "first_name"))
    with quiet():
        peer = Splink(for_splink(people), by_name(cl.EmailComparison("email")), rules, sure)
        groups: pl.DataFrame = peer.groups(peer.pairs(over), over)
    return groups.select(record_id="unique_id", person_id="cluster_id")


def for_splink(people: pl.DataFrame) -> pl.DataFrame:
    """Return people as Splink's examples have them."""
    return people.select(
        pl.col("record_id").alias("unique_id"),
        pl.col("forenames").str.to_lowercase().str.split(" ").list.first().alias("first_name"),
        pl.col("surname").str.to_lowercase().alias("surname"),
        pl.col("birth_date").cast(pl.String).alias("dob"),
        "postcode",
        pl.col("emails").list.first().alias("email"),
        pl.col("phones").list.first().alias("phone"),
    )


def dyads_of(people: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Return who is victim and suspect of each report by a peer's persons: report_id, victim, suspect."""
    placed = people.select("record_id", "report_id", "role").join(persons, on="record_id")
    sides = (placed.filter(role=r).select("report_id", pl.col("person_id").alias(r)) for r in ROLES)
    victims, suspects = sides
    return victims.join(suspects, on="report_id").unique()


def report_pairs(people: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of reports that share a victim and a suspect: columns ``left`` < ``right``."""
    dyads = dyads_of(people, persons)
    pairs = dyads.join(dyads, on=list(ROLES), suffix="_right")
    pairs = pairs.filter(pl.col("report_id") < pl.col("report_id_right"))
    return pairs.select(left="report_id", right="report_id_right").unique()


ROLES = ("victim", "suspect")
Bits = npt.NDArray[np.float64]
ON = ["left", "right"]


@dataclass(frozen=True, slots=True)
class Told:
    """What a method says of pairs of reports: ``pairs`` (left < right, bits of log-odds), and at which bits
    it links."""

    name: str
    pairs: pl.DataFrame
    links_at: float


def reports_of(world: World) -> pl.DataFrame:
    """Reports that list a victim and a suspect: report_id, a, b (the two people, sorted), and strata."""
    people = world.bundle["people"].select("record_id", "report_id", "role")
    truth = world.truth.records.select("record_id", "person_id", "identifiable", "sparse")
    who = people.join(truth, on="record_id")
    victims = who.filter(role="victim").select("report_id", v="person_id")
    suspects = who.filter(role="suspect").select(
        "report_id", s="person_id", named="identifiable", barely=pl.col("sparse") & pl.col("identifiable")
    )
    both = victims.join(suspects, on="report_id").unique(["report_id", "v", "s"])
    about = world.truth.reports.select("report_id", "agency", "swapped_roles")
    return both.join(about, on="report_id").with_columns(
        a=pl.min_horizontal("v", "s"), b=pl.max_horizontal("v", "s")
    )


def true_pairs(reports: pl.DataFrame) -> pl.DataFrame:
    """True pairs of reports (left < right) with the strata they belong to."""
    both = reports.join(reports, on=["a", "b"], suffix="_r").filter(
        pl.col("report_id") < pl.col("report_id_r")
    )
    return (
        both.select(
            left="report_id",
            right="report_id_r",
            named=pl.col("named") & pl.col("named_r"),
            barely=(pl.col("barely") | pl.col("barely_r")) & pl.col("named") & pl.col("named_r"),
            nobody=~(pl.col("named") & pl.col("named_r")),
            cross=pl.col("agency") != pl.col("agency_r"),
            swapped=(pl.col("v") != pl.col("v_r")) | pl.col("swapped_roles") | pl.col("swapped_roles_r"),
        )
        .sort("left", "right", "named", descending=[False, False, True])
        .unique(ON, keep="first", maintain_order=True)
    )


STRATA = {
    "all": None,
    "both suspects can be identified": "named",
    "a suspect is barely described": "barely",
    "a suspect is not named at all": "nobody",
    "two agencies": "cross",
    "roles swapped": "swapped",
}


def ours(result: LinkResult) -> Told:
    """The belief that both are the same, whichever relation is told."""
    said = result.report_pairs
    bar = result.model.bands.link_at
    return Told(
        "Lamplighter", _ordered(said.select(left="left_report", right="right_report", bits="both_weight")),
        float(np.log2(bar / (1 - bar))),
    )  # fmt: skip


def sum_of_weights(world: World, result: LinkResult) -> Told:
    """The evidence of the best pair of victims and of the best pair of suspects, added to the prior."""
    reports = world.bundle["reports"]
    features = prepare(world.bundle["people"].sort("record_id"), reports)
    references = report_candidates.references(features, reports)
    believed = weighed_pairs.of_reports(features, result.model, references)
    parts = weighed_pairs.with_related(believed.weigher, believed.weighed, believed.parts)
    cells = dyad_frames.report_cells(parts, result.model, references)
    names = dict(
        features.facts.select(pl.col("report_id").rank("dense").cast(pl.Int64).alias("rep"), "report_id")
        .drop_nulls()
        .unique()
        .iter_rows()
    )
    prior = result.model.priors.both
    pairs = cells.select(
        left=pl.col("rep_l").replace_strict(names, return_dtype=pl.String()),
        right=pl.col("rep_r").replace_strict(names, return_dtype=pl.String()),
        bits=pl.col("v").fill_null(0.0) + pl.col("s").fill_null(0.0) + float(np.log2(prior / (1 - prior))),
    )
    return Told("Plain sum of weights", _ordered(pairs), 0.0)


def of_persons(name: str, people: pl.DataFrame, persons: pl.DataFrame) -> Told:
    """A peer's pairs of reports, by its persons: linked or not, with no belief between."""
    pairs = report_pairs(people, persons)
    return Told(name, pairs.with_columns(bits=pl.lit(1.0)), 0.0)


def _ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    turned = pairs.select(
        left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right"), bits="bits"
    )
    return turned.group_by(ON).agg(pl.col("bits").max()).sort(ON)


def scores(told: Told, reports: pl.DataFrame, truth: pl.DataFrame, stratum: str | None) -> dict[str, float]:
    """Precision, recall and F1 at the method's own threshold, F1 at the best one, recall at 99% precision,
    and the expected calibration error (ten bands of a tenth).

    Within a stratum only its true pairs are counted as found or missed; false ones are those of all.
    """
    eligible = reports["report_id"].unique().implode()
    pairs = told.pairs.filter(pl.col("left").is_in(eligible) & pl.col("right").is_in(eligible))
    known = truth.with_columns(true=pl.lit(True), own=pl.lit(True) if stratum is None else pl.col(stratum))
    placed = pairs.join(known.select(*ON, "true", "own"), on=ON, how="left").with_columns(
        pl.col("true", "own").fill_null(False)
    )
    placed = placed.filter(pl.col("own") | ~pl.col("true")).sort("bits", "left", "right", descending=True)
    right, bits = placed["true"].to_numpy(), placed["bits"].to_numpy()
    wanted = int(known["own"].sum())
    found, taken = np.cumsum(right), np.arange(1, len(right) + 1)
    f1 = 2 * found / (taken + wanted)
    own = int((bits >= told.links_at).sum())
    precise = np.flatnonzero(found / taken >= 0.99)
    at = own - 1
    return {
        "true": float(wanted),
        "precision": float(found[at] / own) if own else 1.0,
        "recall": float(found[at] / wanted) if own else 0.0,
        "f1": float(f1[at]) if own else 0.0,
        "best_f1": float(f1.max(initial=0.0)),
        "recall_at_99": float(found[precise[-1]] / wanted) if len(precise) else 0.0,
        "ece": calibration_error(right, 1 / (1 + np.exp2(-np.clip(bits, -60, 60)))),
    }


def calibration_error(right: npt.NDArray[np.bool_], p: Bits) -> float:
    """The mean distance between belief and share that is right, over ten bands, each as it is filled."""
    return sum(n * abs(said - so) for _, n, said, so in bands(right, p)) / max(len(p), 1)


def bands(right: npt.NDArray[np.bool_], p: Bits) -> Iterator[tuple[float, int, float, float]]:
    """Bands of belief that hold pairs: where each begins, how many, the mean belief, the share right."""
    band = np.minimum((p * 10).astype(int), 9)
    for b in range(10):
        inside = band == b
        if inside.any():
            yield b / 10, int(inside.sum()), float(p[inside].mean()), float(right[inside].mean())


def methods(world: World, result: LinkResult) -> list[Told]:
    """Return the linkage and what stands beside it."""
    people_ = world.bundle["people"]
    return [
        ours(result),
        sum_of_weights(world, result),
        of_persons("Splink 5, stock", people_, splink(people_)),
        of_persons("Splink 5, tuned, wider blocking", people_, splink(people_, WIDER)),
        of_persons("Exact matching", people_, exact(people_)),
    ]


def by_stratum(world: World, result: LinkResult) -> list[dict[str, Any]]:
    """Return how well pairs of reports are told, stratum by stratum and method by method."""
    reports = reports_of(world)
    truth = true_pairs(reports)
    found = []
    told = methods(world, result)
    for name, column in STRATA.items():
        for i, method in enumerate(told):
            score = scores(method, reports, truth, column)
            believes = i < 2
            row: dict[str, Any] = {"stratum": name, "true pairs": int(score["true"]), "method": method.name}
            row |= {"precision": score["precision"], "recall": score["recall"], "F1": score["f1"]}
            row["F1 at the best threshold"] = score["best_f1"] if believes else None
            row["recall at 99%"] = score["recall_at_99"] if believes else None
            row["calibration error"] = score["ece"] if believes and column is None else None
            found.append(row)
    return found


def reliability(world: World, result: LinkResult) -> list[dict[str, Any]]:
    """Return how far the beliefs in pairs of reports are right, by tenths."""
    reports = reports_of(world)
    eligible = reports["report_id"].unique().implode()
    placed = ours(result).pairs.filter(pl.col("left").is_in(eligible) & pl.col("right").is_in(eligible))
    placed = placed.join(true_pairs(reports).select(*ON, t=pl.lit(True)), on=ON, how="left")
    p = 1 / (1 + np.exp2(-placed["bits"].clip(-60, 60).to_numpy()))
    return [
        {"belief from": f"{begins:.1f}", "pairs": n, "mean belief": said, "share right": so}
        for begins, n, said, so in bands(placed["t"].fill_null(False).to_numpy(), p)
    ]


def measure_dyads() -> None:
    """How well pairs of reports are told: the same victim and the same suspect, or not.

        python -m benchmarks.linkage dyads --person-records 20000 --seeds 2026 7 31

    Truth is what the made-up world says of every recorded victim and suspect; a pair of reports is true when
    both are the same two people, whichever part they play. Reports that list no suspect are left out, since
    there is nobody to link. A pair that was never proposed is a miss. Nothing is fitted to the truth. Beside
    the linkage stands a plain sum of the weights of both people: the same evidence, the prior of both.
    """
    parser = options(measure_dyads)
    parser.add_argument("--person-records", type=int, nargs="+", default=[20_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[2026, 7, 31])
    asked = parser.parse_args()
    rows = []
    for records in asked.person_records:
        for seed in asked.seeds:
            world = generate(seed, person_records=records, bank="b")
            result = link(world.bundle, as_at=dt.datetime.combine(world.config.as_at, dt.time.max))
            reports = reports_of(world)
            truth = true_pairs(reports)
            for told in (ours(result), sum_of_weights(world, result)):
                every = scores(told, reports, truth, None)
                named = scores(told, reports, truth, "named")
                rows.append(
                    {
                        "records": records, "seed": seed, "true": int(every["true"]), "method": told.name,
                        "f1": every["f1"], "best": every["best_f1"], "sure": every["recall_at_99"],
                        "sure, named": named["recall_at_99"], "error": every["ece"],
                    }
                )  # fmt: skip
    show("Pairs of reports: the same victim and the same suspect", rows)
    keep("linkage", "dyads", rows)


NAME = ("first", "last")
TOLD: Mapping[str, tuple[str, ...]] = {
    "all": (*NAME, "middle", "born", "phone", "number", "street", "town", "postcode"),
    "name and age": (*NAME, "age", "town"), "name": NAME, "first name": ("first",), "telephone": ("phone",),
    "words": ("age",),
}  # fmt: skip
"""What is recorded of somebody, besides the sex."""
RELATIONS: Mapping[str, tuple[float, str]] = {
    "ex_partner": (0.35, "the ex"), "partner": (0.05, "her partner"), "family": (0.1, "a relative"),
    "acquaintance": (0.2, "somebody she knows"), "neighbour": (0.12, "the neighbour"),
    "colleague": (0.06, "a colleague"), "stranger": (0.12, "unknown male"),
}  # fmt: skip
USUAL = {"all": 0.35, "name and age": 0.2, "name": 0.15, "first name": 0.12, "telephone": 0.08, "words": 0.1}
KNOWN = {"all": 0.85, "name and age": 0.1, "first name": 0.03, "telephone": 0.02}
FIRST_DAY = dt.datetime(2022, 7, 1)
DAYS = 1_400


@dataclass(frozen=True, slots=True)
class Area:
    """Habits of an area: how many pairs of people; how often what is told of each party (:data:`TOLD`); the
    share of courses of conduct among what is reported, of suspects who had another victim, of reports with
    the roles swapped, of others of the victim's home who report the same, of reports with a relationship."""

    pairs: int
    suspects: Mapping[str, float] = field(default_factory=lambda: USUAL)
    victims: Mapping[str, float] = field(default_factory=lambda: KNOWN)
    courses: float = 0.35
    again: float = 0.2
    swapped: float = 0.05
    of_home: float = 0.05
    related: float = 0.7
    slips: float = 1.0
    gaps: float = 0.12


AREAS: Mapping[str, Area] = {
    "usual": Area(1_500), "small": Area(150), "long_courses": Area(800, courses=0.9),
    "one_report_each": Area(3_000, courses=0.05, again=0.03),
    "families": Area(1_500, of_home=0.2, again=0.35), "roles_swapped": Area(1_500, swapped=0.25),
    "custody": Area(1_500, {"all": 0.85, "name and age": 0.1, "name": 0.05},
                    {"all": 0.3, "name and age": 0.3, "name": 0.3, "first name": 0.1}),
    "helpline": Area(1_500, {"all": 0.1, "name and age": 0.2, "name": 0.2, "first name": 0.3,
                             "telephone": 0.1, "words": 0.1},
                     {"all": 0.4, "name and age": 0.3, "first name": 0.2, "telephone": 0.1}),
    "many_slips": Area(1_500, slips=2.5, gaps=0.3), "nothing_else_said": Area(1_500, related=0.0),
}  # fmt: skip


@dataclass(slots=True)
class Made:
    """Reports of an area and who is in them. ``truth``: record_id, person_id; ``about``: a row a report, as
    :func:`true_pairs` wants it."""

    bundle: dict[str, pl.DataFrame]
    truth: pl.DataFrame
    about: pl.DataFrame


class _Writer:
    """Writes reports down, one after the other."""

    def __init__(self, rng: Rng, area: Area) -> None:
        self.rng, self.area = rng, area
        self.people: list[dict[str, object]] = []
        self.reports: list[dict[str, object]] = []
        self.truth: list[tuple[str, int]] = []
        self.about: list[dict[str, object]] = []

    def report(self, victim: Someone, suspect: Someone, when: dt.datetime, relation: str) -> None:
        force = "force_a" if self.rng.random() < 0.7 else "force_b"
        report_id = f"{force}:{len(self.reports):06d}"
        named = {"report_id": report_id, "source": force, "agency": force, "reported_at": when}
        matter = str(self.rng.choice(["harassment", "malicious_communications", "public_order", "theft"]))
        self.reports.append(named | {"source_ref": report_id[-6:], "recorded_as": matter, "related_refs": []})
        swapped = bool(self.rng.random() < self.area.swapped)
        parties = dict(zip(ROLES, (suspect, victim) if swapped else (victim, suspect), strict=True))
        told = {role: self._record(report_id, role, who, when, relation) for role, who in parties.items()}
        who = {role: id(someone) for role, someone in parties.items()}
        self.about.append(
            {
                "report_id": report_id, "v": who["victim"], "s": who["suspect"],
                "a": min(who.values()), "b": max(who.values()), "agency": force, "swapped_roles": swapped,
                "named": told["suspect"] != "words", "barely": told["suspect"] in ("first name", "telephone"),
            }
        )  # fmt: skip

    def _record(self, report_id: str, role: str, who: Someone, when: dt.datetime, relation: str) -> str:
        shares = self.area.suspects if role == "suspect" else self.area.victims
        how = str(self.rng.choice(list(shares), p=list(shares.values())))
        said = recorded(self.rng, who, self.area.slips, self.area.gaps)
        kept = {k: v if k in TOLD[how] else None for k, v in said.items()}
        line = " ".join(t for t in (kept["number"], kept["street"], kept["town"]) if t)
        age = when.year - int(who.born[:4]) + int(self.rng.integers(-1, 2))
        says_age = "age" in TOLD[how] and self.rng.random() < 0.5
        says_relation = role == "suspect" and self.rng.random() < self.area.related
        record_id = f"{report_id}/{role}"
        self.people.append(
            {
                "record_id": record_id, "report_id": report_id, "role": role,
                "relationship": relation if says_relation else None,
                "forenames": " ".join(t for t in (kept["first"], kept["middle"]) if t) or None,
                "surname": kept["last"], "sex": {"M": "male", "F": "female"}[who.sex],
                "descriptor": RELATIONS[relation][1] if how == "words" else None,
                "birth_date": _day(kept["born"]), "phones": [kept["phone"]] if kept["phone"] else None,
                "age_from": age if says_age else None, "age_to": age if says_age else None,
                "address_text": line or None, "town": kept["town"], "postcode": kept["postcode"],
            }
        )  # fmt: skip
        self.truth.append((record_id, id(who)))
        return how

    def made(self) -> Made:
        def frame(rows: list[dict[str, object]], schema: pl.Schema) -> pl.DataFrame:
            return pl.DataFrame([{c: r.get(c) for c in schema} for r in rows], schema=schema)

        return Made(
            {
                "people": frame(self.people, PEOPLE.polars_schema),
                "reports": frame(self.reports, REPORTS.polars_schema),
            },
            pl.DataFrame(self.truth, schema=["record_id", "person_id"], orient="row"),
            pl.DataFrame(self.about),
        )


def _day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        return None


def made(area: Area, seed: int) -> Made:
    """An area from a seed."""
    rng = np.random.default_rng(seed)
    everybody = people(rng, 8 * area.pairs)
    homes: dict[tuple[str, str, str, str], list[Someone]] = {}
    for one in everybody:
        homes.setdefault(one.home, []).append(one)
    writer, known = _Writer(rng, area), list[Someone]()
    shares = [share for share, _ in RELATIONS.values()]
    for _ in range(area.pairs):
        victim = everybody[int(rng.integers(0, len(everybody)))]
        relation = str(rng.choice(list(RELATIONS), p=shares))
        others = [one for one in homes[victim.home] if one is not victim]
        if known and rng.random() < area.again:
            suspect = known[int(rng.integers(0, len(known)))]
        elif relation in ("family", "partner") and others:
            suspect = others[int(rng.integers(0, len(others)))]
        else:
            suspect = everybody[int(rng.integers(0, len(everybody)))]
        if suspect is victim:
            continue
        known.append(suspect)
        when = FIRST_DAY + dt.timedelta(days=float(rng.random() * DAYS))
        for _ in range(1 if rng.random() > area.courses else 1 + times(rng, 3.0, 25)):
            writer.report(victim, suspect, when, relation)
            if rng.random() < area.of_home and (own := [one for one in others if one is not suspect]):
                writer.report(own[int(rng.integers(0, len(own)))], suspect, when, "acquaintance")
            when += dt.timedelta(days=float(rng.exponential(40.0)))
    return writer.made()


def told_of(area: Made, *, splinks: bool) -> list[tuple[Told, float]]:
    """What each method says of pairs of reports, and F1 of its persons."""
    people_, result = area.bundle["people"], link(area.bundle)
    said = [(ours(result), pairwise(result.persons, area.truth, "record_id", "person_id").f1)]
    if splinks:
        persons = splink(people_, WIDER)
        f1 = pairwise(persons, area.truth, "record_id", "person_id").f1
        said.append((of_persons("Splink 5, tuned, wider blocking", people_, persons), f1))
    return said


def measure_areas() -> None:
    """Reports of areas that another maker made: how well pairs of reports are told where people, slips and
    habits are not those of our own made-up world.

        python -m benchmarks.linkage areas [--areas families custody] [--seeds 1 2] [--splink]

    Nothing here knows how the linkage works, and nothing is fitted to the truth. People are those of
    :mod:`benchmarks.foreign`. A pair of reports is true when both are about the same two people.
    """
    parser = options(measure_areas)
    parser.add_argument("--areas", nargs="+", choices=list(AREAS), default=list(AREAS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--splink", action="store_true", help="Splink 5, whose pairs follow from persons")
    asked = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for name in asked.areas:
        for seed in asked.seeds:
            area = made(AREAS[name], seed)
            truth = true_pairs(area.about)
            for said, persons in told_of(area, splinks=asked.splink):
                s = scores(said, area.about, truth, None)
                believes = said.pairs["bits"].n_unique() > 1  # else linked or not, and no belief between
                rows.append(
                    {
                        "area": name, "seed": seed, "true": truth.height, "method": said.name, "f1": s["f1"],
                        "best": s["best_f1"] if believes else None,
                        "sure": s["recall_at_99"] if believes else None,
                        "error": s["ece"] if believes else None, "f1 of persons": persons,
                    }
                )  # fmt: skip
    show("Areas of another maker", rows)
    keep("linkage", "areas", rows)


PARTS = {
    "dyads": measure_dyads,
    "areas": measure_areas,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("linkage", PARTS))
