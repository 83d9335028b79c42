from typing import ClassVar

from django.apps import AppConfig


class RedactionConfig(AppConfig):
    name = "lamplighter.hub.redaction"
    label = "redaction"
    default_auto_field = "django.db.models.BigAutoField"
    case_panels = "lamplighter.hub.redaction.panels"
    navigation: ClassVar[list[tuple[str, str, str]]] = []
