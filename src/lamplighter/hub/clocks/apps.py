from typing import ClassVar

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "lamplighter.hub.clocks"
    label = "clocks"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.clocks.configuration"
    follows_staff = "lamplighter.hub.clocks.leavers"
    # Told anew of what still runs a day afterwards.
    ended_by_closing: ClassVar[tuple[str, ...]] = ("overdue_notice",)
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
