"""The search for code in pages finds it. Every page is read by it in the walk of ``test_leak``."""

from __future__ import annotations

from django.http import HttpResponse

from lamplighter.hub.web.middleware import CONTENT_SECURITY_POLICY
from tests.integration.wall.inline_code import INLINE, problems


def test_the_search_finds_what_it_looks_for() -> None:
    for page in (
        "<p style='x'>",
        '<a onclick="x()">',
        "<script>x()</script>",
        "<style>",
        '<a href="javascript:x">',
    ):
        assert INLINE.search(page), page
    for page in (
        '<script src="/static/x.js" defer></script>',
        '<p data-style="x">style="x"</p>',
        "<p>on it = x",
    ):
        assert not INLINE.search(page), page


def test_an_answer_without_the_policy_and_a_page_with_code_are_seen() -> None:
    policy = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    assert problems(HttpResponse("<p>Good</p>", headers=policy)) == []
    assert problems(HttpResponse("<p>Good</p>")) == ["another policy, or none"]
    assert problems(HttpResponse("<p onclick='x()'>", headers=policy)) == ["inline: <p onclick="]
