"""Draw how an occasion is recorded: the offence a recording officer picks, and what is included with it.

Recording rules by date: before 1 June 2023 a second crime might be raised for the same event; from then one
principal crime is counted and the rest may be included, which is often left out. Which offence is picked for
which behaviour has no published table: the weights are settings. [I]
"""

from __future__ import annotations

import numpy as np

from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.courses.occasions import BEHAVIOURS, CODE
from lamplighter.synthetic.sampling.draws import Bools, Floats, Ints, chance, pick_rows

OFFENCES = (
    "stalking_s2a",
    "stalking_s4a",
    "harassment_s2",
    "harassment_s4",
    "malicious_communications",
    "controlling_coercive",
    "assault_no_injury",
    "assault_injury",
    "threats_to_kill",
    "public_order",
    "damage_dwelling",
    "damage_vehicle",
    "damage_other",
    "breach_nmo",
    "breach_restraining",
    "breach_spo",
    "private_images",
    "computer_misuse",
    "burglary_dwelling",
    "theft_from_vehicle",
    "theft_of_vehicle",
    "shoplifting",
    "theft_other",
    "nc_domestic",
    "nc_nuisance",
    "nc_suspicious",
    "nc_communications",
    "nc_concern",
    "nc_bail",
    "contact_stalking",
    "contact_harassment",
    "contact_domestic_abuse",
    "contact_neighbour",
    "contact_online_abuse",
    "contact_other",
)
CODE_OF = {name: i for i, name in enumerate(OFFENCES)}
NON_CRIME_FROM = CODE_OF["nc_domestic"]
GROUP = {
    **dict.fromkeys(("stalking_s2a", "stalking_s4a", "contact_stalking"), "stalking"),
    **dict.fromkeys(("harassment_s2", "harassment_s4", "contact_harassment"), "harassment"),
    "malicious_communications": "malicious_communications",
    "controlling_coercive": "controlling_coercive",
    "assault_no_injury": "assault",
    "assault_injury": "assault",
    "threats_to_kill": "threats_to_kill",
    "public_order": "public_order",
    **dict.fromkeys(("damage_dwelling", "damage_vehicle", "damage_other"), "criminal_damage"),
    **dict.fromkeys(("breach_nmo", "breach_restraining", "breach_spo"), "breach_of_order"),
    "private_images": "private_images",
    "computer_misuse": "computer_misuse",
    "burglary_dwelling": "burglary",
    **dict.fromkeys(("theft_from_vehicle", "theft_of_vehicle", "shoplifting", "theft_other"), "theft"),
    "nc_domestic": "domestic_incident",
    "nc_nuisance": "nuisance",
    "nc_suspicious": "suspicious",
    "nc_communications": "nuisance_communications",
    "nc_concern": "concern",
    "nc_bail": "breach_of_bail",
    "contact_domestic_abuse": "domestic_abuse",
    "contact_neighbour": "neighbour",
    "contact_online_abuse": "online_abuse",
    "contact_other": "other",
}
_REMOTE: dict[str, float] = {
    "malicious_communications": 5,
    "harassment_s2": 3,
    "nc_communications": 2,
    "nc_domestic": 1,
}
_NEAR: dict[str, float] = {
    "harassment_s2": 4,
    "nc_suspicious": 3,
    "public_order": 2,
    "nc_domestic": 1,
    "nc_concern": 0.5,
}
_OF_BEHAVIOUR: dict[str, dict[str, float]] = {
    "unwanted_contact": _REMOTE,
    "unwanted_gift": {
        "malicious_communications": 4,
        "harassment_s2": 3,
        "nc_suspicious": 1,
        "nc_communications": 1,
    },
    "contact_via_others": {
        "harassment_s2": 4,
        "malicious_communications": 2,
        "nc_domestic": 1,
        "nc_communications": 1,
    },
    "payment_messages": _REMOTE,
    "publishing": {"malicious_communications": 5, "private_images": 1.5, "harassment_s2": 2},
    "approach": _NEAR,
    "following": _NEAR,
    "loitering": _NEAR,
    "watching": _NEAR,
    "monitoring": {"harassment_s2": 4, "computer_misuse": 2, "nc_suspicious": 1, "controlling_coercive": 1},
    "tracking": {"harassment_s2": 4, "nc_suspicious": 2, "computer_misuse": 1, "controlling_coercive": 1},
    "account_access": {"computer_misuse": 4, "harassment_s2": 2, "malicious_communications": 1},
    "impersonation": {"malicious_communications": 4, "harassment_s2": 2, "computer_misuse": 1},
    "unwanted_orders": {"harassment_s2": 2, "malicious_communications": 2, "nc_communications": 2},
    "false_allegations": {"harassment_s2": 3, "malicious_communications": 1, "nc_concern": 1},
    "threat_self_harm": {"nc_concern": 4, "malicious_communications": 2, "nc_domestic": 1},
    "threat_harm": {"public_order": 4, "harassment_s4": 2, "malicious_communications": 2},
    "threat_veiled": {"malicious_communications": 3, "public_order": 2, "harassment_s2": 2},
    "threat_images": {"malicious_communications": 3, "private_images": 3},
    "damage": {"damage_vehicle": 4, "damage_dwelling": 3, "damage_other": 2},
    "interference": {"damage_vehicle": 2, "damage_other": 3, "nc_suspicious": 1},
    "break_in": {"burglary_dwelling": 4, "damage_dwelling": 2, "nc_suspicious": 1},
    "coercion": {"controlling_coercive": 3, "nc_domestic": 2},
    "threat_kill": {
        "threats_to_kill": 4,
        "harassment_s4": 2,
        "malicious_communications": 1,
        "public_order": 1,
    },
    "violence": {"assault_no_injury": 4, "assault_injury": 3},
    "strangulation": {"assault_injury": 1},
    "sexual_violence": {"assault_injury": 1},
    "abuse": {"public_order": 4, "malicious_communications": 2},
    "quarrel": {"nc_domestic": 5, "public_order": 2, "nc_nuisance": 1},
    "neighbour_nuisance": {"nc_nuisance": 6, "public_order": 2, "harassment_s2": 0.7},
    "debt_dispute": {
        "public_order": 2,
        "malicious_communications": 2,
        "nc_nuisance": 1,
        "harassment_s2": 0.8,
    },
    "nuisance_caller": {"malicious_communications": 2, "nc_communications": 4},
    "acquisitive": {"theft_other": 1},
    "disorder": {"public_order": 4, "assault_no_injury": 1, "nc_nuisance": 1},
    "breach": {"breach_nmo": 1},
}
_OF_SINGLE = {
    "theft": "theft_other",
    "shoplifting": "shoplifting",
    "burglary": "burglary_dwelling",
    "concern": "nc_concern",
    "nuisance": "nc_nuisance",
    "suspicious": "nc_suspicious",
}


def _table() -> Floats:
    table = np.zeros((len(BEHAVIOURS), len(OFFENCES)))
    for behaviour, options in _OF_BEHAVIOUR.items():
        for offence, weight in options.items():
            table[CODE[behaviour], CODE_OF[offence]] = weight
    return table


TABLE = _table()


def principal(
    rng: np.random.Generator,
    dossiers: d.Dossiers,
    dossier: Ints,
    behaviour: Ints,
    breach: Bools,
    stalking: Bools,
    helpline: Bools,
    remote: Bools,
) -> Ints:
    """The offence each report is recorded as: an index of :data:`OFFENCES`, one a report."""
    n = len(dossier)
    out = pick_rows(rng, TABLE, behaviour)
    domestic = np.isin(dossiers.relationship[dossier], [d.EX, d.PARTNER])
    # 'Domestic incident' is kept for those who are or were partners.
    out = np.where((out == CODE_OF["nc_domestic"]) & ~domestic, CODE_OF["public_order"], out)
    quarrel = (dossiers.relationship[dossier] == d.RELATIVE) & (behaviour == CODE["quarrel"])
    out = np.where(quarrel & chance(rng, 0.6, n), CODE_OF["nc_domestic"], out)
    for name, offence in _OF_SINGLE.items():
        out[dossiers.single[dossier] == d.SINGLES.index(name)] = CODE_OF[offence]
    cars = dossiers.single[dossier] == d.SINGLES.index("vehicle_theft")
    out = np.where(
        cars, np.where(chance(rng, 0.7, n), CODE_OF["theft_from_vehicle"], CODE_OF["theft_of_vehicle"]), out
    )
    broken = np.where(domestic, CODE_OF["breach_nmo"], CODE_OF["breach_spo"])
    broken = np.where(chance(rng, 0.25, n), CODE_OF["breach_restraining"], broken)
    broken = np.where(chance(rng, 0.12, n), CODE_OF["nc_bail"], broken)
    out = np.where(breach & chance(rng, 0.65, n), broken, out)
    out = np.where(
        stalking, np.where(chance(rng, 0.3, n), CODE_OF["stalking_s4a"], CODE_OF["stalking_s2a"]), out
    )
    return np.where(helpline, _concern(rng, dossiers, dossier, stalking, remote), out)


def _concern(
    rng: np.random.Generator, dossiers: d.Dossiers, dossier: Ints, stalking: Bools, remote: Bools
) -> Ints:
    """What a call taker chooses first. A helpline says stalking more readily than the police. [I]"""
    n = len(dossier)
    kind, relationship = dossiers.kind[dossier], dossiers.relationship[dossier]
    out = np.full(n, CODE_OF["contact_other"])
    out[kind == d.NEIGHBOUR] = CODE_OF["contact_neighbour"]
    out[np.isin(relationship, [d.PARTNER, d.RELATIVE])] = CODE_OF["contact_domestic_abuse"]
    out = np.where(
        (kind != d.STALKING) & (out == CODE_OF["contact_other"]) & chance(rng, 0.4, n),
        CODE_OF["contact_harassment"],
        out,
    )
    true = kind == d.STALKING
    other = np.where(relationship == d.EX, CODE_OF["contact_domestic_abuse"], CODE_OF["contact_harassment"])
    other = np.where(remote & chance(rng, 0.5, n), CODE_OF["contact_online_abuse"], other)
    said = stalking | chance(rng, 0.35, n)
    mistaken = ~true & chance(rng, 0.06, n)
    named = (true & said & ~dossiers.hidden[dossier]) | mistaken
    return np.where(named, CODE_OF["contact_stalking"], np.where(true, other, out))
