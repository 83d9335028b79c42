"""Declare the frames that linkage hands on: pairs with the bars of their match weights, and pairs of
reports."""

from __future__ import annotations

import polars as pl

WORD = pl.Categorical(pl.Categories("lamplighter.linkage.words"))
"""A text that many bars share: each has a number of it."""
BAR = pl.Struct({"comparison": WORD, "title": WORD, "level": WORD, "words": WORD, "weight": pl.Float64()})
PAIRS_SCHEMA = pl.Schema(
    {
        "left_record": pl.String(),
        "right_record": pl.String(),
        "match_weight": pl.Float64(),
        "probability": pl.Float64(),
        "band": pl.String(),
        "hold": pl.String(),
        "levels": pl.List(BAR),
        "model": pl.String(),
    }
)
BARRED, UNNAMED, KEPT, TWINS = "barred", "unnamed", "kept", "twins"
"""Why a pair is not linked as its weight says. It cannot be one person (the victim and the suspect of one
report), or nothing tells who it is, or first names part people born on one day in one home: the model may
not link it, and a person's decision lifts it. Or it
was linked under the model before, and is kept although a new one would not quite link it."""
HOLDS = (None, BARRED, UNNAMED, KEPT, TWINS)
"""Why a pair is held, by the number that arrays have for it."""
HELD = {why: number for number, why in enumerate(HOLDS)}
UNDECIDED = (UNNAMED, TWINS)
"""Of these the model does not say whether they are one: a person does."""
HOLD = pl.Enum([BARRED, UNNAMED, KEPT, TWINS])
"""The same of many pairs."""
REPORT_PAIRS_SCHEMA = pl.Schema(
    {
        "left_report": pl.String(),
        "right_report": pl.String(),
        "relation": pl.String(),
        "weight": pl.Float64(),
        "probability": pl.Float64(),
        "both_weight": pl.Float64(),
        "reasons": pl.List(WORD),
        "levels": pl.List(BAR),
    }
)
"""``weight`` and ``probability`` are of the relation that is told; ``both_weight`` (bits of log-odds) is of
the same two people, whichever that is."""
PRIOR, SHARED, DESCRIBED, MATTER = "_prior", "_shared", "_described", "_matter"
APART, RELATED, TOGETHER = "_apart", "_related", "_together"
CONTEXT_WORDS = {
    PRIOR: ("Before looking", "two records taken at random"),
    SHARED: ("The other person in the two reports", ""),
    DESCRIBED: ("How the suspect is described", ""),
    MATTER: ("What the two reports are about", ""),
    APART: ("When the two reports were made", ""),
    RELATED: ("People of one home or family", ""),
    TOGETHER: ("The records that the two belong with", ""),
}
PRIOR_WORDS = {
    "within": "two entries of one report",
    "victim": "two victims taken at random",
    "suspect": "two suspects taken at random",
}
"""What was known before a pair was looked at, by its kind."""
OTHERWISE = "two records taken at random"
TOLD = {
    SHARED: ("the two reports have the same {}", "the two reports differ in the {}"),
    DESCRIBED: (
        "the suspect is described alike each time",
        "the suspect is described differently, or not at all",
    ),
    MATTER: ("both reports are of contact, or alike", "one report is of another kind of matter"),
    APART: ("the two reports were made close together", "much time lies between the two reports"),
    RELATED: (
        "the two hardly look like people of one home or family",
        "two people of one home or family may have the same {}",
    ),
    TOGETHER: ("the other records agree better", "the other records agree less"),
}
"""What speaks for and against a pair besides its two records; who the other person is goes into the gap."""
TOLD_WHOLE = frozenset(TOLD)
"""Bars whose words are a sentence by themselves."""
LAST = 1_000
"""Where the bar stands that comes after all that was compared."""
OTHER_PARTY = {"victim": "suspect", "suspect": "victim"}
ANYBODY = "other person"


NOTHING = 1e-12
"""So many bits are what is left where numbers are rounded, and no bar."""
MOST_EXPLAINED = 200_000
"""Of more pairs of a table bars are made only where that is asked for: they take more room than all else."""


def with_bars(pairs: int, explained: bool | None) -> bool:
    """Tell whether so many pairs get bars, as the caller says or not."""
    return pairs <= MOST_EXPLAINED if explained is None else explained
