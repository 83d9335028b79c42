"""Say what was believed of who is who, and make the truth, the published partition, and drawn ones.

Every act has a record of its own. Records that follow one another in one life are linked, each link with a
belief that it is true; most are certain, and across forces three times as many are in doubt. A published
partition takes every link that is more likely true than not: it misses some and has some that are false.
Drawn partitions take each link as often as it is believed.

Where lookalikes are ``alike``, the truth itself is drawn from the beliefs: a link in doubt that is false has
joined the lives of two people who look like one. So beliefs are calibrated whatever is asked of the pairs.
Where they are ``random``, all links of lives are true and the false ones join any two lives: as many as
calibration on average needs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lamplighter.synthetic.histories.lives import Acts
from lamplighter.synthetic.histories.settings import Settings
from lamplighter.synthetic.sampling.draws import Bools, Floats, Ints

#: Beliefs of links in doubt: two kinds, the worse believed less (beta) [I].
_KINDS = ((0.3, 5.0, 2.2), (0.7, 1.6, 4.5))
#: Beliefs of all other links.
_SURE = (400.0, 1.0)
#: What a published partition asks of a link: some 99 of 100 that it takes are true.
_PUBLISHED = 0.75


@dataclass(frozen=True, slots=True)
class Links:
    """Links between records, each with its belief, whether it is true, and whether anybody looked at it."""

    first: Ints
    second: Ints
    belief: Floats
    true: Bools
    seen: Bools
    across: Bools
    records: int

    def persons(self, taken: Bools) -> Ints:
        """Return the person of each record when these links are taken, numbered from 0."""
        one = np.ones(int(taken.sum()), dtype=np.int8)
        graph = coo_array((one, (self.first[taken], self.second[taken])), shape=(self.records, self.records))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)

    def truth(self) -> Ints:
        """Return who is who."""
        return self.persons(self.true)

    def published(self) -> Ints:
        """Return the partition that takes every link that is believed enough."""
        return self.persons(self.seen & (self.belief >= _PUBLISHED))

    def drawn(self, rng: np.random.Generator, calibration: float = 0.0) -> Ints:
        """Return a partition that takes each link as often as it is believed.

        ``calibration`` draws first by how much all beliefs may be off in log odds.
        """
        coin = rng.random(self.belief.size)
        believed = shifted(self.belief, calibration * rng.standard_normal())
        return self.persons(self.seen & (coin < believed))

    def missed(self, across: bool) -> float:
        """Return the share of true links, within a force or across, that the published partition lacks."""
        mine = self.true & (self.across == across)
        return float((mine & ~(self.seen & (self.belief >= _PUBLISHED))).sum() / max(mine.sum(), 1))

    def false(self) -> float:
        """Return the share of published links that are false."""
        taken = self.seen & (self.belief >= _PUBLISHED)
        return float((taken & ~self.true).sum() / max(taken.sum(), 1))


def shifted(belief: Floats, by: float) -> Floats:
    """Return beliefs moved by so much in log odds."""
    return np.asarray(belief / (belief + (1 - belief) * np.exp(-by)))


def links_of(settings: Settings, acts: Acts, rng: np.random.Generator, off: float = 0.0) -> Links:
    """Return the links of a country, whose beliefs are ``off`` by so much in log odds."""
    second = np.flatnonzero(acts.life[1:] == acts.life[:-1]) + 1
    first = second - 1
    across = acts.force[first] != acts.force[second]
    often = np.where(across, settings.doubtful_across, settings.doubtful)
    often = often * np.where(acts.group[first] == 1, settings.doubtful_group, 1.0)
    doubt = rng.random(second.size) < often
    unseen = across & (rng.random(second.size) < settings.unseen)
    if settings.lookalikes == "alike":
        belief = _beliefs(rng, second.size, doubt, 0)
        true = (rng.random(second.size) < shifted(belief, off)) | unseen
        return Links(first, second, belief, true, ~unseen, across, acts.life.size)
    belief = _beliefs(rng, second.size, doubt, 1)
    true = np.ones(second.size, dtype=np.bool_)
    # As many false ones as calibration on average needs: of each kind (1 - mean) for mean true ones.
    mean = sum(share * a / (a + b) for share, a, b in _KINDS)
    false = round(doubt.sum() * (1 - mean) / mean)
    last = np.flatnonzero(np.append(acts.life[1:] != acts.life[:-1], True))
    begin = np.flatnonzero(np.append(True, acts.life[1:] != acts.life[:-1]))
    one, other = rng.permutation(last)[:false], rng.permutation(begin)[:false]
    two = acts.life[one] != acts.life[other]
    one, other = one[two], other[two]
    false = one.size
    return Links(
        first=np.concatenate([first, one]),
        second=np.concatenate([second, other]),
        belief=np.concatenate([belief, _beliefs(rng, false, np.ones(false, dtype=np.bool_), -1)]),
        true=np.concatenate([true, np.zeros(false, dtype=np.bool_)]),
        seen=np.concatenate([~unseen, np.ones(false, dtype=np.bool_)]),
        across=np.concatenate([across, acts.force[one] != acts.force[other]]),
        records=acts.life.size,
    )


def _beliefs(rng: np.random.Generator, size: int, doubt: Bools, truth: int) -> Floats:
    """Return beliefs: of links not yet known true or false (0), of true ones (1), or of false ones (-1).

    Given that a link is true its belief has the same beta with one more on one side, so that of all links
    with a belief that share is true.
    """
    kinds = np.asarray(_KINDS)
    mean = kinds[:, 1] / kinds[:, 1:].sum(axis=1)
    odds = {0: np.ones(2), 1: mean, -1: 1 - mean}[truth] * kinds[:, 0]
    kind = (rng.random(size) > odds[0] / odds.sum()).astype(np.int64)
    a = kinds[kind, 1] + (truth == 1)
    b = kinds[kind, 2] + (truth == -1)
    sure = rng.beta(*_SURE, size)
    return np.where(doubt, rng.beta(a, b), sure)
