from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lamplighter.hub.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.accounts.configuration"
    wall_sql = ("wall.sql",)
    work_list = "lamplighter.hub.accounts.work"
    navigation = (
        ("Accounts", "accounts:people", "may_see_accounts"),
        ("Confirm accounts", "accounts:to_confirm", "may_see_accounts_to_confirm"),
    )
