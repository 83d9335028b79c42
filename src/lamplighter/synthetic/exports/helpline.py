"""The helpline's contacts: one JSON object a line, people nested, no dates of birth."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from lamplighter.synthetic.exports import quirks
from lamplighter.synthetic.worlds.world import World

_CONCERNS = {
    "contact_stalking": "stalking",
    "contact_harassment": "harassment",
    "contact_domestic_abuse": "domestic abuse",
    "contact_neighbour": "neighbour",
    "contact_online_abuse": "online abuse",
    "contact_other": "other",
}
_RELATIONSHIPS = {
    "ex_partner": "ex-partner",
    "partner": "partner",
    "family": "family",
    "friend": "acquaintance",
    "acquaintance": "acquaintance",
    "colleague": "colleague",
    "neighbour": "neighbour",
    "service_user": "client",
    "stranger": "unknown",
    "not_known": "unknown",
}
_GROUPS = {
    "W": "White",
    "M": "Mixed",
    "A": "Asian or Asian British",
    "B": "Black or Black British",
    "O": "Other",
}
_GENDERS = {"male": "man", "female": "woman"}
_FORCES = {"force_a_rms": "Force A", "force_b": "Force B"}


def write(world: World, path: Path) -> quirks.Written:
    """Return the contacts; a few lines are not valid JSON or lack a field."""
    rng = quirks.habits(world, "helpline")
    reports, people = quirks.people_by_report(world, "helpline")
    offences, occasions = quirks.offences_by_report(world), quirks.occasion_by_report(world)
    safe = {
        row["record_id"]: json.loads(row["details"])
        for row in world.bundle["safe_contacts"].iter_rows(named=True)
    }
    forces = dict(world.bundle["reports"].select("source_ref", "source").iter_rows())
    written = quirks.Written()
    lines: list[str] = []
    for report in reports:
        rows = people[report["report_id"]]
        contact = _contact(
            report, rows, offences[report["report_id"]][0], occasions[report["report_id"]], safe, forces, rng
        )
        records = [row["record_id"] for row in rows]
        draw = rng.random()
        if draw < 0.012:
            written.damaged += records
            lines.append(_broken(contact, rng))
        else:
            lines.append(json.dumps(contact, ensure_ascii=False))
            if draw > 0.995:
                lines.append(lines[-1])
                written.repeated += 1
    written.lines = len(lines)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8"))
    return written


def _broken(contact: dict[str, Any], rng: random.Random) -> str:
    kind = rng.randrange(4)
    text = json.dumps(contact, ensure_ascii=False)
    if kind == 0:
        return text[: len(text) * 2 // 3]
    if kind == 1:
        return f"{text[:-1]},}}"
    contact = dict(contact)
    if kind == 2:
        del contact["contact_ref"]
    elif isinstance(contact.get("persons_of_concern"), list) and contact["persons_of_concern"]:
        contact["persons_of_concern"] = contact["persons_of_concern"][0]
    return json.dumps(contact, ensure_ascii=False)


def _contact(
    report: dict[str, Any],
    rows: list[dict[str, Any]],
    concern: str,
    occasion: dict[str, Any],
    safe: dict[str, Any],
    forces: dict[str, str],
    rng: random.Random,
) -> dict[str, Any]:
    client = next(row for row in rows if row["role"] == "victim")
    suspects = [row for row in rows if row["role"] == "suspect"]
    others = [row for row in rows if row["role"] not in ("victim", "suspect")]
    known = safe.get(client["record_id"], {"phone": None, "leave_message": False, "best_time": "any"})
    person = _party(client, rng)
    person["ethnic_group"] = _GROUPS.get((client["ethnicity"] or "?")[0])
    person["area"] = client["town"]
    phone = known["phone"]
    person["safe_contact"] = {**known, "phone": quirks.telephone(phone, rng) if phone else None}
    named = report["related_refs"]
    police: dict[str, Any] = {"reported": bool(named) or rng.random() < 0.4}
    if named and forces.get(named[0]) in _FORCES:
        ref = named[0]
        # References are read out over the telephone: now and then a digit is dropped.
        if rng.random() < 0.12:
            at = rng.randrange(4, len(ref) - 3)
            ref = ref[:at] + ref[at + 1 :]
        police |= {"force": _FORCES[forces[named[0]]], "ref": ref}
    contact: dict[str, Any] = {
        "contact_ref": report["source_ref"],
        "contact": {
            "at": report["reported_at"].isoformat(),
            "channel": report["report_channel"],
            "made_by": "third party" if report["made_by"] == "third_party" else "client",
        },
        "client": person,
        "persons_of_concern": [
            {**_party(row, rng), "relationship": _RELATIONSHIPS.get(row["relationship"] or "", "unknown")}
            for row in suspects
        ],
    }
    if others:
        contact["others"] = [
            {**_party(row, rng), "relationship": None, "area": row["town"]} for row in others
        ]
    return contact | {
        "concern": _CONCERNS[concern],
        "behaviours": occasion["behaviours_raw"],
        "story": report["summary"],
        "impact": report["impact"],
        "police": police,
    }


def _party(p: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    out: dict[str, Any] = {"party_ref": p["record_id"].partition(":")[2]}
    if p["forenames"]:
        out["first_name"] = p["forenames"].split(" ")[0]
    if p["surname"]:
        out["surname"] = p["surname"][0] if rng.random() < 0.08 else p["surname"]
    if p["nicknames"]:
        out["known_as"] = p["nicknames"][0]
    low, high = p["age_from"], p["age_to"]
    out["age_band"] = (
        None if low is None else "under 18" if high <= 17 else "65+" if low >= 65 else f"{low}-{high}"
    )
    out["gender"] = _GENDERS.get(p["sex"])
    if p["phones"]:
        out["phones"] = [quirks.telephone(x, rng) for x in p["phones"]]
    if p["vehicles"]:
        description = p["vehicle_descriptions"][0] if p["vehicle_descriptions"] else ""
        out["vehicle"] = {"reg": quirks.mark(p["vehicles"][0], rng), "description": description}
    out["handles"] = [
        dict(zip(("platform", "handle"), quirks.account(h, rng), strict=True)) for h in p["handles"]
    ]
    return out
