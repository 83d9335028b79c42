from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "lamplighter.hub.demo"
    label = "demo"
