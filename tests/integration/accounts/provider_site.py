"""An OpenID Connect provider: Django OAuth Toolkit in a process of its own, with its own database.

``python provider_site.py FOLDER PORT BACK``: serves on localhost. People and
what it says of them are in ``PEOPLE``; all have the same password.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PASSWORD = "the organisation's own"
CLIENT_ID, CLIENT_SECRET = "lamplighter", "told by the provider once"
PEOPLE = {
    "jo": ["pwd"],
    "strong": ["pwd", "otp", "mfa"],
    "stranger": ["pwd", "otp", "mfa"],
}


def configure(folder: Path, port: int) -> None:
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    settings.configure(
        SECRET_KEY="the provider's",
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="provider_site",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        LOGIN_URL="/login",
        USE_TZ=True,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": key.decode(),
            "OIDC_ISS_ENDPOINT": f"http://localhost:{port}/o",
            "OAUTH2_VALIDATOR_CLASS": "provider_site.Validator",
            "SCOPES": {"openid": "Who you are", "profile": "Your name"},
            "PKCE_REQUIRED": True,
        },
    )


def validator() -> Any:
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Says(OAuth2Validator):
        oidc_claim_scope = None

        def get_additional_claims(self, request: Any) -> dict[str, Any]:
            name = request.user.get_username()
            return {"preferred_username": name, "amr": PEOPLE[name], "role": "administrator"}

    return Says


def __getattr__(name: str) -> Any:
    """What Django looks up here once it has been set up: the addresses, and what is said of people."""
    if name == "Validator":
        return validator()
    if name == "urlpatterns":
        from django.urls import include, path

        return [path("login", sign_in), path("o/", include("oauth2_provider.urls"))]
    raise AttributeError(name)


def sign_in(request: Any) -> Any:
    from django.contrib.auth import authenticate, login
    from django.http import HttpResponse, HttpResponseRedirect

    user = authenticate(request, username=request.POST.get("username"), password=request.POST.get("password"))
    if user is None:
        return HttpResponse("Sign in", status=401)
    login(request, user)
    return HttpResponseRedirect(request.GET["next"])


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


def main(folder: Path, port: int, back: str) -> None:
    sys.modules["provider_site"] = sys.modules[__name__]
    configure(folder, port)
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    for name in PEOPLE:
        User.objects.create_user(name, password=PASSWORD)
    Application.objects.create(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        algorithm=Application.RS256_ALGORITHM,
        redirect_uris=back,
        skip_authorization=True,
        name="Lamplighter",
    )
    make_server("localhost", port, get_wsgi_application(), handler_class=Quiet).serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
