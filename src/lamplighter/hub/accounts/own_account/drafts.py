"""Hold a draft of a form of several pages until it is saved or its time is over, for its author alone.

It lies in the database encrypted and bound to the person and the form, so that it survives a session that
ends, a cookie that is lost and another machine. Which case or report it is about is a keyed digest. Nothing
of it is in the session, an address or a log, and nobody but its author is told that it is there. How long it
is held is dated configuration (``drafts.toml``).
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from lamplighter.hub.accounts import configuration, encryption
from lamplighter.hub.accounts.credentials import FormDraft
from lamplighter.hub.accounts.models import User
from lamplighter.hub.site.config_files.dated import DatedRules

RULES = DatedRules(configuration.DRAFTS)
LONGEST = 400_000  # characters of one draft, all its pages together
MOST = 40  # a person: those that were changed last
# What a form sends for the software: its token, which of its buttons was pressed, text of an ended session.
LEAVING, CLEAR = "_leave", "_clear"
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "_kept", LEAVING, CLEAR})
Fields = dict[str, list[str]]
Filled = TypeVar("Filled", bound=forms.BaseForm)


def held_for(on: dt.date) -> dt.timedelta:
    """Return how long a draft is held after its last change."""
    return dt.timedelta(days=RULES.one("draft", on).extra["days"])


class Stored:
    """One draft: plain data of one person, one form, and what it is about.

    Args:
        form: which form, a name of ours.
        about: which case, report or pattern; kept as a digest.
    """

    def __init__(self, user: User, form: str, about: object = "") -> None:
        self.user, self.form = user, form
        self.about = encryption.digest(f"{form} {about}", use="draft")[:40]

    @property
    def _mine(self) -> dict[str, Any]:
        return {"user": self.user, "form": self.form, "about": self.about}

    def read(self, *, to_change: bool = False) -> dict[str, Any] | None:
        """Return the draft; ``None`` where there is none, its time is over, or another key sealed it."""
        rows = FormDraft.objects.filter(**self._mine, at__gt=timezone.now() - held_for(timezone.localdate()))
        row = (rows.select_for_update() if to_change else rows).first()
        if row is None:
            return None
        try:
            found: dict[str, Any] = json.loads(encryption.unseal(row.sealed, use=self._use, of=self.user.pk))
        except encryption.NotOpenedError:
            return None
        return found

    def changed_at(self) -> dt.datetime | None:
        """Return the time of the last change, if there is a draft."""
        return FormDraft.objects.filter(**self._mine).values_list("at", flat=True).first()

    def write(self, data: dict[str, Any]) -> bool:
        """Hold this, in place of what was held; says whether it is not too long."""
        value = json.dumps(data, ensure_ascii=False)
        if len(value) > LONGEST:
            return False
        sealed = encryption.seal(value.encode(), use=self._use, of=self.user.pk)
        FormDraft.objects.update_or_create(**self._mine, defaults={"sealed": sealed, "at": timezone.now()})
        mine = FormDraft.objects.filter(user=self.user).order_by("-at", "-pk")
        FormDraft.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST:])).delete()
        return True

    def discard(self) -> None:
        """Wipe it: it was saved as what it was typed for, or its author wants it gone."""
        FormDraft.objects.filter(**self._mine).delete()

    @property
    def _use(self) -> str:
        return f"draft {self.form} {self.about}"


class Typed:
    """Draft of one form, for its view.

    A view asks :attr:`leaving` and :attr:`clearing` first, shows :meth:`filled` forms, and calls
    :meth:`keep` for whatever is sent and not saved, and :meth:`discard` when it is.
    """

    def __init__(self, request: HttpRequest, form: str, about: object = "") -> None:
        self.request = request
        self.stored = Stored(request.user, form, about)  # type: ignore[arg-type]  # pages of people who are signed in
        held = self.stored.read() if request.method == "GET" else None
        self.fields: QueryDict | None = as_sent(held["fields"]) if held else None

    @property
    def leaving(self) -> bool:
        """Tell whether the page was left and its script sends what is on it."""
        return self.request.method == "POST" and LEAVING in self.request.POST

    @property
    def clearing(self) -> bool:
        """Tell whether the author wants an empty form."""
        return self.request.method == "POST" and CLEAR in self.request.POST

    def left(self) -> HttpResponse:
        """Hold what is on the page, and answer a script that is gone."""
        self.keep()
        return HttpResponse(status=204)

    def filled(self, form: Filled) -> Filled:
        """The form with what was typed before, without complaining of what is not finished."""
        if self.fields is not None:
            form.initial = {**form.initial, **initial_of(form, self.fields)}
        return form

    def place(self) -> str:
        """Return which page of the form was sent last, where it says so (``page``); "" otherwise."""
        return self.fields.get("page", "") if self.fields is not None else ""

    def since(self) -> dt.datetime | None:
        """Return when the text in the form was typed; ``None`` where the form is filled with nothing."""
        return self.stored.changed_at() if self.fields is not None else None

    def keep(self) -> None:
        """Hold what was sent."""
        fields = typed_in(self.request.POST)
        if any(v.strip() for values in fields.values() for v in values):
            self.stored.write({"fields": fields})

    def discard(self) -> None:
        self.stored.discard()


def typed_in(sent: QueryDict) -> Fields:
    """Return the fields that a form was sent with, without those that are for the software."""
    return {name: sent.getlist(name) for name in sent if name not in NOT_TYPED}


def as_sent(fields: Fields) -> QueryDict:
    """The same in the form in which a request brings it."""
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    return data


def initial_of(form: forms.BaseForm, data: QueryDict) -> dict[str, Any]:
    """The values that a form shows when it is filled with what was typed, as typed."""
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def forget_expired() -> int:
    """For the job: what nobody went on with in time, of everybody. Returns how many."""
    return FormDraft.objects.filter(at__lte=timezone.now() - held_for(timezone.localdate())).delete()[0]
