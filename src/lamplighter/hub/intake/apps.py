from typing import ClassVar

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "lamplighter.hub.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
    work_list = "lamplighter.hub.intake.work"
    navigation: ClassVar[list[tuple[str, str, str]]] = [
        ("New report", "intake:new", "may_report"),
        ("Imports", "intake:history", "may_see_imports"),
    ]

    def ready(self) -> None:
        from lamplighter.hub.intake.sources import checks  # noqa: F401  registers itself
