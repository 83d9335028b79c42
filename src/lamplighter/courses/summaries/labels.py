"""Names of acts, limbs, channels and readings on pages and papers, in words that read on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from lamplighter.courses.reports.readings import READING_TITLES
from lamplighter.reporting.words import sentence
from lamplighter.vocabulary.codes import code_set

FOUR = ("four.fixated", "four.obsessive", "four.unwanted", "four.repeated")
# Said before everything else, in this order: a date that runs out, what may hurt somebody, what the law
# presumes, and what speaks for caution.
FIRST = (
    "six_month_limit",
    "violence",
    "threats",
    "breach",
    "escalation.kind",
    "escalation.rate",
    "recorded_in_part",
    "ex_partner_presumption",
    "additional_recording",
    "other_victims",
    "mixed_directions",
    "minutes_apart",
    "told_of_more",
)
ATTRIBUTION: Mapping[str, str] = {
    "same_person_linked": "The records of this report were linked to the same two people.",
    "by_proxy": "Done by somebody else for the suspect.",
    "against_relative": "Done to somebody close to the victim.",
    "inferred_unknown_suspect": "Nobody is named in this report.",
}
# Channels as they are said after an act, where their title alone does not read on.
HOW: Mapping[str, str] = {
    "in_person": "in person",
    "phone": "by phone call or voicemail",
    "social_media": "on social media or another platform",
    "device": "with a tracker, camera or spyware",
    "payment": "in a payment reference",
    "third_party": "through somebody else",
    "court_process": "through a court or complaint",
}
LIMBS: Mapping[str, str] = {
    "a": "following",
    "b": "contacting",
    "c": "publishing",
    "d": "monitoring",
    "e": "loitering",
    "f": "interfering with property",
    "g": "watching",
    "other": "other acts associated with stalking",
}
# What is said of a report in which the roles are reversed, in place of acts.
REPORTED_BY_SUSPECT = "The suspect has reported the victim"
# What a pattern is called that the rules of before 2026.12 read: their words judged the people in it.
BEFORE = "Other repeated matter, read by earlier rules"
# Looked for from the beginning of a word only, or a long one is read from each of its letters; what stands
# before a code's first small letter or digit is no part of it.
_AGENCY_COUNTED = re.compile(r"(?<![\w-])((?:(?![a-z0-9])[\w-])*+)([a-z0-9][\w-]*+)(?= \(\d)")


def acts(codes: Sequence[str]) -> str:
    """Return 'Followed; contacted, or tried to, by any means'."""
    titles = code_set("behaviours")
    names = [titles.codes[c].title if c in titles.codes else c for c in codes]
    if not names:
        return "No act against the person was read from the words"
    return "; ".join([names[0], *(n[0].lower() + n[1:] for n in names[1:])])


def limbs(codes: Sequence[str]) -> str:
    """Return 's.2A(3)(b) contacting, (e) loitering'; empty when no limb was shown."""
    lettered = [f"({c}) {LIMBS[c]}" for c in codes if c in LIMBS and c != "other"]
    found = f"s.2A(3){', '.join(lettered)}" if lettered else ""
    return ", ".join(p for p in (found, LIMBS["other"] if "other" in codes else "") if p)


def channels(codes: Sequence[str]) -> str:
    """Return 'In person, and by text or messaging app'; empty when no channel is known."""
    titles = code_set("channels").codes
    told = [HOW.get(c, f"by {titles[c].title.lower()}") for c in codes if c in titles and c != "not_known"]
    return sentence(", and ".join([", ".join(told[:-1]), told[-1]])) if told[1:] else sentence("".join(told))


def attribution(code: str, reason: str | None) -> str:
    """Return why a report is in a course that it does not name; empty when it names both people."""
    if code == "named":
        return ""
    return " ".join(p for p in (ATTRIBUTION.get(code, ""), sentence(reason or "")) if p)


def reading_title(reading: str) -> str:
    """Return what a reading is called: 'Possible stalking'."""
    title = READING_TITLES.get(reading)
    return title[0].upper() + title[1:] if title else BEFORE


def in_names(words: str, agency: Callable[[str], str]) -> str:
    """Return a rule's words with its agencies by name: rules know only codes, 'force-a (2)'."""
    return _AGENCY_COUNTED.sub(lambda told: told[1] + agency(told[2]), words)
