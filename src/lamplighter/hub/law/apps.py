from django.apps import AppConfig


class LawConfig(AppConfig):
    name = "lamplighter.hub.law"
    label = "law"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.law.configuration"
    work_list = "lamplighter.hub.law.work"
