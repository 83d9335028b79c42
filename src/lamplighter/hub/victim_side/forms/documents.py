"""Forms of the two documents with versions: needs, and the safety plan."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.design.fields import LONGEST, text_box
from lamplighter.hub.victim_side.forms.parts import choices
from lamplighter.hub.victim_side.models import NeedsAssessment, SafetyPlan
from lamplighter.vocabulary.codes import code_set


class NeedsForm(forms.Form):
    """Each area: how much, and in words what."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, title in choices("needs_areas"):
            self.fields[f"level_{code}"] = forms.ChoiceField(
                label=title, choices=choices("needs_levels"), initial="not_asked"
            )
            self.fields[f"words_{code}"] = forms.CharField(
                label=f"{title}: in words",
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.fields["words"] = text_box("What matters most to the victim", rows=3)

    @classmethod
    def showing(cls, found: NeedsAssessment | None) -> NeedsForm:
        if found is None:
            return cls(initial={"version": ""})
        initial = {"version": str(found.key), "words": found.words}
        for code, _ in choices("needs_areas"):
            area = found.areas.get(code, {"level": "not_asked", "words": ""})
            initial |= {f"level_{code}": area["level"], f"words_{code}": area["words"]}
        return cls(initial=initial)

    def pairs(self) -> list[tuple[Any, Any]]:
        """Level and words of each area, as bound fields."""
        return [(self[f"level_{code}"], self[f"words_{code}"]) for code, _ in choices("needs_areas")]

    def areas(self) -> dict[str, dict[str, str]]:
        cleaned = self.cleaned_data
        return {
            code: {"level": cleaned[f"level_{code}"], "words": cleaned[f"words_{code}"]}
            for code, _ in choices("needs_areas")
        }


class SafetyPlanForm(forms.Form):
    """One box a part of the plan."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, found in code_set("safety_plan_sections").codes.items():
            hint = str(found.extra.get("hint", ""))
            self.fields[f"section_{code}"] = text_box(found.title, hint=hint, rows=3)
        self.fields["change"] = text_box("What changed, and why", rows=2)

    @classmethod
    def showing(cls, found: SafetyPlan | None) -> SafetyPlanForm:
        if found is None:
            return cls(initial={"version": ""})
        sections = {f"section_{code}": text for code, text in found.sections.items()}
        return cls(initial={"version": str(found.key)} | sections)

    def parts(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("section_")]

    def sections(self) -> dict[str, str]:
        """Parts with something in them, by code."""
        named = {name.removeprefix("section_"): text for name, text in self.cleaned_data.items()}
        codes = code_set("safety_plan_sections").codes
        return {code: text.strip() for code, text in named.items() if code in codes and text.strip()}
