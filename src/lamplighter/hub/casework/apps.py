from typing import ClassVar

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "lamplighter.hub.casework"
    label = "casework"
    case_visits = "lamplighter.hub.casework.visits"
    default_auto_field = "django.db.models.BigAutoField"
    work_list = "lamplighter.hub.casework.work"
    case_panels = "lamplighter.hub.casework.panels"
    case_history = "lamplighter.hub.casework.history"
    navigation: ClassVar[list[tuple[str, str, str]]] = []
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
