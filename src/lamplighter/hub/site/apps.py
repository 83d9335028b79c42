from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "lamplighter.hub.site"
    label = "site"

    def ready(self) -> None:
        from lamplighter.hub.site.config_files import reading  # noqa: F401  knows what the process runs on
