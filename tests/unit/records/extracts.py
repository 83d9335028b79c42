"""Made-up extracts of any size in the formats of the three agencies, by seed."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path

_LISTED_SURNAMES = """
Ashdale Brookfell Carrow Denholt Elsmere Farrant Goswick Harnby Ivelet Jolby Kexwith Lartin Marske Nunthorpe
"""
_SURNAMES = _LISTED_SURNAMES.split()
_LISTED_FORENAMES = """
Ada Bea Cyril Dora Edwin Flora Gus Hetty Ivo June Kit Lena Milo Nell Otto Pia Rex Sal Tess Una Vic Wim
"""
_FORENAMES = _LISTED_FORENAMES.split()
_STREETS = ["Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel", "Ivy", "Juniper"]
_TOWNS = ["Harrowmere", "Stowbridge", "Castlebeck", "Penhallow", "Ellerby", "Northmarch"]
_ACTS = (
    "knocked at the door and would not leave",
    "sent thirty messages overnight",
    "was seen in the car park at her work",
    "damaged the wing mirror of the car",
    "posted about the victim on Facebook",
    "argued over a parking space",
)
_OFFENCES_A = (
    ("Harassment (s.2 PHA 1997)", "8L 195/94"),
    ("Criminal damage to a vehicle", "58C 149/3"),
    ("Malicious communications", "8R 8/71"),
    ("Domestic incident - non crime", "NC DOM"),
    ("Stalking (s.2A PHA 1997)", "8Q 195/12"),
)
_OFFENCES_B = ("HAR1", "CDV1", "MAL1", "NCD", "STK1", "AST1")
FORCE_A_HEADER = (
    "OCC_NO,ROW_REF,DATE_REPORTED,OCC_FROM,OCC_TO,OFFENCE_TITLE,HO_CLASS,ALSO_CLASSED,DA_FLAG,LOCATION,LOCATION_PC,OUTCOME,ROLE,"
    "RELATIONSHIP,SURNAME,FORENAMES,AKA,DOB,APP_AGE,SEX,SDE,ADDRESS,POSTCODE,TEL_1,TEL_2,EMAIL,SOCIAL_MEDIA,VEHICLE,PNCID,MO_TEXT"
)


class Maker:
    """Random people, places and times; the same seed makes the same files."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.start = dt.datetime(2022, 7, 1)

    def when(self, number: int, of: int) -> dt.datetime:
        minutes = int(number / of * 4 * 365 * 24 * 60) + self.random.randrange(300)
        return self.start + dt.timedelta(minutes=minutes)

    def phone(self) -> str:
        digits = f"71{self.random.randrange(10**8):08d}"
        return self.random.choice(
            (f"0{digits}", f"+44{digits}", f"+44 {digits[:4]} {digits[4:]}", f"0{digits[:4]}-{digits[4:]}")
        )

    def address(self) -> tuple[str, str, str]:
        street = f"{self.random.randrange(1, 90)} {self.random.choice(_STREETS)} Road"
        return (
            street,
            self.random.choice(_TOWNS),
            f"AV{self.random.randrange(1, 9)} {self.random.randrange(1, 9)}QX",
        )

    def name(self) -> tuple[str, str]:
        return self.random.choice(_SURNAMES), self.random.choice(_FORENAMES)

    def born(self) -> dt.date:
        return dt.date(1950, 1, 1) + dt.timedelta(days=self.random.randrange(20_000))

    def story(self) -> str:
        hour, times = self.random.randrange(24), self.random.randrange(2, 99)
        return f"The suspect {self.random.choice(_ACTS)} at {hour:02d}00, the {times}th time since May."


def force_a(path: Path, reports: int, seed: int = 1) -> Path:
    """Two lines a report, one for the victim and one for the suspect."""
    make, row = Maker(seed), 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(FORCE_A_HEADER + "\r\n")
        for number in range(reports):
            told = make.when(number, reports)
            title, code = make.random.choice(_OFFENCES_A)
            street, town, postcode = make.address()
            start = told - dt.timedelta(hours=make.random.randrange(1, 40))
            head = f"4A/{number % 1_000_000:06d}/{22 + number // 1_000_000:02d}"
            times = ",".join(f"{t:%d/%m/%Y %H:%M}" for t in (told, start, told))
            event = f'{times},{title},{code},,Y,"{street}, {town}",{postcode},16'
            story = make.story()
            for role, relation in (("VICTIM", ""), ("SUSPECT", "Ex-partner")):
                row += 1
                surname, forename = make.name()
                handle = (
                    f"FB @{forename.lower()}{make.random.randrange(999)}"
                    if make.random.random() < 0.1
                    else ""
                )
                file.write(
                    f"{head},R{row:07d},{event},{role},{relation},{surname.upper()},{forename},,{make.born():%d/%m/%Y},,F,W1,"
                    f'"{street}, {town}",{postcode},{make.phone()},,,{handle},,,"{story}"\r\n'
                )
    return path


def force_b(folder: Path, reports: int, seed: int = 2) -> list[Path]:
    """Three files: crimes, two person records a crime, and the links."""
    make = Maker(seed)
    paths = [folder / f"force_b_{n}.txt" for n in ("crimes", "nominals", "links")]
    with (
        paths[0].open("w", encoding="cp1252", newline="") as crimes,
        paths[1].open("w", encoding="cp1252", newline="") as nominals,
        paths[2].open("w", encoding="cp1252", newline="") as links,
    ):
        crimes.write(
            "CRIME_REF|RECORDED_DT|FROM_DT|TO_DT|OFF_CD|OFF_DESC|INCL_CD|REC_TYPE|LOC_TXT|LOC_PC|FLAGS|OUTCOME_CD|SUMMARY\r\n"
        )
        nominals.write(
            "NOM_REF|FAMILY_NAME|GIVEN_1|GIVEN_2|ALIAS|BIRTH_DT|AGE_EST|GENDER_CD|ETH_CD|ADDR_LINE|TOWN|PCODE|MOBILE|OTHER_TEL|EMAIL|SOCIAL|VEH|PNC_NO|CREATED_DT\r\n"
        )
        links.write("LNK_REF|CRIME_REF|NOM_REF|ROLE_CD|REL_CD\r\n")
        for number in range(reports):
            told = make.when(number, reports)
            street, town, postcode = make.address()
            reference = f"HM{told:%y}{number:07d}"
            stamp = f"{told:%Y-%m-%dT%H:%M}"
            crimes.write(
                f"{reference}|{stamp}|{stamp}|{stamp}|{make.random.choice(_OFFENCES_B)}|TITLE||C|"
                f"{street} {town}|{postcode}|DA|16|{make.story()}\r\n"
            )
            for part, (role, relation) in enumerate((("V", ""), ("S", "12"))):
                nominal = f"N{number * 2 + part:07d}"
                surname, forename = make.name()
                nominals.write(
                    f"{nominal}|{surname}|{forename}|||{make.born():%Y-%m-%d}||1|01|{street}|{town}|{postcode}|{make.phone()}||||||{stamp}\r\n"
                )
                links.write(f"L{number * 2 + part:07d}|{reference}|{nominal}|{role}|{relation}\r\n")
    return paths


def helpline(path: Path, reports: int, seed: int = 3) -> Path:
    """One contact a line, a client and one person of concern in each."""
    make = Maker(seed)
    with path.open("w", encoding="utf-8") as file:
        for number in range(reports):
            told = make.when(number, reports)
            reference = f"HC-{told:%y}-{number:07d}"
            contact = {
                "contact_ref": reference,
                "contact": {"at": f"{told:%Y-%m-%dT%H:%M:%S}", "channel": "phone", "made_by": "client"},
                "client": {
                    "party_ref": f"{reference}/1",
                    "first_name": make.name()[1],
                    "age_band": "25-34",
                    "gender": "woman",
                    "ethnic_group": "White",
                    "area": make.random.choice(_TOWNS),
                    "safe_contact": {"phone": make.phone(), "leave_message": True, "best_time": "any"},
                    "handles": [],
                },
                "persons_of_concern": [
                    {
                        "party_ref": f"{reference}/2",
                        "first_name": make.name()[1],
                        "surname": make.name()[0],
                        "age_band": None,
                        "gender": "man",
                        "relationship": "ex-partner",
                        "phones": [make.phone()],
                        "handles": [
                            {"platform": "insta", "handle": f"@{make.name()[1].lower()}{number % 997}"}
                        ],
                    }
                ],
                "concern": "stalking",
                "behaviours": ["unwanted contact"],
                "story": make.story(),
                "impact": "Client is not sleeping.",
                "police": {"reported": False},
            }
            file.write(json.dumps(contact) + "\n")
    return path
