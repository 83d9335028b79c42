from typing import ClassVar

from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "lamplighter.hub.sharing"
    label = "sharing"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.sharing.configuration"
    case_panels = "lamplighter.hub.sharing.panels"
    work_list = "lamplighter.hub.sharing.receipts.work"
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
