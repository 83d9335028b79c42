"""Write what the second reader goes by: its labelled clauses, and what is learned from them.

    python -m tools.second_reader [SOURCE=FILE...] [--least 0.6]

With files of labelled sentences (rows as ``benchmarks/reading.py`` takes them), ``examples.csv`` is written
anew from them. In a text of several clauses a label is given to the clause that reads likest to it; clauses
that get none are left out. Without files, what is learned is written anew from the clauses that are there.
The second reader must be installed.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.reading import Row, rows_of
from lamplighter.courses.second_reader import examples, learning, model_files
from lamplighter.courses.second_reader.learning import Array
from lamplighter.courses.second_reader.unread import clauses, unread

FOLDER = Path(__file__).parents[1] / "src/lamplighter/courses/second_reader"
SURE = 0.15
"""The least score of a clause among several that is given a label of its text."""


def gathered(sources: Sequence[tuple[str, Path]]) -> list[examples.Example]:
    """Return the clauses of files, each with its acts."""
    rows: list[tuple[str, Row]] = [(source, row) for source, path in sources for row in rows_of(path)]
    parts = [[c for c in clauses(row.text) if c.words] for _, row in rows]
    vectors = model_files.encoder().encode([c.words for many in parts for c in many])
    wanted = np.array([[a in row.acts for a in examples.acts()] for _, row in rows], dtype=np.float32)
    begins = np.cumsum([0, *map(len, parts)])
    alone = [i for i, many in enumerate(parts) if len(many) == 1]
    by = learning.scorer(vectors[begins[alone]], [parts[i][0].words for i in alone], wanted[alone])
    found = []
    for (source, row), many, begin, told in zip(rows, parts, begins, wanted, strict=False):
        scores = by.score(vectors[begin : begin + len(many)], [c.words for c in many])
        for clause, own in zip(many, scores, strict=True):
            likest = (told > 0) & (own == scores.max(axis=0)) & ((own >= SURE) | (len(many) == 1))
            # In an entry that tells of acts, nobody knows that a clause without a label tells of none.
            if likest.any() or not told.any():
                here = frozenset(a for a, is_it in zip(examples.acts(), likest, strict=True) if is_it)
                asked = bool(unread(clause.text))
                found.append(examples.Example(source, row.kind, here, asked, clause.text))
    return list({e.clause: e for e in found}.values())


def write(found: Sequence[examples.Example]) -> None:
    """Write the clauses, a row each."""
    with (FOLDER / "examples.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(examples.HEADINGS)
        for e in found:
            out.writerow((e.source, e.kind, " ".join(sorted(e.acts)), "yes" if e.unread else "", e.clause))


def learn(found: Sequence[examples.Example], least: float) -> learning.Learned:
    """Return what is learned from clauses, as the second reader will use it."""
    words = examples.words(found)
    vectors: Array = model_files.encoder().encode(words).astype(np.float16).astype(np.float32)
    tried = np.array([e.tried for e in found])
    return learning.learn(vectors, words, examples.labels(found), [e.source for e in found], tried, least)


def keep(learned: learning.Learned) -> None:
    """Write what was learned; vectors at half the precision, which changes no likeness by a thousandth."""
    by = learned.scorer
    np.savez_compressed(
        FOLDER / "learned.npz",
        allow_pickle=False,
        examples=np.array(examples.digest()),
        acts=np.array(examples.acts()),
        vectors=by.vectors.astype(np.float16),
        vocabulary=np.array(by.vocabulary),
        rarity=by.rarity,
        linear=by.linear.astype(np.float16),
        bar=learned.bar,
        scores=learned.scores,
        shares=learned.shares,
    )


def main() -> int:
    """Gather, learn, write and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="SOURCE=FILE, such as “set 2=tests/data/courses/set2.toml”")
    parser.add_argument(
        "--least", type=float, default=learning.LEAST, help="share of proposals that must be right"
    )
    asked = parser.parse_args()
    if asked.files:
        named = [part.split("=", 1) for part in asked.files]
        write(gathered([(name, Path(path)) for name, path in named]))
    found = examples.examples()
    learned = learn(found, asked.least)
    keep(learned)
    proposed = ", ".join(f"{a} {b:.2f}" for a, b in zip(examples.acts(), learned.bar, strict=True) if b < 1)
    print(f"{len(found)} clauses. Bars: {proposed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
