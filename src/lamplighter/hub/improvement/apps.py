from typing import ClassVar

from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    name = "lamplighter.hub.improvement"
    label = "improvement"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.improvement.configuration"
    work_list = "lamplighter.hub.improvement.work"
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
    navigation: ClassVar[list[tuple[str, str, str]]] = [
        ("Improvement", "improvement:list", "may_see_improvement")
    ]
