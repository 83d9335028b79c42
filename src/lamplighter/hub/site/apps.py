from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "lamplighter.hub.site"
    label = "site"
