"""Train the demonstration's people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.staff import training

# Who, in what, how many days ago: one counts, one ends soon, one has ended.
DONE = (
    ("lead", "srp", 200),
    ("lead", "stalking-awareness", 700),
    ("advocate", "digital-safety", 90),
    ("clinician", "srp", 400),
    ("investigator", "stalking-awareness", 100),
    ("investigator", "information-sharing", 420),
)


def tell(users: dict[str, User], case: Any) -> None:
    by = users["administrator"]
    with identity.as_person(by):
        for number, (who, topic, ago) in enumerate(DONE, start=1):
            day = timezone.localdate() - dt.timedelta(days=ago)
            evidence = f"Certificate {2210 + number} in the training file"
            training.record(by, users[who], topic=topic, completed_on=day, evidence=evidence)
