"""GOV.UK Notify, by its REST API: a signed token a request, one template, and later what became of it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from joserfc import jwt
from joserfc.jwk import OctKey

from lamplighter.hub.notices.carriers.protocol import NOT_SET_UP, REFUSED, NotSentError, Outcome
from lamplighter.hub.notices.letters import Message

API = "https://api.notifications.service.gov.uk"
SECONDS = 20
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# A name, the id of the service, and its secret.
_KEY = re.compile(rf".*-({_UUID})-({_UUID})")
_REFERENCE = re.compile(_UUID)
OUTCOMES = {
    "delivered": Outcome.ARRIVED,
    "permanent-failure": Outcome.REFUSED,
    "temporary-failure": Outcome.REFUSED,
    "technical-failure": Outcome.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Notify:
    """``authority``: a file of certificates to trust, where it is not one that everybody trusts."""

    key: str = field(repr=False)
    template: str = ""
    api: str = API
    authority: str = ""
    # Notify takes documents of other kinds only.

    def send(self, message: Message, to: str) -> str:
        """Send it and return Notify's id of it."""
        body = {
            "email_address": to,
            "template_id": self.template,
            "personalisation": {"subject": message.subject, "body": message.body},
            "reference": str(message.key),
        }
        answer = self._asked("POST", "/v2/notifications/email", body)
        reference = str(answer.get("id", ""))
        if not _REFERENCE.fullmatch(reference):
            raise NotSentError("rejected")
        return reference

    def outcome(self, reference: str) -> Outcome:
        """Return what became of it: Notify tries for three days to deliver an email."""
        status = self._asked("GET", f"/v2/notifications/{reference}").get("status", "")
        return OUTCOMES.get(status, Outcome.NOT_KNOWN)

    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token()}"}
        try:
            answer = requests.request(
                method,
                self.api.rstrip("/") + path,
                json=body,
                headers=headers,
                timeout=SECONDS,
                allow_redirects=False,
                verify=self.authority or True,
            )
        except requests.exceptions.SSLError:
            raise NotSentError("certificate") from None
        except requests.RequestException:
            raise NotSentError("no_answer") from None
        if answer.status_code in {200, 201}:
            return _json(answer)
        raise NotSentError(_fault(answer.status_code, _json(answer)))

    def _token(self) -> str:
        found = _KEY.fullmatch(self.key)
        if found is None:
            raise NotSentError(NOT_SET_UP)
        claims = {"iss": found[1], "iat": int(time.time())}
        return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(found[2]))


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _fault(status: int, told: dict[str, Any]) -> str:
    """Return our word for a refusal. Its own words may repeat the address and go nowhere."""
    if status in {401, 403}:
        return "sign_in"
    if status == 429 or status >= 500:
        return "too_many" if status == 429 else "no_answer"
    errors = told.get("errors")
    said = " ".join(str(e.get("message", "")) for e in errors if isinstance(e, dict)) if errors else ""
    return REFUSED if "email_address" in said else "rejected"
