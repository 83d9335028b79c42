from typing import ClassVar

from django.apps import AppConfig


class PatternsConfig(AppConfig):
    name = "lamplighter.hub.patterns"
    label = "patterns"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.patterns.configuration"
    follows_intake = "lamplighter.hub.patterns.received"
    work_list = "lamplighter.hub.patterns.work"
    navigation: ClassVar[list[tuple[str, str, str]]] = [
        ("Patterns", "patterns:list", "may_see_patterns"),
    ]
