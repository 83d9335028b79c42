"""The short pages of a new report. Nearly everything may be left empty.

"Not known" is an answer and "not asked" is none: each page asks once which of
its questions were put and could not be answered.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.design.fields import ClockField, DatePartsField, offer
from lamplighter.records.validation.limits import LONGEST_TEXT
from lamplighter.vocabulary.codes import code_set

Choices = list[tuple[str, str]]
Typed = dict[str, list[str]]
"""What a page was sent with, as a ``QueryDict`` has it: values by the name of their control."""


def typed_text(**values: str | int | None) -> Typed:
    """One value a control, without those that have none."""
    return {name: [str(value)] for name, value in values.items() if value not in (None, "")}


def typed_date(name: str, on: datetime.date | None, *, with_day: bool = True) -> Typed:
    """Return the fields of a :class:`DatePartsField` for a date; nothing for no date."""
    if on is None:
        return {}
    day = {f"{name}_day": on.day} if with_day else {}
    return typed_text(**day, **{f"{name}_month": on.month, f"{name}_year": on.year})


def titles(name: str, *, leave_out: tuple[str, ...] = ()) -> Choices:
    codes = code_set(name).on(timezone.localdate())
    return [(c.code, c.title) for c in codes.values() if c.code not in leave_out]


def offence_choices(agency: Agency) -> Choices:
    """List what this kind of agency records: offences and incidents for police, contacts for others."""
    police = agency.kind == Agency.Kind.POLICE
    codes = code_set("offences").on(timezone.localdate())
    offered = [(c.code, c.title) for c in codes.values() if c.code.startswith("contact_") != police]
    # "Not mapped" is what a file's unknown title gets; a person who types means something else.
    return [(code, "Something else" if code == "other" else title) for code, title in offered]


def lines(text: str) -> list[str]:
    """Split text that was typed on separate lines or with commas between."""
    return [part.strip() for part in re.split(r"[\n,;]+", text or "") if part.strip()]


def text_field(
    label: str, *, hint: str = "", width: int = 20, required: str = "", rows: int = 0, size: str = "s"
) -> forms.CharField:
    widget: forms.Widget
    if rows:
        widget = forms.Textarea(attrs={"rows": rows, "label_size": size})
    else:
        widget = forms.TextInput(attrs={"width": width, "autocomplete": "off", "label_size": size})
    messages = {"required": required} if required else {}
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        widget=widget,
        max_length=LONGEST_TEXT,
        error_messages=messages,
    )


def radios_field(
    label: str,
    choices: Choices,
    *,
    hint: str = "",
    required: str = "",
    inline: bool = False,
    columns: bool = False,
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=bool(required),
        help_text=hint,
        widget=forms.RadioSelect(
            attrs={"inline": inline, "columns": columns, "small": True, "label_size": "s"}
        ),
        error_messages={"required": required} if required else {},
    )


class Page(forms.Form):
    """One page of the new report. ``answers`` is what it adds to the document."""

    heading: str = ""
    wide = False
    use_required_attribute = False

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency
        self.prepare()

    def prepare(self) -> None:
        """Choices that depend on the agency or the day."""

    def answers(self) -> dict[str, Any]:
        return {}

    @classmethod
    def recall(cls, document: dict[str, Any]) -> Typed:
        """Return the typed fields of an answered page: :meth:`answers` the other way round."""
        return {}

    def in_words(self, name: str, value: Any) -> str | None:
        """Say an answer for the check page, where the field alone does not tell; ``None`` where it does."""
        return None


class ReportPage(Page):
    heading = "What was reported"

    offence = forms.ChoiceField(
        label="How is it recorded?",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": "Choose how it is recorded"},
    )
    reported_at = DatePartsField(
        label="Date it was reported", help_text="For example, 27 3 2026", latest=timezone.localdate
    )
    summary = text_field(
        "What happened?",
        hint="In the words it was told to you. Every incident, if there was more than one.",
        rows=6,
        required="Enter what happened",
    )
    impact = text_field(
        "How has it affected them?",
        hint="Fear, changes to daily life, work, sleep. Leave empty if not asked.",
        rows=3,
    )
    made_by = radios_field("Who told you?", [], inline=True)
    domestic_abuse = radios_field(
        "Is it domestic abuse?",
        [("yes", "Yes"), ("no", "No"), ("not_known", "Not known"), ("not_asked", "Not asked")],
        inline=True,
    )
    related_refs = text_field(
        "Other reference numbers",
        hint="Crime or reference numbers, of any agency. Separate with commas",
        width=30,
    )

    def prepare(self) -> None:
        offer(self, "offence", [("", "Choose one"), *offence_choices(self.agency)])
        offer(self, "made_by", titles("made_by"))
        self.fields["reported_at"].initial = timezone.localdate

    def _title(self, code: str) -> str:
        return dict(offence_choices(self.agency))[code]

    def answers(self) -> dict[str, Any]:
        data = self.cleaned_data
        offence = code_set("offences").codes[data["offence"]]
        kind = (
            "contact"
            if offence.code.startswith("contact_")
            else "non_crime"
            if offence.extra.get("class") == "NC"
            else "crime"
        )
        known = {"yes": True, "no": False}
        return {
            "reported_at": datetime.datetime.combine(data["reported_at"], datetime.time()).isoformat(),
            "record_type": kind,
            "recorded_as": offence.extra["group"],
            "offences": [
                {
                    "offence": offence.code,
                    "offence_group": offence.extra["group"],
                    "raw_title": self._title(offence.code),
                }
            ],
            "summary": data["summary"],
            "impact": data["impact"] or None,
            "made_by": data["made_by"] or None,
            "domestic_abuse": known.get(data["domestic_abuse"]),
            "related_refs": [r.upper() for r in lines(data["related_refs"])],
            "answered": {"domestic_abuse": data["domestic_abuse"] or "not_asked"},
        }

    @classmethod
    def recall(cls, document: dict[str, Any]) -> Typed:
        # A report that came to be typed in another way may have no offence of our list.
        offence: dict[str, Any] = next(iter(document.get("offences") or ()), {})
        return typed_text(
            offence=offence.get("offence"),
            summary=document.get("summary"),
            impact=document.get("impact"),
            made_by=document.get("made_by"),
            domestic_abuse=document.get("answered", {}).get("domestic_abuse"),
            related_refs=", ".join(document.get("related_refs") or ()),
        ) | typed_date("reported_at", _day_of(document.get("reported_at")))


def _day_of(moment: str | None) -> datetime.datetime | None:
    return datetime.datetime.fromisoformat(moment) if moment else None


class OccasionPage(Page):
    heading = "When and where"

    date_precision = radios_field(
        "How exact is the date?",
        [
            ("day", "To the day"),
            ("exact", "Exact date and time"),
            ("month", "To the month"),
            ("not_known", "Not known"),
        ],
        required="Say how well the date is known",
    )
    on = DatePartsField(
        label="Date it happened",
        help_text="Leave the day empty if only the month is known, and all three if nothing is.",
        required=False,
        latest=timezone.localdate,
        day_optional=True,
    )
    at = ClockField(label="Time", required=False, help_text="For example, 7:30am, 5pm or 17:00")
    place_text = text_field("Place", hint="As it was told: an address, “outside the victim’s work”", width=30)
    place_postcode = text_field("Postcode of the place", width=10)
    channel = radios_field("How did it happen?", [], columns=True)
    behaviours = forms.MultipleChoiceField(
        label="What happened?",
        help_text="Tick everything that was said. What you typed under “What happened?” is read as well.",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "columns": True, "label_size": "s"}),
    )

    def prepare(self) -> None:
        offer(self, "channel", titles("channels"))
        codes = code_set("behaviours").on(timezone.localdate()).values()
        offered = [(c.code, c.title) for c in codes if c.extra.get("cluster") != "not_stalking"]
        offer(self, "behaviours", offered)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        precision, on, at = data.get("date_precision"), data.get("on"), data.get("at")
        if precision and precision != "not_known" and on is None and "on" not in self.errors:
            self.add_error("on", "Enter the date it happened, or say that it is not known")
        elif precision in ("day", "exact") and on and not self["on"].data[0]:
            self.add_error("on", "Enter the day, or say that the date is known to the month")
        if precision == "exact" and at is None and "at" not in self.errors:
            self.add_error("at", "Enter the time, or say that the date is known to the day")
        return data

    def in_words(self, name: str, value: Any) -> str | None:
        if name == "on" and self.cleaned_data.get("date_precision") == "month":
            return f"{value:%B %Y}"
        return super().in_words(name, value)

    def answers(self) -> dict[str, Any]:
        data = self.cleaned_data
        occasion: dict[str, Any] = {
            "date_precision": data["date_precision"],
            "place_text": data["place_text"] or None,
            "place_postcode": data["place_postcode"] or None,
            "channel": data["channel"] or None,
            "behaviours": data["behaviours"],
            "behaviours_raw": data["behaviours"],
            "actor": None,
        }
        if data["on"] and data["date_precision"] != "not_known":
            start, end = _span(data["on"], data["date_precision"], data["at"])
            occasion |= {"started_at": start.isoformat(), "ended_at": end.isoformat()}
        return {"occasions": [occasion]}

    @classmethod
    def recall(cls, document: dict[str, Any]) -> Typed:
        """Of a document with this one occasion."""
        occasion = document["occasions"][0]
        precision, started = occasion["date_precision"], occasion.get("started_at")
        start = datetime.datetime.fromisoformat(started) if started else None
        typed = typed_text(
            date_precision=precision,
            at=f"{start:%H:%M}" if start and precision == "exact" else None,
            place_text=occasion.get("place_text"),
            place_postcode=occasion.get("place_postcode"),
            channel=occasion.get("channel"),
        )
        if occasion.get("behaviours"):
            typed["behaviours"] = list(occasion["behaviours"])
        return typed | typed_date("on", start, with_day=precision != "month")


def _span(
    on: datetime.date, precision: str, at: datetime.time | None
) -> tuple[datetime.datetime, datetime.datetime]:
    if precision == "exact" and at:
        moment = datetime.datetime.combine(on, at)
        return moment, moment
    if precision == "month":
        first = on.replace(day=1)
        following = (first + datetime.timedelta(days=32)).replace(day=1)
        return datetime.datetime.combine(first, datetime.time()), datetime.datetime.combine(
            following - datetime.timedelta(days=1), datetime.time(23, 59)
        )
    return datetime.datetime.combine(on, datetime.time()), datetime.datetime.combine(
        on, datetime.time(23, 59)
    )
