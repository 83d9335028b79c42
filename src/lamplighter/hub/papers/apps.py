from typing import ClassVar

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Papers that leave a case: schedules, packs for a court, referrals, letters, bundles."""

    name = "lamplighter.hub.papers"
    label = "papers"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.papers.configuration"
    case_panels = "lamplighter.hub.papers.panels"
    outlives_closing: ClassVar[tuple[str, ...]] = ("paper.",)
