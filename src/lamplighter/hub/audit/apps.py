from typing import ClassVar

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lamplighter.hub.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.audit.configuration"
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql", "unusual.sql")
