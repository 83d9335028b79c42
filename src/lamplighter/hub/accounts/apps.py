from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lamplighter.hub.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.accounts.configuration"
    wall_sql = ("wall.sql",)
    navigation = (("Accounts", "accounts:people", "may_see_accounts"),)
