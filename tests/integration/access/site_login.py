"""Signed in to the database as the site is, on whichever server the tests run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock
from urllib.parse import unquote, urlsplit

from django.db import connection

from lamplighter.hub.site.postgresql import rights


@contextmanager
def as_the_site() -> Iterator[None]:
    """As the role that owns nothing, to which a smuggled statement can go back. For tests that commit."""
    before = dict(connection.settings_dict)
    connection.close()
    if url := os.environ.get("DATABASE_URL"):
        login = urlsplit(url)
        connection.settings_dict.update(
            USER=unquote(login.username or ""), PASSWORD=unquote(login.password or "")
        )
    try:
        with mock.patch.dict(os.environ, LAMPLIGHTER_DATABASE_LOGIN="app"):
            connection.ensure_connection()
            assert connection.connection.info.user == rights.APP
            yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
