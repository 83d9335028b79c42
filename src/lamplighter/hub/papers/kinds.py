"""Each kind of paper: who makes it, which partitions it may draw from, and who reads it afterwards.

This is the table that ``tests/integration/papers/test_kinds.py`` holds the software to: whatever a paper asks
the database for is in a partition that stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lamplighter.hub.access.roles import Role
from lamplighter.hub.access.wall.partitions import CASEWORK

POLICE = frozenset({Role.INVESTIGATOR, Role.STALKING_LEAD})
# Kept on the side of whoever makes it.
OWN_SIDE = "own"


@dataclass(frozen=True, slots=True)
class Kind:
    """``draws``: partitions that it may be made from. ``keeps``: the partition of its rows, or their own.

    ``plain``: it carries no marking, no reference and no name of the hub, for it must not give anybody away.
    """

    title: str
    about: str
    makers: frozenset[str]
    draws: frozenset[str]
    keeps: str
    plain: bool = False
    # It can be made as the case stood on a past day.
    past: bool = False
    # The title on the paper itself, where it says less than what the kind is called here.
    heading: str = ""
    # For whom there is a version, and what each is called; one without a name where there is only one.
    versions: tuple[tuple[str, str], ...] = (("", ""),)
    order: int = 50


COURT, RESPONDENT = "court", "respondent"
KINDS: Mapping[str, Kind] = {
    "schedule": Kind(
        "Schedule of a course of conduct",
        "Each incident in order, with the words recorded and where they come from.",
        makers=POLICE,
        draws=frozenset({"shared", "records"}),
        keeps="police",
        past=True,
        order=10,
    ),
    "spo": Kind(
        "Stalking Protection Order: pack for an application",
        "Each limb of the Act’s test with the incidents that support it, what is missing, draft prohibitions "
        "and requirements, and a list of hearsay.",
        makers=POLICE,
        draws=frozenset({"shared", "records", "police"}),
        keeps="police",
        past=True,
        order=20,
    ),
    "restraining": Kind(
        "Restraining order: pack",
        "Draft terms and grounds. The victim’s address is verified again, and stands on the court’s version "
        "alone.",
        makers=POLICE,
        # The vault is asked whether there is an address; it is printed from there and kept nowhere else.
        draws=frozenset({"shared", "vault"}),
        keeps="police",
        versions=((COURT, "For the court"), (RESPONDENT, "For the respondent")),
        order=30,
    ),
    "bundle": Kind(
        "Court bundle",
        "Issued papers and exhibits as one file with an index, numbered for the court.",
        makers=POLICE,
        draws=frozenset({"shared", "police"}),
        keeps="police",
        order=40,
    ),
    "marac": Kind(
        "MARAC referral",
        "Why the case should be heard, by which criterion, and what was done.",
        makers=frozenset({Role.COORDINATOR, Role.ADVOCATE}) | POLICE,
        draws=frozenset({"shared"}),
        keeps=OWN_SIDE,
        order=50,
    ),
    "mappa": Kind(
        "MAPPA referral",
        "Category and level asked for, with what the hub knows of the risk.",
        makers=frozenset({Role.COORDINATOR, Role.PROBATION}) | POLICE,
        draws=frozenset({"shared"}),
        keeps=OWN_SIDE,
        order=60,
    ),
    "summary": Kind(
        "Case summary",
        "What everybody on the case may read, on a few pages.",
        makers=CASEWORK,
        draws=frozenset({"shared"}),
        keeps="shared",
        past=True,
        order=70,
    ),
    "take_along": Kind(
        "Safety plan to take along",
        "The victim’s own plan without a name, a service or a place on it.",
        makers=frozenset({Role.ADVOCATE}),
        draws=frozenset({"shared", "advocacy"}),
        keeps="advocacy",
        plain=True,
        heading="Notes",
        order=80,
    ),
    "letter_victim": Kind(
        "Letter to the victim",
        "Sent only where the rules of safe contact allow a letter. No address and no reference stand on it.",
        makers=frozenset({Role.ADVOCATE}) | POLICE,
        # The vault is asked whether a letter is safe.
        draws=frozenset({"shared", "vault"}),
        keeps=OWN_SIDE,
        plain=True,
        heading="Letter",
        order=90,
    ),
    "letter_court": Kind(
        "Letter to a court",
        "With the reference of the case and the state of the criminal matter.",
        makers=frozenset({Role.COORDINATOR, Role.PROBATION, Role.ADVOCATE}) | POLICE,
        draws=frozenset({"shared"}),
        keeps=OWN_SIDE,
        heading="Letter",
        order=100,
    ),
    "acknowledgement": Kind(
        "Acknowledgement of a referral",
        "That the referral was received, when, and where the case stands.",
        makers=CASEWORK,
        draws=frozenset({"shared"}),
        keeps="shared",
        order=110,
    ),
}
