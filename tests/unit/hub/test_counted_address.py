"""From where a wrong password came: what the server says, never what a client writes into a header."""

from __future__ import annotations

from typing import Any

import pytest

from lamplighter.hub.accounts.sign_in import failed_attempts
from lamplighter.hub.web import front


class Asked:
    def __init__(self, environ: dict[str, Any]) -> None:
        self.META = environ


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:0:1::9", "2001:db8:0:1::"),
        ("2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::"),
        ("", None),
        ("unix:", None),
    ],
)
def test_an_address_is_counted_as_its_subscribers(told: str, counted: str | None) -> None:
    assert failed_attempts.counted_address(Asked({"REMOTE_ADDR": told})) == counted  # type: ignore[arg-type]  # only META is read


@pytest.mark.parametrize(
    ("peer", "counted"), [("127.0.0.1", "203.0.113.5"), ("198.51.100.7", "198.51.100.7")]
)
def test_the_client_behind_a_known_proxy_counts_and_nobody_elses_word(
    settings: Any, peer: str, counted: str
) -> None:
    settings.PROXIES = ["127.0.0.1"]
    seen: list[str | None] = []

    def site(environ: dict[str, Any], start: Any) -> list[bytes]:
        seen.append(failed_attempts.counted_address(Asked(environ)))  # type: ignore[arg-type]  # only META is read
        return []

    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": "203.0.113.5", "wsgi.url_scheme": "http"}
    front.behind_proxies(site)(environ, None)
    assert seen == [counted]
