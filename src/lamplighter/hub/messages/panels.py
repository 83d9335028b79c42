"""Place of what the victim brings in a case: on the victim's side, for those who work with the victim."""

from __future__ import annotations

from lamplighter.hub.cases.case_page.tabs import VICTIM
from lamplighter.hub.cases.panels import Adding, Place
from lamplighter.hub.victim_side import permissions

PLACES = [
    Place(
        VICTIM,
        "What the victim brings",
        "brought:list",
        permissions.may_see_contact,
        order=25,
        on=permissions.contact_open,
        within=(
            "brought:bring",
            "brought:bring_pictures",
            "brought:one",
            "brought:confirm",
            "brought:draft",
            "brought:change",
            "brought:part",
            "brought:join",
            "brought:leave_out",
        ),
    )
]
ADDINGS = [
    Adding("Messages, calls or a diary", "brought:bring", permissions.may_contact_victim, order=30),
    Adding("Screenshots", "brought:bring_pictures", permissions.may_contact_victim, order=31),
]
