"""Django's own backend; only the address is found late, so that importing settings starts nothing."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from lamplighter.hub.site import database
from lamplighter.hub.site.postgresql.arrays import register

APP = "lamplighter_app"


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        found = super().get_connection_params() | database.place()
        return found | ({"user": APP} if database.as_app() else {})

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        made = super().get_new_connection(conn_params)
        register(made)
        return made
