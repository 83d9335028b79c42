from typing import ClassVar

from django.apps import AppConfig


class InstrumentsConfig(AppConfig):
    """Instruments that somebody answers on a case, and the licences that the hub holds for them."""

    name = "lamplighter.hub.instruments"
    label = "instruments"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.instruments.configuration"
    case_panels = "lamplighter.hub.instruments.panels"
    navigation: ClassVar[list[tuple[str, str, str]]] = [
        ("Instruments", "instruments_register:register", "may_see_licences")
    ]
