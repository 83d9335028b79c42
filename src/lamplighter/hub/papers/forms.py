"""Forms of papers: what each kind asks whoever makes it. The services decide whether it is possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.design.fields import DatePartsField, line, offer, radios, text_box
from lamplighter.hub.legal_bases.rules import RULES as BASES
from lamplighter.hub.papers import rules
from lamplighter.hub.papers.contents import incidents
from lamplighter.hub.papers.files import bundles
from lamplighter.hub.papers.policies import LEAST_REASON
from lamplighter.hub.papers.writing import courts
from lamplighter.hub.papers.writing.referrals import CONSENT, LEVELS
from lamplighter.hub.victim_side import selectors as victim
from lamplighter.vocabulary.codes import code_set

LEAVE_OUT = "Leave out where the victim lives and how they are reached."
ONE_A_LINE = "One on each line. "


def boxes(label: str, *, hint: str = "", required: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        required=bool(required),
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
        error_messages={"required": required},
    )


class MakeForm(forms.Form):
    """Questions that one kind of paper asks. ``given()`` is what the service is told."""

    use_required_attribute = False

    def __init__(self, *args: Any, user: User, case: Case, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.user, self.today = case, user, today
        self.begin()

    def begin(self) -> None:
        """Offer the choices of the day, and what is proposed."""

    def given(self) -> dict[str, Any]:
        """Return what was typed and chosen, as plain values."""
        return dict(self.cleaned_data)


class OfADay(MakeForm):
    """A paper that can be made as the case stood on a past day."""

    as_at = DatePartsField(
        label="As the case stood on which day?",
        required=False,
        help_text=(
            "Leave it empty for today. What the hub learned or corrected after that day is left out, and "
            "every page says so."
        ),
    )

    def begin(self) -> None:
        super().begin()
        self.fields["as_at"] = self.fields.pop("as_at")

    def given(self) -> dict[str, Any]:
        held = dict(self.cleaned_data)
        on = held.pop("as_at", None)
        return held | ({"as_at": on.isoformat()} if on else {})


class RemarksForm(OfADay):
    remarks = text_box("What should the paper say beside what the case holds?", hint=LEAVE_OUT)


class Terms(MakeForm):
    """Draft prohibitions, proposed by what was done."""

    prohibitions = boxes(
        "Draft prohibitions",
        hint="Those that follow from what was done are ticked. Leave only what is necessary.",
    )
    own_prohibitions = text_box("Other prohibitions", hint=ONE_A_LINE + LEAVE_OUT)

    def begin(self) -> None:
        proposed = courts.proposed(self.case, self.today)
        titles = rules.on("prohibition", self.today)
        offer(
            self,
            "prohibitions",
            [
                (code, f"{rule.title}{f' ({incidents.cited(proposed[code])})' if proposed[code] else ''}")
                for code, rule in titles.items()
            ],
        )
        self.initial.setdefault("prohibitions", [code for code, found in proposed.items() if found])


class SpoForm(OfADay, Terms):
    requirements = boxes("Draft positive requirements")
    own_requirements = text_box("Other requirements", hint=ONE_A_LINE)
    necessity = text_box(
        "Why is an order necessary, and why would nothing less do?",
        hint="Limb 3 of the test. Where this is empty, the pack says that it is missing.",
    )
    hearsay_why = text_box("Why are those who made the statements not called?", rows=3)

    def begin(self) -> None:
        super().begin()
        offer(self, "requirements", [(c, r.title) for c, r in rules.on("requirement", self.today).items()])


class RestrainingForm(Terms):
    verified_with = line(
        "With whom was the address verified?",
        hint=(
            "Ask the victim, or their advocate, whether the address under safe contact is still "
            "right. Do not type it here."
        ),
        required="Enter with whom the address was verified",
        width=30,
    )
    verified_on = DatePartsField(label="On which day?", required=True)
    grounds = text_box(
        "Grounds", hint=f"The respondent reads this. {LEAVE_OUT}", required="Enter the grounds"
    )
    views = text_box("What does the victim want?", hint="On the court’s version alone.")
    field_order = ("verified_with", "verified_on", "grounds", "prohibitions", "own_prohibitions", "views")

    def given(self) -> dict[str, Any]:
        held = dict(self.cleaned_data)
        return held | {"verified_day": held.pop("verified_on").isoformat(), "verified_on": ""}


class MaracForm(MakeForm):
    criteria = boxes("By which criteria?", required="Choose at least one criterion")
    reason = text_box("Why should it be heard?", hint=LEAVE_OUT, required="Enter why it should be heard")
    consent = radios(
        "Does the victim know of the referral?",
        CONSENT.items(),
        required="Say whether the victim knows of the referral",
    )
    wishes = text_box("What does the victim want?", rows=3)

    def begin(self) -> None:
        offer(self, "criteria", [(c, r.title) for c, r in rules.on("marac", self.today).items()])


class MappaForm(MakeForm):
    category = radios("Which category?", required="Choose the category")
    level = radios("Which level?", LEVELS.items(), required="Choose the level")
    reason = text_box(
        "Why does it need this level?", hint=LEAVE_OUT, required="Enter why it needs this level"
    )

    def begin(self) -> None:
        offer(self, "category", [(c, r.title) for c, r in rules.on("mappa", self.today).items()])


class LetterForm(MakeForm):
    dear = line(
        "How does the letter begin?",
        hint="For example, Dear Ms Rahman",
        required="Enter how the letter begins",
    )
    words = text_box(
        "Letter",
        hint=f"An empty line begins a new paragraph. {LEAVE_OUT}",
        required="Enter the letter",
        rows=10,
    )
    signed = line("Who signs it?", width=30)

    def begin(self) -> None:
        self.initial.setdefault("signed", self.user.display_name)


class VictimLetterForm(LetterForm):
    def begin(self) -> None:
        super().begin()
        name = next((p.name for p in cases.parties(self.case) if p.side == Party.Side.VICTIM), "")
        self.initial.setdefault("dear", f"Dear {name}")


class CourtLetterForm(LetterForm):
    to = line("To which court?", required="Enter to which court", width=30)
    field_order = ("to", "dear", "words", "signed")


class AcknowledgementForm(LetterForm):
    def begin(self) -> None:
        super().begin()
        self.initial.setdefault("dear", "Dear colleague")
        self.initial.setdefault(
            "words",
            "Thank you for your referral. We have received it, and somebody looks at it now.\n\n"
            "If anybody is in danger, ring 999 and do not wait for us.",
        )


class TakeAlongForm(MakeForm):
    """Each part of the newest plan, to be put into words that give nobody away."""

    def begin(self) -> None:
        plan = next(iter(victim.safety_plans(self.case)), None)
        self.titles = {
            code: section.title
            for code, section in code_set("safety_plan_sections").codes.items()
            if plan and plan.sections.get(code)
        }
        for code, title in self.titles.items():
            field = text_box(
                title,
                hint="Put it into words that only the victim understands. Empty: it is left out.",
                rows=3,
            )
            self.fields[f"part_{code}"] = field
            self.initial.setdefault(f"part_{code}", plan.sections[code] if plan else "")

    def given(self) -> dict[str, Any]:
        parts = []
        for number, code in enumerate(self.titles, 1):
            if words := self.cleaned_data[f"part_{code}"].strip():
                parts.append({"field": f"part_{code}", "heading": str(number), "words": words})
        return {"parts": parts}


class BundleForm(MakeForm):
    """Issued papers and exhibits. A later version keeps what the earlier one has, in its place."""

    court = line("For which court?", required="Enter the court", width=30)
    parts = boxes(
        "Documents",
        hint="In this order. A later version puts what is new at the end, and no page changes its number.",
        required="Choose at least one document",
    )

    def begin(self) -> None:
        offer(self, "parts", bundles.choices(self.case, moment.now()))


FORMS: Mapping[str, type[MakeForm]] = {
    "bundle": BundleForm,
    "schedule": RemarksForm,
    "spo": SpoForm,
    "restraining": RestrainingForm,
    "marac": MaracForm,
    "mappa": MappaForm,
    "summary": RemarksForm,
    "take_along": TakeAlongForm,
    "letter_victim": VictimLetterForm,
    "letter_court": CourtLetterForm,
    "acknowledgement": AcknowledgementForm,
}


class IssueForm(forms.Form):
    """To whom, on what basis and why. A letter to the victim: by which way."""

    use_required_attribute = False
    recipient = line(
        "To whom does it go?",
        hint="A court, a service, a person.",
        required="Enter to whom it goes",
        width=30,
    )
    channel = radios("How is it sent?", required="Say how it is sent")
    basis = radios("On what legal basis?", required="Choose the legal basis")
    why = text_box("Why is it needed?", required="Enter why it is needed", rows=3)
    read = forms.BooleanField(
        label="I have read the whole paper, as it is shown here",
        error_messages={"required": "Read the paper first, and say that you have"},
        widget=forms.CheckboxInput(attrs={"small": True}),
    )

    def __init__(
        self, *args: Any, kind: str, today: dt.date, channels: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "basis", [(code, rule.title) for code, rule in BASES.on("basis", today).items()])
        if kind == "letter_victim":
            offer(self, "channel", channels)
        else:
            del self.fields["channel"]


class WithdrawForm(forms.Form):
    use_required_attribute = False
    reason = text_box(
        "Why is it withdrawn?",
        hint=f"At least {LEAST_REASON} characters. Whoever has it is not told by the hub: tell them.",
        required="Enter why it is withdrawn",
        rows=3,
    )
