"""Forms: for whom the suspect works, who deals with it, what came of a step, that it was wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from lamplighter.hub.access.wall.partitions import CASEWORK
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.accounts.sign_in.user_names import spellings
from lamplighter.hub.design import reasons
from lamplighter.hub.design.fields import DatePartsField, line, offer, radios, text_box
from lamplighter.hub.workforce.models import Marker, StepOutcome

ELSEWHERE = "-"
SECTOR_OF = {
    Agency.Kind.POLICE: Marker.Sector.POLICE,
    Agency.Kind.PROBATION: Marker.Sector.PROBATION,
    Agency.Kind.HEALTH: Marker.Sector.HEALTH,
}


def _select(label: str, *, hint: str = "", required: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        required=bool(required),
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": required},
    )


class MarkForm(forms.Form):
    """Ask for the suspect's employer. Everything but the agency can be unknown."""

    use_required_attribute = False
    agency = _select(
        "Which agency does the suspect work for?", required="Choose the agency that they work for"
    )
    employer = line(
        "Name of an agency that is not in the list",
        hint="For example “Northshire District Council”.",
        width=30,
    )
    sector = radios("What is it?", Marker.Sector.choices, hint="Only for an agency that is not in the list.")
    post = radios("What do they do there?", Marker.Post.choices, required="Choose what they do there")
    known = radios("How is this known?", Marker.Known.choices, required="Choose how this is known")
    named = line(
        "Their user name or full name in this hub, if they have an account",
        hint="They are not told. Leave it empty if you do not know.",
        width=30,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Agency.objects.order_by("name").values_list("code", "name")
        offer(
            self,
            "agency",
            [("", "Choose an agency"), *rows, (ELSEWHERE, "An agency that is not in this list")],
        )

    def clean_named(self) -> User | None:
        typed = self.cleaned_data["named"].strip()
        if not typed:
            return None
        active = User.objects.filter(is_active=True).select_related("agency")
        found = list(active.filter(username__in=spellings(typed))[:1]) or list(
            active.filter(display_name__iexact=typed)[:2]
        )
        if not found:
            raise ValidationError("Nobody with this name has an account here. Check it, or leave it empty")
        if len(found) > 1:
            raise ValidationError("Several people have this name. Enter the user name")
        return found[0]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        code = told.get("agency")
        if code == ELSEWHERE:
            if not told.get("employer", "").strip():
                self.add_error("employer", "Enter the name of the agency")
            if not told.get("sector"):
                self.add_error("sector", "Choose what kind of agency it is")
        return told

    def told(self) -> dict[str, Any]:
        """Return the answers as ``services.mark`` takes them."""
        told = dict(self.cleaned_data)
        agency = Agency.objects.filter(code=told["agency"]).first()
        if agency is not None:
            told["employer"] = ""
            told["sector"] = SECTOR_OF.get(Agency.Kind(agency.kind), Marker.Sector.OTHER)
        return told | {"agency": agency}


class PersonForm(forms.Form):
    """Somebody, and why them."""

    use_required_attribute = False
    user = _select("Who?", required="Choose a person")
    reason = text_box("Why this person?", hint="At least 20 characters.", rows=3, required="Enter why")

    def __init__(self, *args: Any, lead: bool = False, outside: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = {Role.COORDINATOR, Role.STALKING_LEAD} if lead else CASEWORK
        rows = User.objects.working().filter(role__in=roles, agency__isnull=False).select_related("agency")
        if lead and outside:
            rows = rows.exclude(agency=outside)
        people = [
            (
                str(u.key),
                f"{u.display_name}, {u.get_role_display().lower()}, {u.agency.name if u.agency else ''}",
            )
            for u in rows.order_by("display_name", "pk")
        ]
        offer(self, "user", [("", "Choose a person"), *people])

    def person(self) -> User:
        return User.objects.select_related("agency").get(key=self.cleaned_data["user"])


class StepForm(forms.Form):
    use_required_attribute = False
    outcome = radios("Outcome", StepOutcome.Outcome.choices, required="Choose the outcome")
    on = DatePartsField(label="On which day?", latest=timezone.localdate)
    words = text_box(
        "To whom did it go, and what did they say?",
        hint="A name, a reference, or why it is not needed. Only the team reads this.",
        required="Enter to whom it went and what they said",
    )


ReasonForm = reasons.asking(
    reasons.reason(
        "Why?",
        hint="At least 20 characters. It is saved with your name.",
        rows=3,
        required="Enter why",
        size="s",
    )
)


class CheckForm(ReasonForm):  # type: ignore[misc, valid-type]  # made of its words
    agrees = radios(
        "Was it wrong?",
        (("yes", "Yes, end it"), ("no", "No, it stays")),
        required="Choose whether it was wrong",
    )
    field_order = ("agrees", "reason")
