"""A small force area with the placed story of Priya Nair and "Dan" in it, linked, its patterns found."""

from __future__ import annotations

from functools import cache

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.people.matching import services as relinking
from lamplighter.synthetic import demo
from lamplighter.synthetic.worlds.world import World
from tests.integration.patterns import story

PERSON_RECORDS = 1_000


@cache
def world() -> World:
    return demo.world(person_records=PERSON_RECORDS)


def story_reports() -> list[str]:
    return demo.story_report_ids(world())


def given_the_world() -> None:
    """Everything that an import would have brought in, found and linked."""
    for code, name, kind in (
        ("force-a", "Force A", Agency.Kind.POLICE),
        ("force-b", "Force B", Agency.Kind.POLICE),
        ("helpline", "Stalking helpline", Agency.Kind.ADVOCACY),
    ):
        accounts.ensure_agency(code, name, kind)
    story.receive_bundle(world().bundle)
    relinking.relink_all()
    patterns.refresh_all()
