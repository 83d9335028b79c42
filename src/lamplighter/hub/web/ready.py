"""Load what a process of the site needs before it answers its first page."""

from __future__ import annotations

import gc
import logging

from django.db import DatabaseError, connection
from django.urls import URLResolver, get_resolver

logger = logging.getLogger(__name__)


def make_ready() -> None:
    """Load the pages, the tables that every one of them reads and the model that reports are matched with,
    and leave them to themselves.

    They stay as long as the process does. The collector would walk through all of them again and again, a
    fifth of a second at a time, while somebody waits for a page.

    Raises ``ConfigurationError``: the site does not start on a configuration that has an error.
    """
    from lamplighter.courses.coding.lexicon_store import lexicon
    from lamplighter.hub.configuration import services as configuration
    from lamplighter.vocabulary.codes import code_sets

    configuration.started(configuration.NoticedBy.SITE)
    _addresses(get_resolver())
    code_sets()
    lexicon()
    _who_is_who()
    _rules_of_access()
    gc.collect()
    gc.freeze()


def _addresses(resolver: URLResolver) -> None:
    """Read every pattern of an address: one at a time, the first page would wait for hundreds."""
    for one in resolver.url_patterns:
        _ = getattr(one.pattern, "regex", None)
        if isinstance(one, URLResolver):
            _addresses(one)
    _ = resolver.reverse_dict


def _who_is_who() -> None:
    from lamplighter.hub.people import services

    try:
        services.make_ready()
    except DatabaseError:
        # A site may start before its database does. The first report loads the model then.
        logger.warning("The database does not answer yet: the model is loaded with the first report")
    finally:
        connection.close()


def _rules_of_access() -> None:
    """Say where the database is not as declared, and start all the same: those who need the hub tonight need
    it, and the page of the service says it to those who can see to it."""
    from lamplighter.hub.operations import services

    try:
        for words in services.watch_rules():
            logger.warning("Rules of access: %s", words)
    except DatabaseError:
        logger.warning("The database does not answer yet: its rules are compared within the hour")
    finally:
        connection.close()
