from typing import ClassVar

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Email that says there is something new on the work list, and nothing else."""

    name = "lamplighter.hub.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.notices.configuration"
    carries_invitations = "lamplighter.hub.notices.services"
    wall_sql: ClassVar[tuple[str, ...]] = ()
