from typing import ClassVar

from django.apps import AppConfig


class VictimSideConfig(AppConfig):
    name = "lamplighter.hub.victim_side"
    label = "victim_side"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.victim_side.configuration"
    navigation: ClassVar[list[tuple[str, str, str]]] = []
    case_panels = "lamplighter.hub.victim_side.panels"
    closing_checks = "lamplighter.hub.victim_side.closing"
    work_list = "lamplighter.hub.victim_side.work"
    ended_by_pages: ClassVar[tuple[str, ...]] = (
        "victim.contact_day_",
        "victim.contact_next",
        "victim.support_changed",
        "victims_code.update",
    )
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
    wall_numbers: ClassVar[tuple[str, ...]] = ("policies.TEXT_FIRST_HOURS",)
    # The victim is told, and stood by, when the hub's work on the case has ended.
    outlives_closing: ClassVar[tuple[str, ...]] = ("victim.", "victims_code.", "contact.", "advocacy.")
