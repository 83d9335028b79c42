"""Errors of forms are in our words, and Django's own English is on no page."""

from django import forms

from lamplighter.hub.design.error_messages import words_of
from lamplighter.hub.design.fields import ClockField, DatePartsField
from lamplighter.hub.design.govuk import errors_of


class Form(forms.Form):
    told = forms.CharField(label="What happened?", max_length=20_000)
    name = forms.CharField(label="Name of the agency", min_length=3)
    said = forms.CharField(label="Reason", max_length=5, error_messages={"max_length": "Say less"})
    minutes = forms.IntegerField(label="Minutes", min_value=1, max_value=1_440)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")])
    day = DatePartsField(label="Date of birth")
    at = ClockField(label="Time", required=False)


def told(**typed: str) -> dict[str, list[str]]:
    form = Form(typed)
    form.is_valid()
    return {field.name: words_of(field) for field in form}


def test_a_long_text_is_told_with_its_question_and_its_limit() -> None:
    found = told(told="x" * 1_079_999)
    assert found["told"] == ["“What happened?” must be 20,000 characters or less"]


def test_what_is_missing_is_asked_for_by_its_label() -> None:
    found = told()
    assert found["told"] == ["Answer “What happened?”"]
    assert found["name"] == ["Enter name of the agency"]
    assert found["kind"] == ["Select kind"]
    assert found["day"] == ["Enter date of birth"]


def test_limits_and_choices() -> None:
    found = told(name="x", minutes="2000", kind="zzz")
    assert found["name"] == ["Name of the agency must be 3 characters or more"]
    assert found["minutes"] == ["Minutes must be 1,440 or less"]
    assert found["kind"] == ["Select one of the answers listed under Kind"]
    assert told(minutes="x")["minutes"] == ["Minutes must be a whole number, such as 12"]
    assert "cannot be stored" in told(name="a\0bcd")["name"][0]


def test_a_forms_own_words_stand() -> None:
    assert told(said="too long")["said"] == ["Say less"]
    assert told(at="half past")["at"] == ["Time must be a time, like 7:30am, 5pm or 17:00"]
    assert told(at="x" * 30)["at"] == ["Time must be 20 characters or less"]


def test_the_summary_says_the_same_as_the_field() -> None:
    form = Form({"told": "x" * 20_001})
    assert "“What happened?” must be 20,000 characters or less" in [e["text"] for e in errors_of(form)]
    assert not any(word in str(errors_of(form)) for word in ("Ensure", "This field", "Select a valid"))
