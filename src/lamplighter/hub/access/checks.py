"""The build fails when a table or a page does not say what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection
from django.urls import URLPattern, URLResolver, get_resolver

from lamplighter.hub.access import declared, identity
from lamplighter.hub.access.partitions import PARTITIONS


@register("access")
def every_table_says_its_partition(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{model._meta.label} {what}.", hint=f"{remedy}.", obj=model, id="access.E001")
        for model, what, remedy in declared.problems()
    ]


@register("access")
def every_page_says_what_it_shows(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name, view in pages():
        shows = getattr(view, "shows", None)
        if shows is None:
            found.append(
                Error(
                    f"The page {name} does not say which partitions it can show.",
                    hint='Put @shows("shared") above its view, or @shows() if it shows nothing of anybody.',
                    id="access.E002",
                )
            )
        elif unknown := set(shows) - set(PARTITIONS):
            found.append(Error(f"The page {name} shows unknown partitions: {unknown}.", id="access.E003"))
    return found


@register(Tags.database)
def the_database_knows_this_site(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """With another key everybody sees an empty hub, and nothing says why."""
    if not kwargs.get("databases"):
        return []
    with suppress(DatabaseError), identity.as_person(None), connection.cursor() as cursor:
        cursor.execute("SELECT access.proved()")
        if not cursor.fetchone()[0]:
            return [
                Error(
                    "The database does not know this site: it was given another key.",
                    hint="Run migrate with the same secrets/identity-key or LAMPLIGHTER_IDENTITY_KEY.",
                    id="access.E004",
                )
            ]
    return []


def pages() -> Iterator[tuple[str, Any]]:
    """Every address of the site with its view: ``("intake:new", view)``."""

    def walk(resolver: URLResolver, space: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, (*space, entry.namespace) if entry.namespace else space)
            elif isinstance(entry, URLPattern):
                yield ":".join((*space, entry.name or str(entry.pattern))), entry.callback

    yield from walk(get_resolver(), ())
