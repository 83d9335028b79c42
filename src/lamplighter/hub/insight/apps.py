from typing import ClassVar

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "lamplighter.hub.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.insight.configuration"
    navigation: ClassVar[list[tuple[str, str, str]]] = [("Statistics", "insight:index", "may_see_insight")]
