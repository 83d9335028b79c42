"""Acts that the second reader proposes for clauses the first could not read, each with its nearest examples.

A proposal is no act: nothing is flagged, found or put in order by it until a person agrees, and then it is
that person's word.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lamplighter.courses.second_reader import examples, model_files
from lamplighter.courses.second_reader.unread import Clause, unread

MOST_SHOWN = 3
"""Nearest examples that are shown."""
MOST_OF_A_CLAUSE = 2
_MOST_KEPT = 512


@dataclass(frozen=True, slots=True)
class Proposal:
    """An act that a clause may tell of; ``share_right``: how often such a proposal was right where it was
    tried on sentences not seen before; ``like``: the nearest examples of the act, the nearest first."""

    behaviour: str
    words: str
    start: int
    end: int
    share_right: float
    like: tuple[str, ...]


def proposals(
    text: str, *, victim_words: Iterable[str] = (), suspect_words: Iterable[str] = ()
) -> tuple[Proposal, ...]:
    """Return what is proposed for a text; nothing where the second reader is not installed.

    Raises:
        ModelError: a file of it is not the one that was checked.
    """
    if not model_files.installed():
        return ()
    victims, suspects = sorted(victim_words), sorted(suspect_words)
    key = hashlib.sha256(repr((text, victims, suspects)).encode()).digest()
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    made = tuple(p for many in of_clauses(unread(text, victims, suspects)) for p in many)
    _kept[key] = made
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return made


_kept: OrderedDict[bytes, tuple[Proposal, ...]] = OrderedDict()
"""The newest answers by the hash of what was asked."""


def of_clauses(asked: Sequence[Clause]) -> list[list[Proposal]]:
    """Return proposals for each clause, the best first."""
    if not asked:
        return []
    learned, known = examples.learned(), examples.examples()
    vectors = model_files.encoder().encode([c.words for c in asked])
    scores = learned.scorer.score(vectors, [c.words for c in asked])
    likeness = vectors @ learned.scorer.vectors.T
    out = []
    for clause, row, near in zip(asked, scores, likeness, strict=True):
        over = [int(a) for a in np.argsort(-row, kind="stable") if row[a] >= learned.bar[a]]
        made = []
        for act in over[:MOST_OF_A_CLAUSE]:
            of_it = np.flatnonzero(learned.scorer.labels[:, act])
            nearest = of_it[np.argsort(-near[of_it], kind="stable")[:MOST_SHOWN]]
            made.append(
                Proposal(
                    behaviour=examples.acts()[act],
                    words=clause.text,
                    start=clause.start,
                    end=clause.end,
                    share_right=learned.share_right(float(row[act])),
                    like=tuple(known[i].clause for i in nearest),
                )
            )
        out.append(made)
    return out
