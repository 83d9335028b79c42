"""A report's page as a page of the hub.

The file is one page with its style in it, which the site's content security policy does not run, and
rightly. Inside the hub the same words come with the style as a file of its own, and with a way back. What is
downloaded is the file as it was made.
"""

from __future__ import annotations

import re
from html import escape

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
OWN_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\s*')
TITLE = re.compile(r"</title>")
BEGINNING = re.compile(r"<header>")


class NotAReportError(ValueError):
    """The file is not built as ``reporting.html_page`` builds one."""


def style_of(page: str) -> str:
    """The style sheet of a report. Raises :class:`NotAReportError` unless there is exactly one."""
    found = STYLE.findall(page)
    if len(found) != 1:
        raise NotAReportError(f"A report has one style sheet; this page has {len(found)}.")
    return str(found[0])


def in_the_hub(page: str, *, style: str, back: str, back_words: str) -> str:
    """The page with its style from ``style``, and a link to ``back`` before it (both addresses of the site).

    Raises:
        NotAReportError: the page is not built as a report is.
    """
    style_of(page)
    out = STYLE.sub(f'<link rel="stylesheet" href="{escape(style)}">', page)
    # The site's own policy goes with the answer, and is stricter.
    out = OWN_POLICY.sub("", out)
    out = TITLE.sub(" – Lamplighter</title>", out, count=1)
    way = f'<nav aria-label="Back to the hub"><p><a href="{escape(back)}">{escape(back_words)}</a></p></nav>'
    out, put = BEGINNING.subn(lambda _: f"<header>\n{way}", out, count=1)
    if put != 1:
        raise NotAReportError("The page does not begin as a report does.")
    return out
