from typing import ClassVar

from django.apps import AppConfig


class VictimSideConfig(AppConfig):
    name = "lamplighter.hub.victim_side"
    label = "victim_side"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.victim_side.configuration"
    navigation: ClassVar[list[tuple[str, str, str]]] = []
    case_panels = "lamplighter.hub.victim_side.panels"
    work_list = "lamplighter.hub.victim_side.work"
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
