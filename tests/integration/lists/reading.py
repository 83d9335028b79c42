"""What a list says of its length, and the rows that are behind it on all its pages."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

from django.test import Client

CARD = re.compile(r'<h[23] class="govuk-summary-card__title">.*?</h[23]>', re.DOTALL)
ROW = re.compile(r"<tr class=\"govuk-table__row\">.*?</tr>", re.DOTALL)
OLDER = re.compile(r'href="([^"]*)"\s+rel="next"')


def page(client: Client, address: str) -> str:
    answer = client.get(address, secure=True)
    assert answer.status_code == 200, address
    return str(answer.content.decode()).replace("\xa0", " ")


def pages(client: Client, address: str) -> list[str]:
    """The list and all that its link to the next page leads to."""
    found = []
    while address:
        found.append(page(client, address))
        assert len(found) < 100, "The pages of the list do not end."
        onward = OLDER.search(found[-1])
        address = urljoin(address, unescape(onward[1])) if onward else ""
    return found


def words(html: str) -> str:
    """The text of the main part of a page."""
    main = html.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def links_of(html: str, start: str) -> list[str]:
    """Where the first link of each row of a table leads, of those that begin so."""
    found = []
    for row in ROW.findall(html):
        link = re.search(rf'href="({re.escape(start)}[^"]*)"', row)
        if link:
            found.append(link[1])
    return found


def cards_of(html: str) -> list[str]:
    return CARD.findall(html)


def number(pattern: str, html: str) -> int:
    """The number that the page says; 0 where it says nothing of the kind."""
    said = re.search(pattern, words(html))
    return int(said[1].replace(",", "").replace("\u202f", "")) if said else 0
