from django.apps import AppConfig


class LegalBasesConfig(AppConfig):
    name = "lamplighter.hub.legal_bases"
    label = "legal_bases"
    configuration = "lamplighter.hub.legal_bases.configuration"
