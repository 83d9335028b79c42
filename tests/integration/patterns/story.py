"""Four reports about Priya Nair and a man called "Dan", among others, written straight into the store.

Everybody is made up. The story does not depend on the made-up world of
``lamplighter.synthetic``, so that a change there cannot turn these tests green or red.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from django.apps import apps
from django.db import connection
from django.utils import timezone

from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.intake.storage import batch_writer
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.people.links import reason_words
from lamplighter.hub.people.matching import services as relinking
from lamplighter.records import ingest, schema
from lamplighter.records.reading.batches import Batch, Counts

FIRST = (
    "Aisha",
    "Tom",
    "Grace",
    "Liam",
    "Megan",
    "Oscar",
    "Ruth",
    "Callum",
    "Nia",
    "Victor",
    "Elsie",
    "Hugo",
)
LAST = (
    "Abbot",
    "Bray",
    "Colley",
    "Dunmore",
    "Eastwick",
    "Farrow",
    "Gillard",
    "Harker",
    "Ingle",
    "Jessop",
    "Kerrow",
)
STREETS = ("Alder Way", "Birch Close", "Cedar Road", "Dove Lane", "Elm Rise", "Fern Street")

VICTIM_A: dict[str, Any] = {
    "role": "victim",
    "forenames": "Priya",
    "surname": "Nair",
    "birth_date": dt.date(1994, 5, 3),
    "sex": "female",
    "phones": ["+447195101083"],
    "address_text": "14 Lark Rise, Avonbridge",
    "postcode": "AV1 8ZQ",
    "town": "Avonbridge",
}
VICTIM_B = VICTIM_A | {"forenames": "PRIYA", "surname": "NAIR", "address_text": None, "postcode": None}
DAN_FULL: dict[str, Any] = {
    "role": "suspect",
    "forenames": "Daniel",
    "surname": "Marsh",
    "nicknames": ["Dan"],
    "birth_date": dt.date(1990, 2, 11),
    "sex": "male",
    "phones": ["+447195102002"],
    "relationship": "ex_partner",
}
DAN_SHORT: dict[str, Any] = {
    "role": "suspect",
    "nicknames": ["Dan"],
    "sex": "male",
    "phones": ["+447195102002"],
    "handles": ["instagram:danthemarsh"],
    "relationship": "ex_partner",
}
DAN_HANDLE: dict[str, Any] = {
    "role": "suspect",
    "forenames": "Dan",
    "sex": "male",
    "handles": ["instagram:danthemarsh"],
    "relationship": "ex_partner",
}

STORY: tuple[dict[str, Any], ...] = (
    {
        "report_id": "force_a:4A/000123/26",
        "source": "force_a",
        "agency": "force-a",
        "recorded_as": "criminal_damage",
        "at": dt.datetime(2026, 3, 3, 22, 10),
        "people": (VICTIM_A, DAN_FULL),
        "summary": "IP states her ex partner scratched the side of her car outside her home at 14 Lark Rise,"
        " Avonbridge"
        " and left a note under the wiper. She had told him to leave her alone.",
    },
    {
        "report_id": "force_b:HM2600001234",
        "source": "force_b",
        "agency": "force-b",
        "recorded_as": "malicious_communications",
        "at": dt.datetime(2026, 3, 21, 1, 30),
        "people": (VICTIM_B, DAN_SHORT),
        "summary": "AGG has received 41 messages from an account she knows to be her ex partner's. He"
        " followed her to"
        " work on Friday.",
    },
    {
        "report_id": "force_b:HM2600001299",
        "source": "force_b",
        "agency": "force-b",
        "recorded_as": "breach_of_bail",
        "at": dt.datetime(2026, 4, 13, 19, 0),
        "people": (VICTIM_B, DAN_HANDLE),
        "record_type": "non_crime",
        "summary": "OFF attended AGG's address in breach of bail conditions and stood outside the house"
        " watching her"
        " windows. He sent a message saying he would kill her.",
    },
)
FOURTH: dict[str, Any] = {
    "report_id": "force_a:4A/000300/26",
    "source": "force_a",
    "agency": "force-a",
    "recorded_as": "harassment",
    "at": dt.datetime(2026, 4, 30, 8, 15),
    "people": (VICTIM_A, DAN_HANDLE),
    "summary": "IP states Dan was waiting outside her work again this morning and followed her to the bus"
    " stop.",
}


def background(count: int = 60, seed: int = 7) -> list[dict[str, Any]]:
    """Other people's reports, half of them twice, so that the model has links to learn from."""
    rng = random.Random(seed)
    reports: list[dict[str, Any]] = []
    for i in range(count):
        who = [
            {
                "role": role,
                "forenames": rng.choice(FIRST),
                "surname": f"{rng.choice(LAST)}{chr(97 + i % 26)}",
                "birth_date": dt.date(1960 + rng.randrange(45), rng.randrange(1, 13), rng.randrange(1, 28)),
                "sex": rng.choice(("male", "female")),
                "phones": [f"+4471952{i:02d}{rng.randrange(100, 999)}"],
                "address_text": f"{rng.randrange(1, 90)} {rng.choice(STREETS)}, Avonbridge",
                "postcode": f"AV{rng.randrange(1, 9)} {rng.randrange(1, 9)}"
                + rng.choice("ABDEF")
                + rng.choice("GHJL"),
                "town": "Avonbridge",
            }
            for role in ("victim", "suspect")
        ]
        who[1]["relationship"] = rng.choice(("neighbour", "acquaintance", "stranger"))
        for turn in range(1 + i % 2):
            reports.append(
                {
                    "report_id": f"force_a:4A/9{i:04d}{turn}/25",
                    "source": "force_a",
                    "agency": "force-a",
                    "recorded_as": rng.choice(("theft", "nuisance", "public_order")),
                    "at": dt.datetime(2025, 1, 1)
                    + dt.timedelta(days=rng.randrange(300), minutes=rng.randrange(1400)),
                    "people": tuple(who),
                    "summary": "Argument about parking. Words exchanged on both sides.",
                }
            )
    return reports


def bundle(reports: list[dict[str, Any]]) -> schema.Bundle:
    """The reports as the five tables."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in schema.TABLES_BY_NAME}
    for report in reports:
        report_id = report["report_id"]
        rows["reports"].append(
            {
                "report_id": report_id,
                "source": report["source"],
                "agency": report["agency"],
                "source_ref": report_id.split(":", 1)[1],
                "reported_at": report["at"] + dt.timedelta(hours=2),
                "record_type": report.get("record_type", "crime"),
                "recorded_as": report["recorded_as"],
                "summary": report["summary"],
                "flags": [],
                "related_refs": report.get("related_refs", []),
            }
        )
        rows["offences"].append(
            {
                "report_id": report_id,
                "offence_seq": 1,
                "classification": "principal",
                "offence_group": report["recorded_as"],
            }
        )
        rows["occasions"].append(
            {
                "report_id": report_id,
                "occasion_seq": 1,
                "started_at": report["at"],
                "ended_at": report["at"],
                "date_precision": "exact",
                "behaviours": [],
                "behaviours_raw": [],
            }
        )
        for i, person in enumerate(report["people"], start=1):
            rows["people"].append({"record_id": f"{report_id}#{i}", "report_id": report_id, **person})
    return {name: pl.DataFrame(rows[name], schema=schema.TABLES_BY_NAME[name].polars_schema) for name in rows}


def receive(reports: list[dict[str, Any]]) -> None:
    """Write reports into the store as one delivery, without going through a file."""
    receive_bundle(bundle(reports))


def receive_bundle(found: schema.Bundle) -> None:
    """The same for the five tables."""
    n = found["reports"].height
    count = Counter({"story": n})
    rejects = pl.DataFrame(schema=dict.fromkeys(batch_writer.REJECT_COLUMNS, pl.String))
    batch = Batch(found, rejects, Counts(count, count, reports=n, people=found["people"].height))
    delivery = Delivery.objects.create(
        door=Delivery.Door.FILES,
        mapping="lamplighter",
        received_at=timezone.now(),
        state=Delivery.State.DONE,
        digest="story",
    )
    batch_writer.write(delivery, batch_writer.Incoming(0, batch, ingest.digest(found)), timezone.now())


@contextmanager
def held(blocker: Any) -> Iterator[None]:
    """The story among the others, received, linked and its patterns found, until the block ends.

    Fitting the model takes seconds; tests of a module share it and roll back what they do.
    """
    with blocker.unblock():
        receive([*background(), *STORY])
        relinking.relink_all()
        patterns.refresh_all()
    try:
        yield
    finally:
        with blocker.unblock():
            forget()


def forget() -> None:
    """Empty every table that a story may have filled."""
    names = [
        model._meta.db_table
        for app in ("intake", "people", "patterns", "audit")
        for model in apps.get_app_config(app).get_models()
    ]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE " + ", ".join(f'"{n}"' for n in names) + " RESTART IDENTITY CASCADE")
        # Those that came with the reports.
        cursor.execute("DELETE FROM accounts_agency")
    reason_words.forget()
