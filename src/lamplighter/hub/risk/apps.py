from typing import ClassVar

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """Assessments of risk, what makes one due again, and the plan."""

    name = "lamplighter.hub.risk"
    label = "risk"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.risk.configuration"
    case_panels = "lamplighter.hub.risk.panels"
    closing_checks = "lamplighter.hub.risk.caseload"
    case_levels = "lamplighter.hub.risk.caseload"
    meeting_agenda = "lamplighter.hub.risk.agenda"
    case_opened = "lamplighter.hub.risk.triggers.services"
    case_events = "lamplighter.hub.risk.triggers.services"
    work_list = "lamplighter.hub.risk.work"
    # An assessment ends these, or the answer of the second agency. Actions and measures end by Done.
    ended_by_pages: ClassVar[tuple[str, ...]] = ("risk.first", "risk.due", "risk.again", "risk.lower")
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
    ended_by_closing: ClassVar[tuple[str, ...]] = ("risk.first", "risk.due", "risk.again", "risk.lower")
