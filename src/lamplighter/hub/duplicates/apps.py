from typing import ClassVar

from django.apps import AppConfig


class DuplicatesConfig(AppConfig):
    name = "lamplighter.hub.duplicates"
    label = "duplicates"
    default_auto_field = "django.db.models.BigAutoField"
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
    case_panels = "lamplighter.hub.duplicates.panels"
