from typing import ClassVar

from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "lamplighter.hub.rights"
    label = "rights"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.rights.configuration"
    navigation: ClassVar[list[tuple[str, str, str]]] = [("Data requests", "rights:requests", "may_see_cases")]
    case_panels = "lamplighter.hub.rights.panels"
    work_list = "lamplighter.hub.rights.work"
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
