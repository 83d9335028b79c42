"""Border crossings: stories of stalking in two forces that are made the doings of one man.

Each force's stories are drawn apart, so without this step nobody is known in two forces. A pair of stories in
different forces, the second after the first, becomes one person's: either his next victim lives there
(``other_victim``), or the woman he stalked moved there and he followed (``same_victim``: one course).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from lamplighter.synthetic.countries.parts import Part
from lamplighter.synthetic.countries.settings import CountrySettings
from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.reports import reporting as r
from lamplighter.synthetic.sampling.draws import DAY, Bools, Ints, chance, stream

# What a person carries across a border; -1 in ``vehicle``, ``second`` and ``second_surname`` is none.
ATTRIBUTES = (
    "sex",
    "ethnicity",
    "born",
    "forename",
    "second",
    "surname",
    "second_surname",
    "handle_style",
    "vehicle",
    "arrested",
    "pnc",
    "mobile",
)
_AGE_GAP = 8 * 366
_LONGEST_GAP = 2 * 365 * DAY
_PROPOSALS = 400_000
_ROUNDS = 25


@dataclass(slots=True)
class Stories:
    """Stories of stalking in which a report names the suspect, one row each, of every part."""

    part: Ints
    force: Ints
    dossier: Ints
    relationship: Ints
    first: Ints
    last: Ints
    suspect: Ints
    victim: Ints
    suspect_apart: Bools
    """The suspect is the victim of no story of the part."""
    victim_apart: Bools
    suspect_is: Ints
    """(stories, attributes)."""
    victim_is: Ints
    repeated: Bools
    """The suspect has another story in the same part."""

    def __len__(self) -> int:
        return len(self.part)


@dataclass(frozen=True, slots=True)
class Crossing:
    """One man in two forces: rows of :class:`Stories`. ``root`` is the first story of all."""

    root: int
    origin: int
    target: int
    same_victim: bool
    hop: int


def stories_of(part: Part) -> Stories:
    """Return the stories of one part between which a border could be crossed."""
    drawn = part.drawn
    s, t, people = drawn.dossiers, drawn.reports, drawn.people
    n = len(s)
    named = (t.level < r.DESCRIPTOR) & ~t.by_proxy & ~t.swapped & ~t.at_relative
    count = np.bincount(t.dossier[named], minlength=n)
    rows = np.flatnonzero((s.kind == d.STALKING) & (count > 0) & (np.arange(n) < drawn.kept))
    first = np.full(n, np.iinfo(np.int64).max)
    last = np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(first, t.dossier, t.at)
    np.maximum.at(last, t.dossier, t.at)
    suspect, victim = s.suspect[rows], s.victim[rows]
    kept = np.arange(n) < drawn.kept
    times = np.bincount(suspect, minlength=len(people))

    def attributes(person: Ints) -> Ints:
        plain = [getattr(people, name)[person] for name in ATTRIBUTES[:-1]]
        return np.stack([*plain, people.mobile(person, last[rows])], axis=1).astype(np.int64)

    return Stories(
        part=np.full(len(rows), part.number, dtype=np.int64),
        force=np.full(len(rows), part.force.number, dtype=np.int64),
        dossier=rows,
        relationship=s.relationship[rows],
        first=first[rows],
        last=last[rows],
        suspect=suspect,
        victim=victim,
        suspect_apart=~np.isin(suspect, s.victim[kept]),
        victim_apart=~np.isin(victim, s.suspect[kept]),
        suspect_is=attributes(suspect),
        victim_is=attributes(victim),
        repeated=times[suspect] > 1,
    )


def joined(parts: list[Stories]) -> Stories:
    """Return the stories of several parts as one, in the order of the parts' numbers."""
    return Stories(*[np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Stories)])


def choose(settings: CountrySettings, stories: Stories) -> list[Crossing]:
    """Choose the crossings, so many that the wanted share of repeat suspects is known in two forces."""
    if settings.forces < 2 or len(stories) < 4:
        return []
    rng = stream(settings.seed, 0, "borders")
    repeats = len({*zip(*_keys(stories, "suspect", stories.repeated), strict=True)})
    most = int(settings.crossing / (1 - settings.crossing) * repeats * 1.5) + 8
    used: set[tuple[int, int]] = set()
    followed = _pairs(rng, stories, used, int(most * settings.same_victim) + 1, same_victim=True)
    others = _pairs(rng, stories, used, most, same_victim=False)
    # In turn, so that stopping anywhere leaves the two kinds in their shares.
    found: list[Crossing] = []
    still = repeats
    while followed or others:
        wants_followed = sum(c.same_victim for c in found) < settings.same_victim * (len(found) + 1) - 1e-9
        source = followed if (wants_followed and followed) or not others else others
        pair = source.pop(0)
        crossers = len(found) + 1
        still -= int(stories.repeated[pair.origin]) + int(stories.repeated[pair.target])
        if crossers > settings.crossing * (max(still, 0) + crossers):
            break
        found.append(pair)
    return found + _third_forces(rng, settings, stories, used, found)


def _keys(stories: Stories, who: str, mask: Bools) -> tuple[list[int], list[int]]:
    return stories.part[mask].tolist(), getattr(stories, who)[mask].tolist()


def _fits(stories: Stories, a: Ints, b: Ints, *, same_victim: bool) -> Bools:
    """Tell which pairs could be one man's: other force, same sex, alike in age, one after the other."""
    sex, born = ATTRIBUTES.index("sex"), ATTRIBUTES.index("born")
    gap = stories.first[b] - stories.last[a]
    one, two = stories.suspect_is[a], stories.suspect_is[b]
    fits: Bools = (
        (stories.force[a] != stories.force[b])
        & (gap > 0)
        & stories.suspect_apart[b]
        & (one[:, sex] == two[:, sex])
        & (np.abs(one[:, born] - two[:, born]) < _AGE_GAP)
    )
    if same_victim:
        one, two = stories.victim_is[a], stories.victim_is[b]
        fits &= (
            (gap < _LONGEST_GAP)
            & (stories.relationship[a] == stories.relationship[b])
            & stories.victim_apart[b]
            & (one[:, sex] == two[:, sex])
            & (np.abs(one[:, born] - two[:, born]) < _AGE_GAP)
        )
    return fits


def _pairs(
    rng: np.random.Generator,
    stories: Stories,
    used: set[tuple[int, int]],
    wanted: int,
    *,
    same_victim: bool,
    origins: Ints | None = None,
) -> list[Crossing]:
    """Draw pairs until there are enough or none is found any more. Nobody takes part in two pairs."""
    found: list[Crossing] = []
    for _ in range(_ROUNDS):
        if len(found) >= wanted:
            break
        size = min(_PROPOSALS, 40 * len(stories) + 2_000)
        a = rng.integers(0, len(stories), size) if origins is None else rng.choice(origins, size)
        b = rng.integers(0, len(stories), size)
        good = np.flatnonzero(_fits(stories, a, b, same_victim=same_victim))
        for i, j in zip(a[good].tolist(), b[good].tolist(), strict=True):
            people = (
                _people(stories, j) if origins is not None else [*_people(stories, i), *_people(stories, j)]
            )
            if len(found) < wanted and not used.intersection(people):
                used.update(people)
                found.append(Crossing(root=i, origin=i, target=j, same_victim=same_victim, hop=1))
    return found


def _people(stories: Stories, row: int) -> list[tuple[int, int]]:
    part = int(stories.part[row])
    return [(part, int(stories.suspect[row])), (part, int(stories.victim[row]))]


def _third_forces(
    rng: np.random.Generator,
    settings: CountrySettings,
    stories: Stories,
    used: set[tuple[int, int]],
    found: list[Crossing],
) -> list[Crossing]:
    """Send some of those who crossed on to a third force, to another victim there."""
    goes_on = chance(rng, settings.third_force, len(found))
    first = {c.target: c for c, on in zip(found, goes_on.tolist(), strict=True) if on}
    out: list[Crossing] = []
    if settings.forces < 3 or not first:
        return out
    targets = np.array(sorted(first), dtype=np.int64)
    taken: set[int] = set()
    for pair in _pairs(rng, stories, used, 4 * len(first), same_victim=False, origins=targets):
        before = first[pair.origin]
        if pair.origin in taken or stories.force[pair.target] == stories.force[before.root]:
            continue
        taken.add(pair.origin)
        out.append(
            Crossing(root=before.root, origin=pair.origin, target=pair.target, same_victim=False, hop=2)
        )
    return out
