"""Put on the work list that there is something released to one's agency to read, and nothing of it."""

from __future__ import annotations

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks.notices import Notice
from lamplighter.hub.sharing import permissions, presenters
from lamplighter.hub.sharing.models import Receipt
from lamplighter.hub.sharing.receipts import services as receiving

WORDS = {
    Receipt.Kind.RELEASED: "Read what was released to your agency",
    Receipt.Kind.ENDING: "Read once more what was released to your agency: it ends soon",
    Receipt.Kind.WITHDRAWN: "Stop using what was released to your agency: it was withdrawn",
}


def notices(user: User, team: bool) -> list[Notice]:
    """Until somebody of the agency has opened it. One's own list has those of cases one has worked on."""
    if not (permissions.may_see_cases(user) and user.agency_id):
        return []
    return [_notice(n) for n in receiving.news(user, own=not team)]


def _notice(found: receiving.News) -> Notice:
    row = found.row
    return Notice(
        text=WORDS[Receipt.Kind(found.kind)],
        why=f"{_why(found)} It leaves this list when somebody of your agency has opened it.",
        due_at=found.due_at,
        href=reverse("sharing:released", args=[row.case.key, row.key]),
        whose="Anyone in your team",
        case=row.case.reference,
    )


def _why(found: receiving.News) -> str:
    row = found.row
    if found.kind == Receipt.Kind.WITHDRAWN and row.withdrawn_at:
        return f"{row.owner.name} took it back on {presenters.local(row.withdrawn_at)}."
    return (
        f"{row.owner.name} released it on {presenters.local(row.at)}. "
        f"It can be read until {presenters.last_day(row)}."
    )
