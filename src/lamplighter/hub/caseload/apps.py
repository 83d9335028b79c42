from typing import ClassVar

from django.apps import AppConfig


class CaseloadConfig(AppConfig):
    """The coordinator's page: caseload, times, what is late, time spent."""

    name = "lamplighter.hub.caseload"
    label = "caseload"
    default_auto_field = "django.db.models.BigAutoField"
    navigation: ClassVar[list[tuple[str, str, str]]] = [("Caseload", "caseload:index", "may_see_caseload")]
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
