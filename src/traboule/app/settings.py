"""Django's settings: constants, and no secret.

``DATABASES`` stays empty until :func:`traboule.app.start.start` knows the database. There is no ``SECRET_KEY``: no
stage signs anything with it, and the web will bring its own. Contributed applications (auth, admin, contenttypes) are
absent because nothing needs them.
"""

from __future__ import annotations

from traboule.core.language.languages import LANGUAGES as CODES
from traboule.core.language.languages import how_written

DATABASES: dict[str, dict[str, object]] = {}

INSTALLED_APPS = [
    "traboule.accounts",
    "traboule.operation",
    "traboule.returns",
    "traboule.register",
    "traboule.linkage",
    "traboule.hits",
    "traboule.protection",
    "traboule.figures",
    "traboule.release",
    "traboule.exchange",
    "traboule.ledger",
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"

USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [(code, how_written(code).name) for code in CODES]

# Only app/dispatch.py opens a transaction (house rule 3); the web wraps no request in a second one.
ATOMIC_REQUESTS = False

# The screens are not written yet; Django wants the name of a module all the same.
DEBUG = False
ALLOWED_HOSTS: list[str] = []
