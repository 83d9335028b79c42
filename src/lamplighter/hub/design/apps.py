from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "lamplighter.hub.design"
    label = "design"
