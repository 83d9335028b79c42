"""Find claims about what a person is or will do, which no text of this side may make."""

from __future__ import annotations

import re

_LESS = (
    r"(?:reduc\w+|lower\w*|less(?:en\w*)?|fall(?:s|en|ing)?|fell|drop\w*|decreas\w+|declin\w+|low|minimal"
    r"|manageable|no)"
)


_RISK = r"(?:risks?|danger(?:ousness)?|threat)"


FORBIDDEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_LESS}\W+(?:\w+\W+){{0,2}}?{_RISK}\b",
        rf"\b{_RISK}\W+(?:(?!and\b|or\b)\w+\W+){{0,4}}?(?:reduced|lower\w*|less|fallen|fell|dropped|decreased|declined|low)\b",
        r"\bsuccess(?:ful|fully)?\b[^.]{0,40}\b(?:complet|finish|programme|treat|interven)\w*",
        r"\b(?:complet|finish|treat)\w*\b[^.]{0,20}\bsuccess(?:ful|fully)?\b",
        r"\b(?:cured|rehabilitated|reformed|recovered|no longer (?:a |an )?(?:danger|stalk|threat)\w*)\b",
        r"\b(?:safer|now safe|safe again|less dangerous|not dangerous|harmless)\b",
        r"\b(?:failed to engage|non-?complian\w+|offenders?|alleged victim)\b",
    )
)


def forbidden_in(text: str) -> list[str]:
    """The claims in ``text`` that must not be made."""
    return [found.group() for pattern in FORBIDDEN for found in pattern.finditer(" ".join(text.split()))]
