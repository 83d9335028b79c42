"""The JSON feed: one report a message, through the same door as files and the form.

Described for machines at ``/feed/v1/openapi.json`` and for people in
``docs/feed.md``. There is no interactive page: those fetch their scripts from
elsewhere, and nothing here asks a third party for anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from ninja import NinjaAPI, Schema, Status
from ninja.security import HttpBearer

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake import queue
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.feed import messages
from lamplighter.hub.intake.feed.concurrency import Turns
from lamplighter.hub.intake.feed.message_schema import report_schema
from lamplighter.hub.intake.models import Delivery

log = logging.getLogger(__name__)
WAIT = 2  # seconds after which a sender that is sent away comes again
turns = Turns()


class AgencyToken(HttpBearer):
    """``Authorization: Bearer llf_...``: the token says which agency is speaking."""

    def authenticate(self, request: HttpRequest, token: str) -> Agency | None:
        return accounts.agency_of_token(token)


class Reason(Schema):
    """Reason why something could not be used: never with the value itself."""

    column: str | None
    value_class: str | None
    reason: str
    remedy: str | None
    severity: str


class Stored(Schema):
    key: str
    outcome: str
    warnings: list[Reason]


class Refused(Schema):
    message: str
    reasons: list[Reason]


api = NinjaAPI(
    title="Lamplighter feed",
    version="1",
    urls_namespace="feed",
    docs_url=None,
    auth=AgencyToken(),
    description="One report a message. The same reference again is the same report, unchanged or corrected.",
)


BODY = {"required": True, "content": {"application/json": {"schema": report_schema()}}}


@api.post(
    "reports",
    response={200: Stored, 201: Stored, 400: Refused, 413: Refused, 422: Refused, 503: Refused},
    summary="Send one report",
    openapi_extra={"requestBody": BODY},
)
def receive(request: HttpRequest) -> Status[Any]:
    """201: a new report. 200: one that was known, unchanged or corrected. 422: refused, with every reason."""
    try:
        document = messages.read(request.body)
    except RequestDataTooBig:
        return Status(
            413, {"message": "The message is larger than 2 MB. Send one report a message.", "reasons": []}
        )
    except UnreadablePostError:
        return Status(400, {"message": "The message ended before all of it had come.", "reasons": []})
    except messages.NotAMessageError as wrong:
        return Status(wrong.status, {"message": wrong.message, "reasons": wrong.reasons})
    agency: Agency = request.auth  # type: ignore[attr-defined]  # set by ninja
    try:
        with transaction.atomic():
            received = documents.receive_document(document, agency, door=Delivery.Door.FEED)
            audit.record(
                None,
                "intake.feed_received",
                f"report {received.key}",
                operation=Operation.COLLECTION,
                agency=agency.code,
                outcome=received.outcome,
            )
            if received.outcome != "unchanged":
                queue.follow_up_later(received.key)
    except documents.DocumentRefusedError as refused:
        return Status(422, {"message": "The report was not stored.", "reasons": refused.rejects})
    status = 201 if received.outcome == "new" else 200
    return Status(status, {"key": received.key, "outcome": received.outcome, "warnings": received.warnings})


@api.exception_handler(Exception)
def fault(request: HttpRequest, problem: Exception) -> HttpResponse:
    """A fault of ours is told as such; what was sent is not repeated in the answer or in a log."""
    log.error("Feed: %s", type(problem).__name__, exc_info=problem)
    return api.create_response(
        request, {"message": "A fault on our side. Send it again later.", "reasons": []}, status=500
    )


def in_turn(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a few messages be read at a time, and ask whoever comes then to come again.

    Around the look at the token: it notes that the token was used, and the next message of that token waits
    for the one before to be stored.
    """

    @wraps(view)
    def taking_turns(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with turns.taken() as mine:
            if mine:
                return view(request, *args, **kwargs)
        message = "Other messages of feeds are being read. Send it again after the seconds in Retry-After."
        answer: HttpResponse = api.create_response(request, {"message": message, "reasons": []}, status=503)
        answer["Retry-After"] = str(WAIT)
        return answer

    return taking_turns


def open_to_tokens(urls: Any) -> Any:
    """The feed's addresses, exempt from signing in: a token stands in for it."""
    for pattern in urls[0]:
        pattern.callback = in_turn(pattern.callback)
        pattern.callback.login_required = False
        pattern.callback.shows = ()
    return urls


urls = open_to_tokens(api.urls)
