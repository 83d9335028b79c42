"""Weigh two reports by two questions at once: is it the same victim, and is it the same suspect?

The weights of the two parties are never added up. Four cells are kept apart for
every pair of reports: both the same (11), victim only (10), suspect only (01),
neither (00). With prior cells ``p``, evidence ``V`` for the victims and ``S``
for the suspects (likelihood ratios), each marginal is exact and additive in bits::

    odds(same suspect) = S * (p11 * t11 * r * V + p01 * t01) / (p10 * t10 * V * s + p00)
    odds(same victim)  = V * (p11 * t11 * r * S + p10 * t10) / (p01 * t01 * S * v + p00)

``r`` is how the suspect is described to the victim (both times as an ex-partner,
or once as a neighbour) and what the two reports are about. ``t`` is how many times
as often so much time lies between two reports of a cell as between any two.
A report that names the other's reference multiplies the cells. ``v`` and ``s``: two victims of one
suspect are not any two people, but often of one home or family, and so are two
suspects of one victim. Where a share q of them are, and a pair fits two such K
times as well as any two (:meth:`fellegi_sunter.Tables.related`), it is ``1 - q + q K``;
or a mother and her son who report one man would be one victim. (Beside ``p01``
above and ``p10`` below the line it would belong too: that two suspects may be
brothers says of the victims next to nothing, and is left out.) The last factor of
each line is the *context* of a pair; so "Dave" links to "David Smith" through a
victim they share, and through nothing else. Priors
and ``r`` are learned without labels. Roles may be swapped: the same formulas
answer whether the victim of one report is the suspect of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.log_odds import bits_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.dyads import pair_context
from lamplighter.linkage.model.parameters import Priors

Bits = npt.NDArray[np.float64]
LARGEST_BITS = 80.0
KINDS: Mapping[str, int] = {name: number for number, name in enumerate(pair_context.KIND.categories)}
"""The kinds of pairs of :func:`pair_context.pair_frame`, as numbers."""
# A report that names the other's reference concerns the same two people, as a rule.
REFERENCE_BITS = {"11": 12.0, "10": 9.0, "01": 9.0}
# When the victim of one report is the suspect of another, the share in which the other two people
# are the same as well: counter-allegations are the usual reason.
COUNTER_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Context:
    """For every scored pair, the prior and the bits that the rest of its two reports add to it.

    ``shared`` is what the other party adds, ``described`` what the relationship words add (or that nothing
    names the suspect), ``matter`` what the kind of matter adds, ``apart`` what the time between the two
    reports adds, ``related`` what it takes away that people of one home or family may share a suspect, or a
    victim. ``together``: what the records of a table that the two belong with add, once persons are known.
    """

    prior: Bits
    shared: Bits
    described: Bits
    matter: Bits
    apart: Bits
    related: Bits
    together: Bits | None = None

    @property
    def total(self) -> Bits:
        """Prior odds of each pair, in bits."""
        total = self.prior + self.shared + self.described + self.matter + self.apart + self.related
        return np.asarray(total if self.together is None else total + self.together)

    def of(self, at: npt.NDArray[np.int64]) -> Context:
        """That of some of the pairs."""
        together = None if self.together is None else self.together[at]
        return Context(
            self.prior[at],
            self.shared[at],
            self.described[at],
            self.matter[at],
            self.apart[at],
            self.related[at],
            together,
        )

    def put(self, at: Rows | slice, part: Context) -> None:
        """Return what the reports say of some of the pairs, in its place."""
        self.prior[at], self.shared[at], self.described[at] = part.prior, part.shared, part.described
        self.matter[at], self.apart[at], self.related[at] = part.matter, part.apart, part.related


@dataclass(frozen=True, slots=True)
class Reported:
    """Hold what two reports say beside each of n pairs of records, as arrays.

    ``kind``: of the pair, a number of :data:`KINDS`. ``within``: prior bits of two entries of one report (not
    looked at elsewhere). ``named``: whether one report names the other. ``relation``, ``about``: likelihood
    ratios of the relationship words and of the matter; ``when`` (n, 3): of the time between, in each of the
    three cells. ``other``: mean ratio of the other party's pairs (for a swapped pair, of the other
    swap); ``other_told`` with what the reports say of them. ``related``: the ratio for two people who have
    something to do with each other against any two.
    """

    kind: npt.NDArray[np.int8]
    within: Bits
    named: npt.NDArray[np.bool_]
    relation: Bits
    about: Bits
    when: Bits
    unnamed: npt.NDArray[np.bool_]
    identified: npt.NDArray[np.bool_]
    other: Bits
    other_told: Bits
    related: Bits


def of_one_party(kind: npt.NDArray[np.int8]) -> Rows:
    """Return the pairs of two victims, and of two suspects, of two reports."""
    return np.flatnonzero((kind == KINDS["victim"]) | (kind == KINDS["suspect"]))


def context_of(pairs: Reported, p: Priors) -> Context:
    """Return the context of pairs from what their reports say. The batch and the form both come here."""
    found = Context(*(np.zeros(len(pairs.kind)) for _ in range(6)))
    found.prior[:] = bits_of(p.other)
    within = pairs.kind == KINDS["within"]
    found.prior[within] = pairs.within[within]
    for kind, context in (("suspect", _of_suspects), ("victim", _of_victims), ("swapped", _of_swapped)):
        at = np.flatnonzero(pairs.kind == KINDS[kind])
        found.put(at, context(pairs, at, p))
    return found


def _references(named: npt.NDArray[np.bool_]) -> tuple[Bits, Bits, Bits]:
    """By what the cells 11, 10 and 01 are multiplied where one report names the other."""
    both, victim, suspect = (np.where(named, 2.0 ** REFERENCE_BITS[c], 1.0) for c in ("11", "10", "01"))
    return both, victim, suspect


def _of_suspects(pairs: Reported, at: Rows, p: Priors) -> Context:
    """That of the pairs ``at`` of two suspects: what each thing adds once what stands before it is known."""
    p11, p10, p01 = p.both, p.victim_only, p.suspect_only
    p00 = 1 - p11 - p10 - p01
    k11, k10, k01 = _references(pairs.named[at])
    v, r, about, when = pairs.other[at], pairs.relation[at], pairs.about[at], pairs.when[at].T
    anybody, any_time = np.ones(len(at)), np.ones((3, len(at)))

    def suspects(ratio: Bits, t: Bits = any_time, near: Bits = anybody) -> Bits:
        top = k11 * p11 * t[0] * ratio * v + k01 * p01 * t[2]
        return np.asarray(np.log2(top) - np.log2(k10 * p10 * t[1] * v * near + p00))

    base, near = bits_of(p11 + p01), _near(p.related_suspects, pairs.related[at])
    said = r * about
    steps = [suspects(anybody), suspects(r), suspects(said), suspects(said, when), suspects(said, when, near)]
    share = p11 / (p11 + p10)
    dimmed = np.where(pairs.unnamed[at], bits_of(p.unnamed * share) - bits_of(share), 0.0)
    return Context(
        prior=np.full(len(at), base),
        shared=steps[0] - base,
        described=steps[1] - steps[0] + dimmed,
        matter=steps[2] - steps[1],
        apart=steps[3] - steps[2],
        related=steps[4] - steps[3],
    )


def _of_victims(pairs: Reported, at: Rows, p: Priors) -> Context:
    """Return the same of two victims."""
    p11, p10, p01 = p.both, p.victim_only, p.suspect_only
    p00 = 1 - p11 - p10 - p01
    k11, k10, k01 = _references(pairs.named[at])
    s, told, when = pairs.other[at], pairs.other_told[at], pairs.when[at].T
    nothing, anybody, any_time = np.zeros(len(at)), np.ones(len(at)), np.ones((3, len(at)))

    def victims(t: Bits = any_time, near: Bits = anybody) -> Bits:
        top = k11 * p11 * t[0] * told + k10 * p10 * t[1]
        return np.asarray(np.log2(top) - np.log2(k01 * p01 * t[2] * s * near + p00))

    base, near = bits_of(p11 + p10), _near(p.related_victims, pairs.related[at])
    steps = [victims(), victims(when), victims(when, near)]
    return Context(
        prior=np.full(len(at), base),
        shared=steps[0] - base,
        described=nothing,
        matter=nothing,
        apart=steps[1] - steps[0],
        related=steps[2] - steps[1],
    )


def _of_swapped(pairs: Reported, at: Rows, p: Priors) -> Context:
    """Return the same of the victim of one report and the suspect of the other."""
    s11, s10 = p.swapped * COUNTER_SHARE, p.swapped * (1 - COUNTER_SHARE)
    k11, _, _ = _references(pairs.named[at])
    v, t = pairs.other[at], pairs.when[at, 0]
    base, nothing = bits_of(s11 + s10), np.zeros(len(at))
    full, timed = (
        np.log2(k11 * s11 * often * v + s10) - np.log2(s10 * v + (1 - s11 - 2 * s10))
        # Two reports of the same two people come as close together whoever is the victim in each.
        for often in (np.ones(len(at)), t)
    )
    # Whoever is not described at all is nobody's counterpart: the other party alone proves nothing.
    unknown = ~pairs.identified[at]
    return Context(
        prior=np.full(len(at), base),
        shared=np.where(unknown, np.minimum(full - base, 0.0), full - base),
        described=nothing,
        matter=nothing,
        apart=np.where(unknown, np.minimum(timed - full, 0.0), timed - full),
        related=nothing,
    )


def _near(share: float, ratio: Bits) -> Bits:
    """Tell how much better two fit who are two victims of one suspect (or the other way round) than any two
    do."""
    return np.asarray(1 - share + share * ratio)


WITHIN: Mapping[str, float] = {"VS": 1e-5, "SV": 1e-5, "SO": 1e-3, "OS": 1e-3, "SS": 0.02, "VV": 0.02}
"""Within one report a person may be listed twice, but the victim is not the suspect."""
