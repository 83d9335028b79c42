"""A case that everybody works on, and drafts of releases."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.sharing.policies import Draft
from tests.integration.access import making

ON = ("force-b", "helpline", "health", "probation")


class Team:
    """One person of each side, on one case."""

    def __init__(self, at: dt.datetime | None = None) -> None:
        self.investigator = making.somebody(Role.INVESTIGATOR, "force-a")
        self.other_force = making.somebody(Role.INVESTIGATOR, "force-b")
        self.advocate = making.somebody(Role.ADVOCATE, "helpline")
        self.clinician = making.somebody(Role.CLINICIAN, "health")
        self.probation = making.somebody(Role.PROBATION, "probation")
        self.coordinator = making.somebody(Role.COORDINATOR, "hub")
        self.outsider = making.somebody(Role.INVESTIGATOR, "hub")
        self.case: Case = making.a_case(self.investigator, *ON, at=at)

    def confide(self, words: str, *, by: User | None = None, partition: str = "advocacy") -> Entry:
        who = by or self.advocate
        with identity.as_person(who):
            return cases.enter(who, self.case, "note", "A talk", partition=partition, body=words)


def draft(**values: Any) -> Draft:
    """The advocate tells the police, with consent, until further on."""
    today = timezone.localdate()
    return Draft(
        **{
            "from_partition": "advocacy",
            "to_partition": "police",
            "kind": "act",
            "title": "He waited outside her work",
            "text": "On Tuesday he waited outside her work for two hours.",
            "basis": "consent",
            "consent_of": "victim",
            "consent_how": "spoken",
            "consent_on": today,
            "necessity": "It is an act that the investigation does not have.",
            "proportionality": "Only the act, and nothing of how she is.",
            "expires_on": today + dt.timedelta(days=30),
        }
        | values
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
