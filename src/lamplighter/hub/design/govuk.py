"""Django's bound fields drawn by the design system's macros.

``as_govuk(form["name"])`` in a template draws label, hint, error and control,
linked by ids; ``errors_of(form)`` gives the error summary its links. Options
that Django has no word for go in the widget's ``attrs`` under these names:
``width`` (characters), ``rows``, ``inline``, ``small``, ``columns`` (two of them),
``hints`` (by value), ``autocomplete``, ``label_size``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.widgets import Input
from jinja2 import Environment
from markupsafe import Markup

from lamplighter.hub.design.error_messages import words_of
from lamplighter.hub.design.fields import DatePartsWidget

Params = dict[str, Any]
LABEL_SIZES = {"s": "s", "m": "m", "l": "l", "xl": "xl"}


def _id(field: BoundField) -> str:
    return field.auto_id or field.html_name


def first_control_id(field: BoundField) -> str:
    """The id that the error summary's link moves to."""
    return f"{_id(field)}_day" if isinstance(field.field.widget, DatePartsWidget) else _id(field)


def errors_of(form: forms.BaseForm) -> list[Params]:
    """Error summary entries in the order of the form; errors of the form as a whole come first."""
    found: list[Params] = [{"text": text, "href": "#main-content"} for text in form.non_field_errors()]
    for field in form:
        found += [{"text": text, "href": f"#{first_control_id(field)}"} for text in words_of(field)]
    return found


def _common(field: BoundField) -> Params:
    params: Params = {"id": _id(field), "name": field.html_name}
    if field.help_text:
        params["hint"] = {"text": field.help_text}
    if field.errors:
        params["errorMessage"] = {"text": " ".join(words_of(field))}
    return params


def _label(field: BoundField) -> Params:
    size = field.field.widget.attrs.get("label_size")
    label: Params = {
        "text": field.label,
        "isPageHeading": field.field.widget.attrs.get("page_heading", False),
    }
    if size in LABEL_SIZES:
        label["classes"] = f"govuk-label--{size}"
    return label


def _legend(field: BoundField) -> Params:
    size = LABEL_SIZES.get(field.field.widget.attrs.get("label_size", "s"), "s")
    heading = field.field.widget.attrs.get("page_heading", False)
    return {
        "legend": {
            "text": field.label,
            "classes": f"govuk-fieldset__legend--{size}",
            "isPageHeading": heading,
        }
    }


def _value(field: BoundField) -> str | None:
    value = field.value()
    return None if value is None or value == "" else str(value)


def _input(field: BoundField) -> tuple[str, str, Params]:
    widget = field.field.widget
    params = _common(field) | {"label": _label(field), "value": _value(field), "type": widget.input_type}
    attributes: Params = {}
    if width := widget.attrs.get("width"):
        params["classes"] = f"govuk-input--width-{width}"
    for name in ("autocomplete", "inputmode", "autocapitalize"):
        if name in widget.attrs:
            params[name] = widget.attrs[name]
    if isinstance(widget, forms.PasswordInput):
        params.pop("value")
        return "password-input", "govukPasswordInput", params
    return "input", "govukInput", params | {"attributes": attributes}


def _textarea(field: BoundField) -> tuple[str, str, Params]:
    rows = field.field.widget.attrs.get("rows", 5)
    # The macro prints None as a word where it should print nothing.
    params = {"label": _label(field), "value": _value(field) or "", "rows": rows}
    return "textarea", "govukTextarea", _common(field) | params


def _file(field: BoundField) -> tuple[str, str, Params]:
    params = _common(field) | {"label": _label(field)}
    if getattr(field.field.widget, "allow_multiple_selected", False):
        params["multiple"] = True
    return "file-upload", "govukFileUpload", params


def _choices(field: BoundField) -> list[tuple[Any, str]]:
    return [(value, str(text)) for value, text in field.field.choices]  # type: ignore[attr-defined]  # choice fields only


def _chosen(field: BoundField) -> set[str]:
    value = field.value()
    if value is None:
        return set()
    return {str(v) for v in value} if isinstance(value, list | tuple) else {str(value)}


def _classes(field: BoundField, block: str) -> str:
    attrs = field.field.widget.attrs
    names = {f"{block}--inline": "inline", f"{block}--small": "small", "ll-columns": "columns"}
    return " ".join(name for name, attr in names.items() if attrs.get(attr))


def _radios(field: BoundField) -> tuple[str, str, Params]:
    chosen = _chosen(field)
    hints = field.field.widget.attrs.get("hints", {})
    items = [
        {"value": str(v), "text": t, "checked": str(v) in chosen}
        | ({"hint": {"text": hints[v]}} if v in hints else {})
        for v, t in _choices(field)
        if str(v) != ""
    ]
    params = _common(field) | {"idPrefix": _id(field), "fieldset": _legend(field), "items": items}
    params["classes"] = _classes(field, "govuk-radios")
    return "radios", "govukRadios", params


def _checkboxes(field: BoundField) -> tuple[str, str, Params]:
    chosen = _chosen(field)
    items = [{"value": str(v), "text": t, "checked": str(v) in chosen} for v, t in _choices(field)]
    params = _common(field) | {"idPrefix": _id(field), "fieldset": _legend(field), "items": items}
    params["classes"] = _classes(field, "govuk-checkboxes")
    return "checkboxes", "govukCheckboxes", params


def _checkbox(field: BoundField) -> tuple[str, str, Params]:
    items = [{"value": "on", "text": field.label, "checked": bool(field.value())}]
    params = _common(field) | {"idPrefix": _id(field), "items": items}
    return "checkboxes", "govukCheckboxes", params


def _select(field: BoundField) -> tuple[str, str, Params]:
    chosen = _chosen(field)
    items = [{"value": str(v), "text": t, "selected": str(v) in chosen} for v, t in _choices(field)]
    return "select", "govukSelect", _common(field) | {"label": _label(field), "items": items}


def _date(field: BoundField) -> tuple[str, str, Params]:
    value = field.value()
    if not isinstance(value, list):
        value = field.field.widget.decompress(value)
    wrong = " govuk-input--error" if field.errors else ""
    items = [
        {
            "name": f"{field.html_name}_{part}",
            "id": f"{_id(field)}_{part}",
            "label": part.capitalize(),
            "value": None if text in (None, "") else str(text),
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}{wrong}",
        }
        for part, text in zip(("day", "month", "year"), value, strict=True)
    ]
    return "date-input", "govukDateInput", _common(field) | {"fieldset": _legend(field), "items": items}


DRAWN_BY: tuple[tuple[type[forms.Widget], Callable[[BoundField], tuple[str, str, Params]]], ...] = (
    (DatePartsWidget, _date),
    # Before RadioSelect, which it is a kind of in Django.
    (forms.CheckboxSelectMultiple, _checkboxes),
    (forms.RadioSelect, _radios),
    (forms.CheckboxInput, _checkbox),
    (forms.Select, _select),
    (forms.Textarea, _textarea),
    (forms.FileInput, _file),
    (Input, _input),
)


def drawer(environment: Environment) -> Callable[[BoundField], Markup]:
    """``as_govuk`` for one Jinja environment."""

    def as_govuk(field: BoundField) -> Markup:
        widget = field.field.widget
        if widget.is_hidden:
            return Markup(str(field))  # noqa: S704  Django escapes what it draws
        for kind, draw in DRAWN_BY:
            if isinstance(widget, kind):
                folder, macro, params = draw(field)
                template = environment.get_template(f"govuk_frontend_jinja/components/{folder}/macro.html")
                return Markup(getattr(template.module, macro)(params))  # noqa: S704  the macros escape values
        raise TypeError(f"No component draws {type(widget).__name__}")

    return as_govuk
