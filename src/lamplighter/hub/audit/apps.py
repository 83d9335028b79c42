from typing import ClassVar

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lamplighter.hub.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.audit.configuration"
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql", "unusual.sql")
    navigation: ClassVar[list[tuple[str, str, str]]] = [
        ("Audit log", "audit:events", "may_see_activity"),
        ("Unusual access", "audit:unusual", "may_see_activity"),
    ]
    case_panels = "lamplighter.hub.audit.panels"

    def ready(self) -> None:
        from lamplighter.hub.audit.access_log import failed_sign_ins

        failed_sign_ins.connect()
