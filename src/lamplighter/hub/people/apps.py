from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lamplighter.hub.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
