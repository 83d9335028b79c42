"""Forms of rights. They hold what was typed; the services decide whether it is possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.cases.forms import Form, day
from lamplighter.hub.cases.models import Party
from lamplighter.hub.design import reasons
from lamplighter.hub.design.fields import DatePartsField, line, offer, radios, text_box
from lamplighter.hub.rights.models import RetentionDecision, SubjectDecision
from lamplighter.hub.rights.rules import early, exemptions
from lamplighter.hub.site.config_files.dated import Rule

FROM = {"person": " from when the suspect last came to notice, in any case or report"}
CHANGED = "Somebody has decided about one of these records, or its time is over. Select again"


class RequestForm(Form):
    name = line("Name of the person who asks", required="Enter the name of the person who asks", width=30)
    also_known_as = line("Other name they use (optional)", hint="A maiden name or a nickname.", width=30)
    birth_date = day("Their date of birth (optional)")
    received_on = day("Day on which the request was received", required=True)
    identity_how = text_box(
        "How do you know that it is they who ask?",
        required="Say how you know that it is the person themselves who asks",
        rows=3,
    )


class DecideForm(Form, VersionForm):
    """Given, in words for the person, or withheld."""

    kind = radios(
        "Is it given to the person?", SubjectDecision.Kind.choices, required="Choose whether it is given"
    )
    title = line("Heading for the person", hint="If it is given.", width=30)
    text = text_box(
        "What the person gets", hint="Your words for them, without the other person in it.", rows=6
    )
    known = radios(
        "Do they know it already?",
        [
            ("own", "Yes, it is theirs: they said, wrote or did it themselves, as a session they came to"),
            ("told", "Yes, it was disclosed to them"),
            ("no", "No, or nobody knows"),
        ],
        hint="If it is given.",
    )
    disclosed_how = text_box("Who disclosed it, when and how?", hint="If it was disclosed.", rows=3)
    opinion = text_box(
        "Which health professional gave an opinion on serious harm, what was it, and when?",
        hint="For the records of a health service, and to withhold anything for serious harm.",
        rows=2,
    )
    exemption = radios("Why is it withheld?", hint="The answer to the person does not say.")
    reason = text_box(
        "Your reasoning",
        hint="Saved with the decision. Say what you took out.",
        required="Say why, and what you took out",
        rows=3,
    )

    def __init__(self, *args: Any, side: str, health: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = exemptions(timezone.localdate())
        offer(self, "exemption", [(code, row.title) for code, row in rows.items()])
        if side == Party.Side.SUSPECT:
            self.fields["known"].help_text = "The suspect gets nothing that they do not know already."
        if not health:
            self.fields["opinion"].help_text = "To withhold it for serious harm."

    def written(self) -> dict[str, Any]:
        """Return the decision as the service takes it."""
        rest = super().written()
        known = rest.pop("known")
        return rest | {"own": known == "own", "disclosed": known == "told"}


class TimeForm(Form):
    what = radios(
        "What has happened?",
        [
            ("extend", "The answer takes longer: the request is complex, or one of many by this person"),
            ("ask", "We asked the person what they mean, and cannot go on without it"),
            ("clear", "The person has told us what they mean"),
        ],
        required="Choose what has happened",
    )
    on = day("On which day?", required=True)
    why = text_box("Why?", hint="In words that the person can be told.", rows=3)


class WithholdForm(Form):
    """One exemption and one reason for all the records that are selected."""

    records = forms.MultipleChoiceField(
        label="Records",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one record", "invalid_choice": CHANGED},
    )
    exemption = radios(
        "Why are they withheld?",
        required="Choose why they are withheld",
        hint="The answer to the person does not say.",
    )
    reason = text_box(
        "Your reasoning", hint="Saved with each decision.", required="Say why they are withheld", rows=3
    )

    def __init__(self, *args: Any, records: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "records", [(key, key) for key in records])
        rows = exemptions(timezone.localdate())
        offer(self, "exemption", [(code, row.title) for code, row in rows.items()])


class RetentionForm(Form, VersionForm):
    kind = radios(
        "What happens to these records?", RetentionDecision.Kind.choices, required="Choose what happens"
    )
    period = radios("Which rule do they fall under?", required="Choose the rule that they fall under")
    keep_until = DatePartsField(label="Next review", help_text="If they are kept.", required=False)
    early = radios(
        "Why are they erased before that time is over?",
        hint="Only if you erase them now, and the rule says to keep them longer.",
    )
    reason = text_box("Your reason", required="Enter a reason", rows=4)

    def __init__(self, *args: Any, rows: Mapping[str, Rule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "period", [(code, row.title) for code, row in rows.items()])
        reasons = early(timezone.localdate())
        offer(self, "early", [(code, row.title) for code, row in reasons.items()])
        if not reasons:
            del self.fields["early"]
        self.fields["period"].widget.attrs["hints"] = {
            code: f"{row.extra['years']} years{FROM.get(row.extra.get('counts', ''), '')}. {row.source}"
            for code, row in rows.items()
        }


ReasonForm = reasons.asking(reasons.reason(size="s"))


class EraseForm(Form):
    reference = line(
        "Reference of the case",
        hint="Type it to show that you mean this case.",
        required="Enter the reference of the case",
    )
