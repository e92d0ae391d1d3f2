"""From what kind of program somebody signed in: browser and system, as far as the browser says, and no more of it.

In: the header ``User-Agent``. Out: two proper names of the tables below, joined by a stroke. Versions, models and
addresses are not taken in: the owner of a session recognises it without them.
"""

from __future__ import annotations

from django.http import HttpRequest

from traboule.app.desk import TERMINAL
from traboule.web.visit import Visit

# What a browser's header holds, and its name. The first that fits: most claim to be others as well.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def client_of(request: HttpRequest) -> str:
    """Return the kind of program that ``request`` comes from."""
    header = request.headers.get("user-agent", "")
    return "/".join(next((name for sign, name in table if sign in header), "") for table in (BROWSERS, SYSTEMS))


def client_in_words(visit: Visit, client: str) -> str:
    """Return a kind of program as somebody recognises it."""
    browser, _, system = client.partition("/")
    if browser == TERMINAL:
        return visit.say("client-terminal")
    if not browser:
        return visit.say("client-unknown")
    return visit.say("client-browser", browser=browser, system=system) if system else browser
