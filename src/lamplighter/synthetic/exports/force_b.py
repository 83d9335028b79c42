"""Force B's crimes, nominals and links: Windows-1252, pipes, no quoting, ISO dates."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from lamplighter.synthetic.exports import quirks
from lamplighter.synthetic.worlds.world import World

CRIMES = (
    "CRIME_REF|RECORDED_DT|FROM_DT|TO_DT|OFF_CD|OFF_DESC|INCL_CD|REC_TYPE|LOC_TXT|LOC_PC|FLAGS|"
    "OUTCOME_CD|SUMMARY"
)
NOMINALS = (
    "NOM_REF|FAMILY_NAME|GIVEN_1|GIVEN_2|ALIAS|BIRTH_DT|AGE_EST|GENDER_CD|ETH_CD|ADDR_LINE|TOWN|PCODE|MOBILE|OTHER_TEL|EMAIL|"
    "SOCIAL|VEH|PNC_NO|CREATED_DT"
)
LINKS = "LNK_REF|CRIME_REF|NOM_REF|ROLE_CD|REL_CD"
OFFENCES = {
    "stalking_s2a": ("STK1", "STALKING S2A PHA 97"),
    "stalking_s4a": ("STK2", "STALKING FEAR/SERIOUS ALARM S4A"),
    "harassment_s2": ("HAR1", "HARASSMENT S2 PHA 97"),
    "harassment_s4": ("HAR2", "HARASSMENT FEAR OF VIOLENCE S4"),
    "malicious_communications": ("MAL1", "MALICIOUS COMMS"),
    "controlling_coercive": ("CCB1", "CONTROLLING/COERCIVE"),
    "assault_no_injury": ("AST1", "COMMON ASSAULT"),
    "assault_injury": ("AST2", "ASSAULT WITH INJURY"),
    "threats_to_kill": ("THK1", "THREATS TO KILL"),
    "public_order": ("PUB1", "PUBLIC ORDER S4/4A/5"),
    "damage_dwelling": ("CDD1", "CRIM DAMAGE DWELLING"),
    "damage_vehicle": ("CDV1", "CRIM DAMAGE VEHICLE"),
    "damage_other": ("CDO1", "CRIM DAMAGE OTHER"),
    "breach_nmo": ("BRN1", "BREACH NON-MOLESTATION ORDER"),
    "breach_restraining": ("BRR1", "BREACH RESTRAINING ORDER"),
    "breach_spo": ("BRS1", "BREACH STALKING PROTECTION ORDER"),
    "private_images": ("IMG1", "PRIVATE SEXUAL IMAGES"),
    "computer_misuse": ("CMP1", "COMPUTER MISUSE"),
    "burglary_dwelling": ("BUR1", "BURGLARY RESIDENTIAL"),
    "theft_from_vehicle": ("TFV1", "THEFT FROM VEHICLE"),
    "theft_of_vehicle": ("TOV1", "THEFT OF VEHICLE"),
    "shoplifting": ("SHO1", "SHOP THEFT"),
    "theft_other": ("THF1", "THEFT OTHER"),
    "nc_domestic": ("NCD", "DOMESTIC INCIDENT (NC)"),
    "nc_nuisance": ("NCA", "ASB (NC)"),
    "nc_suspicious": ("NCS", "SUSPICIOUS CIRCS (NC)"),
    "nc_communications": ("NCM", "NUISANCE COMMS (NC)"),
    "nc_concern": ("NCC", "CONCERN FOR SAFETY (NC)"),
    "nc_bail": ("NBB", "BREACH OF BAIL (NC)"),
}
_ROLES = {"victim": "V", "suspect": "S", "reporting_person": "R", "witness": "W", "involved": "O"}
_RELATIONSHIPS = {
    "partner": "11",
    "ex_partner": "12",
    "family": "20",
    "colleague": "31",
    "acquaintance": "32",
    "friend": "32",
    "neighbour": "33",
    "service_user": "34",
    "stranger": "90",
    "not_known": "90",
}
_ETHNICITY = {
    code: f"{i:02d}"
    for i, code in enumerate(
        [
            "W1",
            "W2",
            "W3",
            "W9",
            "M1",
            "M2",
            "M3",
            "M9",
            "A1",
            "A2",
            "A3",
            "A4",
            "A9",
            "B1",
            "B2",
            "B9",
            "O2",
            "O9",
        ],
        start=1,
    )
}


def write(world: World, paths: list[Path]) -> list[quirks.Written]:
    """Crimes, nominals and links, in that order, each with a few damaged lines."""
    rng = quirks.habits(world, "force_b")
    reports, people = quirks.people_by_report(world, "force_b")
    offences, occasions = quirks.offences_by_report(world), quirks.occasion_by_report(world)
    crimes, links = [], []
    nominals: dict[str, tuple[str, list[str]]] = {}
    crime_ids: list[list[str]] = []
    link_ids: list[list[str]] = []
    for report in reports:
        rows = people[report["report_id"]]
        crimes.append(_crime(report, offences[report["report_id"]], occasions[report["report_id"]]))
        crime_ids.append([row["record_id"] for row in rows])
        for row in rows:
            ref = row["source_person_ref"]
            if ref not in nominals:
                nominals[ref] = (_nominal(row, report, rng), [])
            nominals[ref][1].append(row["record_id"])
            relation = _RELATIONSHIPS.get(row["relationship"] or "", "") if row["role"] == "suspect" else ""
            if rng.random() < 0.05:
                relation = ""
            link = row["record_id"].partition(":")[2]
            links.append(f"{link}|{report['source_ref']}|{ref}|{_ROLES[row['role']]}|{relation}")
            link_ids.append([row["record_id"]])
    order = sorted(nominals)
    out = []
    for path, header, lines, ids in (
        (paths[0], CRIMES, crimes, crime_ids),
        (paths[1], NOMINALS, [nominals[k][0] for k in order], [nominals[k][1] for k in order]),
        (paths[2], LINKS, links, link_ids),
    ):
        shown, written = quirks.damage(lines, ids, "|", rng, world.spared)
        if path == paths[2] and len(shown) > 20:
            # A link that points nowhere.
            shown.append(f"L{9_000_000 + rng.randrange(1000)}|HM000000000|N0000000|S|90")
            written.lines += 1
        written.lines += 1
        text = "".join(f"{line}\r\n" for line in [header, *shown])
        path.write_bytes(text.encode("cp1252", errors="replace"))
        out.append(written)
    return out


def _clean(value: str | None) -> str:
    """No quoting in this format: a pipe or a line end inside a value would break the line."""
    return (value or "").replace("|", " ").replace("\r", " ").replace("\n", " ")


def _crime(report: dict[str, Any], codes: list[str], occasion: dict[str, Any]) -> str:
    code, title = OFFENCES[codes[0]]
    flags = [*(["DA"] if report["domestic_abuse"] else []), *report["flags"]]
    return "|".join(
        [
            report["source_ref"],
            quirks.iso(report["reported_at"]),
            quirks.iso(occasion["started_at"]),
            quirks.iso(occasion["ended_at"]),
            code,
            title,
            "~".join(OFFENCES[c][0] for c in codes[1:]),
            "N" if report["record_type"] == "non_crime" else "C",
            _clean((report["location_text"] or "").replace(",", "")),
            report["location_postcode"] or "",
            " ".join(flags),
            report["outcome"] or "",
            _clean(report["summary"]),
        ]
    )


def _nominal(p: dict[str, Any], report: dict[str, Any], rng: random.Random) -> str:
    given = (p["forenames"] or "").split(" ", 1)
    surname = p["surname"] or ""
    if p["descriptor"] and not surname and not given[0] and rng.random() < 0.5:
        given = [p["descriptor"].title()]
    gender = {"male": "1", "female": "2"}.get(p["sex"], "0" if rng.random() < 0.7 else "9")
    address, town = p["address_text"] or "", p["town"] or ""
    if town and address.endswith(f", {town}"):
        address = address[: -len(town) - 2]
    mobiles = [x for x in p["phones"] if not x.startswith("+441632")]
    others = [x for x in p["phones"] if x.startswith("+441632")]
    accounts = [quirks.account(h, rng) for h in p["handles"]]
    vehicle = " ".join([*[quirks.mark(v, rng) for v in p["vehicles"]], *p["vehicle_descriptions"]])
    values = [
        p["source_person_ref"],
        surname,
        given[0],
        given[1] if len(given) > 1 else "",
        ", ".join(p["nicknames"]),
        p["birth_date"].isoformat() if p["birth_date"] else "",
        _age(p),
        gender,
        _ETHNICITY.get(p["ethnicity"] or "", "99" if rng.random() < 0.3 else ""),
        address,
        town,
        p["postcode"] or "",
        quirks.telephone(mobiles[0], rng) if mobiles else "",
        quirks.telephone(others[0], rng) if others else "",
        ",".join(p["emails"]),
        ",".join(f"{a}/{b}" for a, b in accounts),
        vehicle,
        p["pnc_id"] or "",
        quirks.iso(report["reported_at"]),
    ]
    if rng.random() < 0.003:
        values = [v or "NULL" for v in values]
    return "|".join(_clean(v) for v in values)


def _age(p: dict[str, Any]) -> str:
    low, high = p["age_from"], p["age_to"]
    if low is None:
        return ""
    return str(low) if low == high else f"{low}-{high}"
