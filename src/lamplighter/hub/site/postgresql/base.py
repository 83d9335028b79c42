"""Django's own backend, with arrays of numbers, and an address that is found when it is first needed.

The same backend serves the embedded server and one of the hub's own. A process that signs in as the site
does is refused where the database lets it do more than the site may (``rights``).
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from lamplighter.hub.site import database, environment
from lamplighter.hub.site.postgresql import rights
from lamplighter.hub.site.postgresql.arrays import register


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL, whichever server the installation uses."""

    def get_connection_params(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_connection_params()
        return found if database.own_server() else found | self._embedded()

    @staticmethod
    def _embedded() -> dict[str, Any]:
        return database.place() | ({"user": rights.APP} if environment.as_app() else {})

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            made = super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            if database.own_server():
                raise
            # The embedded server was stopped or killed: whoever needs it next starts it.
            database.forget_place()
            made = super().get_new_connection(conn_params | self._embedded())
        register(made)
        if environment.as_app():
            rights.check_site(made)
        return made
