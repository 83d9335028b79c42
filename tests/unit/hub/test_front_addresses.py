"""Addresses that are no page's, answered before anything is looked up in the database."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from lamplighter.hub.web.front import Front


def _answer(path: str) -> tuple[HttpResponse, list[HttpRequest]]:
    asked: list[HttpRequest] = []

    def site(request: HttpRequest) -> HttpResponse:
        asked.append(request)
        return HttpResponse("a page")

    return Front(site)(RequestFactory().get(path, secure=True)), asked


@pytest.mark.parametrize(
    "path", ["/patterns/%00", "/patterns/C-%00", "/people/%00", "/people/a%1Fb", "/cases/%7F", "/%C2%85"]
)
def test_an_address_with_a_control_character_is_no_page(path: str) -> None:
    answer, asked = _answer(path)
    assert answer.status_code == 404
    assert answer.content == b"There is no such page.\n"
    assert answer.headers["X-Request-ID"]
    assert not asked, "the site was asked, and would look it up in the database"


@pytest.mark.parametrize("path", ["/patterns/C-7K2M", "/people/%C3%A9", "/cases/a%20b", "/search?q=%00"])
def test_any_other_address_is_the_sites_to_answer(path: str) -> None:
    answer, asked = _answer(path)
    assert answer.status_code == 200
    assert len(asked) == 1
