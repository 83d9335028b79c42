"""Labelled clauses that the second reader goes by, and what was learned from them.

``examples.csv`` has a clause a row: where it came from, what kind of clause it is, the acts that it says were
done to the victim (none for a denial, a look-alike or what the victim did), and its words. ``learned.npz`` is
made of it by ``python -m tools.second_reader``: the vector of each clause, a linear layer, and how often a
proposal with a given score was right in sets that were left out.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from lamplighter.courses.coding.acts import cluster_of
from lamplighter.courses.second_reader.learning import Array, Learned, Scorer
from lamplighter.courses.second_reader.unread import clauses
from lamplighter.vocabulary.codes import code_set

TRIED = ("set ", "reports", "neutral")
"""How the names of sources begin in which scores are tried: entries as they stand in records, and clauses of
reports in which nothing was done; not clauses that were made to learn from."""
HEADINGS = ("source", "kind", "acts", "unread", "clause")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled clause; ``source`` names the set that it came from.

    ``unread``: the first reader could not read it on the day that it was gathered. One that is fitted to
    these sentences afterwards reads most, and what it leaves says nothing of sentences it has not seen.
    """

    source: str
    kind: str
    acts: frozenset[str]
    unread: bool
    clause: str

    @property
    def tried(self) -> bool:
        """Tell whether proposals for it count when bars are set."""
        return self.unread and self.source.startswith(TRIED)


def acts() -> tuple[str, ...]:
    """Return the acts that can be proposed, in the order of the columns of what is learned."""
    return tuple(sorted(b for b in code_set("behaviours").codes if cluster_of(b) != "not_stalking"))


@cache
def examples() -> tuple[Example, ...]:
    """Return the labelled clauses that come with the package."""
    rows = csv.DictReader(io.StringIO(_packaged("examples.csv").decode()))
    return tuple(
        Example(r["source"], r["kind"], frozenset(r["acts"].split()), r["unread"] == "yes", r["clause"])
        for r in rows
    )


@cache
def learned() -> Learned:
    """Return what was learned from the examples.

    Raises:
        ValueError: it was learned from other examples, or for other acts.
    """
    with np.load(io.BytesIO(_packaged("learned.npz")), allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    if str(arrays.pop("examples")) != digest() or tuple(arrays.pop("acts")) != acts():
        raise ValueError("learned.npz is of other examples: run python -m tools.second_reader.")
    words = [str(w) for w in arrays.pop("vocabulary")]
    given = {name: np.asarray(a, dtype=np.float32) for name, a in arrays.items()}
    scorer = Scorer(given["vectors"], labels(examples()), words, given["rarity"], given["linear"])
    return Learned(scorer, given["bar"], given["scores"], given["shares"])


def digest() -> str:
    """Return the SHA-256 of the examples."""
    return hashlib.sha256(_packaged("examples.csv")).hexdigest()


def words(of: Sequence[Example]) -> list[str]:
    """Return examples as the second reader reads them."""
    return [" ".join(c.words for c in clauses(e.clause)) for e in of]


def labels(of: Sequence[Example]) -> Array:
    """Return a row for each example, one where an act is told."""
    return np.array([[act in e.acts for act in acts()] for e in of], dtype=np.float32)


def _packaged(name: str) -> bytes:
    return resources.files("lamplighter.courses.second_reader").joinpath(name).read_bytes()
