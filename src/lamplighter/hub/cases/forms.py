"""Forms of the case's pages. A form holds what was typed; the services decide whether it is possible."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases import policies, rules
from lamplighter.hub.cases.models import (
    Closing,
    FollowUp,
    LegalStatus,
    MappaStatus,
    Referral,
    RejectionAnswer,
    Status,
)
from lamplighter.hub.cases.participants import ages, corrections
from lamplighter.hub.cases.status import criminal_matters, mappa
from lamplighter.hub.cases.status.open_tasks import Decided, Fate
from lamplighter.hub.cases.status.open_tasks import field as task_field
from lamplighter.hub.clocks import selectors as clock_selectors
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.design import reasons
from lamplighter.hub.design.fields import ClockField, DatePartsField, line, named, offer, radios, text_box
from lamplighter.vocabulary.codes import code_set

SHARED_HINT = (
    "Everybody who works on the case reads this. Leave out what was told in confidence, and any address."
)


def day(label: str, *, hint: str = "", required: bool = False) -> DatePartsField:
    return DatePartsField(label=label, help_text=hint, required=required, latest=timezone.localdate)


def coming_day(label: str) -> DatePartsField:
    """A day that may be to come."""
    return DatePartsField(label=label, help_text="If it is known.", required=False)


MOST_YEARS = 120


def age(label: str) -> forms.IntegerField:
    """Return a field for somebody's reported age, where no date of birth is known."""
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST_YEARS,
        widget=forms.TextInput(
            attrs={"width": 3, "inputmode": "numeric", "autocomplete": "off", "label_size": "s"}
        ),
        help_text="In years, if the date of birth is not known. Leave empty rather than guess.",
        error_messages={
            "invalid": "Age must be a number of years, such as 16",
            "min_value": "Age must be a number of years, such as 16",
            "max_value": f"Age must be {MOST_YEARS} or less",
        },
    )


def _to_come(label: str) -> forms.ChoiceField:
    return radios(label, Closing.Current.choices, required=f"Answer “{label}”", inline=True)


class Form(forms.Form):
    use_required_attribute = False


class Versioned(Form):
    """``version`` is the key of the row that the page showed."""

    version = forms.UUIDField(required=False, widget=forms.HiddenInput)


class ReferForm(Form):
    """Two people, why, and who should work on it."""

    victim_name = line(
        "Name of the victim",
        hint="Enter “Not known” if it is not.",
        required="Enter the name of the victim, or “Not known”",
    )
    victim_alias = line("Other names of the victim")
    victim_birth_date = day("Date of birth of the victim")
    victim_age = age("Age of the victim")
    suspect_name = line(
        "Name of the suspect",
        hint="Enter “Not known” if it is not.",
        required="Enter the name of the suspect, or “Not known”",
    )
    suspect_alias = line("Other names of the suspect")
    suspect_birth_date = day("Date of birth of the suspect")
    suspect_age = age("Age of the suspect")
    why = text_box("Why do you refer this?", hint=SHARED_HINT, required="Enter why you refer this", rows=5)
    danger = radios(
        "Is anybody in danger now?",
        Referral.Knows.choices,
        hint="For example: a threat, violence, a weapon, or a breach of an order. If so, call 999 first.",
        required="Say whether anybody is in danger now",
    )
    risk_now = text_box("Who is in danger, and what has been done about it?", rows=3)
    crime_numbers = line("Crime numbers", hint="If there are any. A case needs none.", width=30)
    victim_knows = radios(
        "Does the victim know about this referral?",
        Referral.Knows.choices,
        required="Say whether the victim knows",
    )
    again_why = text_box(
        "Why do you refer these two people again?",
        hint="Read by those who can open both cases.",
        rows=3,
    )
    agencies = forms.MultipleChoiceField(
        label="Which agencies should work on it besides yours?",
        help_text="Each can open the case at once and reads what is shared. You can add others later.",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "s"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Agency.objects.exclude(pk=user.agency_id).order_by("name")
        offer(self, "agencies", [(a.code, a.name) for a in others])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("danger") == Referral.Knows.YES and not str(values.get("risk_now") or "").strip():
            self.add_error("risk_now", "Enter who is in danger, and what has been done about it")
        return values

    def person(self, side: str, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The columns of a party. ``told``: the age that a record of the person gives, with its day."""
        values = self.cleaned_data
        return {
            "name": values[f"{side}_name"],
            "also_known_as": values[f"{side}_alias"],
            "birth_date": values[f"{side}_birth_date"],
        } | ages.stated(values[f"{side}_age"], told, timezone.localdate())


class SearchForm(Form):
    term = line(
        "Name or reference",
        hint="For example LL-7KQ2-M9XB, or a name. Your search is not saved.",
        required="Enter a name or a reference",
        width=30,
    )


class TriageForm(Versioned):
    decision = radios("What does the hub do?", required="Choose what the hub does", small=False)
    threshold = radios("By which threshold?", required="Choose a threshold")
    redirected_to = line("If it is sent to another service or area: which?")
    again_why = text_box(
        "Why is a second case of these two people right?",
        hint="Read by those who can open both cases.",
        rows=3,
    )
    reason = text_box("Why?", hint=SHARED_HINT, required="Enter a reason")

    def __init__(self, *args: Any, suspect_is_child: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = rules.on("threshold", timezone.localdate())
        if suspect_is_child:
            adults = rules.adults_only(timezone.localdate())
            found = {code: rule for code, rule in found.items() if code not in adults}
        # A rejection has a page of its own: others read it before it stands.
        found = {c: r for c, r in found.items() if {*r.extra["for"]} - {Status.Name.REJECTED}}
        # Danger first: it is looked for in a hurry.
        held = dict(sorted(found.items(), key=lambda row: not row[1].extra.get("police_check")))
        offered = [s for s in rules.decisions_on(timezone.localdate()) if s != Status.Name.REJECTED]
        offer(self, "decision", [(s, Status.Name(s).label) for s in offered])
        offer(self, "threshold", [(r.code, r.title) for r in held.values()])
        self.fields["threshold"].widget.attrs["hints"] = {
            r.code: "Allows: " + ", ".join(Status.Name(s).label.lower() for s in r.extra["for"])
            for r in held.values()
        }


class RejectForm(Versioned):
    """Ask why the referral is rejected, what is said to the victim, and who reads it first."""

    threshold = radios("By which threshold?", required="Choose a threshold")
    reason = text_box("Why?", hint=SHARED_HINT, required="Enter a reason")
    told = text_box(
        "What has the victim been told, or why not?",
        hint="And whether to contact them is safe.",
        required="Enter what the victim has been told, or why not",
        rows=3,
    )
    turn_to = text_box(
        "Where else can the victim turn?",
        hint="For example a stalking helpline, an independent stalking advocate (ISAC), or 999 in danger.",
        required="Enter where else the victim can turn",
        rows=3,
    )

    def __init__(self, *args: Any, could: Mapping[Role, Sequence[User]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.could = could
        held = rules.thresholds_for(Status.Name.REJECTED, timezone.localdate())
        offer(self, "threshold", [(r.code, r.title) for r in held.values()])
        for kind, found in could.items():
            who = policies.WHO_READS[kind]
            self.fields[f"reader_{kind}"] = forms.ChoiceField(
                label=f"Which {who.split(' ', 1)[1]} of another agency reads it?",
                help_text="The referral stays open until they agree. It becomes their task.",
                choices=[
                    ("", "Choose a person"),
                    *((str(p.key), f"{p.display_name}, {p.agency}") for p in found),
                ],
                error_messages={"required": f"Choose {who} of another agency who reads it"},
                widget=forms.Select(attrs={"label_size": "s"}),
            )

    def readers(self) -> dict[Role, User]:
        """Return the people whom the proposer named, by kind of person."""
        return {
            kind: person
            for kind, people in self.could.items()
            for person in people
            if str(person.key) == self.cleaned_data[f"reader_{kind}"]
        }


class RejectionForm(Versioned):
    answer = radios(
        "Is it right to reject this referral?",
        [
            (RejectionAnswer.Answer.AGREED.value, "Yes, reject it"),
            (RejectionAnswer.Answer.REFUSED.value, "No, the referral stays open and is decided anew"),
        ],
        required="Say whether it is right to reject the referral",
    )
    words = text_box("Why?", hint=SHARED_HINT, required="Enter a reason", rows=3)

    def __init__(self, *args: Any, proposer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proposer:
            del self.fields["answer"]


class SafeguardingForm(Form):
    """Ask what the police did for somebody's safety."""

    done_by = line(
        "Who of the police did it?",
        hint="Name or collar number, and force.",
        required="Enter who of the police did it",
    )
    day = day("On which day?", required=True)
    time = ClockField(
        label="At what time?",
        help_text="For example, 5pm, 7:30am or 17:00.",
        error_messages={"required": "Enter the time of the check"},
    )
    what = text_box("What did the police do?", hint=SHARED_HINT, required="Enter what the police did", rows=3)

    def done_at(self) -> dt.datetime:
        """Return the moment that was entered."""
        values = self.cleaned_data
        return timezone.make_aware(dt.datetime.combine(values["day"], values["time"]))


class MoveForm(Versioned):
    to = radios("The case becomes", required="Choose what the case becomes")
    reason = text_box("Why?", hint=SHARED_HINT, required="Enter a reason")

    def __init__(self, *args: Any, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(now)

    def offer(self, now: str) -> None:
        """The moves from the state ``now``. What is typed is checked against the state that was read."""
        to = [(s, Status.Name(s).label) for s in policies.moves_by_hand(now)]
        offer(self, "to", to)


ASKS_WORDS = (Fate.DONE, Fate.NOT_NEEDED)


def _of_a_task(clock: Clock, could: Sequence[User]) -> dict[str, forms.Field]:
    """Return the fields of one open task of a case that is closed: its fate, words, who goes on with it."""
    # Done on a page of its own: there alone, with what that page asks for.
    by_page = clock_selectors.ends_on_a_page(clock)
    fates = [choice for choice in Fate.choices if not (by_page and choice[0] == Fate.DONE)]
    fate = radios("What becomes of it?", fates, required=f"Say what becomes of the task “{clock.text}”")
    to = forms.ChoiceField(
        label="If it goes on: who does it?",
        required=False,
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"invalid_choice": "Choose a person"},
    )
    who = clock.assigned_to.display_name if clock.assigned_to else f"Anyone in {clock.owner.name}"
    others = [(str(p.key), named(p)) for p in could if p.pk != clock.assigned_to_id]
    to.choices = [("", f"{who}, as now"), *others]
    words = text_box("Outcome, or why it is not needed", rows=2)
    return {task_field(clock, "fate"): fate, task_field(clock, "words"): words, task_field(clock, "to"): to}


class CloseForm(Versioned):
    why = radios("Why is it closed?", required="Choose why it is closed")
    dropped_as = forms.ChoiceField(
        label="Which police outcome drops the case?",
        help_text="An outcome that drops a case asks for more: see “Closing check”.",
        required=False,
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"invalid_choice": "Choose an outcome from the list"},
    )
    reason = text_box("In words", hint=SHARED_HINT, required="Enter a reason")
    current = radios(
        "Is the stalking current?", Closing.Current.choices, required="Say whether the stalking is current"
    )
    current_words = text_box("If it is, or nobody knows: why is it right to close?", rows=3)
    last_act_on = day("Date of the last act that is known of")
    days_away = forms.IntegerField(
        label="How many of the days since then was the person in custody, in hospital or abroad?",
        help_text="Enter 0 if none. Leave it empty if it is not known.",
        required=False,
        min_value=0,
        widget=forms.TextInput(
            attrs={"width": 4, "inputmode": "numeric", "autocomplete": "off", "label_size": "s"}
        ),
        error_messages={"invalid": "Days must be a whole number, such as 14"},
    )
    orders = _to_come("Is an order in force, or are there conditions?")
    orders_on = coming_day("When does it end?")
    bail = _to_come("Is the person on bail?")
    bail_on = coming_day("When does bail end?")
    release = _to_come("Is a release from custody or hospital to come?")
    release_on = coming_day("When is the release?")
    trial = _to_come("Is a trial or a sentence to come?")
    trial_on = coming_day("When is it?")
    advocate = radios(
        "What does the advocate of the victim say?",
        Closing.Advocate.choices,
        required="Say what the advocate says",
    )
    agreed_with = forms.ChoiceField(
        label="Which other agency agrees?",
        help_text="“No longer current” asks for a second agency that works on the case.",
        required=False,
        widget=forms.Select(attrs={"label_size": "s"}),
    )
    agreed_words = line("Who of that agency agreed, and when?", width=30)
    not_done = text_box(
        "What was asked for and not done?",
        hint="By anybody: the victim, an agency, the meeting. Say “Nothing” if nothing was.",
        required="Say what was asked for and not done, or “Nothing”",
        rows=3,
    )

    def __init__(
        self,
        *args: Any,
        others: Sequence[Agency],
        tasks: Sequence[Clock] = (),
        could: Mapping[uuid.UUID, Sequence[User]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tasks, self.could = tasks, could or {}
        for clock in tasks:
            self.fields |= _of_a_task(clock, self.could.get(clock.key, ()))
        today = timezone.localdate()
        agreeing = [("", "None"), *((a.code, a.name) for a in others)]
        offer(self, "agreed_with", agreeing)
        outcomes = code_set("outcomes").on(today).values()
        dropping = [(o.code, f"{o.code}: {o.title}") for o in outcomes if o.extra.get("drops")]
        offer(self, "dropped_as", [("", "None: charged, not with the police, or still open"), *dropping])
        offer(self, "why", [(r.code, r.title) for r in rules.on("closing", today).values()])
        meaning = rules.current_definition(today).title
        self.fields["current"].help_text = (
            f"Current means: {meaning[0].lower()}{meaning[1:]}, in the last {policies.current_days(today)} "
            "days. Days in custody, in hospital or abroad do not count."
        )

    def decided(self) -> dict[uuid.UUID, Decided]:
        """Return what becomes of each open task, by its key."""
        values, found = self.cleaned_data, {}
        for clock in self.tasks:
            fate, words, to = (values[task_field(clock, name)] for name in ("fate", "words", "to"))
            people = {str(p.key): p for p in self.could.get(clock.key, ())}
            found[clock.key] = Decided(fate, words.strip(), people.get(to))
        return found

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for clock in self.tasks:
            words = task_field(clock, "words")
            if values.get(task_field(clock, "fate")) in ASKS_WORDS and not values.get(words, "").strip():
                self.add_error(words, f"Enter the outcome of “{clock.text}”, or why it is not needed")
        return values

    def to_come(self) -> dict[str, tuple[str, dt.date | None]]:
        """Return what is to come, by its name: whether, and when."""
        values = self.cleaned_data
        return {
            name: (values[name], values[f"{name}_on"] if values[name] == Closing.Current.YES else None)
            for name in policies.TO_COME
        }

    def clean_not_done(self) -> str:
        said = str(self.cleaned_data["not_done"]).strip()
        return "" if said.lower().rstrip(".") == "nothing" else said


class FollowUpForm(Versioned):
    months = radios("Which follow-up is it?", required="Choose which follow-up it is")
    found = radios("What was found?", FollowUp.Found.choices, required="Choose what was found")
    words = text_box("How do you know?", hint=SHARED_HINT, required="Say how you know")

    def __init__(self, *args: Any, done: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who is second has chosen one that was recorded meanwhile: they are shown both, not told "no".
        asked = str(self.data.get("months", ""))
        left = [m for m in rules.follow_ups(timezone.localdate()) if m not in done or str(m) == asked]
        offer(self, "months", [(str(m), f"{m} months after closing") for m in left])


NEW_MATTER = "new"
ENDED = "ended"


class LegalForm(Versioned):
    """Ask for the state of one of the criminal matters; a person can have several at once."""

    matter = radios(
        "Which criminal matter is it about?",
        hint="Somebody can be on licence for one offence and under investigation for another.",
        required="Choose which criminal matter it is about",
    )
    name = radios(
        "Where does the criminal matter stand?",
        [*LegalStatus.Name.choices, (ENDED, "It has ended, and nothing of it stands")],
        required="Choose the legal status",
    )
    since = day("Since when?", required=True)
    offence = line("Offence", hint="For example: stalking, section 2A. Leave out who it was done to.")
    reference = line("Reference", hint="Crime number, court or prison number, where it is known.", width=30)
    source = text_box("How do you know?", hint="The record, or who told you.", rows=2)
    replaces = forms.ChoiceField(
        label="Is this a correction?",
        required=False,
        widget=forms.Select(attrs={"label_size": "s"}),
    )

    def __init__(self, *args: Any, earlier: list[LegalStatus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(earlier)

    def offer(self, earlier: list[LegalStatus]) -> None:
        """Offer the rows that can be corrected, and the matters that can go on."""
        rows = [(str(r.key), f"{r.get_name_display()} since {r.since:%-d %B %Y}") for r in earlier]
        offer(self, "replaces", [("", "No, it is what happened next"), *rows])
        newest: dict[str, LegalStatus] = {}
        for row in earlier:
            newest.setdefault(str(row.matter or ""), row)
        self.newest = newest
        told = [
            (
                key or "first",
                f"{r.offence or 'Offence not recorded'}: {r.get_name_display().lower()} since "
                f"{r.since:%-d %B %Y}{', ended' if r.ends else ''}",
            )
            for key, r in newest.items()
        ]
        new = (NEW_MATTER, "A matter that is not recorded yet")
        # Nothing to choose between: it is the first.
        offer(self, "matter", [*told, new] if told else [("first", "The first")])
        self.fields["matter"].required = bool(told)

    def clean(self) -> dict[str, Any]:
        """A matter can only end that stands, with what stood as its name."""
        given = super().clean() or {}
        chosen = given.get("matter", "")
        row = self.newest.get("" if chosen == "first" else chosen)
        given["ends"] = given.get("name") == ENDED
        if given["ends"]:
            if row is None:
                self.add_error("matter", "Choose which criminal matter has ended")
            else:
                given["name"] = row.name
        given["of_matter"] = self._matter(chosen)
        return given

    def _matter(self, chosen: str) -> uuid.UUID | None:
        if chosen == NEW_MATTER and self.newest:
            return criminal_matters.new()
        return uuid.UUID(chosen) if chosen not in ("", "first", NEW_MATTER) else None


class MappaForm(Versioned):
    """Ask for the suspect's standing under MAPPA."""

    state = radios("Status", MappaStatus.State.choices, required="Choose the status")
    since = day("Since when?", required=True)
    category = radios("Category", hint="Needed where the person is managed.", required="")
    level = radios(
        "Level",
        [
            ("1", "Level 1: one agency leads"),
            ("2", "Level 2: agencies meet"),
            ("3", "Level 3: senior people meet"),
        ],
        hint="If it is known.",
    )
    lead_agency = forms.ChoiceField(
        label="Lead agency (optional)", required=False, widget=forms.Select(attrs={"label_size": "s"})
    )
    reference = line("Reference (optional)", hint="The number that MAPPA gives the person.", width=30)
    source = text_box(
        "How do you know?", hint="The record, or who told you.", required="Say how you know", rows=2
    )

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "category", list(mappa.categories(timezone.localdate()).items()))
        offer(self, "lead_agency", [("", "Not known"), *agencies])


class AgencyForm(Form):
    agency = forms.ChoiceField(
        label="Agency",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"required": "Choose an agency"},
    )
    how = radios("What happens?", required="Choose what happens")
    reason = text_box("Why?", hint=SHARED_HINT, required="Enter a reason", rows=3)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], hands_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "agency", [("", "Choose an agency"), *choices])
        how = [("add", "It works on the case too")]
        if hands_over:
            how.append(("hand_over", "It takes the case over from us. We cannot open it any more"))
        offer(self, "how", how)


class LeadForm(Form):
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    worker: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None,
        to_field_name="key",
        required=False,
        label="Who is the lead worker of your agency?",
        help_text="They get your agency’s tasks on this case, unless a task is given to somebody else. "
        "Everybody on the case reads their name.",
        empty_label="Nobody for now",
        widget=forms.Select(attrs={"label_size": "s"}),
        error_messages={"invalid_choice": "Choose a person"},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["worker"]
        field.queryset = people
        field.label_from_instance = lambda user: f"{user.display_name}, {user.get_role_display().lower()}"


class SameForm(Form):
    """Ask which person of which case this one is."""

    other = radios("Which is the same person?", required="Choose which person it is")
    how = radios("How do you know?", corrections.KNOWN_BY.items(), required="Choose how you know")

    def __init__(self, *args: Any, likely: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = [
            (str(p.key), f"{p.name}, {p.get_side_display().lower()} in case {c.reference}") for c, p in likely
        ]
        offer(self, "other", said)


class TogetherForm(Form):
    """Ask which other cases of the victim have suspects who act together with this one's."""

    others = forms.MultipleChoiceField(
        label="Who acts together with the suspect of this case?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one person", "invalid_choice": "Choose from the list"},
    )
    reason = text_box(
        "How do you know?",
        hint="For example: they are brothers, and each was outside the victim’s home on the same evening. "
        "Everybody who can open both cases reads this.",
        required="Say how you know that they act together",
        rows=3,
    )

    def __init__(self, *args: Any, possible: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "others", possible)


ReasonForm = reasons.asking(reasons.reason("Why?", hint=SHARED_HINT, rows=3, size="s"))


class PersonForm(Versioned):
    name = line("Name", hint="Enter “Not known” if it is not.", required="Enter the name, or “Not known”")
    also_known_as = line("Other names")
    birth_date = day("Date of birth")
    age = age("Age")
    reason = text_box(
        "Why is this corrected?",
        hint="Everybody who works on the case reads this.",
        required="Say why",
        rows=2,
    )


class WorkForm(Form):
    minutes = forms.IntegerField(
        label="Minutes",
        min_value=1,
        max_value=policies.MOST_MINUTES,
        widget=forms.TextInput(
            attrs={"width": 4, "inputmode": "numeric", "autocomplete": "off", "label_size": "s"}
        ),
        error_messages={
            "required": "Enter how many minutes",
            "invalid": "Minutes must be a whole number, such as 45",
            "min_value": "Enter at least 1 minute",
            "max_value": "A day has 1,440 minutes: enter each day by itself",
        },
    )
    activity = radios("What was it spent on?", required="Choose what it was spent on")
    on = day("On which day?", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = rules.on("activity", timezone.localdate())
        offer(self, "activity", [(r.code, r.title) for r in held.values()])


class AsAtForm(Form):
    """Ask for the day whose knowledge of the case is shown; from three boxes to an address."""

    day = day("Show the case as it was known at the end of", required=True)

    def iso(self) -> str:
        found: dt.date = self.cleaned_data["day"]
        return found.isoformat()
