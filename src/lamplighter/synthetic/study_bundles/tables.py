"""A cohort as the tables of a study bundle: reports, people, offences, behaviours, events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl

from lamplighter.study_bundle.bundle import Metadata
from lamplighter.study_bundle.metadata import rules_in
from lamplighter.study_bundle.schema import kinds, schema_version
from lamplighter.study_bundle.schema import tables as schema_tables
from lamplighter.synthetic.sampling.config import Marginals
from lamplighter.synthetic.sampling.draws import DAY, Bools, Ints, chance, pick, stream
from lamplighter.synthetic.study_bundles import process_events as process
from lamplighter.synthetic.study_bundles.cohort import Cohort
from lamplighter.synthetic.study_bundles.events import Events, frame, outcome_events
from lamplighter.synthetic.study_bundles.scenarios import Scenario

FORCE = "Force A"
_AREAS = ("north", "south", "east", "west")
_OTHERS = ("acquaintance", "stranger", "colleague", "neighbour", "partner", "family", "friend", "not_known")
_WEIGHTS = (0.24, 0.16, 0.14, 0.12, 0.08, 0.10, 0.08, 0.08)
_DOMESTIC = ("ex_partner", "partner", "family")
NOT_RECORDED = 0.04  # of cells that are left empty where a force asks but does not always write down [I]


def metadata(
    cohort: Cohort, made: Mapping[str, pl.DataFrame], of_events: frozenset[str] | None = None
) -> Metadata:
    """Return the metadata of a made-up bundle with these tables; the columns of events that are not there."""
    s = cohort.scenario
    held = {name: frozenset(frame_.columns) for name, frame_ in made.items()}
    if of_events is not None:
        held["events"] = of_events
    return Metadata(
        schema_version=schema_version(),
        force=forces(s),
        period_from=s.start,
        period_to=s.end,
        extracted_on=s.extracted,
        basis="recorded",
        selection="Every report of stalking behaviour, however it was classified.",
        sources=(f"made up: scenario {s.name}",),
        recording_rules=tuple(rules_in(s.start, s.end)),
        pseudonymisation="There is nobody behind these rows: every person is made up.",
        not_held=tuple(
            f"{t.name}.{c}"
            for t in schema_tables().values()
            if t.name in held
            for c in t.columns
            if c not in held[t.name]
        ),
        event_kinds=tuple(k for k in kinds() if k not in _NOT_LOOKED_FOR),
        made_up=True,
        title=f"Made-up study bundle, scenario {s.name}",
    )


def forces(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the forces that recorded the reports; none is that of a real one."""
    several = tuple(f"Force {n}" for n in range(1, scenario.forces + 1))
    return several if scenario.forces > 1 else (FORCE,)


_NOT_LOOKED_FOR = ("reopened", "imprisonment", "suspect_died", "victim_died")


def tables(cohort: Cohort, seed: int) -> tuple[dict[str, pl.DataFrame], Events]:
    """Return every table of the bundle, and the events with what was drawn for them."""
    made, events = tables_but_events(cohort, seed)
    return made | {"events": frame(events)}, events


def tables_but_events(cohort: Cohort, seed: int) -> tuple[dict[str, pl.DataFrame], Events]:
    """Return the same with the events as they were drawn, to be put together a part at a time."""
    events = Events(cohort, seed)
    process.classification(events)
    process.risk(events)
    process.victim_care(events)
    process.enquiries(events)
    process.orders(events)
    process.others(events)
    outcome_events(events)
    made = {
        "reports": _reports(cohort, seed, events),
        "people": _people(cohort, seed),
        "offences": _offences(cohort, seed, events),
        "behaviours": _behaviours(cohort),
    }
    return made, events


def _ids(prefix: str, numbers: Ints) -> pl.Series:
    return pl.select(pl.format(prefix + "{}", pl.Series(numbers))).to_series()


def _times(minutes: Ints) -> pl.Series:
    return pl.Series(minutes * 60_000_000, dtype=pl.Int64).cast(pl.Datetime("us"))


def _maybe(seed: int, purpose: str, values: pl.Series, share: float = NOT_RECORDED) -> pl.Series:
    """Values with some left out, as when a form was not filled in."""
    gone = chance(stream(seed, 4, purpose), share, len(values))
    return pl.select(pl.when(pl.Series(~gone)).then(values)).to_series()


def relationships(cohort: Cohort, seed: int) -> pl.Series:
    """Return the relationship of each report's pair: former partner by the factor, else one of the others."""
    drawn = pick(stream(seed, 4, "relationship"), list(_WEIGHTS), int(cohort.victim.max()) + 1)[cohort.victim]
    other = pl.Series(_OTHERS, dtype=pl.String).gather(drawn)
    ex = pl.Series(cohort.factors["ex_partner"])
    return pl.select(pl.when(ex).then(pl.lit("ex_partner")).otherwise(other)).to_series()


def _reports(cohort: Cohort, seed: int, events: Events) -> pl.DataFrame:
    size = cohort.size
    related = relationships(cohort, seed)
    domestic = related.is_in(list(_DOMESTIC))
    area = pick(stream(seed, 4, "area"), [1.0] * len(_AREAS), size)
    named = pl.Series(cohort.named)
    before = cohort.accused_before.astype(np.int64) + cohort.nth_of_suspect
    convictions = cohort.factors["prior_convictions"].astype(np.int64)
    offences = np.maximum(
        convictions,
        (chance(stream(seed, 4, "offended"), 0.5, int(cohort.suspect[-1]) + 1)[cohort.suspect]).astype(
            np.int64
        ),
    )
    worse = chance(stream(seed, 4, "escalated"), 0.35, size)
    frame_ = pl.DataFrame(
        {
            "report_id": _ids("R", np.arange(size)),
            "case_id": _ids("C", cohort.victim),
            "force": _forces(cohort, seed),
            "area": pl.Series(_AREAS, dtype=pl.String).gather(area),
            "reported_at": _times(cohort.reported),
            "recorded_at": _times(cohort.recorded),
            "record_type": pl.Series(["crime"]).new_from_index(0, size),
            "victim_id": _ids("V", cohort.victim),
            "suspect_id": _ids("S", cohort.suspect),
            "relationship": _maybe(seed, "relationship gone", related),
            "domestic_abuse": _maybe(
                seed, "domestic gone", pl.Series(["no", "yes"]).gather(domestic.cast(pl.Int64))
            ),
            "anonymous": _answers(events.drawn["anonymous"]),
            "victim_age": _maybe(seed, "victim age", _ages(seed, "victim", cohort.victim, cohort.reported)),
            "suspect_age": _maybe(
                seed, "suspect age", _ages(seed, "suspect", cohort.suspect, cohort.reported), 0.10
            ),
            "escalated": _maybe(seed, "escalated gone", _answers(worse), 0.3),
            "prior_allegations": pl.Series(before),
            "prior_convictions": pl.Series(convictions),
            "prior_offences": pl.Series(offences),
        }
    )
    unnamed = ("suspect_id", "suspect_age", "prior_allegations", "prior_convictions", "prior_offences")
    return frame_.with_columns(pl.when(named).then(pl.col(c)).alias(c) for c in unnamed).with_columns(
        pl.lit("minute").alias("reported_precision"), pl.lit("minute").alias("recorded_precision")
    )


def _forces(cohort: Cohort, seed: int) -> pl.Series:
    """Return the force of each report, one to each case."""
    named = forces(cohort.scenario)
    drawn = pick(stream(seed, 4, "force"), [1.0] * len(named), int(cohort.victim.max()) + 1)
    return pl.Series(named, dtype=pl.String).gather(drawn[cohort.victim])


def _answers(mask: Bools) -> pl.Series:
    return pl.Series(["no", "yes"], dtype=pl.String).gather(mask.astype(np.int64))


def _ages(seed: int, part: str, group: Ints, at: Ints) -> pl.Series:
    """Whole years at the report, from a birth day of each person: 16 to about 85, most in their thirties."""
    rng = stream(seed, 4, f"born {part}")
    years = 16.0 + rng.gamma(2.6, 7.5, int(group.max()) + 1).clip(0, 70)
    started = (dt.date(2018, 1, 1) - dt.date(1970, 1, 1)).days
    born = started - (years * 365.25).astype(np.int64)
    return pl.Series(((at // DAY - born[group]) / 365.25).astype(np.int64).clip(10, 100))


def _people(cohort: Cohort, seed: int) -> pl.DataFrame:
    first = cohort.first_of_case
    victims = _persons(seed, "victim", _ids("V", cohort.victim[first]), cohort.factors["female"][first])
    starts = cohort.first_of_suspect
    count = int(starts.sum())
    male = chance(stream(seed, 4, "suspect sex"), 0.86, count)
    named = np.zeros(int(cohort.suspect[-1]) + 1, dtype=bool)
    np.logical_or.at(named, cohort.suspect, cohort.named)
    suspects = _persons(seed, "suspect", _ids("S", cohort.suspect[starts]), ~male)
    return pl.concat([victims, suspects.filter(pl.Series(named))])


def _persons(seed: int, part: str, ids: pl.Series, female: Bools) -> pl.DataFrame:
    size = len(ids)
    shares = Marginals().ethnicities
    ethnic = pick(stream(seed, 4, f"ethnicity {part}"), list(shares.values()), size)
    disabled = chance(stream(seed, 4, f"disability {part}"), 0.18, size)
    return pl.DataFrame(
        {
            "person_id": ids,
            "sex": pl.Series(["male", "female"], dtype=pl.String).gather(female.astype(np.int64)),
            "ethnicity": _maybe(seed, f"ethnicity gone {part}", pl.Series(list(shares)).gather(ethnic), 0.18),
            "disability": _maybe(seed, f"disability gone {part}", _answers(disabled), 0.35),
        }
    )


def _offences(cohort: Cohort, seed: int, events: Events) -> pl.DataFrame:
    """Stalking where it was ever so classified, as principal or (some, from June 2023) as included."""
    size = cohort.size
    ids = _ids("R", np.arange(size))
    day = cohort.reported // DAY
    since = (dt.date(2023, 6, 1) - dt.date(1970, 1, 1)).days
    stalking = events.drawn["first as stalking"] | events.drawn["corrected"]
    hidden = chance(stream(seed, 4, "hidden"), 0.25, size) & (day >= since) & stalking
    serious = chance(stream(seed, 4, "s4A"), 0.4, size)
    offence = pl.Series(["stalking_s2a", "stalking_s4a"], dtype=pl.String).gather(serious.astype(np.int64))
    length = stream(seed, 4, "length").exponential(60.0, size).astype(np.int64)
    spans = {"committed_from": _days(day - length), "committed_to": _days(day)}
    whole = pl.DataFrame({"report_id": ids, "offence": offence, **spans, "s": stalking, "h": hidden})
    own = whole.filter("s").with_columns(
        pl.when("h").then(pl.lit("included")).otherwise(pl.lit("principal")).alias("classification")
    )
    other = whole.filter(~pl.col("s") | pl.col("h")).with_columns(
        pl.when("h").then(pl.lit("assault_injury")).otherwise(pl.lit("harassment_s2")).alias("offence"),
        pl.lit("principal").alias("classification"),
    )
    columns = ["report_id", "offence", "classification", "committed_from", "committed_to"]
    return pl.concat([own.select(columns), other.select(columns)])


def _days(day: Ints) -> pl.Series:
    return pl.Series(day, dtype=pl.Int64).cast(pl.Int32).cast(pl.Date)


def _behaviours(cohort: Cohort) -> pl.DataFrame:
    """Behaviours of the factors, and following where there was no contact."""
    ids = _ids("R", np.arange(cohort.size))
    day = _days(cohort.reported // DAY - 3)
    comms = cohort.factors["comms"]
    rows = []
    for mask, behaviour, channel in (
        (comms, "unwanted_contact", "phone"),
        (comms & (cohort.reported % 3 > 0), "unwanted_contact", "text_message"),
        (~comms, "following", "in_person"),
        (cohort.factors["threat"], "threat_harm", "not_known"),
        (cohort.factors["strangulation"], "strangulation", "in_person"),
        (cohort.factors["tracking"], "tracking", "device"),
        (cohort.factors["threat_images"], "threat_images", "social_media"),
    ):
        mine = pl.Series(mask)
        rows.append(
            pl.DataFrame({"report_id": ids.filter(mine), "first_on": day.filter(mine)}).with_columns(
                pl.lit(behaviour).alias("behaviour"), pl.lit(channel).alias("channel")
            )
        )
    return pl.concat(rows)
