"""Agencies, the people who sign in, and the tokens of their feeds."""

from __future__ import annotations

import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from lamplighter.hub.access.roles import AgencyKind
from lamplighter.hub.access.roles import Role as Role
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.sign_in.user_names import sign_in_name, spellings


def new_stamp() -> str:
    return secrets.token_hex(16)


class Agency(models.Model):
    """An organisation that sends reports or works with them. ``code`` is what reports carry."""

    wall = "open"

    Kind = AgencyKind

    code = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(max_length=120)
    # Opens partitions of the wall, so it is always said and never assumed.
    kind = models.CharField(max_length=12, choices=Kind.choices)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=sign_in_name(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get(self, *args: Any, **kwargs: Any) -> User:
        """Return one of them with their agency, which stands at the head of every page."""
        return self.select_related("agency").get(*args, **kwargs)

    def get_by_natural_key(self, username: str | None) -> User:
        found = self.called(username or "")
        if found is None:
            raise self.model.DoesNotExist
        return found

    def called(self, name: str) -> User | None:
        """Return who signs in with this name, however it is spelled; ``None`` for nobody."""
        meant = spellings(name)
        found = {user.username: user for user in self.select_related("agency").filter(username__in=meant)}
        return next((found[each] for each in meant if each in found), None)

    def working(self) -> models.QuerySet[User]:
        """Return everybody whose account opens something now (``User.works``)."""
        return self.filter(is_active=True, waits_since=None)

    def taken(self, name: str) -> bool:
        """Return whether somebody's name has the form of this one, so that nobody else can be given it."""
        wanted = sign_in_name(name)
        return any(sign_in_name(each) == wanted for each in self.values_list("username", flat=True))


class User(AbstractBaseUser):
    """Somebody who signs in: one agency, one role."""

    wall = "open"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField(max_length=150, unique=True)
    display_name = models.CharField("name", max_length=120)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="users")
    role = models.CharField(max_length=20, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)
    # Since when a second person has been asked to confirm the account. Until then it opens nothing: the
    # database gives it no role and no agency. Empty for an account that is confirmed.
    waits_since = models.DateTimeField(null=True, blank=True, editable=False)
    # Who asked for what is to be confirmed, by id: the database writes it, and lets none of them confirm it.
    asked_by = ArrayField(models.BigIntegerField(), default=list, editable=False)
    # Part of every session's hash: a new stamp ends all sessions at their next request.
    stamp = models.CharField(max_length=32, default=new_stamp, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "role"]

    def __str__(self) -> str:
        return f"User {self.pk}"

    @property
    def works(self) -> bool:
        """Return whether the account opens anything: nobody is given a task or a warning while it waits."""
        return self.is_active and self.waits_since is None

    @property
    def own_agency(self) -> Agency:
        """The agency in whose name they act: casework lets nobody in without. Raises ``LookupError``."""
        if self.agency is None:
            raise LookupError(f"{self} works for no agency.")
        return self.agency

    @property
    def own_agency_id(self) -> str:
        """The code of :attr:`own_agency`, without asking the database for it."""
        if self.agency_id is None:
            raise LookupError(f"{self} works for no agency.")
        return self.agency_id

    def check_password(self, raw_password: str | None) -> bool:
        """Tell whether it is this one. A password hashed in an older way is hashed anew, as the person."""

        def renew(raw: str) -> None:
            self.set_password(raw)
            self._password = None
            with identity.as_person(self):
                self.save(update_fields=["password"])

        return check_password(raw_password, self.password, renew)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        salt = "lamplighter.hub.accounts.models.User.session"
        return salted_hmac(
            salt, f"{self.password} {self.stamp}", secret=secret, algorithm="sha256"
        ).hexdigest()


class FeedToken(models.Model):
    """Token that a source system shows at the JSON endpoint. Only a digest is kept."""

    wall = "open"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="feed_tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Feed token {self.pk}"


# What somebody else must confirm before the account opens anything.
CONFIRMS = "access.may_confirm(user_id)"
INVITERS = "(SELECT access.role()) IN ('administrator', 'coordinator')"
TRAINERS = "(SELECT access.role()) IN ('administrator', 'coordinator', 'stalking_lead')"


class Posting(models.Model):
    """From this moment on, somebody worked in this role for this agency; or they came, or left.

    Who worked where and when stays known for as long as the audit trail names them.
    """

    wall = "oversight"
    append_only = True
    wall_reads = (
        "(user_id = (SELECT access.actor()) OR (SELECT access.role()) = 'auditor'"
        f" OR {INVITERS} OR {CONFIRMS})"
    )
    wall_adds = INVITERS

    class What(models.TextChoices):
        INVITED = "invited", "Invited"
        JOINED = "joined", "Joined"
        ROLE = "role", "Given another role"
        TRANSFER = "transfer", "Moved to another agency"
        LEFT = "left", "Left"
        FRESH_START = "fresh_start", "Sent a new sign-in link"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="postings")
    what = models.CharField(max_length=12, choices=What.choices)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["user", "at"])]

    def __str__(self) -> str:
        return f"Posting {self.pk}"


# What waits for a second person from the moment on at which it was done.
ASKS = (Posting.What.INVITED, Posting.What.ROLE, Posting.What.TRANSFER, Posting.What.FRESH_START)


class Confirmation(models.Model):
    """A second person says that an account is in order as it stands since ``posting``, or refuses it.

    Without ``by`` it was made by whoever may run commands on the server.
    """

    wall = "oversight"
    append_only = True
    wall_reads = (
        "(user_id = (SELECT access.actor()) OR by_id = (SELECT access.actor())"
        f" OR (SELECT access.role()) = 'auditor' OR {INVITERS})"
    )
    wall_adds = (
        f"(by_id = (SELECT access.actor()) AND {CONFIRMS} AND (NOT agrees OR access.came_in(user_id)))"
    )

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="confirmations")
    posting = models.ForeignKey(Posting, null=True, on_delete=models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    words = models.TextField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["user", "at"])]

    def __str__(self) -> str:
        return f"Confirmation {self.key}"


class Invitation(models.Model):
    """A link that works once, for 72 hours, handed over by the person who made it. Only a digest is kept."""

    wall = "oversight"
    wall_reads = f"(user_id = (SELECT access.actor()) OR {INVITERS})"
    wall_adds = INVITERS
    wall_changes = INVITERS

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["user", "expires_at"])]

    def __str__(self) -> str:
        return f"Invitation {self.key}"


class TrainingRecord(models.Model):
    """Somebody completed the training in one topic, and until when that counts."""

    wall = "oversight"
    append_only = True
    wall_reads = f"(user_id = (SELECT access.actor()) OR (SELECT access.role()) = 'auditor' OR {TRAINERS})"
    # Nobody records their own.
    wall_adds = f"({TRAINERS} AND user_id <> (SELECT access.actor()))"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="training")
    topic = models.CharField(max_length=40)
    completed_on = models.DateField()
    expires_on = models.DateField(null=True)
    evidence = models.CharField(max_length=200)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["user", "topic", "expires_on"])]

    def __str__(self) -> str:
        return f"Training {self.key}"


# What is held for one person only; Django looks for models in this module.
from lamplighter.hub.accounts import credentials  # noqa: E402, F401
