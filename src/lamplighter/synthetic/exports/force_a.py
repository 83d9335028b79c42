"""Force A's RMS extract: one line per person-role per occurrence, CSV, dd/mm/yyyy."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import Any

from lamplighter.synthetic.exports import quirks
from lamplighter.synthetic.worlds.world import World

HEADER = [
    "OCC_NO",
    "ROW_REF",
    "DATE_REPORTED",
    "OCC_FROM",
    "OCC_TO",
    "OFFENCE_TITLE",
    "HO_CLASS",
    "ALSO_CLASSED",
    "DA_FLAG",
    "LOCATION",
    "LOCATION_PC",
    "OUTCOME",
    "ROLE",
    "RELATIONSHIP",
    "SURNAME",
    "FORENAMES",
    "AKA",
    "DOB",
    "APP_AGE",
    "SEX",
    "SDE",
    "ADDRESS",
    "POSTCODE",
    "TEL_1",
    "TEL_2",
    "EMAIL",
    "SOCIAL_MEDIA",
    "VEHICLE",
    "PNCID",
    "MO_TEXT",
]
# Offence -> (class as held locally, titles officers choose from).
OFFENCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "stalking_s2a": (
        "8Q 195/12",
        ("Stalking (s.2A PHA 1997)", "Pursue a course of conduct amounting to stalking"),
    ),
    "stalking_s4a": (
        "8Q 8/66",
        ("Stalking involving serious alarm/distress", "Stalking - fear of violence (s.4A)"),
    ),
    "harassment_s2": (
        "8L 195/94",
        ("Harassment (s.2 PHA 1997)", "Harassment - course of conduct", "Harassment without violence"),
    ),
    "harassment_s4": (
        "8L 8/30",
        ("Harassment with fear of violence (s.4)", "Putting people in fear of violence"),
    ),
    "malicious_communications": (
        "8R 8/71",
        (
            "Malicious communications",
            "Send communication of an offensive nature",
            "Sending letters etc with intent to cause distress or anxiety",
        ),
    ),
    "controlling_coercive": (
        "8U 8/67",
        ("Controlling or coercive behaviour", "Coercive control in an intimate relationship"),
    ),
    "assault_no_injury": ("105A 105/1", ("Assault without injury", "Common assault and battery")),
    "assault_injury": ("8N 8/6", ("Assault occasioning ABH", "Assault with injury (s.47)")),
    "threats_to_kill": ("3B 3/1", ("Threats to kill",)),
    "public_order": (
        "9A 125/11",
        (
            "Section 5 public order",
            "Cause intentional harassment, alarm or distress",
            "Public order - fear, alarm or distress (s.4A)",
        ),
    ),
    "damage_dwelling": ("58A 149/1", ("Criminal damage to a dwelling", "Crim dam - dwelling")),
    "damage_vehicle": ("58C 149/3", ("Criminal damage to a vehicle", "Crim dam - vehicle under 5000")),
    "damage_other": ("58D 149/4", ("Criminal damage - other", "Other criminal damage")),
    "breach_nmo": ("66 66/81", ("Breach of non-molestation order",)),
    "breach_restraining": ("66 66/82", ("Breach of restraining order", "Breach of a restraining order")),
    "breach_spo": ("66 66/92", ("Breach of stalking protection order",)),
    "private_images": (
        "8 86/12",
        ("Disclose private sexual images", "Disclosing private sexual photographs and films"),
    ),
    "computer_misuse": (
        "53 NFIB",
        ("Unauthorised access to computer material", "Computer misuse - hacking social media"),
    ),
    "burglary_dwelling": ("28E 28/3", ("Burglary dwelling", "Burglary - residential")),
    "theft_from_vehicle": ("45 45/10", ("Theft from a motor vehicle",)),
    "theft_of_vehicle": (
        "48 48/1",
        ("Theft of a motor vehicle", "Theft or unauthorised taking of a motor vehicle"),
    ),
    "shoplifting": ("46 46/0", ("Shoplifting", "Theft from shop")),
    "theft_other": ("49 49/10", ("Theft - other", "Theft from the person", "Theft of pedal cycle")),
    "nc_domestic": (
        "NC DOM",
        ("Domestic incident - non crime", "DA non-crime", "Domestic incident (verbal argument)"),
    ),
    "nc_nuisance": ("NC ASB", ("ASB - nuisance", "ASB personal", "Neighbour dispute (non-crime)")),
    "nc_suspicious": ("NC SUS", ("Suspicious person/vehicle", "Suspicious circumstances")),
    "nc_communications": ("NC COM", ("Nuisance communications (non-crime)",)),
    "nc_concern": ("NC CON", ("Concern for safety",)),
    "nc_bail": ("NC BAIL", ("Breach of bail",)),
}
_ROLES = {
    "victim": "VICTIM",
    "suspect": "SUSPECT",
    "reporting_person": "REPORTING PERSON",
    "witness": "WITNESS",
    "involved": "INVOLVED PARTY",
}
_RELATIONSHIPS = {
    "ex_partner": ("Ex-partner", "EX PARTNER", "ex", "Ex spouse/partner"),
    "partner": ("Partner", "PARTNER", "Spouse"),
    "family": ("Family", "Relative", "Parent/child"),
    "friend": ("Friend", "Known person"),
    "acquaintance": ("Acquaintance", "Known person"),
    "colleague": ("Work colleague", "Colleague"),
    "neighbour": ("Neighbour",),
    "service_user": ("Client", "Customer", "Patient"),
    "stranger": ("Stranger", "Unknown"),
    "not_known": ("Unknown", "Not known"),
}


def write(world: World, path: Path) -> quirks.Written:
    """Return the extract, with its few lines that did not export cleanly."""
    rng = quirks.habits(world, "force_a")
    reports, people = quirks.people_by_report(world, "force_a_rms")
    offences, occasions = quirks.offences_by_report(world), quirks.occasion_by_report(world)
    lines, ids = [], []
    for report in reports:
        shared = _occurrence(report, offences[report["report_id"]], occasions[report["report_id"]], rng)
        for person in people[report["report_id"]]:
            row = shared | _person(person, rng)
            lines.append(_csv([row.get(h, "") for h in HEADER], rng))
            ids.append([person["record_id"]])
    out, written = quirks.damage(lines, ids, ",", rng, world.spared)
    if len(out) > 50:
        # A repeated header and an empty row, as when two exports are pasted together.
        out.insert(rng.randrange(10, len(out)), ",".join(HEADER))
        out.insert(rng.randrange(10, len(out)), "," * (len(HEADER) - 1))
        written.lines += 2
    written.lines += 1
    path.write_bytes("".join(f"{line}\r\n" for line in [",".join(HEADER), *out]).encode("utf-8"))
    return written


def _csv(values: list[str], rng: random.Random) -> str:
    if rng.random() < 0.004:
        values = [f"  {v} " for v in values]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(values)
    return buffer.getvalue()


def _occurrence(
    report: dict[str, Any], codes: list[str], occasion: dict[str, Any], rng: random.Random
) -> dict[str, str]:
    code, titles = OFFENCES[codes[0]]
    stamp = "%d/%m/%Y %H:%M"
    flag = report["domestic_abuse"]
    return {
        "OCC_NO": report["source_ref"],
        "DATE_REPORTED": report["reported_at"].strftime(stamp),
        "OCC_FROM": occasion["started_at"].strftime(stamp),
        "OCC_TO": occasion["ended_at"].strftime(stamp),
        "OFFENCE_TITLE": rng.choice(titles),
        "HO_CLASS": code,
        "ALSO_CLASSED": ", ".join(OFFENCES[c][0] for c in codes[1:]),
        "DA_FLAG": "" if flag is None else "Y" if flag else "N",
        "LOCATION": report["location_text"] or "",
        "LOCATION_PC": report["location_postcode"] or "",
        "OUTCOME": report["outcome"] or "",
        "MO_TEXT": report["summary"],
    }


def _person(p: dict[str, Any], rng: random.Random) -> dict[str, str]:
    surname = p["surname"] or ""
    if p["descriptor"] and not surname and not p["forenames"]:
        surname = "UNKNOWN" if rng.random() < 0.6 else ""
    born, age = ("", _age(p, rng))
    if p["birth_date"]:
        born = p["birth_date"].strftime("%d/%m/%Y")
        # Officers use either field for either.
        if rng.random() < 0.015:
            born, age = "", born
    phones = [quirks.telephone(x, rng) for x in p["phones"]]
    accounts = [quirks.account(h, rng) for h in p["handles"]]
    styles = ("{0} {1}", "{0}: {1}", "{1} ({0})")
    sex = {"male": ("M", "Male"), "female": ("F", "Female")}.get(p["sex"], ("U", ""))
    vehicle = " ".join([*[quirks.mark(v, rng) for v in p["vehicles"]], *p["vehicle_descriptions"]])
    relationship = ""
    if p["relationship"] and rng.random() < 0.94:
        relationship = rng.choice(_RELATIONSHIPS[p["relationship"]])
    address = p["address_text"] or ""
    return {
        "ROW_REF": p["record_id"].partition(":")[2],
        "ROLE": _ROLES[p["role"]],
        "RELATIONSHIP": relationship,
        "SURNAME": surname.upper() if rng.random() < 0.55 else surname,
        "FORENAMES": p["forenames"] or "",
        "AKA": "; ".join(p["nicknames"]),
        "DOB": born,
        "APP_AGE": age,
        "SEX": sex[0] if rng.random() < 0.7 else sex[1],
        "SDE": p["ethnicity"] or "",
        "ADDRESS": address,
        "POSTCODE": p["postcode"] or "",
        "TEL_1": phones[0] if phones else "",
        "TEL_2": phones[1] if len(phones) > 1 else "",
        "EMAIL": ", ".join(p["emails"]),
        "SOCIAL_MEDIA": "; ".join(rng.choice(styles).format(a, b) for a, b in accounts),
        "VEHICLE": vehicle,
        "PNCID": p["pnc_id"] or "",
    }


def _age(p: dict[str, Any], rng: random.Random) -> str:
    low, high = p["age_from"], p["age_to"]
    if low is None:
        return ""
    if high == low:
        return str(low)
    return f"{low}s" if low % 10 == 0 and high == low + 9 else f"approx {(low + high) // 2}"
