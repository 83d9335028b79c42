import sys
from typing import Any, ClassVar

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "lamplighter.hub.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
    wall_sql: ClassVar[tuple[str, ...]] = ("ends.sql",)

    def ready(self) -> None:
        from lamplighter.hub.access.wall import system_checks  # noqa: F401  registers the checks

        post_migrate.connect(self._build_the_wall, sender=self)

    @staticmethod
    def _build_the_wall(stdout: Any = sys.stdout, **kwargs: Any) -> None:
        from lamplighter.hub.access.wall import sync

        left = sync.to_migrate()
        if left:
            # Whoever goes back to an earlier version is on the way: its own migrate builds its wall.
            stdout.write(
                f"The wall in the database stays as it was: of the migrations of this version {len(left)}"
                f" {'has' if len(left) == 1 else 'have'} not run ({', '.join(left)})."
                " Run migrate without a name, or install the version you go back to and run its migrate.\n"
            )
            return
        sync.apply()
