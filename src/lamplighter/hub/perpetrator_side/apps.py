from typing import ClassVar

from django.apps import AppConfig


class PerpetratorSideConfig(AppConfig):
    name = "lamplighter.hub.perpetrator_side"
    label = "perpetrator_side"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.perpetrator_side.configuration"
    navigation: ClassVar[list[tuple[str, str, str]]] = []
    ended_by_pages: ClassVar[tuple[str, ...]] = ("intervention.",)
    instrument_rules = "lamplighter.hub.perpetrator_side.configuration"
    case_panels = "lamplighter.hub.perpetrator_side.panels"
    outlives_closing: ClassVar[tuple[str, ...]] = ("intervention.",)
