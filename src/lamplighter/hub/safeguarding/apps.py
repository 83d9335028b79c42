from typing import ClassVar

from django.apps import AppConfig


class SafeguardingConfig(AppConfig):
    name = "lamplighter.hub.safeguarding"
    label = "safeguarding"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.safeguarding.configuration"
    case_panels = "lamplighter.hub.safeguarding.panels"
    follows_programmes = "lamplighter.hub.safeguarding.following"
    agencies_changed = "lamplighter.hub.safeguarding.services"
    # The others end by Done: finding an advocate, what is overdue, a warning.
    ended_by_pages: ClassVar[tuple[str, ...]] = ("safety.check",)
    outlives_closing: ClassVar[tuple[str, ...]] = ("safety.",)
