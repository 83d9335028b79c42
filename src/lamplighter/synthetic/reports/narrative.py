"""Free text as officers and call takers leave it, put together from one of two phrase banks.

A summary has, in changing order and number: what the two are to each other, what was done (of this
occasion, of earlier ones), what was *not* done, how often, and tails that say nothing of the matter. Words
for the people follow the agency's habits (IP, VIC, SUSP; AGG, OFF, SUS; client). The two banks share no
phrase, so that a text coder written against one can be tried on the other.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from lamplighter.rule_files.reading import packaged as packaged_toml
from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.courses.occasions import BEHAVIOURS, CHANNELS, Occasions
from lamplighter.synthetic.people.population import People
from lamplighter.synthetic.reports import person_rows as w
from lamplighter.synthetic.reports import recording_errors
from lamplighter.synthetic.reports import reporting as r
from lamplighter.synthetic.sampling.config import Bank, Config
from lamplighter.synthetic.sampling.draws import stream

SLOTS = ("v", "s", "vs", "vo", "vd", "ss", "so", "sd", "n", "p", "t", "w", "via", "m", "x")
Phrase = Callable[..., str]

_VICTIM = {
    "force_a_rms": ("IP", "the IP", "VIC", "victim", "the victim", "the caller"),
    "force_b": ("AGG", "the aggrieved", "complainant", "the victim", "the AGG"),
    "lamplighter": ("the victim", "V1", "the informant", "INFT"),
    "helpline": ("client", "the client"),
}
_SUSPECT = {
    "force_a_rms": ("SUSP", "suspect", "the suspect", "the SUSP"),
    "force_b": ("OFF", "SUS", "the offender", "suspect"),
    "lamplighter": ("S1", "the suspect", "the subject"),
    "helpline": ("this person", "the person"),
}
_TIES = {
    d.EX: ("{vd} ex partner", "{vd} ex", "the ex"),
    d.PARTNER: ("{vd} partner",),
    d.NEXT_DOOR: ("{vd} neighbour",),
    d.COLLEAGUE: ("a colleague", "a male from work"),
    d.RELATIVE: ("a relative",),
    d.FRIEND: ("a former friend",),
}
_UNKNOWN = ("unknown male", "an unknown person", "unknown suspect", "person unknown", "somebody unknown")
_PLATFORMS = ("Facebook", "Instagram", "Snapchat", "TikTok", "X", "FB", "insta")
_PLACES = (
    "{vd} home",
    "{vd} work",
    "the school",
    "the gym",
    "{vd} mother's house",
    "the address",
    "the station",
)
_VIA = {
    "phone": (" over the phone", " in a voicemail"),
    "text_message": (" by text", " in a message"),
    "email": (" in an e-mail",),
}
_PRONOUNS = (("he", "him", "his"), ("she", "her", "her"), ("they", "them", "their"))


@dataclass(frozen=True, slots=True)
class Phrases:
    """One bank, every phrase compiled to a function of the slots in order."""

    acts: dict[str, list[Phrase]]
    relation: dict[str, list[Phrase]]
    negation: dict[str, list[Phrase]]
    lines: dict[str, list[Phrase]]


@cache
def phrases(bank: Bank) -> Phrases:
    """Return a phrase bank, read once. Raises ``FileNotFoundError`` for a bank that does not exist."""
    data = bank_text(bank)

    def compiled(section: dict[str, list[str]]) -> dict[str, list[Phrase]]:
        return {key: [_compile(text) for text in texts] for key, texts in section.items()}

    named = ("acts", "relation", "negation")
    return Phrases(
        acts=compiled(data["acts"]),
        relation=compiled(data["relation"]),
        negation=compiled(data["negation"]),
        lines={key: compiled(section)["lines"] for key, section in data.items() if key not in named},
    )


def bank_text(bank: Bank) -> dict[str, dict[str, list[str]]]:
    """Return the phrases of a bank as written, by section and key."""
    return packaged_toml("lamplighter.synthetic.reports", f"phrases_{bank}.toml")


def _compile(text: str) -> Phrase:
    return re.sub(r"\{(\w+)\}", lambda m: f"{{{SLOTS.index(m.group(1))}}}", text).format


@dataclass(slots=True)
class Told:
    """Hold what each report's text says: the words, and the behaviours they tell of and deny."""

    summary: list[str | None]
    impact: list[str | None]
    behaviours: list[list[str]]
    denied: list[list[str]]


def silent(reports: int) -> Told:
    """Return the words of reports whose free text is not handed over: none."""
    return Told(
        summary=[None] * reports,
        impact=[None] * reports,
        behaviours=[[] for _ in range(reports)],
        denied=[[] for _ in range(reports)],
    )


def make(
    config: Config,
    cell: int,
    people: People,
    dossiers: d.Dossiers,
    occ: Occasions,
    reports: r.Reports,
    rows: w.Rows,
    references: Sequence[str],
    forenames: Sequence[str | None],
) -> Told:
    """Text for every report; ``references`` are the reports' own, ``forenames`` what each row shows."""
    rng = stream(config.seed, cell, "narrative")
    bank = phrases(config.bank)
    n = len(reports)
    draws = rng.integers(0, 1 << 30, (n, 24)).tolist()
    chances = rng.random((n, 12)).tolist()
    names: list[str | None] = [None] * n
    for i in np.flatnonzero((rows.role == w.SUSPECT) & (rows.level < r.DESCRIPTOR)).tolist():
        names[rows.report[i]] = names[rows.report[i]] or forenames[i]
    victim = np.where(reports.swapped, dossiers.suspect[reports.dossier], dossiers.victim[reports.dossier])
    victim = np.where(reports.at_relative, dossiers.relative[reports.dossier], victim)
    other = np.where(reports.swapped, dossiers.victim[reports.dossier], dossiers.suspect[reports.dossier])
    other = np.where(reports.by_proxy, dossiers.proxy[reports.dossier], other)
    columns = zip(
        [config.sources[a] for a in reports.agency],
        dossiers.kind[reports.dossier].tolist(),
        dossiers.single[reports.dossier].tolist(),
        np.where(
            reports.by_proxy | reports.at_relative, d.ACQUAINTANCE, dossiers.relationship[reports.dossier]
        ).tolist(),
        reports.level.tolist(),
        people.sex[victim].tolist(),
        people.sex[other].tolist(),
        reports.swapped.tolist(),
        reports.third_party.tolist(),
        reports.by_proxy.tolist(),
        reports.at_relative.tolist(),
        reports.earlier.tolist(),
        reports.first_occasion.tolist(),
        reports.last_occasion.tolist(),
        names,
        draws,
        chances,
        strict=True,
    )
    acts = (occ.first.tolist(), occ.second.tolist(), occ.breach.tolist(), occ.channel.tolist())
    told = Told([], [], [], [])
    slip = random.Random(int(rng.integers(1 << 60)))  # noqa: S311 - a seeded world, not a secret
    for row in columns:
        _one(bank, row, acts, references, told, slip)
    return told


def _one(
    bank: Phrases,
    row: tuple,  # type: ignore[type-arg]  # seventeen columns; spelling their types out would hide the names below
    acts: tuple[list[int], list[int], list[bool], list[int]],
    references: Sequence[str],
    told: Told,
    slip: random.Random,
) -> None:
    (
        source,
        kind,
        single,
        tie,
        level,
        vsex,
        ssex,
        swapped,
        third,
        proxy,
        relative,
        earlier,
        first,
        last,
        name,
        dr,
        ch,
    ) = row
    firsts, seconds, breaches, channels = acts
    vs, vo, vd = _PRONOUNS[vsex]
    ss, so, sd = _PRONOUNS[ssex if level < r.DESCRIPTOR or ch[0] < 0.6 else 2]
    if ss == "they":
        ss, so, sd = "he", "him", "his"
    v = _VICTIM[source][dr[0] % len(_VICTIM[source])]
    s = _who(source, tie, level, name, vd, dr[1], ch[1])
    channel = CHANNELS[channels[last]]
    via_options = _VIA.get(channel, ("",))
    via = (
        f" on {_PLATFORMS[dr[2] % 7]}" if channel == "social_media" else via_options[dr[2] % len(via_options)]
    )
    place = _PLACES[dr[3] % len(_PLACES)].replace("{vd}", vd)
    clock = (
        f"{dr[4] % 24:02d}{dr[5] % 12 * 5:02d}hrs" if dr[5] % 2 else f"{dr[4] % 24:02d}:{dr[5] % 12 * 5:02d}"
    )
    slots = [
        v,
        s,
        vs,
        vo,
        vd,
        ss,
        so,
        sd,
        2 + dr[6] % 28,
        _PLATFORMS[dr[7] % 7],
        clock,
        place,
        via,
        f"£{50 + dr[8] % 60 * 25}",
        "",
    ]

    def say(options: list[Phrase], k: int) -> str:
        text: str = options[dr[k] % len(options)](*slots)
        return text

    behaviours: list[str] = []
    denied: list[str] = []
    main: list[str] = []
    if swapped and kind == d.STALKING:
        main.append(say(bank.lines["counter"], 9))
    else:
        code = firsts[last]
        main.append(say(bank.acts[_key(kind, single, code, channels[last])], 9))
        behaviours.append(BEHAVIOURS[code])
        if seconds[last] >= 0 and ch[2] < 0.9:
            code = seconds[last]
            main.append(say(bank.acts[_key(kind, single, code, channels[last])], 10))
            behaviours.append(BEHAVIOURS[code])
        if first != last and not swapped:
            code = firsts[first]
            slots[14] = say(bank.acts[_key(kind, single, code, channels[first])], 11)
            main.append(say(bank.lines["earlier"], 12))
            behaviours.append(BEHAVIOURS[code])
    if len(main) > 1 and ch[3] < 0.4:
        main = [f"{main[0]} and {main[1]}", *main[2:]]
    if third and ch[4] < 0.6:
        slots[14] = main[0]
        main[0] = say(bank.lines["hearsay"], 13)
    before: list[str] = []
    if ch[5] < (0.55 if kind in (d.STALKING, d.DOMESTIC, d.NEIGHBOUR) else 0.3) and kind != d.SINGLE:
        before.append(say(bank.relation[d.RELATIONSHIPS[tie]], 14))
    if breaches[last] and not swapped:
        before.append(say(bank.lines["order"], 15))
        behaviours.append("breach")
    after: list[str] = []
    if proxy and ch[6] < 0.75:
        after.append(say(bank.lines["proxy"], 16))
    if relative:
        after.append(say(bank.lines["relative"], 16))
    if ch[7] < 0.14 and kind != d.SINGLE:
        options = [b for b in bank.negation if b not in behaviours]
        what = options[dr[17] % len(options)]
        after.append(say(bank.negation[what], 18))
        denied.append(what)
    if ch[8] < 0.22 and kind != d.SINGLE:
        after.append(say(bank.lines["frequency"], 19))
    if earlier >= 0:
        after.append(f"Linked to {references[earlier]}" if dr[20] % 3 else f"See also {references[earlier]}")
    if ch[9] < 0.5:
        after.append(say(bank.lines["tails"], 21))
    sentences = [*before, *main, *after] if dr[22] % 5 else [*main, *before, *after]
    text = ". ".join(x[0].upper() + x[1:] for x in sentences) + "."
    if ch[10] < 0.10:
        text = recording_errors.text_slip(text, slip)
    if ch[11] < 0.03:
        text = text.upper()
    told.summary.append(text)
    told.impact.append(say(bank.lines["impact"], 23) if source == "helpline" else None)
    told.behaviours.append(behaviours)
    told.denied.append(denied)


def _who(source: str, tie: int, level: int, name: str | None, vd: str, draw: int, chance: float) -> str:
    """Return the suspect as the text has it: a habit word, a name, a tie to the victim, or nobody known."""
    if level >= r.DESCRIPTOR and tie in (d.UNKNOWN, d.STRANGER):
        return _UNKNOWN[draw % len(_UNKNOWN)]
    if name and chance < 0.22:
        return name.split(" ")[0]
    if chance < 0.42 and tie in _TIES:
        return _TIES[tie][draw % len(_TIES[tie])].replace("{vd}", vd)
    if tie == d.UNKNOWN and chance < 0.8:
        return _UNKNOWN[draw % len(_UNKNOWN)]
    return _SUSPECT[source][draw % len(_SUSPECT[source])]


_SINGLE_KEYS = {
    "theft": "theft",
    "shoplifting": "shoplifting",
    "burglary": "burglary",
    "damage": "damage_single",
    "vehicle_theft": "vehicle_theft",
    "suspicious": "suspicious",
    "concern": "concern",
    "nuisance": "nuisance",
    "one_message": "one_message",
}
_QUARRELS = {
    d.NEIGHBOUR: "quarrel_neighbour",
    d.WORK: "quarrel_work",
    d.FAMILY: "quarrel_family",
    d.QUARREL: "quarrel_friend",
}
_CONTACT = {"phone", "text_message", "email", "social_media"}


@cache
def _key(kind: int, single: int, behaviour: int, channel: int) -> str:
    name = BEHAVIOURS[behaviour]
    if single >= 0 and d.SINGLES[single] in _SINGLE_KEYS:
        return _SINGLE_KEYS[d.SINGLES[single]]
    if name == "quarrel":
        return _QUARRELS.get(kind, "quarrel_domestic")
    if name == "unwanted_contact":
        return f"unwanted_contact_{CHANNELS[channel] if CHANNELS[channel] in _CONTACT else 'in_person'}"
    if name == "debt_dispute" and kind == d.WORK:
        return "work_dispute"
    return name
