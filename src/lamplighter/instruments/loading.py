"""Read a file of an instrument, refuse it with every fault it has, or make a definition of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from lamplighter.instruments.checks import check_document, with_lines
from lamplighter.instruments.definition import Definition, Effect, Item, Option, Section, Type
from lamplighter.instruments.rules import parse as parse_rule
from lamplighter.instruments.schema import Known, schema
from lamplighter.instruments.scoring import Band, Counted, Scale
from lamplighter.rule_files.faults import Fault, RuleFileError
from lamplighter.rule_files.reading import parse
from lamplighter.rule_files.schema import Report, check

# What may change once a version has been used: when it is no longer begun, and who looks after it.
NOT_OF_THE_VERSION = ("until", "upkeep")


def load(text: str, file: str, known: Known | None = None) -> Definition:
    """Return a text as a definition. Raises ``RuleFileError`` with every fault that it has."""
    report = Report(file, text)
    document = parse(report)
    if document is not None:
        check(schema(known or Known()), document, report)
        if not report.faults:
            check_document(document, report)
    with_lines(report)
    if document is None or report.faults:
        raise RuleFileError(report.faults)
    return definition(document)


def faults(text: str, file: str, known: Known | None = None) -> tuple[Fault, ...]:
    """Return what is wrong with a text; nothing where it can be loaded."""
    try:
        load(text, file, known)
    except RuleFileError as error:
        return error.faults
    return ()


def shipped_texts() -> dict[str, str]:
    """Return the files that come with the software, by ``code/version.toml``."""
    folders = files("lamplighter.instruments").joinpath("data").iterdir()
    inside = ((folder.name, file) for folder in folders if folder.is_dir() for file in folder.iterdir())
    found = {
        f"{name}/{file.name}": file.read_text("utf-8") for name, file in inside if file.name.endswith(".toml")
    }
    return dict(sorted(found.items()))


def digest(document: Mapping[str, Any]) -> str:
    """Return the hash of what a version says: of everything but who looks after it, and when it ends."""
    said = {name: value for name, value in document.items() if name not in NOT_OF_THE_VERSION}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def definition(document: Mapping[str, Any]) -> Definition:
    """Return a document that was checked as a definition."""
    texts = ("code", "title", "version", "licence", "holder", "about", "kind", "use", "about_whom", "side")
    may_lack = ("terms", "citation", "training", "filled_by", "replaces")
    items = tuple(_item(row) for row in document.get("item", ()))
    score = document.get("score")
    return Definition(
        **{name: document[name] for name in texts},
        **{name: document.get(name, "") for name in may_lack},
        without_training=document.get("without_training", "told"),
        language=document.get("language", "en-GB"),
        valid_from=document["from"],
        valid_until=document.get("until"),
        roles=tuple(document["roles"]),
        pool_with=tuple(document.get("pool_with", ())),
        sections=tuple(_section(row) for row in document.get("section", ())),
        items=items,
        labels=tuple(score.get("answers", ())) if score else (),
        higher_means=score["higher_means"] if score else "",
        scale=_scale(score, items) if score else None,
        bands=tuple(
            Band(row["code"], row["title"], row["least"], row["source"]) for row in document.get("band", ())
        ),
        digest=digest(document),
    )


def _section(row: Mapping[str, Any]) -> Section:
    when = parse_rule(row["when"]) if "when" in row else None
    welsh = (row.get("title_cy", ""), row.get("guidance_cy", ""))
    return Section(row["code"], row["title"], row.get("guidance", ""), when, *welsh)


def _item(row: Mapping[str, Any]) -> Item:
    return Item(
        code=row["code"],
        section=row["section"],
        text=row["text"],
        guidance=row.get("guidance", ""),
        type=Type(row["type"]),
        options=tuple(
            Option(one["code"], one["text"], one.get("text_cy", "")) for one in row.get("option", ())
        ),
        effects=tuple(_effect(one) for one in row.get("effect", ())),
        when=parse_rule(row["when"]) if "when" in row else None,
        optional=row.get("optional", False),
        required=row.get("required", False),
        evidence="evidence" in row,
        words_for=frozenset(row.get("words_for", ())),
        reverse=row.get("reverse", False),
        least=row.get("least"),
        most=row.get("most"),
        text_cy=row.get("text_cy", ""),
        guidance_cy=row.get("guidance_cy", ""),
    )


def _effect(row: Mapping[str, Any]) -> Effect:
    return Effect(
        outcome=row["outcome"],
        measure=row["measure"],
        size=row["size"],
        low=row.get("low"),
        high=row.get("high"),
        sample=row.get("sample", ""),
        note=row.get("note", ""),
        source=row["source"],
    )


def _scale(score: Mapping[str, Any], items: Sequence[Item]) -> Scale:
    counted = tuple(Counted(item.code, item.reverse) for item in items if item.type is Type.SCALE)
    most, missing = score.get("most_missing", 0), score.get("missing", "mean")
    return Scale(counted, score["minimum"], score["maximum"], most, missing)
