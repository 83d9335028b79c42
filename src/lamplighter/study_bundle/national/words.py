"""Tell what published headings, outcomes and offence codes mean: ``words.toml``, and words of one's own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lamplighter.rule_files.faults import RuleFileError, not_toml
from lamplighter.rule_files.reading import at
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.upkeep import packaged

NO_OUTCOME = "0"


def plain(text: str) -> str:
    """Return words without case and signs."""
    return " ".join(re.findall(r"[a-z0-9]+", text[:300].lower().replace("&", " and ")))


@dataclass(frozen=True, slots=True)
class Words:
    """Words that are known: what each heading and each outcome is. ``forces`` are other names of forces."""

    headings: Mapping[str, str]
    outcomes: Mapping[str, str]
    forces: Mapping[str, str] = field(default_factory=dict)

    def role(self, heading: str) -> str | None:
        """Return what a column is for; ``outcome:16`` for a column that counts one outcome."""
        words = plain(heading)
        if words in self.headings:
            return self.headings[words]
        code = self.outcomes.get(words)
        return None if code is None else f"outcome:{code}"

    def outcome(self, text: str) -> str | None:
        """Return the type that a cell names, by its number or in words."""
        code = text.strip().upper().removesuffix(".0")
        if code == NO_OUTCOME or code in code_set("outcomes").codes:
            return code
        return self.outcomes.get(plain(text))


@dataclass(frozen=True, slots=True)
class Offence:
    """A class of crime of the counting rules that the bundle keeps apart."""

    code: str
    group: str
    title: str


def known() -> Words:
    """Return the words that come with the package."""
    body = _body()
    return _words(body["headings"], body["outcomes"], {})


@cache
def _body() -> Mapping[str, Any]:
    return packaged("lamplighter.study_bundle.national", "words.toml").body


def inside() -> Mapping[str, str]:
    """Return types that another type of the same tables already holds."""
    return dict(_body()["inside"])


def offences(on: dt.date) -> dict[str, Offence]:
    """Return the classes that are kept apart, as they were counted on a day."""
    rows = [r for r in _body()["offence"] if r["from"] <= on and on < r.get("until", dt.date.max)]
    return {r["code"]: Offence(r["code"], r["group"], r["title"]) for r in rows}


def codes_of_all_crimes() -> int:
    """Return with how many offence codes a file is taken to hold all crimes."""
    return int(_body()["settings"]["codes_of_all_crimes"])


def _words(headings: Mapping[str, Any], outcomes: Mapping[str, Any], forces: Mapping[str, str]) -> Words:
    return Words(
        {plain(w): role for role, words in headings.items() for w in words},
        {plain(w): code for code, words in outcomes.items() for w in words},
        {plain(w): name for w, name in forces.items()},
    )


def with_own(path: Path | None) -> Words:
    """Return the known words with those of a file of one's own. Raises ``BundleMappingError``."""
    words = known()
    if path is None or not path.exists():
        return words
    try:
        body = at(path)
        own = _words(body.get("headings", {}), body.get("outcomes", {}), body.get("forces", {}))
    except RuleFileError as error:
        raise BundleMappingError(not_toml(error), file=path.name, remedy="Correct the file.") from error
    except (AttributeError, TypeError) as error:
        raise BundleMappingError(
            "A table of words is misshapen.",
            file=path.name,
            remedy='Write [outcomes] with "16" = ["your words"], [headings] with force = ["your heading"].',
        ) from error
    return Words({**words.headings, **own.headings}, {**words.outcomes, **own.outcomes}, {**own.forces})
