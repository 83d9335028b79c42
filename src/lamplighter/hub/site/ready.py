"""What a process of the site has loaded before it answers its first page."""

from __future__ import annotations

import gc

from django.urls import get_resolver


def make_ready() -> None:
    """Load the pages and the tables that every one of them reads, and leave them to themselves.

    They stay as long as the process does. The collector would walk through all of them again and again, a
    fifth of a second at a time, while somebody waits for a page.
    """
    from lamplighter.courses.lexicon_store import lexicon
    from lamplighter.vocabulary.codes import code_sets

    _ = get_resolver().url_patterns
    code_sets()
    lexicon()
    gc.collect()
    gc.freeze()
