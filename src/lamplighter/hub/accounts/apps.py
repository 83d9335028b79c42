from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lamplighter.hub.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.accounts.configuration"
    wall_sql = ("wall.sql",)
    navigation = (
        ("Accounts", "accounts:people", "may_see_accounts"),
        ("Confirm accounts", "accounts:to_confirm", "may_see_accounts_to_confirm"),
    )

    def ready(self) -> None:
        from lamplighter.hub.accounts.sign_in import failed_sign_ins

        failed_sign_ins.connect()
