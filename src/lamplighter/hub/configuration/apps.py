from typing import ClassVar

from django.apps import AppConfig


class ConfigurationConfig(AppConfig):
    name = "lamplighter.hub.configuration"
    label = "configuration"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.configuration.parts"
    navigation: ClassVar[list[tuple[str, str, str]]] = [
        ("Configuration", "configuration:parts", "may_see_configuration")
    ]

    def ready(self) -> None:
        from lamplighter.hub.configuration import checks, parts  # noqa: F401  registers the checks
        from lamplighter.hub.site.config_files import reading

        # Now, and not when a page first asks: everything this process runs on is of one moment.
        reading.running()
        parts.supply_the_vocabulary()
