"""Settings. Everything that differs between installations comes from the environment (``site.environment``).

``LAMPLIGHTER_SETTINGS``    a folder with the files ``web.env`` and ``owner.env``, of lines as below
``DATABASE_URL``            a PostgreSQL server; without it an embedded one is started
``DATABASE_OWNER_URL``      the same server as the owner of the tables, for commands
``LAMPLIGHTER_HOME``        where the installation keeps its files (see ``places``)
``LAMPLIGHTER_SECRET_KEY``  without it, the one in ``<home>/secrets``
``LAMPLIGHTER_IDENTITY_KEY``  what it proves itself to the database with; likewise (``access.wall.sync``)
``LAMPLIGHTER_HOSTS``       host names that the site answers to, separated by commas
``LAMPLIGHTER_ORIGINS``     addresses that forms may come from, where the port is not 443: https://host:port
``LAMPLIGHTER_HTTPS``       ``0`` only for a trial on one's own machine: cookies without TLS
``LAMPLIGHTER_HSTS``        seconds of Strict-Transport-Security (default one year; 0 is off)
``LAMPLIGHTER_HSTS_SUBDOMAINS``  ``1``: for every name under this one as well
``LAMPLIGHTER_PROXY``       the proxy that ends TLS: ``1`` for one on this machine, or its addresses
``LAMPLIGHTER_FAILURES_FROM_ONE_ADDRESS``  wrong passwords within 15 minutes, over all names (default 50)
``LAMPLIGHTER_DEMO``        ``1`` says on every page that everybody is made up
``LAMPLIGHTER_SECOND_FACTOR``  ``optional`` lets people in by password alone: in a demonstration only
``LAMPLIGHTER_ADMINISTRATOR_STEP``  ``any``: administrators may use an app too, until their passkeys have come
``LAMPLIGHTER_SMTP_USER``, ``..._PASSWORD``, ``LAMPLIGHTER_NOTIFY_KEY``, ``LAMPLIGHTER_EMAIL_CA``  for email
``LAMPLIGHTER_OIDC_...``    sign-on through an organisation: see ``identity_provider`` and docs/accounts.md
``LAMPLIGHTER_LOG_LEVEL``   default INFO
"""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from lamplighter.hub.site import database, environment, places

environment.load(as_owner=not environment.as_app())


def _listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in environment.value(name, default).split(",") if part.strip()]


DEBUG = False  # never: a debug page shows everything
DEMONSTRATION = environment.flag("LAMPLIGHTER_DEMO", False)
SECOND_FACTOR = environment.value("LAMPLIGHTER_SECOND_FACTOR", "required").strip().lower()
if SECOND_FACTOR not in {"required", "optional"}:
    raise ImproperlyConfigured("LAMPLIGHTER_SECOND_FACTOR is required or optional.")
if SECOND_FACTOR == "optional" and not DEMONSTRATION:
    raise ImproperlyConfigured(
        "A second factor can be left out only in a demonstration (LAMPLIGHTER_DEMO=1)."
    )
ADMINISTRATOR_STEP = environment.value("LAMPLIGHTER_ADMINISTRATOR_STEP", "passkey").strip().lower()
if ADMINISTRATOR_STEP not in {"passkey", "any"}:
    raise ImproperlyConfigured("LAMPLIGHTER_ADMINISTRATOR_STEP is passkey or any.")
SECRET_KEY = environment.value("LAMPLIGHTER_SECRET_KEY") or places.secret("secret-key")
ALLOWED_HOSTS = _listed("LAMPLIGHTER_HOSTS", "localhost,127.0.0.1,[::1]")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "procrastinate.contrib.django",
    "lamplighter.hub.site.apps.SiteConfig",
    "lamplighter.hub.design.apps.DesignConfig",
    # First, because its entry is the first of the navigation.
    "lamplighter.hub.my_work.apps.MyWorkConfig",
    "lamplighter.hub.clocks.apps.ClocksConfig",
    "lamplighter.hub.accounts.apps.AccountsConfig",
    "lamplighter.hub.audit.apps.AuditConfig",
    "lamplighter.hub.access.apps.AccessConfig",
    "lamplighter.hub.oversight.apps.OversightConfig",
    "lamplighter.hub.cases.apps.CasesConfig",
    "lamplighter.hub.instruments.apps.InstrumentsConfig",
    "lamplighter.hub.perpetrator_side.apps.PerpetratorSideConfig",
    "lamplighter.hub.victim_side.apps.VictimSideConfig",
    "lamplighter.hub.safeguarding.apps.SafeguardingConfig",
    "lamplighter.hub.legal_bases.apps.LegalBasesConfig",
    "lamplighter.hub.sharing.apps.SharingConfig",
    "lamplighter.hub.casework.apps.CaseworkConfig",
    "lamplighter.hub.evidence.apps.EvidenceConfig",
    "lamplighter.hub.meetings.apps.MeetingsConfig",
    "lamplighter.hub.children.apps.ChildrenConfig",
    "lamplighter.hub.redaction.apps.RedactionConfig",
    "lamplighter.hub.workforce.apps.WorkforceConfig",
    "lamplighter.hub.improvement.apps.ImprovementConfig",
    "lamplighter.hub.rights.apps.RightsConfig",
    "lamplighter.hub.arrivals.apps.ArrivalsConfig",
    "lamplighter.hub.messages.apps.MessagesConfig",
    "lamplighter.hub.enquiries.apps.EnquiriesConfig",
    "lamplighter.hub.elsewhere.apps.ElsewhereConfig",
    "lamplighter.hub.risk.apps.RiskConfig",
    "lamplighter.hub.orders.apps.OrdersConfig",
    "lamplighter.hub.closing.apps.ClosingConfig",
    "lamplighter.hub.papers.apps.PapersConfig",
    "lamplighter.hub.duplicates.apps.DuplicatesConfig",
    "lamplighter.hub.patterns.apps.PatternsConfig",
    "lamplighter.hub.people.apps.PeopleConfig",
    "lamplighter.hub.clerical_review.apps.ClericalReviewConfig",
    "lamplighter.hub.intake.apps.IntakeConfig",
    "lamplighter.hub.search.apps.SearchConfig",
    "lamplighter.hub.insight.apps.InsightConfig",
    "lamplighter.hub.law.apps.LawConfig",
    "lamplighter.hub.notices.apps.NoticesConfig",
    "lamplighter.hub.caseload.apps.CaseloadConfig",
    "lamplighter.hub.configuration.apps.ConfigurationConfig",
    "lamplighter.hub.operations.apps.OperationsConfig",
]
if DEMONSTRATION:
    INSTALLED_APPS.append("lamplighter.hub.demo.apps.DemoConfig")

MIDDLEWARE = [
    "lamplighter.hub.web.middleware.SecurityHeaders",
    "lamplighter.hub.web.front.Front",
    "lamplighter.hub.web.person.EvenPace",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lamplighter.hub.web.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lamplighter.hub.web.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "lamplighter.hub.web.middleware.Unconfirmed",
    "lamplighter.hub.web.middleware.PasskeyFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "lamplighter.hub.web.person.Identity",
    "lamplighter.hub.audit.access_log.page_access.Looks",
]

ROOT_URLCONF = "lamplighter.hub.web.urls"
WSGI_APPLICATION = "lamplighter.hub.web.wsgi.application"
CSRF_FAILURE_VIEW = "lamplighter.hub.web.views.form_out_of_date"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "lamplighter.hub.design.environment.environment"},
    },
]

DATABASES = {"default": database.django_settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People ---------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# Asked by name where the navigation and the templates say whom an entry is for.
PERMISSIONS = "lamplighter.hub.accounts.permissions"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# A name is counted in the form by which its account is found: a new spelling is not a new count.
AXES_USERNAME_CALLABLE = "lamplighter.hub.accounts.sign_in.failed_attempts.counted_name"
AXES_CLIENT_IP_CALLABLE = "lamplighter.hub.accounts.sign_in.failed_attempts.counted_address"
AXES_HANDLER = "lamplighter.hub.accounts.sign_in.failed_attempts.Counts"
FAILURES_FROM_ONE_ADDRESS = int(environment.value("LAMPLIGHTER_FAILURES_FROM_ONE_ADDRESS", "50"))
if FAILURES_FROM_ONE_ADDRESS < AXES_FAILURE_LIMIT:
    raise ImproperlyConfigured(
        f"LAMPLIGHTER_FAILURES_FROM_ONE_ADDRESS is {FAILURES_FROM_ONE_ADDRESS}: give at least "
        f"{AXES_FAILURE_LIMIT}, the wrong passwords that one name has. An office needs more."
    )
AXES_LOCKOUT_CALLABLE = "lamplighter.hub.accounts.sign_in.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
OTP_TOTP_ISSUER = "Lamplighter"
OIDC = {
    name: environment.value(f"LAMPLIGHTER_OIDC_{name.upper()}").strip()
    for name in ("issuer", "client_id", "client_secret", "name", "claim", "agencies", "second_factor")
}

# Sessions, cookies, headers ---------------------------------------------------
HTTPS = environment.flag("LAMPLIGHTER_HTTPS", True)
SESSION_ENGINE = "lamplighter.hub.accounts.sign_in.sessions"
SESSION_IDLE_SECONDS = 15 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60
# Longer than a session may last: whoever comes back the next morning with a form still open is told so, and
# the text of the form is kept for them. SessionLimits ends every session at the two limits above.
SESSION_COOKIE_AGE = 2 * SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = int(environment.value("LAMPLIGHTER_HSTS", "31536000")) if HTTPS else 0
# Other names under this one belong to others, who may not have TLS: only where somebody says so. The list
# that browsers are delivered with (preload) cannot be left again, and is never asked for.
SECURE_HSTS_INCLUDE_SUBDOMAINS = environment.flag("LAMPLIGHTER_HSTS_SUBDOMAINS", False)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = _listed("LAMPLIGHTER_ORIGINS")
# Believed of what came over TLS, and from where, in web.front; of nobody else's headers.
PROXIES = _listed("LAMPLIGHTER_PROXY", "0")
if PROXIES in (["0"], ["1"]):
    PROXIES = ["127.0.0.1", "::1"] if PROXIES == ["1"] else []

# Milliseconds: a tenth of a second is what people take for "at once" (web.person.EvenPace).
ANSWERS_TAKE_AT_LEAST = int(environment.value("LAMPLIGHTER_ANSWERS_TAKE_AT_LEAST", "100"))

# Files --------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = places.home() / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
UPLOADS = places.home() / "uploads"
# On the same disk, so that what has arrived is put in its place and not copied, and readable by nobody else.
FILE_UPLOAD_TEMP_DIR = UPLOADS / "arriving"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
UPLOADS.chmod(0o700)
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
# Seconds of computing that following up one report, or a few together, may take. One that takes longer is
# set aside (patterns.saved_reports.failing_reports).
FOLLOW_UP_SECONDS = float(environment.value("LAMPLIGHTER_FOLLOW_UP_SECONDS", "60"))
# ClamAV's daemon (its socket, or host:port; "" for none), and the megabytes of one file that its limits let
# it read (MaxFileSize, StreamMaxLength): a larger file never counts as clean.
CLAMD = environment.value("LAMPLIGHTER_CLAMD", "").strip()
CLAMD_READS = int(environment.value("LAMPLIGHTER_CLAMD_READS_MB", "25")) * 1024**2
# Authorities that sign the daily root of receipts (RFC 3161), and the file of certificates that are believed.
TIME_STAMPS = _listed("LAMPLIGHTER_TIME_STAMPS")
TIME_STAMP_ROOTS = environment.value("LAMPLIGHTER_TIME_STAMP_ROOTS", "").strip()
IMPORT_MAX_BYTES = int(environment.value("LAMPLIGHTER_IMPORT_MAX_BYTES", str(2 * 1024**3)))

# Language and time ----------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = False
USE_TZ = True

# Django itself sends none: `hub.notices` does, to confirmed addresses of accounts only.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discreet": {"()": "lamplighter.hub.site.logs.Discreet"}},
    "formatters": {"line": {"()": "lamplighter.hub.site.logs.Line"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["discreet"]},
    },
    "root": {"handlers": ["console"], "level": environment.value("LAMPLIGHTER_LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # Repeats user names and addresses; a lock-out is in the database for administrators.
        "axes": {"handlers": [], "level": "CRITICAL", "propagate": True},
        # What a worker does, and that the database went away, operations.worker says in one line each.
        "procrastinate": {"handlers": [], "level": "CRITICAL", "propagate": True},
        "psycopg": {"handlers": [], "level": "CRITICAL", "propagate": True},
        # Tells of every condition of the table of levels that it has read.
        "sqlglot": {"handlers": [], "level": "WARNING", "propagate": True},
        # What is wrong with a file that somebody sent may repeat what is in it.
        "pikepdf": {"handlers": [], "level": "CRITICAL", "propagate": True},
        "PIL": {"handlers": [], "level": "CRITICAL", "propagate": True},
    },
}

SILENCED_SYSTEM_CHECKS: list[str] = []
