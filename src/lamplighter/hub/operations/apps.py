from typing import ClassVar

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "lamplighter.hub.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"
    follows_intake = "lamplighter.hub.operations.following"
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
    navigation: ClassVar[list[tuple[str, str, str]]] = [("Service", "operations:status", "may_see_service")]
    banners: ClassVar[tuple[str, ...]] = ("lamplighter.hub.operations.banners.service",)
