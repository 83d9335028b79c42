"""Somebody at a browser without script: follows links, fills forms in, keeps cookies."""

from __future__ import annotations

import html
import re
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

from django_otp.oath import totp

if TYPE_CHECKING:
    from tests.integration.server.machine import Machine


class Browser:
    """One person's browser on a machine."""

    def __init__(self, machine: Machine, source: str = "127.0.0.1") -> None:
        self.machine, self.source = machine, source
        self.cookies: dict[str, str] = {}
        self.path, self.status, self.page = "", 0, ""

    def open(
        self, address: str, fields: dict[str, str] | None = None, *, sent: tuple[str, bytes] | None = None
    ) -> Browser:
        """Open an address, or send a form to it, and follow where it leads.

        ``sent``: the kind and content of a form that holds files, in place of ``fields``.
        """
        for _ in range(10):
            parts = urlsplit(address)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
            body = b""
            if fields is not None:
                sent = ("application/x-www-form-urlencoded", urlencode(fields).encode())
            method = "GET"
            if sent is not None:
                method, (kind, body) = "POST", sent
                headers |= {
                    "Content-Type": kind,
                    "Referer": f"https://hub.example.police.uk:{self.machine.tls_port}{self.path}",
                    "Origin": f"https://hub.example.police.uk:{self.machine.tls_port}",
                }
            status, found, content = self.machine.ask(
                path, source=self.source, method=method, body=body, headers=headers
            )
            cookie = SimpleCookie(found.get("set-cookie", ""))
            self.cookies |= {name: morsel.value for name, morsel in cookie.items() if morsel.value}
            self.path, self.status, self.page = parts.path, status, content.decode(errors="replace")
            if status not in {301, 302, 303}:
                return self
            address, fields, sent = found["location"], None, None
        raise AssertionError("led in a circle")

    def send(self, **fields: str) -> Browser:
        """Fill the form of this page in and send it, with what it holds already."""
        action, hidden = self._form(*fields)
        return self.open(action, hidden | fields)

    def upload(self, *, files: Path, **fields: str) -> Browser:
        """Fill the form of this page in with a file, and send it."""
        action, hidden = self._form("files")
        edge = "lamplighter-edge"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in (hidden | fields).items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{files.name}"\r\n\r\n'
        body = b"".join([*parts, head.encode(), files.read_bytes(), f"\r\n--{edge}--\r\n".encode()])
        return self.open(action, sent=(f"multipart/form-data; boundary={edge}", body))

    def _form(self, *names: str) -> tuple[str, dict[str, str]]:
        """Where the form of this page that asks for these goes, and what it holds already."""
        main = self.page.partition("<main")[2]
        forms = re.findall(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", main, re.S)
        wanted = [f for f in forms if all(f'name="{name}"' in f for name in names)]
        assert wanted, self.page[:3000]
        action = re.search(r"<form[^>]*action=\"([^\"]+)\"", wanted[0])
        hidden = {
            html.unescape(n): html.unescape(v)
            for n, v in re.findall(r"<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"", wanted[0])
        }
        return urljoin(self.path, html.unescape(action[1])) if action else self.path, hidden

    @property
    def heading(self) -> str:
        """The page's heading."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.page, re.S)
        return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


def code_of(secret: str) -> str:
    """What an authenticator app shows now for a secret as the page gives it."""
    import base64

    plain = re.sub(r"\s", "", secret)
    key = base64.b32decode(plain + "=" * (-len(plain) % 8))
    return f"{totp(key):06d}"
