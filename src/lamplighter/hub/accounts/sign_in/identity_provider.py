"""Sign-on through an organisation's identity provider (OpenID Connect), by configuration.

``LAMPLIGHTER_OIDC_ISSUER``         address of the provider; its configuration is read from there
``LAMPLIGHTER_OIDC_CLIENT_ID``      and ``..._CLIENT_SECRET``: what the provider gave us
``LAMPLIGHTER_OIDC_NAME``           what the button says: "Sign in with <name>"
``LAMPLIGHTER_OIDC_CLAIM``          a claim that holds the user name here, for a first sign-on without a link
``LAMPLIGHTER_OIDC_AGENCIES``       agencies whose people may sign on, separated by commas; ``-`` for people
                                  without one. Without it links hold for all, and the claim names nobody
``LAMPLIGHTER_OIDC_SECOND_FACTOR``  values of ``amr`` or ``acr`` that stand for a second factor, with commas

Nobody is made, and nobody gets a role, because of what a provider says.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError
from requests import RequestException

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.credentials import ExternalIdentity
from lamplighter.hub.accounts.models import Invitation, Posting, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation

# A token signed with a shared secret, or with nothing, proves nothing to us.
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
NO_AGENCY = "-"
LONGEST_SUBJECT = 255  # characters, as OpenID Connect has it
PATIENCE = 5  # seconds for each question to the provider


class NotSignedOnError(ValueError):
    """The provider, or we, did not accept it. The page says no more than that."""


@dataclass(frozen=True, slots=True)
class Known:
    """Person as the provider names them."""

    issuer: str
    subject: str
    claims: dict[str, Any]

    @property
    def with_second_factor(self) -> bool:
        wanted = set(_words("second_factor"))
        amr = self.claims.get("amr") or []
        told = {str(v) for v in (amr if isinstance(amr, list) else [amr])} | {str(self.claims.get("acr", ""))}
        return bool(wanted & told)


def configured() -> bool:
    return bool(settings.OIDC["issuer"])


def _words(name: str) -> list[str]:
    return [word.strip() for word in settings.OIDC[name].split(",") if word.strip()]


def client() -> DjangoOAuth2App:
    """Made anew for each sign-on: the provider's keys are never older than the sign-on that uses them."""
    issuer = settings.OIDC["issuer"].rstrip("/")
    at = urlsplit(issuer)
    if at.scheme != "https" and at.hostname not in {"localhost", "127.0.0.1"}:
        raise ImproperlyConfigured("LAMPLIGHTER_OIDC_ISSUER must begin with https://")
    return DjangoOAuth2App(
        DjangoIntegration("organisation"),
        name="organisation",
        client_id=settings.OIDC["client_id"],
        client_secret=settings.OIDC["client_secret"],
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE,
        },
    )


def send_there(request: HttpRequest, back: str) -> HttpResponse:
    """To the provider, with a state, a nonce and a proof key of this sign-on. Raises ``NotSignedOnError``."""
    try:
        found: HttpResponse = client().authorize_redirect(request, back)  # type: ignore[no-untyped-call]  # of authlib
    except (AuthlibBaseError, JoseError, RequestException, RuntimeError, ValueError, KeyError) as problem:
        raise NotSignedOnError("The provider cannot be reached.") from problem
    return found


def come_back(request: HttpRequest) -> Known:
    """Return the person, after every check of the token. Raises ``NotSignedOnError``."""
    app = client()
    try:
        metadata = app.load_server_metadata()
        issuer = metadata["issuer"]
        if issuer.rstrip("/") != settings.OIDC["issuer"].rstrip("/"):
            raise NotSignedOnError("The provider calls itself by another name.")
        offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        metadata["id_token_signing_alg_values_supported"] = sorted(ALGORITHMS & set(offered))
        token = app.authorize_access_token(  # type: ignore[no-untyped-call]  # of authlib
            request,
            claims_options={
                "iss": {"essential": True, "values": [issuer]},
                "aud": {"essential": True, "value": settings.OIDC["client_id"]},
                "sub": {"essential": True},
            },
        )
        claims = token["userinfo"]
        subject = str(claims["sub"])
        if not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
            raise NotSignedOnError("The provider calls this person by a name that cannot be one.")
        return Known(issuer, subject, dict(claims))
    except (AuthlibBaseError, JoseError, RequestException, RuntimeError, ValueError, KeyError) as problem:
        raise NotSignedOnError("The sign-on was not accepted.") from problem


def signs_on(user: User) -> bool:
    """Return whether the provider speaks for somebody's agency of today; for every one if none is named."""
    agencies = _words("agencies")
    return not agencies or (user.agency_id or NO_AGENCY) in agencies


def _begun_anew(user: User, *, since: dt.datetime | None = None) -> bool:
    """Return whether somebody was sent a new link or moved to another agency, at any time or since then."""
    cut = Posting.objects.filter(user=user, what__in=(Posting.What.FRESH_START, Posting.What.TRANSFER))
    return (cut if since is None else cut.filter(at__gte=since)).exists()


def person(known: Known) -> User | None:
    """Return who this is here: linked, or named by the configured claim, and of one of its agencies."""
    with identity.as_service("let people in"):
        link = (
            ExternalIdentity.objects.select_related("user", "user__agency")
            .filter(issuer=known.issuer, subject=known.subject)
            .first()
        )
        if link is not None:
            sound = link.user.is_active and signs_on(link.user) and not _begun_anew(link.user, since=link.at)
            return link.user if sound else None
        claim = settings.OIDC["claim"]
        name = str(known.claims.get(claim, "")) if claim else ""
        if not name.isprintable() or not name or not _words("agencies"):
            return None
        user = User.objects.called(name)
        if user is None or not user.is_active or not signs_on(user):
            return None
        # Whoever has another's account at the organisation has its name: what was cut is joined by hand only.
        if (
            _begun_anew(user)
            or Invitation.objects.filter(user=user, used_at=None, withdrawn_at=None).exists()
        ):
            return None
        # Somebody who is another subject there already is not taken over by whoever got their name.
        if ExternalIdentity.objects.filter(user=user, issuer=known.issuer).exists():
            return None
        ExternalIdentity.objects.create(user=user, issuer=known.issuer, subject=known.subject)
    with identity.as_person(user):
        audit.record(user, "accounts.linked", f"user {user.key}", operation=Operation.ACCESS)
    return user
