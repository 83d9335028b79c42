"""Draw who does what to whom: the true courses of conduct, the quarrels and the chance matters.

A *dossier* is one true story between (usually) two people: a course of stalking, a repeated
matter that is not stalking, or a single chance matter. Choosing people for a story may change
their lives: former partners once shared a home, colleagues share a workplace, neighbours a street.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.people.places import Places
from lamplighter.synthetic.people.population import YEAR, People
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.sampling.draws import DAY, NEVER, Bools, Ints, chance, pick, stream

KINDS = (
    "stalking",
    "neighbour_dispute",
    "mutual_quarrel",
    "domestic_argument",
    "repeat_caller",
    "debt_dispute",
    "work_dispute",
    "family_row",
    "single",
)
STALKING, NEIGHBOUR, QUARREL, DOMESTIC, CALLER, DEBT, WORK, FAMILY, SINGLE = range(len(KINDS))
RELATIONSHIPS = (
    "ex_partner",
    "acquaintance",
    "unknown",
    "colleague",
    "neighbour",
    "stranger",
    "family",
    "service_user",
    "partner",
    "friend",
)
EX, ACQUAINTANCE, UNKNOWN, COLLEAGUE, NEXT_DOOR, STRANGER, RELATIVE, SERVICE, PARTNER, FRIEND = range(10)
SINGLES = (
    "assault",
    "public_order",
    "theft",
    "shoplifting",
    "burglary",
    "damage",
    "vehicle_theft",
    "nuisance",
    "one_message",
    "suspicious",
    "concern",
    "lone_domestic",
)
SINGLE_WEIGHTS = (0.16, 0.13, 0.12, 0.10, 0.09, 0.11, 0.07, 0.06, 0.05, 0.04, 0.03, 0.04)
# Relationship of the other repeated matters. Matters between people who do not live
# together and know each other are neighbours', friends' and colleagues' by definition.
RELATIONSHIP_OF_KIND = {
    NEIGHBOUR: NEXT_DOOR,
    QUARREL: FRIEND,
    DOMESTIC: PARTNER,
    CALLER: UNKNOWN,
    DEBT: ACQUAINTANCE,
    WORK: COLLEAGUE,
    FAMILY: RELATIVE,
}


@dataclass(slots=True)
class Dossiers:
    """One row a story; people are row numbers of :class:`People`, -1 is none.

    ``ended_at``: when the two broke up (former partners), else NEVER. ``identified_from``: the share of the
    story after which reports can name the person; 0 from the start, 2 never.
    """

    kind: Ints
    single: Ints
    relationship: Ints
    victim: Ints
    suspect: Ints
    proxy: Ints
    relative: Ints
    begins: Ints
    ended_at: Ints
    identified_from: np.ndarray  # float64
    hidden: Bools
    swaps: Bools

    def __len__(self) -> int:
        return len(self.kind)


def make(config: Config, cell: int, count: int, people: People, places: Places) -> Dossiers:
    """``count`` stories among ``people``, whose lives are changed to fit."""
    rng = stream(config.seed, cell, "dossiers")
    m = config.marginals
    kind = pick(rng, [m.dossiers[k] for k in KINDS], count)
    stalking = kind == STALKING
    relationship = np.full(count, STRANGER, dtype=np.int64)
    for k, code in RELATIONSHIP_OF_KIND.items():
        relationship[kind == k] = code
    weights = [m.stalking_relationships.get(r, 0.0) for r in RELATIONSHIPS]
    relationship[stalking] = pick(rng, weights, int(stalking.sum()))
    single = np.where(kind == SINGLE, pick(rng, SINGLE_WEIGHTS, count), -1)
    lone_domestic = single == SINGLES.index("lone_domestic")
    relationship[lone_domestic] = PARTNER
    known = (single == SINGLES.index("assault")) & chance(rng, 0.35, count)
    relationship[known] = pick(rng, [0, 3, 0, 1, 1], int(known.sum()))

    victim, suspect = _two_people(rng, config, people, kind, relationship)
    _reuse_people(rng, config, people, kind, relationship, victim, suspect)
    start = np.int64((config.start.toordinal() - 719_163) * DAY)
    end = np.int64((config.as_at.toordinal() - 719_163 + 1) * DAY)
    begins = rng.integers(start - 200 * DAY, end, count)
    begins = np.where(kind == SINGLE, rng.integers(start, end, count), begins)
    ended_at = np.full(count, NEVER)
    ex = np.flatnonzero(relationship == EX)
    ended_at[ex] = begins[ex] - (rng.exponential(70, len(ex)) * DAY).astype(np.int64)
    _fit_lives(rng, people, places, relationship, victim, suspect, ended_at)
    # Suspects are known to the police national computer more often than people at large. [I]
    people.arrested[suspect[chance(rng, 0.2, count)]] = True

    proxy = np.where(stalking & chance(rng, m.by_proxy, count), rng.integers(0, len(people), count), -1)
    proxy[(proxy == victim) | (proxy == suspect)] = -1
    relative = _relative_of(rng, people, victim)
    relative[~(stalking & chance(rng, m.against_relative * 1.6, count)) | (relative == suspect)] = -1
    identified = np.zeros(count)
    hard = stalking & (relationship == UNKNOWN)
    identified[hard] = np.where(
        chance(rng, 0.7, int(hard.sum())), 2.0, rng.uniform(0.4, 0.9, int(hard.sum()))
    )
    late = stalking & (relationship == STRANGER) & chance(rng, 0.5, count)
    identified[late] = rng.uniform(0.2, 0.9, int(late.sum()))
    identified[kind == CALLER] = np.where(chance(rng, 0.6, int((kind == CALLER).sum())), 2.0, 0.0)
    swap_share = np.select(
        [stalking, np.isin(kind, [NEIGHBOUR, QUARREL, WORK, DEBT, FAMILY]), kind == DOMESTIC],
        [0.07, 0.4, 0.2],
        0.0,
    )
    return Dossiers(
        kind=kind,
        single=single,
        relationship=relationship,
        victim=victim,
        suspect=suspect,
        proxy=proxy,
        relative=relative,
        begins=begins,
        ended_at=ended_at,
        identified_from=identified,
        hidden=stalking & chance(rng, m.hidden_course, count),
        swaps=chance(rng, swap_share, count),
    )


def _two_people(
    rng: np.random.Generator, config: Config, people: People, kind: Ints, relationship: Ints
) -> tuple[Ints, Ints]:
    """Return a victim and a suspect for each story, of plausible sex and age for it."""
    m, n = config.marginals, len(kind)
    stalking = kind == STALKING
    female = chance(rng, np.where(stalking, m.female_victim, 0.5), n)
    female = np.where(kind == DOMESTIC, chance(rng, 0.73, n), female)
    # A victim of stalking is likelier to be young: squaring the draw leans to those born later.
    lean = np.where(stalking, 0.75, 1.0)
    male_suspect = np.where(stalking, m.male_suspect, 0.72)
    suspect_female = chance(rng, 1 - male_suspect, n)
    partners = np.isin(relationship, [EX, PARTNER])
    suspect_female = np.where(partners, np.where(chance(rng, 0.93, n), ~female, female), suspect_female)
    by_sex = [_by_birth(people, 0), _by_birth(people, 1)]
    victim = np.empty(n, dtype=np.int64)
    suspect = np.empty(n, dtype=np.int64)
    draw = rng.random(n) ** lean
    shift = rng.normal(0, 0.06, n)
    free = rng.random(n)
    for s in (0, 1):
        pool = by_sex[s]
        rows = np.flatnonzero(female == bool(s))
        victim[rows] = pool[(draw[rows] * len(pool)).astype(np.int64).clip(0, len(pool) - 1)]
        rows = np.flatnonzero(suspect_female == bool(s))
        place = np.where(partners[rows], draw[rows] + shift[rows], free[rows]).clip(0, 0.999)
        suspect[rows] = pool[(place * len(pool)).astype(np.int64)]
    _family_pairs(rng, people, relationship, female, victim, suspect)
    clash = np.flatnonzero(victim == suspect)
    suspect[clash] = (suspect[clash] + 1) % len(people)
    return victim, suspect


def _by_birth(people: People, sex: int) -> Ints:
    rows = np.flatnonzero((people.sex == sex) & (people.born > -YEAR * 35))
    return rows[np.argsort(people.born[rows], kind="stable")]


def _family_pairs(
    rng: np.random.Generator, people: People, relationship: Ints, female: Bools, victim: Ints, suspect: Ints
) -> None:
    """Partners and relatives come out of one family: replace the pairs drawn at large."""
    for code, seat in ((PARTNER, 1), (RELATIVE, 2)):
        families = np.flatnonzero(people.members[:, seat] >= 0)
        rows = np.flatnonzero(relationship == code)
        if len(families) == 0:
            continue
        chosen = families[rng.integers(0, len(families), len(rows))]
        first, second = people.members[chosen, 0], people.members[chosen, seat]
        first_is_victim = np.where(
            code == PARTNER, (people.sex[first] == 1) == female[rows], chance(rng, 0.6, len(rows))
        )
        victim[rows] = np.where(first_is_victim, first, second)
        suspect[rows] = np.where(first_is_victim, second, first)


def _reuse_people(
    rng: np.random.Generator,
    config: Config,
    people: People,
    kind: Ints,
    relationship: Ints,
    victim: Ints,
    suspect: Ints,
) -> None:
    """Repeat suspects, victims of two people (some of one first name), victims of chance matters too."""
    m, n = config.marginals, len(kind)
    at_large = ~np.isin(relationship, [PARTNER, RELATIVE])
    stalking = np.flatnonzero((kind == STALKING) & at_large)
    if len(stalking) < 4:
        return
    # Of two stories of one suspect only the later has an earlier one, so more pairs are drawn than are
    # counted.
    again = stalking[chance(rng, m.earlier_allegation * 2.1, len(stalking))]
    source = stalking[rng.integers(0, len(stalking), len(again))]
    fits = (people.sex[suspect[source]] == people.sex[suspect[again]]) & (suspect[source] != victim[again])
    suspect[again[fits]] = suspect[source[fits]]
    twice = stalking[chance(rng, m.victim_of_two, len(stalking))]
    source = stalking[rng.integers(0, len(stalking), len(twice))]
    fits = (victim[source] != suspect[twice]) & (suspect[source] != suspect[twice])
    fits &= people.sex[victim[source]] == people.sex[victim[twice]]
    victim[twice[fits]] = victim[source[fits]]
    namesakes = (
        fits & (people.sex[suspect[source]] == people.sex[suspect[twice]]) & chance(rng, 0.5, len(twice))
    )
    people.forename[suspect[twice[namesakes]]] = people.forename[suspect[source[namesakes]]]
    others = np.flatnonzero((kind == SINGLE) & at_large & chance(rng, 0.12, n))
    pool = np.flatnonzero(kind != SINGLE)
    source = pool[rng.integers(0, len(pool), len(others))]
    fits = victim[source] != suspect[others]
    victim[others[fits]] = victim[source[fits]]


def _fit_lives(
    rng: np.random.Generator,
    people: People,
    places: Places,
    relationship: Ints,
    victim: Ints,
    suspect: Ints,
    ended_at: Ints,
) -> None:
    """Make the two people's homes and work agree with what they are to each other."""
    ex = np.flatnonzero((relationship == EX) & chance(rng, 0.62, len(victim)))
    ex = ex[people.switch_at[suspect[ex]] == NEVER]
    _, first = np.unique(suspect[ex], return_index=True)
    ex = ex[np.sort(first)]
    s, v = suspect[ex], victim[ex]
    # The suspect moves out; a quarter go to another force's area.
    town = places.town_of(people.address_0[people.household_a[v]])
    far = rng.integers(0, len(places.towns), len(ex))
    people.household_b[s] = people.add_households(
        places.address(rng, np.where(chance(rng, 0.75, len(ex)), town, far))
    )
    people.household_a[s] = people.household_a[v]
    people.switch_at[s] = ended_at[ex]
    married = chance(rng, 0.22, len(ex))
    people.surname[s[married]] = people.surname[v[married]]
    for code in (NEXT_DOOR,):
        rows = np.flatnonzero(relationship == code)
        home = people.household_a[victim[rows]]
        theirs = people.household_a[suspect[rows]]
        differ = home != theirs
        rows, home, theirs = rows[differ], home[differ], theirs[differ]
        people.address_0[theirs] = places.next_door(people.address_0[home], rng.integers(1, 4, len(rows)))
        people.moves_at[home] = NEVER
        people.moves_at[theirs] = NEVER
    work = np.flatnonzero(relationship == COLLEAGUE)
    people.workplace[suspect[work]] = people.workplace[victim[work]]


def _relative_of(rng: np.random.Generator, people: People, person: Ints) -> Ints:
    """Return a member of the same family, -1 where there is nobody else."""
    seats = people.members[people.family[person]]
    start = rng.integers(0, 4, len(person))
    out = np.full(len(person), -1, dtype=np.int64)
    for step in range(4):
        candidate = seats[np.arange(len(person)), (start + step) % 4]
        out = np.where((out < 0) & (candidate >= 0) & (candidate != person), candidate, out)
    return out
