"""The Jinja2 environment: the design system's macros, ours, and a few words for dates and numbers."""

from __future__ import annotations

import datetime
from importlib import import_module, metadata
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from lamplighter.hub.design import govuk
from lamplighter.hub.design.navigation import navigation
from lamplighter.reporting.words import clock

NARROW_SPACE = "\u202f"


def _version() -> str:
    try:
        return metadata.version("lamplighter")
    except metadata.PackageNotFoundError:  # run from the source folder without being installed
        return "from source"


def long_date(value: datetime.date | datetime.datetime | None) -> str:
    """``3 May 2026``; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value.day} {value:%B %Y}"


def long_time(value: datetime.datetime | None) -> str:
    """``3 May 2026 at 2:05pm``; empty for nothing."""
    if value is None:
        return ""
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{long_date(value)} at {clock(value)}"


def printed_at() -> datetime.datetime:
    """Return the moment that a paper is of: when its page was asked for."""
    return timezone.now()


def grouped(value: int | None) -> str:
    """``12 345`` with a narrow space that does not break."""
    return "" if value is None else f"{value:,}".replace(",", NARROW_SPACE)


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 report``, ``12 345 reports``."""
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"


def url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args, kwargs=kwargs)


def banners(request: HttpRequest | None) -> list[dict[str, Any]]:
    """Gather the messages of every page: ``[{text, href, button}]``.

    A context offers it as ``banners = ("path.of.a.function",)`` on its
    ``AppConfig``; the function takes the request and must not raise.
    """
    if request is None or not getattr(getattr(request, "user", None), "is_authenticated", False):
        return []
    names = [name for config in apps.get_app_configs() for name in getattr(config, "banners", ())]
    return [banner for name in names for banner in import_string(name)(request)]


def messages_of(request: HttpRequest | None) -> list[Any]:
    return (
        list(messages.get_messages(request)) if request is not None and hasattr(request, "_messages") else []
    )


def environment(**options: Any) -> Environment:
    """Build the environment that Django's Jinja2 backend calls for."""
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja", "templates")})
    options["loader"] = ChoiceLoader([options["loader"], macros])
    options.update(trim_blocks=True, lstrip_blocks=True)
    made = Environment(**{**options, "autoescape": True})  # noqa: S701  on, in the same line
    made.globals.update(
        as_govuk=govuk.drawer(made),
        banners=banners,
        demonstration=settings.DEMONSTRATION,
        errors_of=govuk.errors_of,
        messages_of=messages_of,
        navigation=navigation,
        permissions=import_module(settings.PERMISSIONS),
        plural=plural,
        printed_at=printed_at,
        static=static,
        url=url,
        version=_version(),
    )
    made.filters.update(long_date=long_date, long_time=long_time, grouped=grouped)
    return made
