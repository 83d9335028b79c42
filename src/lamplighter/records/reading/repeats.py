"""Reports that more than one source of a run holds: the same again is a repeat, another content is told.

Two bundles may come from one system, and a bundle may have been made from an extract that is there as well.
Each source is read whole. A report that an earlier source holds with the same content is not taken again;
with another content it is left out with a reason, all of its rows, so that no report is put together from
two. The source that was given first is the one that counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from lamplighter.records.reading.batches import Counts
from lamplighter.records.reading.digests import digest
from lamplighter.records.schema import Bundle
from lamplighter.records.validation.crowded_reports import records_of, without
from lamplighter.records.validation.problems import found

_REPORTS = pl.Schema({"id": pl.UInt64(), "content": pl.UInt64()})
_RECORDS = pl.Schema({"id": pl.UInt64()})


@dataclass(frozen=True, slots=True)
class Again:
    """Hold what of a batch is not taken as it came: ids of reports that an earlier source holds the ``same``,
    or with ``other`` content, and of the person ``records`` of both; ids of person records that are
    ``renamed`` because a record of another report has theirs."""

    same: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    records: dict[str, str] = field(default_factory=dict)
    renamed: frozenset[str] = frozenset()

    def account(
        self, rows: Iterable[pl.DataFrame], counts: Counts, problem: str = "report_twice"
    ) -> list[pl.DataFrame]:
        """Move rows from accepted to repeated or rejected in ``counts``, and return what is said of them.

        ``rows`` are the accepted ones, with ``_file`` and ``_row``, and ``report_id`` or ``record_id``;
        ``problem`` is what is said of the rejected.
        """
        out: list[pl.DataFrame] = []
        if not (self.same or self.other or self.renamed):
            return out
        for frame in rows:
            repeats, others = self._of(frame, self.same), self._of(frame, self.other)
            for (file,), part in repeats.group_by("_file", maintain_order=True):
                counts.duplicates[str(file)] += part.height
                counts.accepted[str(file)] -= part.height
            for (file,), part in others.group_by("_file", maintain_order=True):
                counts.rejected[str(file)] += part.height
                counts.accepted[str(file)] -= part.height
            out += _said(others, problem)
            if "record_id" in frame.columns:
                out += _said(frame.filter(pl.col("record_id").is_in(list(self.renamed))), "record_id_taken")
        return out

    def _of(self, frame: pl.DataFrame, reports: frozenset[str]) -> pl.DataFrame:
        if "report_id" in frame.columns:
            return frame.filter(pl.col("report_id").is_in(list(reports)))
        mine = [record for record, report in self.records.items() if report in reports]
        return frame.filter(pl.col("record_id").is_in(mine))


def _said(rows: pl.DataFrame, problem: str) -> list[pl.DataFrame]:
    out = []
    for (file,), part in rows.group_by("_file", maintain_order=True):
        refs = part["report_id"].str.split_exact(":", 1).struct[1] if "report_id" in part.columns else None
        out.append(found(str(file), part["_row"].to_list(), problem, refs=refs))
    return out


class EarlierSources:
    """The reports and person records of every source that a run has read, as hashes of 8 bytes each."""

    def __init__(self) -> None:
        self._reports = pl.DataFrame(schema=_REPORTS)
        self._records = pl.DataFrame(schema=_RECORDS)
        self._now: list[pl.DataFrame] = []
        self._source = 0

    def begin(self) -> None:
        """Begin another source: what was read until now is of earlier ones."""
        self._reports = pl.concat([self._reports, *self._now])
        self._now = []
        self._source += 1

    def sift(self, bundle: Bundle) -> tuple[Bundle, Again]:
        """Return the batch without reports that earlier sources hold, and what was done to it."""
        told = _contents(bundle)
        hashed = told.select(pl.col("report_id").hash(seed=31).alias("id"), "content")
        held = hashed.join(self._reports, on="id", how="left", maintain_order="left", suffix="_held")
        again = held["content_held"].is_not_null()
        same = again & (held["content"] == held["content_held"]).fill_null(False)
        self._now.append(hashed.filter(~again))
        out = Again(
            frozenset(told.filter(same)["report_id"]), frozenset(told.filter(again & ~same)["report_id"])
        )
        if again.any():
            bundle, out = _without(bundle, out)
        return self._renamed(bundle, out)

    def _renamed(self, bundle: Bundle, out: Again) -> tuple[Bundle, Again]:
        """Give a mark of its own to a record whose id a record of another report has."""
        ids = bundle["people"]["record_id"]
        taken = ids.hash(seed=31).is_in(self._records["id"].implode())
        if taken.any():
            names: dict[str, str] = {}
            here = set(ids)
            for old in ids.filter(taken):
                names[old] = self._free(old, here)
                here.add(names[old])
            for table in ("people", "safe_contacts"):
                bundle = bundle | {
                    table: bundle[table].with_columns(pl.col("record_id").replace(names).alias("record_id"))
                }
            out = Again(out.same, out.other, out.records, frozenset(names))
        now = bundle["people"].select(pl.col("record_id").hash(seed=31).alias("id"))
        self._records = pl.concat([self._records, now])
        return bundle, out

    def _free(self, record: str, here: set[str]) -> str:
        """Return an id that no record has, neither of those read before nor of those ``here``."""
        name = f"{record}~{self._source}"
        while name in here or pl.Series([name]).hash(seed=31).is_in(self._records["id"].implode()).any():
            name += "~"
        return name


def _contents(bundle: Bundle) -> pl.DataFrame:
    """What each report says, as a number. How to reach a person safely is no part of it: an exported bundle
    is without it, and the tokens made of it are of one run."""
    people = bundle["people"].with_columns(pl.lit(None, pl.List(pl.String)).alias("match_tokens"))
    without = bundle | {"people": people, "safe_contacts": bundle["safe_contacts"].clear()}
    digests = digest(without)
    return pl.DataFrame(
        {"report_id": list(digests), "content": [int(d[:16], 16) for d in digests.values()]},
        schema={"report_id": pl.String(), "content": pl.UInt64()},
    )


def _without(bundle: Bundle, again: Again) -> tuple[Bundle, Again]:
    gone = again.same | again.other
    return without(bundle, gone), Again(again.same, again.other, records_of(bundle, gone))
