from typing import ClassVar

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "lamplighter.hub.workforce"
    label = "workforce"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.workforce.configuration"
    case_panels = "lamplighter.hub.workforce.panels"
    work_list = "lamplighter.hub.workforce.work"
    follows_patterns = "lamplighter.hub.workforce.following"
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
    navigation: ClassVar[list[tuple[str, str, str]]] = [
        ("Staff who are reported", "workforce:list", "may_see_staff_reported")
    ]
