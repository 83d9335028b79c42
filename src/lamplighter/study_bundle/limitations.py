"""Say what a bundle lacks, in plain words: for readers who never see a column."""

from __future__ import annotations

from collections.abc import Iterable

from lamplighter.study_bundle.schema import OR, kinds, metadata_fields, tables
from lamplighter.vocabulary.codes import code_set


def lacking(needs: Iterable[str]) -> tuple[str, ...]:
    """Needs as words, an entry for each table or kind of event: "Risk assessment: when it was, the grade".

    A need is a ``table``, ``table.column``, ``events:kind``, ``events:kind.column``, ``events:kind=code`` or
    ``metadata.field``; or several of these with " or " between them, which stand as one entry.

    Raises:
        KeyError: a need names what the schema does not have.
    """
    parts: dict[str, list[str]] = {}
    for need in needs:
        what, title = _words(need) if OR not in need else (_one_of(need), "")
        titles = parts.setdefault(what, [])
        if title and title not in titles:
            titles.append(title)
    return tuple(f"{what}: {', '.join(titles)}" if titles else what for what, titles in parts.items())


def _one_of(need: str) -> str:
    first, *others = (f"{what}: {title}" if title else what for what, title in map(_words, need.split(OR)))
    return ", or ".join((first, *(f"{other[:1].lower()}{other[1:]}" for other in others)))


def _words(need: str) -> tuple[str, str]:
    """What a row is, and what of it is missing; nothing when the rows themselves are."""
    if need.startswith("events:"):
        kind, _, column = need.removeprefix("events:").partition(".")
        kind, _, code = kind.partition("=")
        if code:
            title = code_set(kinds()[kind].uses["code"].codes or "").title(code)
            return kinds()[kind].title, f"{title[:1].lower()}{title[1:]}"
        return kinds()[kind].title, tables()["events"].columns[column].title if column else ""
    table, _, column = need.partition(".")
    if table == "metadata":
        return metadata_fields()[column].meaning.rstrip("."), ""
    return tables()[table].title, tables()[table].columns[column].title if column else ""
