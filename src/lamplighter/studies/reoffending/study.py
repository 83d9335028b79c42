"""Work out a whole study of reoffending: of the country, a force, or the forces of a hub."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lamplighter.statistics import UnseenLinks
from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.reoffending.cohort import Account, Cohort, Window, number_of
from lamplighter.studies.reoffending.concentration import Concentrated, concentrated
from lamplighter.studies.reoffending.content.events import read_held
from lamplighter.studies.reoffending.content.shapes import KIND_CODES, Held
from lamplighter.studies.reoffending.country import CountryError, read_country
from lamplighter.studies.reoffending.definitions import Definitions, definitions
from lamplighter.studies.reoffending.grid import (
    Cell,
    Cohorts,
    Key,
    OverTime,
    counts_of,
    keys_of,
    over_time,
    waited,
    window_of,
)
from lamplighter.studies.reoffending.headline import Entry
from lamplighter.studies.reoffending.histories import (
    Known,
    Orders,
    Spread,
    after_orders,
    known_before,
    spread,
)
from lamplighter.studies.reoffending.lag import Corrected, lag_corrected, learnt_of
from lamplighter.studies.reoffending.linkage_error.group_bias import Biases, group_biases
from lamplighter.studies.reoffending.linkage_error.unseen import bounded
from lamplighter.studies.reoffending.lives import known_on, lives_of
from lamplighter.studies.reoffending.partitions import Readings, readings, window_cells

Say = Callable[[str], None]
#: Reports of these are looked back over: what may have been stalking and was not recorded as it.
RELATED = ("stalking", "harassment", "malicious_communications", "breach_of_order")


@dataclass(frozen=True, slots=True)
class Scope:
    """Of whom the report is: the country, or the people of some forces. ``places`` are numbers of forces."""

    title: str
    kind: str
    places: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Edition:
    """One cohort as it was known on a day."""

    title: str
    known_on: dt.date
    cell: Cell


@dataclass(frozen=True, slots=True)
class Editions:
    """The same people known early and late, with what changed between; and the newest people, known early.

    ``came`` count as reoffenders only later, ``went`` only earlier; ``joined`` and ``left`` are people who
    came into or out of the cohort.
    """

    early: Edition | None
    late: Edition | None
    newest: Edition
    came: int
    went: int
    joined: int
    left: int


@dataclass(frozen=True, slots=True)
class AtLiberty:
    """Reoffences for every 100 person-years, with all time counted and with known custody taken out."""

    people: int
    custody_known: bool
    in_custody: int
    years: float
    years_at_liberty: float
    reoffences: int

    @property
    def plain(self) -> float:
        return 100 * self.reoffences / self.years

    @property
    def corrected(self) -> float:
        return 100 * self.reoffences / self.years_at_liberty


@dataclass(frozen=True, slots=True)
class Study:
    """Everything that a report says. ``official`` are cells as the Ministry counts, one a wait."""

    held: Held
    defs: Definitions
    scope: Scope
    readings: Readings
    headline: Key
    official: tuple[Key, ...]
    windows: Mapping[Key, Window]
    over_time: tuple[OverTime, ...]
    over_time_window: Window
    lag: tuple[Corrected, ...]
    unseen: UnseenLinks | None
    editions: Editions
    at_liberty: AtLiberty | None
    account: Account
    joined_acts: int
    concentrated: Concentrated | None
    known: Known
    spread: Spread
    orders: Orders
    period: Window
    biases: tuple[Biases, ...] = ()
    headlines: tuple[Entry, ...] = ()

    def cell(self, key: Key) -> Cell:
        """Return a cell of the published links."""
        return self.readings.published[key]

    def plain_interval(self, key: Key) -> tuple[float, float]:
        """Return the 95% interval as if it were known who is who, as shares."""
        own = self.cell(key)
        said = wilson(own.reoffenders, own.people)
        return float(said.lower), float(said.upper)


def scope_of(held_names: tuple[str, ...], hubs: Mapping[str, tuple[str, ...]], force: str, hub: str) -> Scope:
    """Return the scope of a report.

    Raises:
        CountryError: there is no such force or hub, or both are given.
    """
    if force and hub:
        raise CountryError("A force and a hub are given.", remedy="Give one of the two.")
    if force:
        if force not in held_names:
            raise CountryError(f"No force is called {force}.", remedy=f"There are: {', '.join(held_names)}.")
        return Scope(force, "force", frozenset({held_names.index(force)}))
    if hub:
        if hub not in hubs:
            known = ", ".join(hubs) or "none"
            raise CountryError(f"No hub is called {hub}.", remedy=f"Hubs in country.toml: {known}.")
        return Scope(hub, "hub", frozenset(held_names.index(name) for name in hubs[hub]))
    return Scope("", "country", None)


def study_of(
    folder: Path,
    *,
    force: str = "",
    hub: str = "",
    definitions_file: Path | None = None,
    window: Window | None = None,
    headlines: Callable[[Definitions], tuple[Entry, ...]] = lambda _: (),
    say: Say = lambda _: None,
) -> Study:
    """Work out the study of a folder.

    ``headlines`` is called with the definitions before any table is read: what the headline is stands before
    the data are opened.

    Raises:
        CountryError: the folder, a table, the force or the hub is not as it should be.
        RuleFileError: the definitions are not.
    """
    country = read_country(folder)
    defs = definitions(country.extracted_on, definitions_file)
    scope = scope_of(country.names, country.hubs, force, hub)
    entered = headlines(defs)
    say("Reading and checking the events")
    held = read_held(folder, country)
    return worked_out(held, defs, scope, window=window, headlines=entered, say=say)


def worked_out(
    held: Held,
    defs: Definitions,
    scope: Scope,
    *,
    window: Window | None = None,
    headlines: tuple[Entry, ...] = (),
    say: Say = lambda _: None,
) -> Study:
    """Work out the study of what was read."""
    extracted = held.country.extracted_on
    usual = waited(defs)
    windows = {key: window or window_of(defs, extracted, key[3] + usual) for key in keys_of(defs)}
    own = defs.headline
    mature = window or window_of(defs, extracted, own.horizon + own.wait)
    windows[own.cell] = mature
    outcome, horizon, waits = defs.official
    official_index = next((i.code for i in defs.indexes if not i.custodial), own.index)
    official = tuple((official_index, outcome, "either", horizon, wait) for wait in waits)
    # One cohort for all waits, as mature as the longest asks.
    together = window or window_of(defs, extracted, horizon + max(waits))
    windows |= dict.fromkeys(official, together)
    say("Following everybody through every definition")
    read = readings(
        held,
        defs,
        scope.places,
        window_cells(windows),
        say,
        lambda cohorts: learnt_of(cohorts, defs.index(own.index), own.horizon),
    )
    say("Time to reoffending, early and late editions")
    lives = lives_of(held.rows, held.links.person, held.links.persons, defs.rules)
    cohorts = Cohorts(held, defs, lives, scope.places)
    longest = window or window_of(defs, extracted, max(defs.horizons) + usual)
    curves = [over_time(cohorts, defs.index(own.index), o, longest) for o in defs.outcomes]
    account = cohorts.cohort(defs.index(own.index), mature).account
    late = _late_proof(read, defs, extracted, mature)
    liberty = at_liberty(cohorts, own.cell, mature)
    unseen = bounded(cohorts, own.cell, mature)
    period = _year(defs, extracted)
    say("How links move the rates of groups")
    biases = group_biases(held, defs, scope.places, _told_by_group(read, defs, windows, own.cell))
    say("Who was known before, who moved, how few made how many")
    return Study(
        held=held,
        defs=defs,
        scope=scope,
        readings=read,
        headline=own.cell,
        official=official,
        windows=windows,
        over_time=tuple(curve for curve in curves if curve is not None),
        over_time_window=longest,
        lag=late,
        unseen=unseen,
        editions=editions_of(held, defs, scope),
        at_liberty=liberty,
        account=account,
        joined_acts=lives.joined,
        concentrated=concentrated(lives, defs.concentration, RELATED, extracted, scope.places),
        known=known_before(lives, period, RELATED, len(held.country.forces), scope.places),
        spread=spread(lives, Window(held.country.period_from, period.before), RELATED, scope.places),
        orders=after_orders(
            lives, Window(held.country.period_from, period.before), number_of(extracted), scope.places
        ),
        period=period,
        biases=biases,
        headlines=headlines,
    )


def _told_by_group(
    read: Readings, defs: Definitions, windows: Mapping[Key, Window], headline: Key
) -> dict[Key, Window]:
    """Return the cells whose rates are told by group: the headline, and what the police recorded."""
    index, _, victim, horizon, _ = headline
    recorded = [o for o in defs.outcomes if not o.is_proven and not o.course]
    keys = [headline, *((index, o.code, victim, horizon, o.waits[0]) for o in recorded)]
    held = [key for key in dict.fromkeys(keys) if key in read.published]
    return {key: windows[key] for key in held if read.published[key].state == "held"}


def _late_proof(
    read: Readings, defs: Definitions, extracted: dt.date, mature: Window
) -> tuple[Corrected, ...]:
    """Return rates with late proof allowed for: of the people of the headline, and of the newest ones."""
    own = defs.headline
    newest = window_of(defs, extracted, own.horizon)
    months = own.horizon + defs.editions[-1][2]
    windows = tuple(dict.fromkeys((mature, newest)))
    return lag_corrected(read.proof, read.proof_drawn, own.index, own.horizon, months, windows)


def _year(defs: Definitions, extracted: dt.date) -> Window:
    """Return the latest whole months of the length of a cohort."""
    return window_of(defs, extracted, 0)


def editions_of(held: Held, defs: Definitions, scope: Scope) -> Editions:
    """Return the headline as it was known early and late, and for the newest people."""
    own, extracted = defs.headline, held.country.extracted_on
    (_, early_title, early_wait), (_, late_title, late_wait) = defs.editions[0], defs.editions[-1]
    recent = window_of(defs, extracted, own.horizon + early_wait)
    newest, _, _ = _edition(held, defs, scope, recent, early_title, early_wait)
    old = window_of(defs, extracted, own.horizon + late_wait)
    if old.first < held.country.period_from:
        return Editions(None, None, newest, 0, 0, 0, 0)
    early, people_early, hits_early = _edition(held, defs, scope, old, early_title, early_wait)
    late, people_late, hits_late = _edition(held, defs, scope, old, late_title, late_wait)
    return Editions(
        early=early,
        late=late,
        newest=newest,
        came=len((hits_late - hits_early) & people_early),
        went=len((hits_early - hits_late) & people_late),
        joined=len(people_late - people_early),
        left=len(people_early - people_late),
    )


def _edition(
    held: Held, defs: Definitions, scope: Scope, window: Window, title: str, wait: int
) -> tuple[Edition, set[int], set[int]]:
    """Return an edition, and who was in it and reoffended."""
    index, outcome, victim, horizon, _ = defs.headline.cell
    day = window.known_on(horizon + wait)
    rows = known_on(held.rows, number_of(day))
    lives = lives_of(rows, held.links.person, held.links.persons, defs.rules)
    cohorts = Cohorts(held, defs, lives, scope.places)
    cell = cohorts.cell((index, outcome, victim, horizon, wait), window)
    if cell.state != "held":
        return Edition(title, day, cell), set(), set()
    cohort = cohorts.cohort(defs.index(index), window)
    later = cohorts.later(cohort, defs.outcome(outcome))
    hits = counts_of(cohort, later, victim, horizon, wait) > 0
    return Edition(title, day, cell), set(cohort.person.tolist()), set(cohort.person[hits].tolist())


def at_liberty(cohorts: Cohorts, key: Key, window: Window) -> AtLiberty | None:
    """Return reoffences by time, with all time counted and with time in custody taken out, if it is known.

    Custody runs from its start to the next release of the same person, or to the end of the horizon.
    """
    if cohorts.cell(key, window).state != "held":
        return None
    index, outcome, victim, horizon, wait = key
    cohort = cohorts.cohort(cohorts.defs.index(index), window)
    later = cohorts.later(cohort, cohorts.defs.outcome(outcome))
    counts = counts_of(cohort, later, victim, horizon, wait)
    days, inside = liberty_days(cohort, horizon)
    forces = cohorts.held.country.forces
    known = all(cohorts.held.country.holds(force, ("custody_start", "release")) for force in forces)
    return AtLiberty(
        people=len(cohort),
        custody_known=known,
        in_custody=int((inside > 0).sum()),
        years=float(days.sum()) / 365.25,
        years_at_liberty=float((days - inside).sum()) / 365.25,
        reoffences=int(counts.sum()),
    )


def liberty_days(cohort: Cohort, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the days each person was followed within the horizon, and how many of them were in custody.

    Following ends with death.
    """
    lives = cohort.lives
    rows = lives.rows
    ends = np.minimum(cohort.due_after(horizon), cohort.death).astype(np.int64)
    start = cohort.day0.astype(np.int64)
    place = np.full(lives.persons, -1, np.int64)
    place[cohort.person] = np.arange(len(cohort))
    doors = np.isin(rows.kind, [KIND_CODES["custody_start"], KIND_CODES["release"]])
    at = np.flatnonzero(doors & (place[lives.person] >= 0))
    of, day = place[lives.person[at]], rows.occurred[at].astype(np.int64)
    goes_in = rows.kind[at] == KIND_CODES["custody_start"]
    order = np.lexsort((goes_in, day, of))
    of, day, goes_in = of[order], day[order], goes_in[order]
    inside = np.zeros(len(cohort), np.int64)
    if of.size:
        last = np.append(of[1:] != of[:-1], True)
        until = np.where(last, ends[of], np.append(day[1:], 0))
        # A second start without a release between begins a new stretch where the first ended.
        low, high = np.maximum(day, start[of]), np.minimum(until, ends[of])
        stretch = np.where(goes_in, np.maximum(high - low, 0), 0)
        np.add.at(inside, of, stretch)
    return ends - start, inside
