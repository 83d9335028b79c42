"""The build fails when a table or a page does not say what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection
from django.urls import URLPattern, URLResolver, get_resolver

from lamplighter.hub.access.wall import declared_tables, identity
from lamplighter.hub.access.wall.partitions import PARTITIONS
from lamplighter.hub.site import database, environment
from lamplighter.hub.site.postgresql import rights


@register("access")
def every_table_says_its_partition(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{model._meta.label} {what}.", hint=f"{remedy}.", obj=model, id="access.E001")
        for model, what, remedy in declared_tables.problems()
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
    # Before the first migration there are neither roles nor functions. psycopg's own errors come through, for
    # this is asked by our own cursor.
    with suppress(DatabaseError, psycopg.Error), identity.as_person(None), connection.cursor() as cursor:
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


@register(Tags.database)
def the_owner_may_do_no_more_than_own(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """With a superuser's rights a command goes round the wall, and leaves tables nobody else may alter."""
    if not kwargs.get("databases") or not database.own_server() or environment.as_app():
        return []
    with connection.cursor() as cursor:
        version = cursor.connection.info.server_version // 10_000
        if version < database.OLDEST:
            return [
                Error(
                    f"The PostgreSQL server is of version {version}.",
                    hint=f"Lamplighter needs version {database.OLDEST} or later.",
                    id="access.E006",
                )
            ]
        faults = rights.of_owner(cursor.connection)
    hint = (
        f"Set DATABASE_OWNER_URL to {rights.OWNER}, as `lamplighter hub roles` makes it. A database "
        "administrator makes missing roles with what that command prints."
    )
    return [Error(f"{fault}.", hint=hint, id="access.E005") for fault in faults]


def pages() -> Iterator[tuple[str, Any]]:
    """Every address of the site with its view: ``("intake:new", view)``."""

    def walk(resolver: URLResolver, space: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, (*space, entry.namespace) if entry.namespace else space)
            elif isinstance(entry, URLPattern):
                yield ":".join((*space, entry.name or str(entry.pattern))), entry.callback

    yield from walk(get_resolver(), ())
