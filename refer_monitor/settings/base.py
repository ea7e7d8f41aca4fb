"""What every installation shares. Reads DATABASE_URL, REDIS_URL and the rest from the environment.

The embedded default needs no service: SQLite in ``var/``, Celery over files, a cache in memory.
Must not contain anything that is only right for one machine.
"""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab, schedule
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from refer_monitor import log_lines

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
# Everything that running leaves behind: database, queue, collected static files.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

SECRET_KEY: str = env.str("SECRET_KEY", default="")
# Keys the hashes of declarations; kept apart from SECRET_KEY so that either can be changed alone.
DECLARATION_KEY: str = env.str("DECLARATION_KEY", default="")
# Check what was made with an earlier key, or with one that is about to be used.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
DECLARATION_KEY_FALLBACKS: list[str] = env.list("DECLARATION_KEY_FALLBACKS", default=[])
# Keys hashes that are only compared with each other; as long as nothing is said, the first declaration key.
COMPARISON_KEY: str = env.str("COMPARISON_KEY", default="") or DECLARATION_KEY
# Wrap the keys that encrypt OASys's text and unsaved typing: name:key in base64, the one in use first.
OUTER_KEYS: list[str] = env.list("OUTER_KEYS", default=[])
DEBUG = False
DEMO_MODE = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
# How many proxies of ours stand between a browser and the service; each adds an address to X-Forwarded-For.
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", default=0)
SERVICE_NAME = "Refer and monitor an intervention"
# Where people reach the service, without a slash at the end: for links in emails.
SERVICE_URL: str = env.str("SERVICE_URL", default="http://127.0.0.1:8000").rstrip("/")
# Without a mail server, emails are files in var/mail.
_EMAIL: dict[str, Any] = env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}")
EMAIL_BACKEND: str = _EMAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH: str = _EMAIL["EMAIL_FILE_PATH"]
EMAIL_HOST: str = _EMAIL["EMAIL_HOST"] or "localhost"
EMAIL_PORT: int = _EMAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER: str = _EMAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD: str = _EMAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS: bool = _EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = _EMAIL.get("EMAIL_USE_SSL", False)
# In seconds. Django would wait for ever, and with it every email behind.
EMAIL_TIMEOUT = 20
# Whom the help page names for problems with the service: lines of plain text.
SERVICE_DESK: str = env.str("SERVICE_DESK", default="", multiline=True)
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="no-reply@refer-monitor.example")

INSTALLED_APPS = [
    "refer_monitor.apps.StartUp",
    "personal_records",
    "referrals",
    "monitoring",
    "risk",
    "interventions",
    "sign_in",
    "integrations",
    "notifications",
    "events",
    "accounts",
    "encryption",
    "file_storage",
    "scheduling",
    "govuk",
    "refer_monitor.apps.ServiceAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_structlog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Static files are answered here: without a web session, a nonce or a log line.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "refer_monitor.request_log.RequestLog",
    "govuk.addresses.OnePrefix",
    "refer_monitor.upstream_deadline.UpstreamDeadline",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "refer_monitor.content_policy.ContentPolicy",
    "refer_monitor.compressing.Compressing",
    "accounts.web_session.WebSessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.web_session.SignedInUser",
    "sign_in.middleware.OwnTokens",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "notifications.middleware.NotificationsOfPages",
    "sign_in.middleware.AccountChecks",
    "accounts.kept_text.middleware.KeepTypedText",  # Django's LoginRequiredMiddleware, losing nothing typed
    "refer_monitor.error_pages.WrongMethodPage",
    "axes.middleware.AxesMiddleware",
]


def origin_of(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


# Ends with /auth. Gives the tokens that all other systems but the prison register ask for, and signs people in.
HMPPS_AUTH_URL: str = env.str("HMPPS_AUTH_URL", default="http://hmpps-auth.invalid/auth")
# Whether HMPPS Auth can be tried although people sign in otherwise, because the demo has its pages.
DEMO_HMPPS_AUTH = False
# How people sign in: "password" (user name and password, and the demo's accounts), or "hmpps_auth" (through HMPPS Auth;
# administrators with a password).
SIGN_IN: str = env.str("SIGN_IN", default="password")
if SIGN_IN not in ("password", "hmpps_auth"):
    raise ImproperlyConfigured("Refusing to start: SIGN_IN must be hmpps_auth or password")
HMPPS_AUTH_SIGN_IN_CLIENT_ID: str = env.str("HMPPS_AUTH_SIGN_IN_CLIENT_ID", default="")
HMPPS_AUTH_SIGN_IN_CLIENT_SECRET: str = env.str("HMPPS_AUTH_SIGN_IN_CLIENT_SECRET", default="")
# How often it is asked whether the account of somebody who signed in through HMPPS Auth is still open.
ACCOUNT_CHECK_MINUTES: int = env.int("ACCOUNT_CHECK_MINUTES", default=15)
if ACCOUNT_CHECK_MINUTES < 1:
    raise ImproperlyConfigured("Refusing to start: ACCOUNT_CHECK_MINUTES must be 1 or more")

ROOT_URLCONF = "refer_monitor.urls"
WSGI_APPLICATION = "refer_monitor.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Which wrong tries count together: accounts/sign_in_limits.py.
AXES_HANDLER = "accounts.sign_in_limits.SignInLimits"
AXES_FAILURE_LIMIT = 10
SIGN_IN_TRIES_OF_AN_ADDRESS = 50
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_CALLABLE = "accounts.views.too_many_attempts"
AXES_CLIENT_IP_CALLABLE = "accounts.sign_in_limits.client_address"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "refer_monitor.jinja.environment",
            "context_processors": [
                "accounts.frame.frame",
                "accounts.kept_text.offering.frame",
                "sign_in.again.frame",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    {
        # The Django admin only.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"


def database_from(url: str) -> dict[str, Any]:
    """Django's settings for one database address, with what each engine needs to be safe here."""
    database: dict[str, Any] = dict(env.db_url_config(url))
    database["ATOMIC_REQUESTS"] = False
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {
            # Writers queue instead of failing half-way; deleted source text is overwritten where it stood; a row that
            # a conflict clause throws out (OR REPLACE) is deleted in the eyes of triggers too.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA recursive_triggers=ON;"
            ),
        }
    else:
        from prepared.connections import PREPARE_THRESHOLD, PreparingConnection  # brings psycopg with it

        database["CONN_MAX_AGE"] = 0
        # A connection that died in the pool, as all do when the server restarts, is no request's failure.
        database["CONN_HEALTH_CHECKS"] = True
        # Beside what the address itself says, such as ?sslmode=verify-full&sslrootcert=…
        options = database.setdefault("OPTIONS", {})
        # Compiling a query (JIT) takes 30 ms and more, and no query of a page is worth it: PostgreSQL compiles what it
        # estimates to be costly, and overestimates the queries that ask who may see a case.
        options["options"] = " ".join(filter(None, [options.get("options", ""), "-c jit=off"]))
        # What is asked again and again is planned once. Values must go apart from the statement for that.
        database["ENGINE"] = "prepared.postgresql"
        options["server_side_binding"] = True
        options["prepare_threshold"] = PREPARE_THRESHOLD
        options["pool"] = {
            "connection_class": PreparingConnection,
            "min_size": 1,
            "max_size": env.int("WEB_THREADS", default=8),  # each thread of the web server has one at most
            "timeout": 10,  # seconds
        }
    return database


def replica_from(url: str) -> dict[str, Any]:
    """Django's settings for a replica, which reports and exports read; see read_replica/long_reads.py."""
    database = database_from(url)
    options = database.setdefault("OPTIONS", {})
    # A connection for each read, which are few. One that is away is given up soon: there is the database itself.
    options.pop("pool", None)
    options.setdefault("connect_timeout", 3)  # seconds
    # A server that vanished amid a read is noticed within half a minute.
    for name, value in {
        "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000,
    }.items():  # fmt: skip
        options.setdefault(name, value)
    # Where it stands still amid a change to a table, a read would wait for that until it goes on.
    options["options"] = f"{options.get('options', '')} -c lock_timeout=5s"
    return database


DATABASE_URL: str = env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'refer_monitor.sqlite3'}")
DATABASES = {"default": database_from(DATABASE_URL)}
DATABASE_REPLICA_URL: str = env.str("DATABASE_REPLICA_URL", default="")
if DATABASE_REPLICA_URL:
    DATABASES["replica"] = replica_from(DATABASE_REPLICA_URL)
# PostgreSQL role that a supplier's request takes; see monitoring/access/database_rights.py.
SUPPLIER_DATABASE_ROLE: str = env.str("SUPPLIER_DATABASE_ROLE", default="refer_monitor_provider")

REDIS_URL: str = env.str("REDIS_URL", default="")
CACHES: dict[str, dict[str, Any]]
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
#: Of this process alone: see accounts/tries.py.
_IN_MEMORY: dict[str, Any] = {
    "BACKEND": "refer_monitor.plain_cache.PlainMemoryCache",
    "OPTIONS": {"MAX_ENTRIES": 20_000},
}
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "refer_monitor.plain_cache.PlainRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {
                "serializer": "refer_monitor.plain_cache.JsonSerializer",
                "socket_connect_timeout": 2,  # seconds
                "socket_timeout": 2,
            },
        }
    }
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": 2,  # seconds
        # Redis that hangs takes a connection and never answers: whoever gives a job to the queue must not wait for it.
        "socket_timeout": 2,
        # What a worker took and never finished, because it was killed, goes to another one after this many seconds.
        # A job that takes longer runs twice at once: every job may.
        "visibility_timeout": 15 * 60,
    }
else:
    CACHES = {"default": _IN_MEMORY}
    # The warning is about several web processes, each counting for itself. Without Redis there is one.
    SILENCED_SYSTEM_CHECKS = ["axes.W001"]
    CELERY_BROKER_URL = "files://"  # refer_monitor/file_queue.py
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "queue"),
        "data_folder_out": str(VAR_DIR / "queue"),
        "processed_folder": str(VAR_DIR / "queue-done"),
        "store_processed": False,
        "polling_interval": 0.2,  # seconds
        "control_folder": str(VAR_DIR / "queue-control"),
    }
CACHES["here"] = _IN_MEMORY | {"LOCATION": "here"}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Once more, because the connection that was kept may have ended; not for as long as the queue is away.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_TASK_IGNORE_RESULT = True
# A job leaves the queue when it is done. A worker takes no more than it works on; one that stops leaves the rest.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Somebody looks at a page until it is done; everything else goes to the other queue.
WAITED_FOR, CAN_WAIT = "waited_for", "can_wait"
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in (WAITED_FOR, CAN_WAIT)]
CELERY_TASK_DEFAULT_QUEUE = CAN_WAIT
CELERY_TASK_ROUTES = {
    "monitoring.actions.make_performance_report.make_in_background": {"queue": WAITED_FOR},
    "referrals.tasks.check_oasys_of_cases": {"queue": WAITED_FOR},
}
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULER = "scheduling.scheduler:LeasedScheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver what waits in the outbox": {
        "task": "events.tasks.sweep",
        "schedule": schedule(30),
        "options": {"expires": 25},
    },
    "carry out changes of service provider": {
        "task": "monitoring.tasks.carry_out_provider_changes",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "keep performance reports": {
        "task": "monitoring.tasks.keep_performance_reports",
        "schedule": schedule(60),
        "options": {"expires": 55},
    },
    "delete what was not shared before a case ended": {
        "task": "referrals.tasks.end_corrections",
        "schedule": schedule(300),
        "options": {"expires": 290},
    },
    # Each person once in 24 hours: every run goes on where the last one stopped.
    "compare open cases with nDelius and prison records": {
        "task": "referrals.tasks.compare_open_cases",
        "schedule": schedule(300),
        "options": {"expires": 290},
    },
    "give the current CRN to what was begun while it was corrected": {
        "task": "referrals.tasks.catch_up_with_crns",
        "schedule": schedule(300),
        "options": {"expires": 290},
    },
    "end drafts that nobody changes": {
        "task": "referrals.tasks.expire_drafts",
        "schedule": crontab(hour="4", minute="0"),
    },
    "forget web sessions that have ended": {
        "task": "accounts.tasks.forget_ended_sessions",
        "schedule": crontab(hour="4", minute="30"),
    },
    "forget tokens that are over": {
        "task": "sign_in.tasks.forget_tokens",
        "schedule": schedule(60),
        "options": {"expires": 55},
    },
    # Each account once in 24 hours, as far as its owner has not been here meanwhile.
    "check the accounts of people who do not sign in": {
        "task": "sign_in.tasks.check_accounts",
        "schedule": schedule(300),
        "options": {"expires": 290},
    },
    "wrap the keys of referrals by the outer key in use": {
        "task": "encryption.tasks.rotate_outer_key",
        "schedule": crontab(hour="3", minute="30"),
    },
    "send the daily emails": {
        "task": "notifications.tasks.tell_of_the_day",
        "schedule": crontab(hour="7", minute="0"),
    },
    "forget old notifications": {
        "task": "notifications.tasks.forget_old_notifications",
        "schedule": crontab(hour="4", minute="45"),
    },
    "move the due dates of paused cases": {
        "task": "monitoring.tasks.refresh_paused_cases",
        "schedule": crontab(hour="0", minute="15"),
    },
    "count the cases that ended": {
        "task": "monitoring.tasks.count_ended_cases",
        "schedule": crontab(hour="0", minute="45"),
    },
    "blank what is held of cases whose retention period is over": {
        "task": "personal_records.tasks.apply_retention_rules",
        "schedule": crontab(hour="2", minute="30"),
    },
    "make the next months of the audit trail": {
        "task": "events.tasks.keep_audit_months",
        "schedule": crontab(hour="1", minute="15"),
    },
    "forget typed text that nobody came back for": {
        "task": "accounts.tasks.forget_kept_text",
        "schedule": crontab(hour="4", minute="15"),
    },
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# The prebuilt GOV.UK style sheet names /assets/…: only under this address are its links rewritten.
STATIC_URL = "/assets/"
STATIC_ROOT = VAR_DIR / "static"
# Fetched by npm. Fonts and images stand at the root, because the style sheet names them so.
GOVUK_FRONTEND = BASE_DIR / "node_modules" / "govuk-frontend" / "dist" / "govuk"
ACCESSIBLE_AUTOCOMPLETE = BASE_DIR / "node_modules" / "accessible-autocomplete" / "dist"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("govuk", GOVUK_FRONTEND),
    GOVUK_FRONTEND / "assets",
    ("accessible-autocomplete", ACCESSIBLE_AUTOCOMPLETE),
]
STATICFILES_FINDERS = [
    "refer_monitor.front_end.TakenFilesFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# Where the worker puts performance reports, and the web servers find them: a bucket, or else the database.
REPORTS_BUCKET: str = env.str("REPORTS_BUCKET", default="")
REPORTS_BUCKET_URL: str = env.str("REPORTS_BUCKET_URL", default="")
REPORTS_BUCKET_REGION: str = env.str("REPORTS_BUCKET_REGION", default="") or "eu-west-2"
REPORTS_BUCKET_KMS_KEY: str = env.str("REPORTS_BUCKET_KMS_KEY", default="")
_IN_THE_DATABASE: dict[str, Any] = {"BACKEND": "file_storage.database.DatabaseStorage"}
_IN_A_BUCKET: dict[str, Any] = {
    "BACKEND": "file_storage.bucket.BucketStorage",
    "OPTIONS": {
        "bucket_name": REPORTS_BUCKET,
        "endpoint_url": REPORTS_BUCKET_URL or None,
        "region_name": REPORTS_BUCKET_REGION,
        "kms_key": REPORTS_BUCKET_KMS_KEY,
    },
}
STORAGES: dict[str, dict[str, Any]] = {
    "default": _IN_THE_DATABASE,
    "performance_reports": _IN_A_BUCKET if REPORTS_BUCKET else _IN_THE_DATABASE,
    "staticfiles": {"BACKEND": "refer_monitor.front_end.HashedStorage"},
}

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 120 * 60  # seconds idle; live service: two hours
WEB_SESSION_LIFETIME = 12 * 60 * 60  # seconds from signing in, whatever is done
WEB_SESSION_WARNING = 5 * 60  # seconds before it ends
SESSION_SAVE_EVERY_REQUEST = False  # accounts.web_session: once a minute
SESSION_COOKIE_HTTPONLY = True
KNOWN_DEVICE_COOKIE_NAME = "knowndevice"
SIGN_IN_COOKIE_NAME = "signin"  # and a few letters more: one for each tab on its way to HMPPS Auth
SESSION_COOKIE_SAMESITE = "Lax"
# In the web session, not in a cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "refer_monitor.error_pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # eight long sections, several times over
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        # A button that signs out leads on to where they signed in: browsers ask whether a form may.
        "form-action": [SELF, *([origin_of(HMPPS_AUTH_URL)] if SIGN_IN == "hmpps_auth" else [])],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "fullscreen")
}

# --- Logs ------------------------------------------------------------------------------------
log_lines.set_up()
LOGGING = log_lines.LOGGING
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# A task says that it failed; that one came and went, every half minute, is not worth a line.
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_FAILURE_LOG_LEVEL = logging.ERROR
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Outside systems -------------------------------------------------------------------------
#: As the names of their settings begin.
UPSTREAM_SYSTEMS = (
    "HMPPS_AUTH",
    "MANAGE_USERS",
    "NDELIUS",
    "OASYS",
    "PRISON_REGISTER",
    "PRISON_API",
    "PRISONER_SEARCH",
    "NOTIFY",
)


def upstream_modes(otherwise: str) -> dict[str, str]:
    """How each system is connected, by its name in small letters: what NDELIUS_MODE and so on say, or ``otherwise``.

    "real" calls its address; "stub" answers from invented people inside this process; "off" does without. Emails go
    through GOV.UK Notify only where NOTIFY_MODE says so itself.
    """
    modes = {
        name: env.str(f"{name}_MODE", default="") or ("off" if name == "NOTIFY" else otherwise)
        for name in UPSTREAM_SYSTEMS
    }
    wrong = [f"{name}_MODE" for name, mode in modes.items() if mode not in ("real", "stub", "off")]
    if wrong:
        raise ImproperlyConfigured(f"Refusing to start: must be real, stub or off: {', '.join(wrong)}")
    return {name.lower(): mode for name, mode in modes.items()}


UPSTREAM_MODE: str = env.str("UPSTREAM_MODE", default="real")
UPSTREAM_MODES = upstream_modes(UPSTREAM_MODE)
NDELIUS_URL: str = env.str("NDELIUS_URL", default="http://ndelius.invalid")
OASYS_URL: str = env.str("OASYS_URL", default="http://oasys.invalid")
PRISON_REGISTER_URL: str = env.str("PRISON_REGISTER_URL", default="http://prison-register.invalid")
PRISON_API_URL: str = env.str("PRISON_API_URL", default="http://prison-api.invalid")
PRISONER_SEARCH_URL: str = env.str("PRISONER_SEARCH_URL", default="http://prisoner-search.invalid")
MANAGE_USERS_URL: str = env.str("MANAGE_USERS_URL", default="http://manage-users.invalid")
# Sends the emails in place of a mail server, where it is connected. The template has the fields subject and body.
NOTIFY_URL: str = env.str("NOTIFY_URL", default="https://api.notifications.service.gov.uk")
NOTIFY_API_KEY: str = env.str("NOTIFY_API_KEY", default="")
NOTIFY_TEMPLATE_ID: str = env.str("NOTIFY_TEMPLATE_ID", default="")
if UPSTREAM_MODES["notify"] != "off":
    EMAIL_BACKEND = "refer_monitor.notify_email.EmailBackend"
# Where other services hear what happened on a case. Without a topic it is logged.
DOMAIN_EVENTS_TOPIC: str = env.str("DOMAIN_EVENTS_TOPIC", default="")
DOMAIN_EVENTS_URL: str = env.str("DOMAIN_EVENTS_URL", default="")
DOMAIN_EVENTS_REGION: str = env.str("DOMAIN_EVENTS_REGION", default="eu-west-2")
HMPPS_AUTH_CLIENT_ID: str = env.str("HMPPS_AUTH_CLIENT_ID", default="")
HMPPS_AUTH_CLIENT_SECRET: str = env.str("HMPPS_AUTH_CLIENT_SECRET", default="")
# Where a practitioner corrects what nDelius holds.
NDELIUS_DEEP_LINK: str = env.str("NDELIUS_DEEP_LINK", default="https://ndelius.example.com/")
