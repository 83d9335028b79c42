"""Link a whole table and give it back: its own rows with who each is, pairs with reasons, and how well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from lamplighter.linkage.blocking.recall_estimate import Recall
from lamplighter.linkage.blocking.rule_selection import Yield
from lamplighter.linkage.explain.accuracy import Beliefs, Score, b_cubed, beliefs, pairwise
from lamplighter.linkage.explain.explanations import WORTH_SHOWING
from lamplighter.linkage.model.training import FEWEST_RECORDS
from lamplighter.linkage_tables.api import link
from lamplighter.linkage_tables.cleaning.clean_columns import clean
from lamplighter.linkage_tables.column_roles.columns import ColumnUnknown, Said, listed, names_of, there
from lamplighter.linkage_tables.column_roles.no_identifiers import warn_of_repeated
from lamplighter.linkage_tables.headings import named_field
from lamplighter.linkage_tables.inputs.any_library import frame_of, free_name
from lamplighter.linkage_tables.inputs.nested_columns import texts
from lamplighter.linkage_tables.two_party.linking import link_pairs
from lamplighter.linkage_tables.two_party.one_person_warning import warn_of_two

Figures = Sequence[tuple[str, str]]
LEAST_SHOWN = 0.05
"""Pairs believed less than this are not written."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold how well the groups and the beliefs agree with a truth that is known."""

    groups: Score
    items: Score
    beliefs: Beliefs

    def figures(self) -> Figures:
        """Titles and values, for people."""
        b = self.beliefs
        return (
            ("Pairs of rows together that belong together (precision)", f"{self.groups.precision:.3f}"),
            ("Pairs that belong together and are (recall)", f"{self.groups.recall:.3f}"),
            ("F1 of the two", f"{self.groups.f1:.3f}"),
            ("F1, row by row (B-cubed)", f"{self.items.f1:.3f}"),
            ("F1 of single pairs at the bar that was chosen", f"{b.at_bar:.3f}"),
            ("F1 of single pairs at the best bar there is", f"{b.best:.3f}"),
            ("Recall where 99 of 100 pairs are right", f"{b.recall_sure:.3f}"),
            ("Expected calibration error", f"{b.calibration_error:.3f}"),
            ("Calibration error by chance alone, were every belief right", f"{b.by_chance:.3f}"),
            ("True pairs that were looked at and kept", f"{b.proposed:.3f}"),
        )


@dataclass(frozen=True, slots=True)
class Linked:
    """One linked table.

    ``groups``: rid, the number of the row, and a column of ids for each of ``names``; the first is what the
    table was linked for. ``pairs``: left_record, right_record (numbers of rows, from 1), ``probability`` and
    levels. ``weights`` and ``keys``: see :mod:`level_weights` and :class:`rule_selection.Yield`.
    """

    groups: pl.DataFrame
    names: tuple[str, ...]
    pairs: pl.DataFrame
    bar: float
    weights: pl.DataFrame
    keys: Sequence[Yield]
    notes: Mapping[str, Any]
    taken_for: Mapping[str, str | None]
    two_party: bool

    @property
    def learned(self) -> bool:
        """Tell whether there were enough rows to learn rates from."""
        return self.two_party or len(self.groups) >= FEWEST_RECORDS

    def rows(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of ``frame``, which was linked, in their order with the new columns at the end."""
        return frame.hstack(self.groups.sort("rid").select(self.names))

    def pairs_with_reasons(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the likelier pairs by the rows' numbers (from 1) and, where the table has ids, by these."""
        whole = self.pairs.filter(pl.col("probability") >= LEAST_SHOWN)
        bar = pl.element().struct
        told = pl.format("{} ({})", bar.field("words"), bar.field("weight").round(1))
        shown = pl.element().filter(bar.field("weight").abs() >= WORTH_SHOWING)
        found = whole.select(
            left_row=pl.col("left_record").cast(pl.Int64()),
            right_row=pl.col("right_record").cast(pl.Int64()),
            probability="probability",
            linked=pl.col("probability") >= self.bar,
            reasons=pl.col("levels").list.eval(shown).list.eval(told).list.join("; "),
        )
        own = next((c for c in frame.columns if named_field(c) == "record_id"), None)
        if own is not None:
            found = found.with_columns(
                frame[own].gather(found["left_row"] - 1).alias(f"left_{own}"),
                frame[own].gather(found["right_row"] - 1).alias(f"right_{own}"),
            )
        return found.sort("probability", "left_row", "right_row", descending=[True, False, False])

    def figures(self) -> Figures:
        """Titles and values, for people."""
        linked = self.pairs.filter(pl.col("probability") >= self.bar)["probability"].to_numpy()
        unsure = self.pairs.filter(
            pl.col("probability").is_between(LEAST_SHOWN, self.bar, closed="left")
        ).height
        found = [
            ("Rows", f"{len(self.groups):,}"),
            (
                "Different pairs of people" if self.two_party else "Different persons",
                f"{self.groups[self.names[0]].n_unique():,}",
            ),
            ("Pairs of rows looked at", f"{self.notes['pairs_looked_at']:,}"),
            ("Pairs linked", f"{len(linked):,}"),
            ("Of these false, as expected", f"{float(np.sum(1 - linked)):,.1f}"),
            ("Linked from a probability of", f"{self.bar:.2f}"),
            (f"Not linked, for a person to decide ({LEAST_SHOWN:.2f} or more)", f"{unsure:,}"),
        ]
        recall = self.notes.get("recall_of_keys")
        if isinstance(recall, Recall):
            told = f"{recall.estimate:.3f} ({recall.lower:.3f} to {recall.upper:.3f})"
            found.append(("True pairs that were looked at, estimated", told))
        return tuple(found)

    def measured(self, truth: pl.Series) -> Measured:
        """Tell how well it went. ``truth``: who each row is of, in the order of the rows; null where not
        known."""
        ours = self.groups.sort("rid").select("rid", group=self.names[0])
        known = pl.DataFrame({"rid": ours["rid"], "group": truth}).drop_nulls("group")
        return Measured(
            pairwise(ours, known, "rid", "group"),
            b_cubed(ours, known, "rid", "group"),
            beliefs(self.pairs, known, probability="probability", bar=self.bar, on="rid", group="group"),
        )


def truth_of(frame: pl.DataFrame, column: str | None) -> pl.Series | None:
    """Return the column that says who is who, nothing where it is empty.

    Raises:
        ColumnUnknown: there is no such column, or nothing in it.
    """
    if column is None:
        return None
    if column not in frame.columns:
        raise ColumnUnknown(
            f"There is no column {column!r} for the truth. Columns are: {', '.join(frame.columns)}."
        )
    known = clean(texts(column, held.to_list()) if (held := frame[column]).dtype.is_nested() else held)
    if known.null_count() == len(known):
        raise ColumnUnknown(f"Column {column!r} says of no row who it is: there is no truth to compare with.")
    return known


def linked(
    frame: pl.DataFrame,
    columns: Said = None,
    *,
    two_party: bool = False,
    false_link_budget: float | None = None,
    explained: bool | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Linked:
    """Link the rows of a table, whatever they are numbered by.

    Args:
        frame: a person a row, or with ``two_party`` two people a row.
        columns: see :func:`lamplighter.linkage.link` and :func:`lamplighter.linkage.link_pairs`.

    Raises:
        ColumnUnknown: a column or a field that is not there.
    """
    whole, held = frame_of(frame), frame.columns
    rid = free_name("rowid", [*held, *whole.columns])
    # Rows are numbered from 1, at one width, so that a person is called by their first row.
    width = len(str(frame.height))
    table = whole.with_row_index(rid, offset=1).with_columns(pl.col(rid).cast(pl.String()).str.zfill(width))
    if two_party:
        return _two_party(
            table, rid, columns, held,
            false_link_budget=false_link_budget, explained=explained, progress=progress,
        )  # fmt: skip
    if columns is None:
        warn_of_two(whole.columns)
        warn_of_repeated(whole.columns)
    result = link(
        table,
        columns=_beside(rid, columns, table),
        progress=progress,
        false_link_budget=false_link_budget,
        explained=explained,
    )
    name = free_name("person_id", held)
    return Linked(
        result.persons.select(rid="record_id", **{name: pl.col("person_id")}),
        (name,),
        result.pairs,
        result.model.bands.link_at,
        result.notes["weights"],
        result.notes.get("keys", ()),
        result.notes,
        {c: f for c, f in result.taken_for.items() if c != rid},
        False,
    )


def _beside(rid: str, columns: Said, table: pl.DataFrame) -> Said:
    """Return what the caller says of the columns, where the rows are numbered in ``rid``: what they call an
    id of the rows is not compared."""
    if isinstance(columns, Sequence):
        return [rid, *listed(table.drop(rid), columns).columns]
    said, ids = dict(columns or {}), []
    for one, other in (columns or {}).items():
        if one == "record_id":
            ids += names_of(said.pop(one))
        elif other == "record_id":
            ids.append(one)
    for column in ids:
        there(table, column, "record_id")
    return {**said, **dict.fromkeys(ids), "record_id": rid}


def _two_party(
    table: pl.DataFrame,
    rid: str,
    columns: Said,
    held: Sequence[str],
    **asked: Any,
) -> Linked:
    if columns is not None and not isinstance(columns, Mapping):
        table, columns = table.select(rid, *listed(table.drop(rid), columns).columns), None
    said = {**(columns or {}), "record_id": rid}
    result = link_pairs(table, columns=said, **asked)
    names = tuple(free_name(n, held) for n in ("pair_id", "first_person_id", "second_person_id"))
    persons = result.persons.pivot("party", index="record_id", values="person_id")
    both = result.dyads.join(persons, on="record_id")
    return Linked(
        both.select(
            rid="record_id",
            **dict(zip(names, (pl.col("dyad_id"), pl.col("first"), pl.col("second")), strict=True)),
        ),
        names,
        result.pairs.with_columns(probability="both"),
        result.link_at,
        result.notes["weights"],
        result.notes["keys"],
        result.notes,
        result.taken_for,
        True,
    )
