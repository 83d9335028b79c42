from typing import ClassVar

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Exhibits of a case, their files, and what is told of them."""

    name = "lamplighter.hub.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.evidence.configuration"
    case_panels = "lamplighter.hub.evidence.panels"
    beside_reports = "lamplighter.hub.evidence.incidents"
    goes_with_releases = "lamplighter.hub.evidence.sharing_copies"
    # Recording the result of a device ends it. A file that was refused is ended by Done.
    ended_by_pages: ClassVar[tuple[str, ...]] = ("evidence.device",)
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
    outlives_closing: ClassVar[tuple[str, ...]] = ("evidence.infected",)
