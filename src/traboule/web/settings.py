"""Django's settings for the room: those of the application, with routes, templates and the guard against forged forms.

There is no ``SECRET_KEY``: sessions are random tokens that the database knows by their keyed hash, and the guard
compares a random cookie with the form.
"""

from __future__ import annotations

from traboule.app.settings import (
    ATOMIC_REQUESTS,
    DATABASES,
    DEBUG,
    DEFAULT_AUTO_FIELD,
    LANGUAGE_CODE,
    LANGUAGES,
    TIME_ZONE,
    USE_I18N,
    USE_TZ,
)
from traboule.app.settings import INSTALLED_APPS as STAGES

__all__ = [
    "ATOMIC_REQUESTS",
    "DATABASES",
    "DEBUG",
    "DEFAULT_AUTO_FIELD",
    "LANGUAGES",
    "LANGUAGE_CODE",
    "TIME_ZONE",
    "USE_I18N",
    "USE_TZ",
]

INSTALLED_APPS = [*STAGES, "traboule.web"]
ROOT_URLCONF = "traboule.web.urls"
MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"builtins": ["traboule.web.templatetags.room"], "string_if_invalid": ""},
    }
]
# Whoever serves says which names this machine answers to, so that no page elsewhere can reach it by another name.
ALLOWED_HOSTS: list[str] = ["127.0.0.1", "localhost", "[::1]"]
APPEND_SLASH = False

CSRF_COOKIE_NAME = "traboule-form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "traboule.web.failures.forged"

# Files above a megabyte are streamed to a file of their own, unreadable for others; nothing larger than the limit of a
# return is taken in.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
USE_X_FORWARDED_HOST = False

# What is our own fault is logged with its traceback, which names no person; who asked for what is the ledger's to know.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"errors": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "loggers": {"django": {"handlers": ["errors"], "level": "ERROR", "propagate": False}},
}
