"""Call a person by a name, from the records that make them.

Words on pages only. Never used in an address, a title, a log line or a job.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lamplighter.reporting.words import listed

Row = Mapping[str, Any]
_NOUN = {"male": "man", "female": "woman"}
_UNKNOWN_WORDS = {"unknown", "not known", "n/k", "unk", "stranger"}


def noun(rows: Iterable[Row]) -> str:
    """'man', 'woman' or 'person', by what most records say."""
    said = Counter(str(r["sex"]) for r in rows if r.get("sex") in _NOUN)
    return _NOUN[said.most_common(1)[0][0]] if said else "person"


def full_name(row: Row) -> str:
    """'Priya Nair', as recorded but not shouted; empty when both parts are not known."""
    if not row.get("forenames") or not row.get("surname"):
        return ""
    return f"{cased(row['forenames'])} {cased(row['surname'])}"


def first_name(row: Row) -> str:
    """Return the first given name or else the first nickname; empty when neither is known."""
    if row.get("forenames"):
        return cased(str(row["forenames"]).split(" ")[0])
    nicknames = row.get("nicknames") or []
    return cased(nicknames[0]) if nicknames else ""


def cased(text: str) -> str:
    """'NAIR' becomes 'Nair', 'McDonald' stays."""
    return text.title() if text.isupper() or text.islower() else text


def best_full_name(rows: Sequence[Row]) -> str:
    """Return the full name that most records give; among equals the one on the record that knows most."""
    names = Counter(n for r in rows if (n := full_name(r)))
    known: dict[str, int] = {}
    for row in rows:
        if name := full_name(row):
            known[name] = max(known.get(name, 0), sum(bool(v) for v in row.values()))
    return max(names, key=lambda n: (names[n], known[n])) if names else ""


def short_names(rows: Sequence[Row]) -> list[str]:
    """First names and nicknames by which somebody was called, most used first."""
    names = Counter(n for r in rows for n in [first_name(r), *map(cased, r.get("nicknames") or [])] if n)
    return [n for n, _ in names.most_common()]


def called(rows: Sequence[Row]) -> str:
    """Tell how a sentence names a person: 'Priya Nair', 'a man called “Dan”', 'somebody not yet
    identified'."""
    if name := best_full_name(rows):
        return name
    if names := short_names(rows):
        return f"a {noun(rows)} called “{names[0]}”"
    surnames = Counter(cased(r["surname"]) for r in rows if r.get("surname"))
    if surnames:
        return f"a {noun(rows)} with the surname {surnames.most_common(1)[0][0]}"
    return "somebody not yet identified" if noun(rows) == "person" else f"a {noun(rows)} not yet identified"


def heading(rows: Sequence[Row]) -> str:
    """Return the name in a list: 'Priya Nair', '“Dan”', 'Not identified'."""
    if name := best_full_name(rows):
        return name
    if names := short_names(rows):
        return f"“{names[0]}”"
    surnames = [cased(r["surname"]) for r in rows if r.get("surname")]
    return surnames[0] if surnames else "Not identified"


def also_called(rows: Sequence[Row]) -> list[str]:
    """Other names on the records than the one in :func:`heading`."""
    main = heading(rows)
    names = [n for r in rows for n in [full_name(r), *map(cased, r.get("nicknames") or [])] if n]
    parts = set(main.lower().split())
    names += [n for r in rows if not full_name(r) and (n := first_name(r)) and n.lower() not in parts]
    return [n for n in dict.fromkeys(names) if n not in (main, main.strip("“”"))]


def described(rows: Sequence[Row]) -> str:
    """Words given instead of a name, as far as they say anything: 'ex partner'."""
    words = [str(r["descriptor"]) for r in rows if r.get("descriptor")]
    said = [w for w in dict.fromkeys(words) if w.lower() not in _UNKNOWN_WORDS]
    return listed([f"“{w}”" for w in said[:3]])
