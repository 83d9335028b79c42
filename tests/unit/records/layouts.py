"""Files as agencies of several kinds export them, and what each column means. Everybody is made up."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FIRST_F = [
    "Priya",
    "Emily",
    "Grace",
    "Aisha",
    "Hannah",
    "Zofia",
    "Megan",
    "Lucy",
    "Fatima",
    "Nia",
    "Chloe",
    "Rosa",
]
FIRST_M = [
    "Daniel",
    "Jack",
    "Omar",
    "Callum",
    "Piotr",
    "Marcus",
    "Lewis",
    "Ravi",
    "Owen",
    "Tom",
    "Kofi",
    "Liam",
]
LAST = [
    "Nair",
    "Hayes",
    "Robinson",
    "Okafor",
    "Kowalska",
    "Thorne",
    "Castell",
    "Vance",
    "Fenwick",
    "Bose",
    "Hale",
    "Reed",
]
STREETS = [
    "Meadow Lane",
    "Cromwell Terrace",
    "Station Road",
    "High Street",
    "Elm Close",
    "Canal Walk",
    "Mill Avenue",
]
TOWNS = ["Stowbridge", "Harrowmere", "Eastleigh Marsh", "Avonford", "Carrick Vale"]
OFFENCES = [
    "Stalking without fear",
    "Harassment",
    "Malicious communications",
    "Criminal damage to vehicle",
    "Common assault",
    "Breach of restraining order",
]
CODES = ["8Q", "8L", "8R", "58C", "105A", "66"]
RELATED = ["Ex-partner", "Stranger", "Neighbour", "Colleague", "Former husband", "Acquaintance", "Unknown"]
STORIES = [
    "He waited outside her work again and followed the car home.",
    "Suspect sent over forty messages in one night, then called from a withheld number.",
    "She found flowers on the doorstep with a note that named her new address.",
    "Neighbour saw him in the garden looking through the kitchen window at night.",
    "He told her mother that he would not stop until she spoke to him.",
]
Meant = tuple[str, str]


@dataclass
class Person:
    first: str
    last: str
    born: tuple[int, int, int]
    male: bool
    house: str
    town: str
    postcode: str
    mobile: str
    email: str


class Makes:
    """Values of made-up people, the same each time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def person(self, male: bool | None = None) -> Person:
        r = self.random
        m = r.random() < 0.5 if male is None else male
        first, last = r.choice(FIRST_M if m else FIRST_F), r.choice(LAST)
        return Person(
            first,
            last,
            (r.randint(1955, 2004), r.randint(1, 12), r.randint(1, 28)),
            m,
            f"{r.randint(1, 140)} {r.choice(STREETS)}",
            r.choice(TOWNS),
            f"AV{r.randint(1, 9)} {r.randint(1, 9)}{r.choice('ABDEFGHJ')}{r.choice('LNPQRSTU')}",
            f"07{r.randint(100, 999)}{r.randint(100000, 999999)}",
            f"{first.lower()}.{last.lower()}{r.randint(1, 99)}@example.org",
        )

    def day(self) -> tuple[int, int, int]:
        r = self.random
        return r.choice((2024, 2025)), r.randint(1, 12), r.randint(1, 28)

    def time(self) -> str:
        return f"{self.random.randint(0, 23):02d}:{self.random.choice((0, 5, 15, 30, 45)):02d}"

    def maybe(self, value: str, share: float = 0.7) -> str:
        return value if self.random.random() < share else ""

    def choice(self, values: list[str]) -> str:
        return self.random.choice(values)


def uk(day: tuple[int, int, int]) -> str:
    return f"{day[2]:02d}/{day[1]:02d}/{day[0]}"


def iso(day: tuple[int, int, int]) -> str:
    return f"{day[0]}-{day[1]:02d}-{day[2]:02d}"


Cells = dict[str, str]
Expected = dict[str, Meant]


@dataclass
class Layout:
    """Files of a system, the kind of agency, and what each heading means: meaning and whose."""

    name: str
    kind: str
    files: list[Path]
    expected: dict[tuple[str, str], Meant]
    rows_are: str


def _written(
    path: Path, columns: Expected, rows: list[Cells], sep: str = ",", above: str = "", encoding: str = "utf-8"
) -> dict[tuple[str, str], Meant]:
    def cell(value: str) -> str:
        return f'"{value}"' if sep in value or '"' in value else value

    heads = list(columns)
    lines = [sep.join(map(cell, heads)), *(sep.join(cell(row.get(h, "")) for h in heads) for row in rows)]
    path.write_bytes((above + "\r\n".join(lines) + "\r\n").encode(encoding))
    return {(path.name, h): m for h, m in columns.items()}


def police_side_by_side(folder: Path) -> Layout:
    make = Makes(1)
    columns: Expected = {
        "Crime No": ("report_reference", ""),
        "Recorded": ("reported_at", ""),
        "Committed From": ("happened_from", ""),
        "Committed To": ("happened_to", ""),
        "Offence Description": ("offence_title", ""),
        "HOCR Code": ("offence_code", ""),
        "Crime/Incident": ("record_type", ""),
        "Beat": ("not_used", ""),
        "Scene Address": ("place_text", ""),
        "Scene Postcode": ("place_postcode", ""),
        "Vic Surname": ("surname", "victim"),
        "Vic Forename(s)": ("forenames", "victim"),
        "Vic DoB": ("birth_date", "victim"),
        "Vic Gender": ("sex", "victim"),
        "Vic Self Def Eth": ("ethnicity", "victim"),
        "Vic Address": ("address", "victim"),
        "Vic P/Code": ("postcode", "victim"),
        "Vic Mob": ("phones", "victim"),
        "Susp Surname": ("surname", "suspect"),
        "Susp Forename(s)": ("forenames", "suspect"),
        "Susp Alias": ("nicknames", "suspect"),
        "Susp DoB": ("birth_date", "suspect"),
        "Susp App Age": ("age", "suspect"),
        "Susp Gender": ("sex", "suspect"),
        "Susp PNC ID": ("pnc_id", "suspect"),
        "Susp Tel": ("phones", "suspect"),
        "V/O Relationship": ("relationship", ""),
        "DA?": ("domestic_abuse", ""),
        "Outcome": ("outcome", ""),
        "OIC": ("not_used", ""),
        "Crime Notes": ("summary", ""),
    }
    rows = []
    for n in range(60):
        v, s, day = make.person(), make.person(True), make.day()
        at = make.random.randrange(len(OFFENCES))
        rows.append(
            {
                "Crime No": f"42CR/{n + 1001}/25",
                "Recorded": f"{uk(day)} {make.time()}",
                "Committed From": f"{uk(day)} {make.time()}",
                "Committed To": make.maybe(f"{uk(day)} 23:00"),
                "Offence Description": OFFENCES[at],
                "HOCR Code": CODES[at],
                "Crime/Incident": make.choice(["Crime", "Crime", "Non-crime"]),
                "Beat": make.choice(["B12", "B14", "C03"]),
                "Scene Address": f"{v.house}, {v.town}",
                "Scene Postcode": v.postcode,
                "Vic Surname": v.last.upper(),
                "Vic Forename(s)": v.first,
                "Vic DoB": uk(v.born),
                "Vic Gender": "M" if v.male else "F",
                "Vic Self Def Eth": make.choice(["W1", "A2", "B1", "NS"]),
                "Vic Address": f"{v.house}, {v.town}",
                "Vic P/Code": v.postcode,
                "Vic Mob": v.mobile,
                "Susp Surname": make.maybe(s.last.upper()),
                "Susp Forename(s)": make.maybe(s.first),
                "Susp Alias": make.maybe(make.choice(["Daz", "Smudge", "Baz"]), 0.2),
                "Susp DoB": make.maybe(uk(s.born), 0.5),
                "Susp App Age": make.maybe("approx 40", 0.2),
                "Susp Gender": "M",
                "Susp PNC ID": make.maybe("2001/0000123A", 0.1),
                "Susp Tel": make.maybe(s.mobile, 0.3),
                "V/O Relationship": make.choice(RELATED),
                "DA?": make.choice(["Y", "N", ""]),
                "Outcome": make.choice(["16", "15", "18", "1", ""]),
                "OIC": make.choice(["PC 4471", "DC 1180"]),
                "Crime Notes": make.choice(STORIES),
            }
        )
    path = folder / "crimes.csv"
    return Layout("police, side by side", "police", [path], _written(path, columns, rows, ";"), "parties")


def police_roles(folder: Path) -> Layout:
    """One person a row, tabs, Windows-1252, a title and a blank line above the headings."""
    make = Makes(2)
    columns: Expected = {
        "occurrenceNumber": ("report_reference", ""),
        "involvementId": ("row_reference", ""),
        "nominalNumber": ("person_reference", ""),
        "involvementType": ("role", ""),
        "dateTimeReported": ("reported_at", ""),
        "dateTimeFrom": ("happened_from", ""),
        "dateTimeTo": ("happened_to", ""),
        "classification": ("offence_title", ""),
        "locationFullAddress": ("place_text", ""),
        "locationPostcode": ("place_postcode", ""),
        "familyName": ("surname", ""),
        "givenName1": ("forenames", ""),
        "givenName2": ("forenames", ""),
        "dateOfBirth": ("birth_date", ""),
        "ageRange": ("age", ""),
        "sex": ("sex", ""),
        "ethnicAppearance": ("ethnicity", ""),
        "addressLine1": ("address", ""),
        "addressLine2": ("address", ""),
        "postTown": ("town", ""),
        "postCode": ("postcode", ""),
        "mobilePhone": ("phones", ""),
        "homePhone": ("phones", ""),
        "emailAddress": ("emails", ""),
        "socialMediaHandle": ("handles", ""),
        "vehicleRegistration": ("vehicles", ""),
        "relationshipToVictim": ("relationship", ""),
        "outcomeType": ("outcome", ""),
        "summary": ("summary", ""),
        "lastUpdatedDateTime": ("not_used", ""),
    }
    rows = []
    for n in range(60):
        day, at, story, off = make.day(), make.time(), make.choice(STORIES), make.choice(OFFENCES)
        for k, role in enumerate(("Victim", "Suspect")):
            p = make.person(True if k else None)
            rows.append(
                {
                    "occurrenceNumber": f"OCC-25-{n + 5001}",
                    "involvementId": str(90000 + 2 * n + k),
                    "nominalNumber": f"N{make.random.randint(10000, 99999)}",
                    "involvementType": role if n % 9 else ("Aggrieved" if k == 0 else "Offender"),
                    "dateTimeReported": f"{iso(day)} {at}",
                    "dateTimeFrom": f"{iso(day)} 08:00",
                    "dateTimeTo": f"{iso(day)} 09:00",
                    "classification": off,
                    "locationFullAddress": f"{p.house}, {p.town}"
                    if k == 0
                    else rows[-1]["locationFullAddress"],
                    "locationPostcode": p.postcode if k == 0 else rows[-1]["locationPostcode"],
                    "familyName": p.last,
                    "givenName1": p.first,
                    "givenName2": make.maybe("Jane", 0.2),
                    "dateOfBirth": make.maybe(iso(p.born)),
                    "ageRange": make.maybe("25-34", 0.3),
                    "sex": "Male" if p.male else "Female",
                    "ethnicAppearance": make.choice(["White - North European", "Black", "Asian"]),
                    "addressLine1": p.house,
                    "addressLine2": make.maybe("Flat 2", 0.2),
                    "postTown": p.town,
                    "postCode": p.postcode,
                    "mobilePhone": make.maybe(p.mobile),
                    "homePhone": make.maybe("01904 551234", 0.2),
                    "emailAddress": make.maybe(p.email, 0.4),
                    "socialMediaHandle": make.maybe(f"instagram: {p.first.lower()}_{p.last.lower()}", 0.3),
                    "vehicleRegistration": make.maybe("YT13 KDT", 0.2),
                    "relationshipToVictim": make.choice(RELATED) if k else "",
                    "outcomeType": make.choice(["Outcome 16", "Outcome 15", ""]),
                    "summary": story,
                    "lastUpdatedDateTime": f"{iso(day)} 23:00",
                }
            )
    path = folder / "occurrences.txt"
    told = _written(
        path, columns, rows, "\t", "Crown Force RMS extract\tPrinted 3 May 2025\r\n\r\n", "cp1252"
    )
    return Layout("police, one person a row", "police", [path], told, "people")


def helpline(folder: Path) -> Layout:
    make = Makes(3)
    columns: Expected = {
        "Contact ID": ("report_reference", ""),
        "Date of contact": ("reported_at", ""),
        "Time of contact": ("reported_time", ""),
        "Contact method": ("report_channel", ""),
        "Who contacted us": ("made_by", ""),
        "Main issue": ("offence_title", ""),
        "Stalking behaviours": ("behaviours", ""),
        "Call notes": ("summary", ""),
        "Impact on client": ("impact", ""),
        "Client first name": ("forenames", "victim"),
        "Client surname": ("surname", "victim"),
        "Client age group": ("age", "victim"),
        "Client gender": ("sex", "victim"),
        "Client ethnicity": ("ethnicity", "victim"),
        "Client town": ("town", "victim"),
        "Client postcode (first half)": ("postcode", "victim"),
        "Client phone": ("phones", "victim"),
        "Safe to leave voicemail?": ("safe_contact", ""),
        "Safe contact number": ("safe_contact", ""),
        "Perpetrator name": ("whole_name", "suspect"),
        "Perpetrator gender": ("sex", "suspect"),
        "Perpetrator age": ("age", "suspect"),
        "Perpetrator social media": ("handles", "suspect"),
        "Relationship to perpetrator": ("relationship", ""),
        "Reported to police?": ("not_used", ""),
        "Police ref": ("other_reference", ""),
        "Call taker": ("not_used", ""),
    }
    rows = []
    for n in range(50):
        v, s, day = make.person(False), make.person(True), make.day()
        rows.append(
            {
                "Contact ID": f"HL{n + 20001}",
                "Date of contact": uk(day),
                "Time of contact": make.time(),
                "Contact method": make.choice(["Phone", "Webchat", "Email"]),
                "Who contacted us": make.choice(["Victim", "Friend or family", "Professional"]),
                "Main issue": make.choice(["Stalking", "Harassment", "Domestic abuse", "Online abuse"]),
                "Stalking behaviours": make.choice(
                    ["Following; Messages", "Watching", "Threats; Gifts; Following"]
                ),
                "Call notes": make.choice(STORIES),
                "Impact on client": "She does not sleep and has stopped going to work.",
                "Client first name": v.first,
                "Client surname": make.maybe(v.last, 0.4),
                "Client age group": make.choice(["18-24", "25-34", "35-44", "65+"]),
                "Client gender": make.choice(["Woman", "Woman", "Man"]),
                "Client ethnicity": make.choice(
                    ["White British", "Asian or Asian British", "Prefer not to say"]
                ),
                "Client town": v.town,
                "Client postcode (first half)": v.postcode.split()[0],
                "Client phone": make.maybe(v.mobile),
                "Safe to leave voicemail?": make.choice(["Yes", "No"]),
                "Safe contact number": make.maybe(make.person().mobile, 0.5),
                "Perpetrator name": make.maybe(f"{s.first} {s.last}"),
                "Perpetrator gender": make.choice(["Male", "Male", "Female", "Not known"]),
                "Perpetrator age": make.maybe("40s", 0.5),
                "Perpetrator social media": make.maybe(f"@{s.first.lower()}_{s.last.lower()}", 0.3),
                "Relationship to perpetrator": make.choice(RELATED),
                "Reported to police?": make.choice(["Yes", "No"]),
                "Police ref": make.maybe("42CR/1001/25", 0.2),
                "Call taker": make.choice(["AB", "CD"]),
            }
        )
    path = folder / "contacts.csv"
    return Layout("helpline", "advocacy", [path], _written(path, columns, rows), "parties")


def probation(folder: Path) -> Layout:
    make = Makes(4)
    columns: Expected = {
        "Incident Ref": ("report_reference", ""),
        "CRN": ("person_reference", "suspect"),
        "PoP Surname": ("surname", "suspect"),
        "PoP Forename": ("forenames", "suspect"),
        "PoP DOB": ("birth_date", "suspect"),
        "PNC No": ("pnc_id", "suspect"),
        "Gender": ("sex", "suspect"),
        "Ethnic Origin": ("ethnicity", "suspect"),
        "Home Address": ("address", "suspect"),
        "Home Postcode": ("postcode", "suspect"),
        "Main Offence": ("offence_title", ""),
        "Sentence Date": ("not_used", ""),
        "Probation Practitioner": ("not_used", ""),
        "RoSH Level": ("not_used", ""),
        "Date Notified": ("reported_at", ""),
        "Date of Incident": ("happened_from", ""),
        "Incident Details": ("summary", ""),
        "Victim Name": ("whole_name", "victim"),
        "Victim DOB": ("birth_date", "victim"),
        "Relationship to Victim": ("relationship", ""),
    }
    rows = []
    for n in range(40):
        s, v, day = make.person(True), make.person(False), make.day()
        rows.append(
            {
                "Incident Ref": f"INC{n + 301:05d}",
                "CRN": f"X{make.random.randint(100000, 999999)}",
                "PoP Surname": s.last,
                "PoP Forename": s.first,
                "PoP DOB": uk(s.born),
                "PNC No": make.maybe("2003/0001234K", 0.6),
                "Gender": "Male",
                "Ethnic Origin": make.choice(["White British", "Black Caribbean", "Pakistani"]),
                "Home Address": f"{s.house}, {s.town}",
                "Home Postcode": s.postcode,
                "Main Offence": make.choice(OFFENCES),
                "Sentence Date": uk(make.day()),
                "Probation Practitioner": make.choice(["A Marsh", "T Cole"]),
                "RoSH Level": make.choice(["High", "Medium"]),
                "Date Notified": uk(day),
                "Date of Incident": uk(day),
                "Incident Details": make.choice(STORIES),
                "Victim Name": f"{v.last}, {v.first}",
                "Victim DOB": make.maybe(uk(v.born), 0.5),
                "Relationship to Victim": make.choice(RELATED),
            }
        )
    path = folder / "delius.csv"
    return Layout("probation", "probation", [path], _written(path, columns, rows), "parties")


def housing(folder: Path) -> Layout:
    """Two lines of headings: who, and what of them. Month before day in no date; a pipe between cells."""
    make = Makes(5)
    columns: Expected = {
        "Case Ref": ("report_reference", ""),
        "Date Opened": ("reported_at", ""),
        "ASB Category": ("offence_title", ""),
        "Description of Events": ("summary", ""),
        "Complainant Full Name": ("whole_name", "victim"),
        "Complainant Address": ("address", "victim"),
        "Complainant Post Code": ("postcode", "victim"),
        "Complainant Contact No": ("phones", "victim"),
        "Alleged Perpetrator Full Name": ("whole_name", "suspect"),
        "Alleged Perpetrator Address": ("address", "suspect"),
        "Alleged Perpetrator Post Code": ("postcode", "suspect"),
        "Relationship": ("relationship", ""),
        "Housing Officer": ("not_used", ""),
        "Case Status": ("not_used", ""),
        "Police Log No": ("other_reference", ""),
    }
    rows = []
    for n in range(40):
        v, s, day = make.person(), make.person(), make.day()
        rows.append(
            {
                "Case Ref": f"ASB{n + 7001}",
                "Date Opened": uk(day),
                "ASB Category": make.choice(["Harassment", "Noise", "Neighbour dispute", "Stalking"]),
                "Description of Events": make.choice(STORIES),
                "Complainant Full Name": f"{v.first} {v.last}",
                "Complainant Address": f"{v.house}, {v.town}",
                "Complainant Post Code": v.postcode,
                "Complainant Contact No": v.mobile,
                "Alleged Perpetrator Full Name": f"{s.first} {s.last}",
                "Alleged Perpetrator Address": f"{s.house}, {s.town}",
                "Alleged Perpetrator Post Code": s.postcode,
                "Relationship": make.choice(["Neighbour", "Ex-partner", "Not known"]),
                "Housing Officer": make.choice(["J Poole", "S Iqbal"]),
                "Case Status": make.choice(["Open", "Closed"]),
                "Police Log No": make.maybe("L1234/25", 0.3),
            }
        )
    path = folder / "asb cases.csv"
    return Layout("housing", "other", [path], _written(path, columns, rows, "|"), "parties")


def health(folder: Path) -> Layout:
    """A service's incidents: the patient beside whoever stalks, with times in columns of their own."""
    make = Makes(6)
    columns: Expected = {
        "Datix Ref": ("report_reference", ""),
        "Incident Date": ("happened_from", ""),
        "Incident Time": ("happened_from_time", ""),
        "Date Reported": ("reported_at", ""),
        "Location (exact)": ("place_text", ""),
        "Incident Category": ("offence_title", ""),
        "Description of Incident": ("summary", ""),
        "NHS Number": ("person_reference", "victim"),
        "Patient Forename": ("forenames", "victim"),
        "Patient Surname": ("surname", "victim"),
        "Patient DOB": ("birth_date", "victim"),
        "Patient Sex": ("sex", "victim"),
        "Assailant Name": ("whole_name", "suspect"),
        "Assailant Description": ("not_used", ""),
        "Relationship to Patient": ("relationship", ""),
        "Severity": ("not_used", ""),
        "Consultant": ("not_used", ""),
    }
    rows = []
    for n in range(30):
        v, s, day = make.person(), make.person(), make.day()
        rows.append(
            {
                "Datix Ref": f"W{n + 88001}",
                "Incident Date": uk(day),
                "Incident Time": make.time(),
                "Date Reported": uk(day),
                "Location (exact)": make.choice(["Ward 4", "Car park B", "Outpatients"]),
                "Incident Category": make.choice(["Harassment of patient", "Stalking", "Verbal abuse"]),
                "Description of Incident": make.choice(STORIES),
                "NHS Number": f"{make.random.randint(4000000000, 7999999999)}",
                "Patient Forename": v.first,
                "Patient Surname": v.last,
                "Patient DOB": uk(v.born),
                "Patient Sex": "1" if v.male else "2",
                "Assailant Name": make.maybe(f"{s.first} {s.last}", 0.6),
                "Assailant Description": make.maybe("tall, grey coat", 0.3),
                "Relationship to Patient": make.choice(["Ex-partner", "Visitor", "Unknown"]),
                "Severity": make.choice(["Low", "Moderate"]),
                "Consultant": make.choice(["Dr Lowe", "Dr Sen"]),
            }
        )
    path = folder / "incidents.csv"
    return Layout("health", "health", [path], _written(path, columns, rows), "parties")


def json_flat(folder: Path) -> Layout:
    make = Makes(7)
    expected: Expected = {
        "referralId": ("report_reference", ""),
        "receivedAt": ("reported_at", ""),
        "source": ("report_channel", ""),
        "concernType": ("offence_title", ""),
        "narrative": ("summary", ""),
        "survivorFirstName": ("forenames", "victim"),
        "survivorLastName": ("surname", "victim"),
        "survivorDob": ("birth_date", "victim"),
        "survivorEmail": ("emails", "victim"),
        "abuserFirstName": ("forenames", "suspect"),
        "abuserLastName": ("surname", "suspect"),
        "abuserRelationship": ("relationship", ""),
        "isDomestic": ("domestic_abuse", ""),
    }
    lines = []
    for n in range(40):
        v, s, day = make.person(False), make.person(True), make.day()
        lines.append(
            json.dumps(
                {
                    "referralId": f"R-{n + 500}",
                    "receivedAt": f"{iso(day)}T{make.time()}:00",
                    "source": make.choice(["online form", "phone", "email"]),
                    "concernType": make.choice(["stalking", "harassment", "coercive control"]),
                    "narrative": make.choice(STORIES),
                    "survivorFirstName": v.first,
                    "survivorLastName": v.last,
                    "survivorDob": iso(v.born),
                    "survivorEmail": v.email,
                    "abuserFirstName": s.first,
                    "abuserLastName": s.last,
                    "abuserRelationship": make.choice(RELATED),
                    "isDomestic": make.random.random() < 0.5,
                }
            )
        )
    path = folder / "referrals.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return Layout(
        "JSON, flat", "advocacy", [path], {(path.name, h): m for h, m in expected.items()}, "parties"
    )


def two_files(folder: Path) -> Layout:
    """Crimes in one file and the people in another, which names the crime."""
    make = Makes(8)
    crimes: Expected = {
        "URN": ("report_reference", ""),
        "Created": ("reported_at", ""),
        "Earliest Date": ("happened_from", ""),
        "Latest Date": ("happened_to", ""),
        "Home Office Class": ("offence_code", ""),
        "Crime Type": ("offence_title", ""),
        "Venue": ("place_text", ""),
        "Disposal": ("outcome", ""),
        "Circumstances": ("summary", ""),
    }
    people: Expected = {
        "Party ID": ("person_reference", ""),
        "Crime URN": ("report_reference", ""),
        "Capacity": ("role", ""),
        "Last Name": ("surname", ""),
        "First Name": ("forenames", ""),
        "Birth Date": ("birth_date", ""),
        "M/F": ("sex", ""),
        "Street Address": ("address", ""),
        "Town/City": ("town", ""),
        "Postal Code": ("postcode", ""),
        "Telephone": ("phones", ""),
        "Known to victim as": ("relationship", ""),
    }
    first, second = [], []
    for n in range(40):
        day, at = make.day(), make.random.randrange(len(OFFENCES))
        first.append(
            {
                "URN": f"55/{n + 100}/25",
                "Created": uk(day),
                "Earliest Date": uk(day),
                "Latest Date": uk(day),
                "Home Office Class": CODES[at],
                "Crime Type": OFFENCES[at],
                "Venue": make.person().house,
                "Disposal": make.choice(["Charged", "No suspect identified", "Evidential difficulties"]),
                "Circumstances": make.choice(STORIES),
            }
        )
        for k, role in enumerate(("Complainant", "Accused")):
            p = make.person(True if k else None)
            second.append(
                {
                    "Party ID": f"P{n * 2 + k + 4000}",
                    "Crime URN": f"55/{n + 100}/25",
                    "Capacity": role,
                    "Last Name": p.last,
                    "First Name": p.first,
                    "Birth Date": uk(p.born),
                    "M/F": "M" if p.male else "F",
                    "Street Address": p.house,
                    "Town/City": p.town,
                    "Postal Code": p.postcode,
                    "Telephone": make.maybe(p.mobile),
                    "Known to victim as": make.choice(RELATED) if k else "",
                }
            )
    one, two = folder / "crime.csv", folder / "party.csv"
    told = _written(one, crimes, first) | _written(two, people, second)
    return Layout("police, two files", "police", [one, two], told, "people")


LAYOUTS: list[Callable[[Path], Layout]] = [
    police_side_by_side,
    police_roles,
    helpline,
    probation,
    housing,
    health,
    json_flat,
    two_files,
]
