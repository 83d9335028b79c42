"""Give the analyst what linkage found: whose each record is, other partitions, how well, and of what.

Nothing here holds a name: records go by the analyst's ids, persons by pseudonyms of this purpose and release.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.components import components
from lamplighter.linkage.arrays.log_odds import bits_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.settings import Progress
from lamplighter.national.delivery.deliveries import Delivered, links_folder, today
from lamplighter.national.delivery.keys import Key, Release
from lamplighter.national.linking.unseen import Unseen
from lamplighter.national.release import naming, partitions, quality, token_links
from lamplighter.national.release.partitions import DRAWS, SURE, Beliefs
from lamplighter.national.release.token_links import TokenLinks
from lamplighter.national.run import Linked
from lamplighter.national.stages import guarded

PERSON = "n"
"""The first letter of a national pseudonym."""
PERSONS = pl.Schema({"record": pl.String(), "force": pl.String(), "role": pl.String(), "person": pl.String()})
PARTITIONS = pl.Schema({"draw": pl.Int64(), "record": pl.String(), "person": pl.String()})


@dataclass(frozen=True, slots=True)
class Published:
    """Hold what was written for the analyst: the ``folder``, and what ``links.json`` holds."""

    folder: Path
    told: Mapping[str, Any]


def publish(
    found: Linked, linker: Path, analyst: Path, release: Release, progress: Progress, draws: int = DRAWS
) -> Published:
    """Write what was found into the analyst's folder, all at once, and remember the persons' ids.

    Run again after it was stopped it gives the same: names follow from what was there before.

    Raises:
        StageFailed: it failed; what lay there before stays.
    """
    return guarded("links", lambda: _published(found, linker, analyst, release, progress, draws))


def _published(
    found: Linked, linker: Path, analyst: Path, release: Release, progress: Progress, draws: int
) -> Published:
    progress("Naming persons")
    key = Key.kept(linker / "key")
    ids = key.derived("person")
    index = found.index
    group = found.group[index.records["person"].to_numpy()]
    own = index.records.select("record_id", "force", group=pl.Series(group))
    agencies = [f for f in found.forces.present if not f.names]
    tokens = _tokens(found, own, agencies)
    every = _everybody(own, tokens, agencies)
    memory = linker / "memory.parquet"
    names = naming.named(every.select("record_id", "group"), naming.read_memory(memory), found.standing)
    pseudonym = _pseudonyms(ids, key.of_release(release), names.persons["person_id"])
    persons = _persons(found, every, names.persons, pseudonym)

    progress("Drawing partitions")
    drawn = _drawn(found, names.persons, persons, ids, key.of_release(release), draws)
    progress("How well it went")
    figures = _quality(found)
    told = _told(found, release, persons, drawn, figures, tokens, names.changes)
    folder = links_folder(analyst, release)
    _put(folder, {"persons": persons.drop("record_id"), "partitions": drawn, "quality": figures}, told)
    making = memory.with_name(".memory.parquet")
    names.memory.write_parquet(making)
    making.replace(memory)
    return Published(folder, told)


def _tokens(found: Linked, own: pl.DataFrame, agencies: Sequence[Delivered]) -> TokenLinks | None:
    if not agencies:
        return None
    tokens = pl.concat([f.tokens() for f in found.forces.present])
    records = pl.concat([f.people().select("record_id", force=pl.lit(f.force)) for f in agencies])
    known = own.join(found.index.records.select("record_id", "person"), on="record_id")
    return token_links.found(tokens, known, records.select("record_id"), records)


def _everybody(own: pl.DataFrame, tokens: TokenLinks | None, agencies: Sequence[Delivered]) -> pl.DataFrame:
    """Return record_id, force and group of all records, those of agencies with tokens too."""
    if tokens is None:
        return own
    # A person whom no force knows has a number below nought.
    records = pl.concat([f.people().select("record_id", force=pl.lit(f.force)) for f in agencies])
    theirs = tokens.persons.join(records, on="record_id").select("record_id", "force", group="person")
    return pl.concat([own, theirs])


def _pseudonyms(ids: Key, release: Key, persons: pl.Series) -> pl.DataFrame:
    """Return person_id and ``pseudonym``: keyed twice, so that the linker can turn those of one release into
    those of another, and nobody else can."""
    distinct = persons.unique().sort()
    tokens = ids.tokens(distinct.to_list())
    return pl.DataFrame({"person_id": distinct, "pseudonym": release.sealed(PERSON, tokens)})


def _persons(
    found: Linked, every: pl.DataFrame, persons: pl.DataFrame, pseudonym: pl.DataFrame
) -> pl.DataFrame:
    """Return the columns of :data:`PERSONS`, and record_id."""
    passing = pl.concat(
        [
            f.passing().join(f.people().select("record_id", "role"), on="record_id")
            for f in found.forces.present
        ]
    )
    named = every.join(persons, on="record_id").join(pseudonym, on="person_id")
    return (
        named.join(passing, on="record_id")
        .select("record_id", "record", "force", "role", person="pseudonym")
        .sort("record")
    )


def _drawn(
    found: Linked, persons: pl.DataFrame, links: pl.DataFrame, ids: Key, release: Key, draws: int
) -> pl.DataFrame:
    """Return the records whose person differs in each draw (:data:`PARTITIONS`)."""
    records = found.index.records.select("record_id", "person", "force").sort("record_id")
    beliefs, thing = _beliefs(found, records)
    named = records.join(persons, on="record_id", maintain_order="left")["person_id"]
    of_thing = named.gather(np.unique(thing, return_index=True)[1])
    known = dict(zip(beliefs.base.tolist(), of_thing.to_list(), strict=True))
    record = records.join(links, on="record_id", maintain_order="left")["record"]
    # In the order of their ids: whoever sees them learns nothing of who came first.
    parts = []
    for draw, rows, person in partitions.drawn(beliefs, draws):
        changed = pl.DataFrame({"thing": rows, "to": person})
        told = pl.DataFrame({"thing": thing, "record": record}).join(changed, on="thing")
        whom = told.select("to").unique().sort("to")
        called = [known.get(p) or f"drawn {draw} {p}" for p in whom["to"].to_list()]
        pseudonym = whom.with_columns(person=release.sealed(PERSON, ids.tokens(called)))
        parts.append(
            told.join(pseudonym, on="to").select(
                draw=pl.lit(draw, dtype=pl.Int64()), record="record", person="person"
            )
        )
    return pl.concat([pl.DataFrame(schema=PARTITIONS), *parts]).sort("draw", "record")


def _beliefs(found: Linked, records: pl.DataFrame) -> tuple[Beliefs, Rows]:
    """Return what is believed of pairs of *things*, records of one person of a force that are one for sure,
    and the thing (r,) of each of the records."""
    place = records.select("record_id", row=pl.int_range(pl.len(), dtype=pl.Int64()))
    pairs = pl.concat([own.pairs for own in found.within])
    placed = pairs.join(place, left_on="left_record", right_on="record_id").join(
        place, left_on="right_record", right_on="record_id", suffix="_2"
    )
    a, b = placed["row"].to_numpy(), placed["row_2"].to_numpy()
    person = records["person"].to_numpy()
    bits = bits_of(np.clip(placed["probability"].to_numpy(), 1e-9, 1 - 1e-9))
    sure = (bits >= bits_of(SURE)) & (person[a] == person[b])
    thing = components(len(person), a[sure], b[sure])
    _, first = np.unique(thing, return_index=True)
    whose = person[first]
    barred = (placed["hold"] == "barred").fill_null(False).to_numpy()
    left, right, own = thing[a], thing[b], bits
    some = left != right
    # Across forces a pair of persons is believed, whatever things the two are made of.
    things = pl.DataFrame({"person": whose, "thing": np.arange(len(whose), dtype=np.int64)})
    cross = (
        pl.DataFrame({"l": found.judged.left, "r": found.judged.right, "bits": found.bits})
        .join(things, left_on="l", right_on="person")
        .join(things, left_on="r", right_on="person", suffix="_2")
    )
    place_of = dict(place.filter(pl.col("record_id").is_in(_named(found))).iter_rows())

    def said(decided: Sequence[tuple[str, str]]) -> Rows:
        rows = [(place_of[x], place_of[y]) for x, y in decided if x in place_of and y in place_of]
        return thing[np.array(rows, dtype=np.int64).reshape(-1, 2)]

    apart = pl.DataFrame(found.apart, schema={"l": pl.Int64(), "r": pl.Int64()})
    apart = apart.join(things, left_on="l", right_on="person").join(
        things, left_on="r", right_on="person", suffix="_2"
    )
    cannot = np.concatenate(
        [
            said(found.standing.not_same),
            apart.select("thing", "thing_2").to_numpy(),
            np.column_stack([left[barred & some], right[barred & some]]),
        ]
    )
    beliefs = Beliefs(
        len(whose),
        np.r_[left[some & ~barred], cross["thing"].to_numpy()],
        np.r_[right[some & ~barred], cross["thing_2"].to_numpy()],
        np.r_[own[some & ~barred], cross["bits"].to_numpy()],
        said(found.standing.same), cannot.astype(np.int64), found.group[whose],
    )  # fmt: skip
    return beliefs, thing


def _named(found: Linked) -> list[str]:
    return sorted({r for pair in (*found.standing.same, *found.standing.not_same) for r in pair})


def _quality(found: Linked) -> pl.DataFrame:
    index = found.index
    fields = ("record_id", "report_id", "sex", "ethnicity", "birth_date", "age_from", "role")
    people = pl.concat(
        [
            f.people().select(fields).join(
                f.told().select("report_id", "reported_at"), on="report_id", how="left"
            )
            for f in index.forces
        ]
    ).join(index.records.select("record_id", "person"), on="record_id")  # fmt: skip
    persons = quality.persons_told(people)
    own = people.select("record_id", "person", "role")
    within = pl.concat(
        [
            quality.pairs_within(f.pairs, own, found.group, force.force)
            for force, f in zip(index.forces, found.within, strict=True)
        ]
    )
    across = quality.pairs_across(
        found.judged.left, found.judged.right, found.bits, found.judged.kind, found.group, index.force_of
    )
    unseen = Unseen.summed(f.figures for f in found.within)
    return pl.concat(
        [
            quality.figures("within", within, persons, unseen),
            quality.figures("across", across, persons, found.seen),
        ]
    )


def _told(
    found: Linked, release: Release, persons: pl.DataFrame, drawn: pl.DataFrame, figures: pl.DataFrame,
    tokens: TokenLinks | None, changes: pl.DataFrame,
) -> dict[str, Any]:  # fmt: skip
    """Return what ``links.json`` holds."""
    several = persons.group_by("person").agg(forces=pl.col("force").n_unique())
    return {
        "purpose": release.purpose,
        "release": release.release,
        "made_on": today(),
        "model": found.country.model.version,
        "inputs": {f.force: f.digest for f in found.forces.present},
        "output": found.digest,
        "forces": {
            "present": {
                f.force: {"records": f.records, "reports": f.reports, "names": f.names}
                for f in found.forces.present
            },
            "late": list(found.forces.late),
            "withdrawn": dict(found.forces.withdrawn),
        },
        "records": persons.height,
        "persons": several.height,
        "persons_in_several_forces": several.filter(pl.col("forces") > 1).height,
        "draws": drawn["draw"].n_unique(),
        "records_that_differ_in_a_draw": drawn["record"].n_unique(),
        "link_at": round(found.country.model.bands.link_at, 6),
        "never_looked_at": {
            "within": _seen(Unseen.summed(f.figures for f in found.within)), "across": _seen(found.seen),
        },
        "capped": [c.figures() for c in found.capped],
        "tokens": None if tokens is None else {
            "sure": dict(tokens.sure), "recall": tokens.recall, "linked": tokens.linked,
            "unclear": tokens.unclear,
            "agencies": [f.force for f in found.forces.present if not f.names],
        },
        "changes": dict(changes.group_by("kind").len().sort("kind").iter_rows()),
    }  # fmt: skip


def _seen(unseen: Unseen) -> dict[str, Any]:
    """Return the shares of true pairs that were looked at, and the bound below them."""
    return {
        party: dict(zip(("seen", "least"), unseen.seen(party), strict=True))
        for party in ("victim", "suspect")
    }


def _put(folder: Path, tables: Mapping[str, pl.DataFrame], told: Mapping[str, Any]) -> None:
    """Write the analyst's folder beside its place, look at it, and put it there."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    making = Path(tempfile.mkdtemp(prefix=f".making-{folder.name}-", dir=folder.parent))
    before = folder.with_name(f".before-{folder.name}")
    try:
        for name, frame in tables.items():
            frame.write_parquet(making / f"{name}.parquet")
            pl.read_parquet_schema(making / f"{name}.parquet")
        (making / "links.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        if folder.exists():
            shutil.rmtree(before, ignore_errors=True)
            folder.replace(before)
        making.replace(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)
