"""Form fields that the design system has and Django has not."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


LONGEST = 8_000  # characters of a text box


def text_box(label: str, *, hint: str = "", required: str = "", rows: int = 4) -> forms.CharField:
    """Some lines of text. ``required`` is what is said when it is empty; without it, it may be."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows, "label_size": "s"}),
        error_messages={"required": required, "max_length": f"Keep it under {LONGEST:,} characters"},
    )


def line(label: str, *, hint: str = "", required: str = "", width: int = 20) -> forms.CharField:
    """One line, ``width`` characters wide on the page; ``required`` as of :func:`text_box`."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        max_length=200,
        widget=forms.TextInput(attrs={"width": width, "autocomplete": "off", "label_size": "s"}),
        error_messages={"required": required},
    )


def offer(form: forms.BaseForm, name: str, choices: Any) -> None:
    """Give a field of a form the choices of the day. Raises ``TypeError`` where it has none to give."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name!r} of {type(form).__name__} has no choices")
    field.choices = choices


def offer_people(form: forms.BaseForm, name: str, people: QuerySet[Any]) -> None:
    """Let a field of a form offer these people, each with role and agency."""
    field: Any = form.fields[name]
    field.queryset = people.select_related("agency")
    field.label_from_instance = named


def radios(
    label: str, choices: Any = (), *, hint: str = "", required: str = "", **attrs: Any
) -> forms.ChoiceField:
    """One of a few, small; ``attrs`` as ``design.govuk`` knows them (``inline``, ``label_size`` and more)."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=hint,
        required=bool(required),
        widget=forms.RadioSelect(attrs={"small": True, "label_size": "s"} | attrs),
        error_messages={"required": required},
    )


_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?([ap]m)?")
_NAMED = {"noon": datetime.time(12), "midday": datetime.time(12), "midnight": datetime.time(0)}


class ClockField(forms.CharField):
    """A time of the day as people write it: 7:30am, 5pm, 17:00, 1730, noon. Gives a ``datetime.time``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"width": 10, "autocomplete": "off", "label_size": "s"})
        )
        super().__init__(max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return clock(value) if isinstance(value, datetime.time) else value

    def clean(self, value: Any) -> datetime.time | None:
        text = super().clean(value)
        return None if text in self.empty_values else self._read(text)

    def _read(self, text: str) -> datetime.time:
        bare = text.lower().replace(" ", "").replace(".m.", "m").replace("a.m", "am").replace("p.m", "pm")
        if bare in _NAMED:
            return _NAMED[bare]
        found = _CLOCK.fullmatch(bare)
        hour, minute, half = found.groups() if found else ("", "", "")
        try:
            if not found or not (minute or half) or (half and not 1 <= int(hour) <= 12):
                raise ValueError
            return datetime.time(
                int(hour) % 12 + 12 * (half == "pm") if half else int(hour), int(minute or 0)
            )
        except ValueError:
            raise ValidationError(
                f"{self.label or 'Time'} must be a time, like 7:30am, 5pm or 17:00", code="invalid"
            ) from None


def clock(at: datetime.time) -> str:
    """A time as pages print it: 7:30am, 5pm."""
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


class DatePartsWidget(forms.MultiWidget):
    """Day, month and year in three boxes, as people say a date they remember."""

    def __init__(self) -> None:
        super().__init__({"day": forms.TextInput(), "month": forms.TextInput(), "year": forms.TextInput()})

    def decompress(self, value: datetime.date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [str(data.get(f"{name}_{part}") or "").strip() for part in ("day", "month", "year")]


class DatePartsField(forms.Field):
    """A date in three boxes; the month as a number or a word. Empty is allowed unless required.

    With ``day_optional`` a month and a year are enough, and give the first of the month.
    """

    widget = DatePartsWidget

    def __init__(self, *, latest: Any = None, day_optional: bool = False, **kwargs: Any) -> None:
        self.latest = latest
        self.day_optional = day_optional
        super().__init__(**kwargs)

    def clean(self, value: list[str]) -> datetime.date | None:
        day, month, year = value or ["", "", ""]
        if not (day or month or year):
            if self.required:
                raise ValidationError(f"Enter {self._named()}", code="required")
            return None
        if self.day_optional and not day:
            day = "1"
        missing = [n for n, v in (("day", day), ("month", month), ("year", year)) if not v]
        if missing:
            raise ValidationError(
                f"{self._named(True)} must include a {' and a '.join(missing)}", code="incomplete"
            )
        try:
            found = datetime.date(int(year), self._month(month), int(day))
        except ValueError:
            raise ValidationError(
                f"{self._named(True)} must be a real date, for example 27 3 2026", code="invalid"
            ) from None
        if found.year < 1880:
            raise ValidationError(
                f"{self._named(True)} must have a year with four figures, such as 1986", code="year"
            )
        latest = self.latest() if callable(self.latest) else self.latest
        if latest and found > latest:
            raise ValidationError(f"{self._named(True)} must not be in the future", code="future")
        return found

    def _named(self, start: bool = False) -> str:
        label = str(self.label or "date")
        return label if start else label[0].lower() + label[1:]

    @staticmethod
    def _month(text: str) -> int:
        word = text.lower()
        if len(word) >= 3:
            for number, name in enumerate(MONTHS, start=1):
                if name.startswith(word):
                    return number
        return int(text)


def named(user: Any) -> str:
    """Return a person as a list names them: with role and agency."""
    agency = f", {user.agency.name}" if user.agency else ""
    return f"{user.display_name}, {user.get_role_display().lower()}{agency}"
