"""Answer a hub: which of its suspects are known to other forces, how sure that is, and whom to ask there.

A hub sends its suspects under tokens of its own (docs/known-elsewhere.md). They are set beside the persons of
the forces for this answer alone: they become no part of the release, and nothing about them is kept. The
answer says that a force knows somebody, and never what was said, of whom, or when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.log_odds import bits_of, probability_of
from lamplighter.linkage.engines.protocol import Engine, Profiles, Rules
from lamplighter.linkage.features.record_features import LIST_COLUMNS
from lamplighter.national.errors import NationalError
from lamplighter.national.linking.profiles import FACE, faces_of
from lamplighter.national.run import Linked
from lamplighter.records.schema import TABLES_BY_NAME

IDENTITY = (
    "surname", "forenames", "nicknames", "birth_date", "sex", "ethnicity", "phones", "emails", "handles",
    "address_text", "postcode", "pnc_id", "cro",
)  # fmt: skip
CONTACTS = ("force", "force_name", "contact_name", "contact_email", "contact_phone")
DECISIONS = ("suspect", "force", "decision")
LEAST = 0.5
WORDS: Mapping[str, float] = {"almost_certain": 0.99, "very_likely": 0.95, "likely": 0.8, "possible": LEAST}
"""The least belief that each word stands for, the strongest first."""
_DETAILS = ("birth_date", "postcode", "phones", "emails", "handles", "pnc_id", "cro")
_FEW = 2
_LISTS = ("nicknames", "phones", "emails", "handles")


@dataclass(frozen=True, slots=True)
class Answer:
    """``rows`` as docs/known-elsewhere.md lists them; ``asked``: suspects in the hub's file; ``known``: those
    whom other forces know; ``nobody_to_ask``: forces that know somebody and are not among the contacts."""

    rows: pl.DataFrame
    asked: int
    known: int
    nobody_to_ask: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Hold a question of a hub: its ``hub`` name, ``suspects`` (suspect and :data:`IDENTITY`), its ``own``
    forces, ``contacts`` (:data:`CONTACTS`), and what its people decided (:data:`DECISIONS`)."""

    hub: str
    suspects: pl.DataFrame
    own: tuple[str, ...]
    contacts: pl.DataFrame
    decisions: pl.DataFrame


def read_suspects(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a hub's file of suspects with its cells as the schema has them.

    Raises:
        NationalError: a column is missing, another is there, or a token is none or there twice.
    """
    wanted = {"suspect", *IDENTITY}
    odd = sorted(wanted ^ set(frame.columns))
    if odd:
        raise NationalError(
            f"The file of suspects has too many or too few columns: {', '.join(odd)}.",
            remedy="Send it as the hub's page National index gives it.",
        )
    if not frame["suspect"].str.contains("^[0-9a-f]{64}$").fill_null(value=False).all():
        raise NationalError("A suspect of the file has no token of 64 hexadecimal digits.", place="suspect")
    if frame["suspect"].is_duplicated().any():
        raise NationalError("A token is there twice.", place="suspect")
    schema = TABLES_BY_NAME["people"].polars_schema
    plain = pl.all().exclude("suspect", *_LISTS, "birth_date").replace("", None)
    lists = [
        pl.col(c).replace("", None).str.split(";").fill_null([]).cast(schema[c]).alias(c) for c in _LISTS
    ]
    born = pl.col("birth_date").replace("", None).str.to_date("%Y-%m-%d", strict=False)
    return frame.select("suspect", plain, *lists, born).select("suspect", *IDENTITY)


def answered(found: Linked, question: Question, release: str, as_at: str, engine: Engine) -> Answer:
    """Return what the forces of a release know of a hub's suspects.

    Raises:
        NationalError: one of the hub's own forces is none of the release, or a contact cannot be used.
    """
    names = {f.force for f in found.index.forces}
    strange = sorted(set(question.own) - {f.force for f in found.forces.present} - set(found.forces.late))
    if strange:
        raise NationalError(f"{', '.join(strange)} is no force of this release.", place="own")
    contacts = _contacts(question.contacts)
    pairs = _alike(found, question.suspects, engine)
    people = _people(found)
    couples = _couples(found)
    refused = _refused(question.decisions)
    missing = sorted({*found.forces.late, *found.forces.withdrawn})
    held = {row["suspect"]: row for row in question.suspects.iter_rows(named=True)}
    rows: list[dict[str, object]] = []
    known: set[str] = set()
    unasked: set[str] = set()
    for suspect, group, beliefs in _by_suspect(found, pairs, question.own):
        elsewhere = {
            f: b for f, b in beliefs.items() if f not in question.own and (suspect, f) not in refused
        }
        if not elsewhere:
            continue
        known.add(suspect)
        for force in sorted(elsewhere):
            if force not in contacts:
                unasked.add(force)
                continue
            kind = _kind(couples.get(group, {}), force, question.own)
            belief = round(min(elsewhere[force], 0.999_999), 6)
            rows.append(
                {
                    "release": release, "as_at": as_at, "hub": question.hub, "suspect": suspect,
                    "force": force, "force_name": contacts[force]["force_name"],
                    "kind": kind,
                    "belief": belief, "belief_words": next(w for w, b in WORDS.items() if belief >= b),
                    "doubts": ";".join(_doubts(held[suspect], people[group, force], kind)),
                    "forces_known": len(elsewhere), "forces_read": len(names),
                    "forces_missing": ";".join(missing),
                    "contact_name": contacts[force]["contact_name"],
                    "contact_email": contacts[force]["contact_email"] or "",
                    "contact_phone": contacts[force]["contact_phone"] or "",
                }
            )  # fmt: skip
    return Answer(
        pl.DataFrame(rows, schema=_ROWS).sort("suspect", "force"),
        question.suspects.height,
        len(known),
        tuple(sorted(unasked)),
    )


_ROWS = pl.Schema(
    {"release": pl.String(), "as_at": pl.String(), "hub": pl.String(), "suspect": pl.String(),
     "force": pl.String(), "force_name": pl.String(), "kind": pl.String(), "belief": pl.Float64(),
     "belief_words": pl.String(), "doubts": pl.String(), "forces_known": pl.Int64(),
     "forces_read": pl.Int64(), "forces_missing": pl.String(), "contact_name": pl.String(),
     "contact_email": pl.String(), "contact_phone": pl.String()}
)  # fmt: skip


def _contacts(frame: pl.DataFrame) -> dict[str, dict[str, str | None]]:
    odd = sorted(set(CONTACTS) - set(frame.columns))
    if odd:
        raise NationalError(f"The file of contacts lacks {', '.join(odd)}.")
    found = {}
    for row in frame.select(CONTACTS).iter_rows(named=True):
        if not (row["force_name"] and row["contact_name"] and (row["contact_email"] or row["contact_phone"])):
            raise NationalError(
                f"The contact of {row['force']} is not whole.",
                remedy="Give the force's name, the team to ask, and its email address or telephone.",
            )
        found[row["force"]] = row
    return found


def _alike(found: Linked, suspects: pl.DataFrame, engine: Engine) -> pl.DataFrame:
    """Return suspect, person (a number of the index) and the belief that the two are one."""
    persons = found.index.persons
    mine = found.index.recorded()
    asked = suspects.with_row_index("person", offset=persons).with_columns(
        pl.col("person").cast(pl.Int64), record_id="suspect", job=_HUB, source=pl.lit("hub")
    )
    columns = [c for c in mine.columns if c in {*FACE, *LIST_COLUMNS, "person", "job", "record_id", "source"}]
    held = [
        pl.col(c).cast(kind) if c in asked.columns else pl.lit(None, kind).alias(c)
        for c, kind in mine.select(*columns, "reported_at").schema.items()
    ]
    faces = faces_of(pl.concat([mine.select(*columns, "reported_at"), asked.select(held)]))
    model = found.country.across()
    # Persons of forces were set beside one another already: only the hub's are another source here.
    left, right = engine.pairs(
        Profiles(faces.features, (faces.source != _HUB_JOB).astype(np.int64)),
        Rules.of_model(model, faces.features),
    )
    prior = float(bits_of(np.array([model.priors.other]))[0])
    weighed = engine.weights(faces.features, model, left, right, -prior)
    a, b = faces.person[weighed.left], faces.person[weighed.right]
    told = pl.DataFrame(
        {
            "number": np.maximum(a, b),
            "person": np.minimum(a, b),
            "belief": probability_of(weighed.evidence + prior),
        }
    )
    named = asked.select(number="person", suspect="suspect")
    return told.group_by("number", "person").agg(pl.col("belief").max()).join(named, on="number")


_HUB_JOB = -1
_HUB = pl.lit(_HUB_JOB, pl.Int64)


def _by_suspect(
    found: Linked, pairs: pl.DataFrame, own: Sequence[str]
) -> Iterator[tuple[str, int, dict[str, float]]]:
    """Yield of each suspect the person of the country whom they are likest, and the belief that each force
    knows them.

    A suspect whom one of the hub's own forces knows is that person of the force, and what other forces know
    follows from how the release linked them: it had read the reports and who the victims are. Whom none of
    them knows is set beside the persons of all forces, by what the hub wrote alone.
    """
    group, force_of = found.group, found.index.force_of
    linked = probability_of(found.bits)
    judged = pl.DataFrame({"left": found.judged.left, "right": found.judged.right, "belief": linked}).filter(
        pl.Series(group[found.judged.left] == group[found.judged.right])
    )
    links = pl.concat([judged, judged.select(left="right", right="left", belief="belief")]).filter(
        pl.col("belief") >= LEAST
    )
    of_group = pl.DataFrame({"person": np.arange(len(group)), "group": group})
    told = pairs.join(of_group, on="person")
    told = told.with_columns(at_home=pl.Series(np.isin(force_of[told["person"].to_numpy()], list(own))))
    told = told.filter(pl.col("at_home") | ~pl.col("at_home").any().over("suspect"))
    best = told.sort("suspect", "belief", "group", descending=[False, True, False]).unique(
        "suspect", keep="first", maintain_order=True
    )
    for suspect, number in best.sort("suspect").select("suspect", "group").iter_rows():
        direct = dict(told.filter(suspect=suspect, group=number).select("person", "belief").iter_rows())
        through = links.filter(pl.col("left").is_in(list(direct)))
        beliefs: dict[str, float] = {}
        for person, belief in direct.items():
            force = str(force_of[person])
            beliefs[force] = max(beliefs.get(force, 0.0), belief)
        for start, end, belief in through.iter_rows():
            force = str(force_of[end])
            beliefs[force] = max(beliefs.get(force, 0.0), direct[start] * belief)
        yield suspect, int(number), {f: b for f, b in beliefs.items() if b >= LEAST}


def _people(found: Linked) -> dict[tuple[int, str], pl.DataFrame]:
    """Return what each force recorded of each person of the country whom several forces know."""
    group = found.group
    records = found.index.recorded().join(found.index.records.select("record_id", "force"), on="record_id")
    whole = records.with_columns(group=pl.Series(group[records["person"].to_numpy()]))
    return {
        (int(number), str(force)): frame
        for (number, force), frame in whole.partition_by("group", "force", as_dict=True).items()
    }


def _couples(found: Linked) -> dict[int, dict[str, set[int]]]:
    """Return of each person of the country who is a suspect the victims, by force."""
    rows = found.index.in_reports()
    rows = rows.with_columns(group=pl.Series(found.group[rows["person"].to_numpy()]))
    both = (
        rows.filter(role="suspect")
        .select("report_id", "force", suspect="group")
        .join(rows.filter(role="victim").select("report_id", victim="group"), on="report_id")
    )
    couples: dict[int, dict[str, set[int]]] = {}
    for suspect, force, victim in both.select("suspect", "force", "victim").unique().iter_rows():
        couples.setdefault(suspect, {}).setdefault(force, set()).add(victim)
    return couples


def _kind(victims: Mapping[str, set[int]], force: str, own: Iterable[str]) -> str:
    """Return whether another force knows him with the same victim as the hub's own forces, with another one,
    or both."""
    here: set[int] = set().union(*(victims.get(f, set()) for f in own))
    there = victims.get(force, set())
    if not here or not there:
        return "not_known"
    if not here & there:
        return "other_victim"
    return "both" if there - here else "same_couple"


def _refused(decisions: pl.DataFrame) -> set[tuple[str, str]]:
    """Return suspects and forces of which a person said that it is somebody else, the newest word of each."""
    if not decisions.height:
        return set()
    order = ["suspect", "force", *(c for c in ("decided_on",) if c in decisions.columns)]
    newest = decisions.sort(order).unique(("suspect", "force"), keep="last")
    kept = newest.filter(pl.col("decision") == "not_the_same")
    return {(str(s), str(f)) for s, f in kept.select("suspect", "force").iter_rows()}


def _doubts(suspect: Mapping[str, object], theirs: pl.DataFrame, kind: str) -> Sequence[str]:
    """Return why it is not certain, in the codes of the answer file."""

    def said(name: str) -> set[str]:
        values = theirs[name] if name in theirs.columns else pl.Series([], dtype=pl.String)
        values = values.explode() if isinstance(values.dtype, pl.List) else values
        return {str(v).casefold() for v in values.drop_nulls()}

    def asked(name: str) -> set[str]:
        value = suspect[name]
        told = value if isinstance(value, list) else [value]
        return {str(v).casefold() for v in told if v}

    def differs(name: str) -> bool:
        return bool(asked(name) and said(name) and not asked(name) & said(name))

    details = sum(bool(said(name)) for name in _DETAILS)
    shared = sum(bool(asked(name) & said(name)) for name in _DETAILS)
    through = shared == 0 and kind in ("same_couple", "both")
    doubts = {
        "birth_date_missing": not (asked("birth_date") and said("birth_date")),
        "birth_date_differs": differs("birth_date"),
        "name_spelt_differently": differs("surname") or differs("forenames"),
        "address_differs": differs("postcode"),
        "telephone_differs": differs("phones"),
        "few_details": details < _FEW,
        "one_shared_detail": shared <= 1 and not through,
        "through_the_victim": through,
    }
    return [code for code, so in doubts.items() if so]
