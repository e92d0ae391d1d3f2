"""Django's settings: nothing comes in, one set of constants goes out, and no secret stands here.

``DATABASES`` stays empty until :func:`traboule.app.start.start` knows which database it is. There is no
``SECRET_KEY``: no stage signs anything with it, and the web brings its own from outside when it comes.
Contributed applications (auth, admin, contenttypes) are absent because nothing asks for them.
"""

from __future__ import annotations

from traboule.core.language.languages import LANGUAGES as CODES
from traboule.core.language.languages import how_written

DATABASES: dict[str, dict[str, object]] = {}

INSTALLED_APPS = [
    "traboule.operation",
    "traboule.returns",
    "traboule.register",
    "traboule.linkage",
    "traboule.figures",
    "traboule.release",
    "traboule.app.ledger",
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"

USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [(code, how_written(code).name) for code in CODES]

# The door alone opens a transaction (house rule 3); the web wraps no request in a second one.
ATOMIC_REQUESTS = False

# The screens are not written yet; Django wants the name of a module all the same.
DEBUG = False
ALLOWED_HOSTS: list[str] = []
