"""A report as one HTML page that needs nothing else: its style, its pictures and its tables are in the file.

It makes no request, runs no script and reads well on paper; the content
security policy in the page holds it to that.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from lamplighter.reporting.document import Report


def html_page(report: Report) -> str:
    """Return the page. Everything in ``report`` is set as text, except the drawn pictures."""
    style = (files("lamplighter.reporting") / "page.css").read_text(encoding="utf-8")
    return _template().render(report=report, css=Markup(style), kind_of=lambda block: type(block).__name__)  # noqa: S704 - our own file


@cache
def _template() -> Template:
    source = (files("lamplighter.reporting") / "page.html.jinja").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(
        source
    )
