from typing import ClassVar

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "lamplighter.hub.clocks"
    label = "clocks"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.clocks.configuration"
    case_timeline = "lamplighter.hub.clocks.timeline"
    navigation: ClassVar[list[tuple[str, str, str]]] = [("My work", "clocks:mine", "may_see_cases")]
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
