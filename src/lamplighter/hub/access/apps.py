from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "lamplighter.hub.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lamplighter.hub.access import checks  # noqa: F401  registers the checks

        post_migrate.connect(self._build_the_wall, sender=self)

    @staticmethod
    def _build_the_wall(plan: Any = None, **kwargs: Any) -> None:
        from lamplighter.hub.access import sync

        sync.apply()
