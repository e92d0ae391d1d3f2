"""Normalise e-mail addresses and the handles of online services.

In: an address, a handle or a link to a profile, as filed. Out: the form in which two filings of one account are equal.
Guaranteed: pure, never raises; two accounts that may differ are never merged.

Plus-tags and the dots of Gmail stay: ``anna+job@`` and ``anna@`` reach one mailbox at some providers and two at others,
a tag often shows which advert an answer came from, and RFC 5321 leaves the local part to the receiving host alone.
:func:`mailbox` gives the mailbox, which is a lead and no identity.
"""

from __future__ import annotations

import re

from traboule.core.identifiers.phones import read_phone
from traboule.core.identifiers.validity import Read, Verdict, malformed

_EMAIL = re.compile(r"[^\s@\"<>,;]+@[^\s@.\"<>,;]+(?:\.[^\s@.\"<>,;]+)+")
_AT = re.compile(r"\s*[(\[{]\s*(?:at|arroba|arobase)\s*[)\]}]\s*|\s+@\s*|\s*@\s+")
_LONGEST_ADDRESS, _LONGEST_HANDLE = 254, 100
_SHORTEST_ALONE, _SHORT_WORD = 5, re.compile(r"[^\W\d_]{1,8}")
# Hosts of profiles, without www. and m.; and the short words that clerks put before a handle.
_HOSTS = {
    "t.me": "telegram",
    "telegram.me": "telegram",
    "instagram.com": "instagram",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "fb.me": "facebook",
    "tiktok.com": "tiktok",
    "twitter.com": "x",
    "x.com": "x",
    "vk.com": "vk",
    "ok.ru": "ok",
    "youtube.com": "youtube",
    "snapchat.com": "snapchat",
    "linkedin.com": "linkedin",
    "wa.me": "whatsapp",
    "api.whatsapp.com": "whatsapp",
    "weibo.com": "weibo",
    "threads.net": "threads",
    "line.me": "line",
    "discord.com": "discord",
}
_WORDS = {service: service for service in _HOSTS.values() if service != "ok"} | {
    "tg": "telegram",
    "ig": "instagram",
    "insta": "instagram",
    "fb": "facebook",
    "messenger": "facebook",
    "tt": "tiktok",
    "snap": "snapchat",
    "wa": "whatsapp",
    "whats app": "whatsapp",
    "wechat": "wechat",
    "weixin": "wechat",
    "微信": "wechat",
    "signal": "signal",
    "viber": "viber",
    "imo": "imo",
    "skype": "skype",
    "discord": "discord",
    "ok.ru": "ok",
    "ok": "ok",
    "تيليجرام": "telegram",
    "تلغرام": "telegram",
    "انستغرام": "instagram",
    "فيسبوك": "facebook",
    "واتساب": "whatsapp",
}
_LONGEST_FIRST = sorted(_WORDS, key=lambda word: (-len(word), word))
_PREFIX = re.compile(rf"({'|'.join(map(re.escape, _LONGEST_FIRST))})(?:\s*:(?!//)\s*@?|\s+[-–—]\s+@?|\s+@)")
_BEHIND = re.compile(rf"(\S+)\s*[(\[]({'|'.join(map(re.escape, _LONGEST_FIRST))})[)\]]")
_LINK = re.compile(r"(?:https?://)?(?:(?:www|m|web|mobile)\.)?([a-z0-9.\-]+\.[a-z]{2,})/(.*)")
_BEFORE_NAMES = frozenset(
    {"in", "add", "user", "c", "channel", "pages", "profile", "id", "ti", "s", "stories", "users"}
)
# Where a link leads to a group, an invitation, a post or a search, and to nobody's account.
_OF_MANY = frozenset(
    {
        *("joinchat", "addlist", "groups", "group", "g", "invite", "community", "communities", "events", "marketplace"),
        *("p", "reel", "reels", "watch", "video", "videos", "photo", "photo.php", "story.php", "posts", "status"),
        *("share", "sharer", "hashtag", "explore", "search", "i", "playlist", "shorts", "tag", "clip", "channels"),
    }
)
_HOSTS_OF_GROUPS = {"chat.whatsapp.com": "whatsapp", "discord.gg": "discord"}
_OF_GMAIL = ("gmail.com", "googlemail.com")
_BY_NUMBER = frozenset({"whatsapp", "signal", "viber"})


def read_email(text: str) -> Read:
    """Return the address in small letters, without a mailto prefix or angle brackets, its domain in ASCII (IDNA).

    Gmail delivers an address with and without dots, and with a plus-tag, to one mailbox: that is its normal form.
    """
    plain = _AT.sub("@", text.casefold().replace("mailto:", ""))
    addresses = _EMAIL.findall(plain)
    address = (addresses[0] if len(addresses) == 1 else plain.strip("<> ")).rstrip(".")
    if not _EMAIL.fullmatch(address) or len(address) > _LONGEST_ADDRESS:
        return malformed(address[:_LONGEST_ADDRESS])
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return malformed(address)
    address = f"{local}@{domain.casefold()}"
    return Read(mailbox(address) if domain in _OF_GMAIL else address)


def mailbox(address: str) -> str:
    """Return the mailbox that many providers deliver a normal ``address`` to: without plus-tag, Gmail's dots dropped.

    Two addresses with one mailbox are a lead: other providers keep such addresses apart.
    """
    local, at, domain = address.rpartition("@")
    local = local.split("+", 1)[0] or local
    if domain in _OF_GMAIL:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}{at}{domain}"


def read_handle(text: str) -> Read:
    """Return ``service:name`` where a link or a word names the service, else the name alone.

    The same name at two services is not the same account; a handle without its service is compared as such. A link to
    what is many people's gives ``service:place/name`` (see :func:`is_of_many`); a service alone is no handle.
    """
    plain = " ".join(text.casefold().split())
    service, name = _service_and_name(plain)
    if not service and plain.strip("@ :./") in _WORDS:
        return malformed(plain)
    name = re.sub(r"\s", "", name).lstrip("@~+" if service not in _BY_NUMBER else "@~")
    if service in _BY_NUMBER:
        phone = read_phone(name, None) if name.startswith("+") else read_phone(f"+{name}", None)
        if phone.verdict is not Verdict.FAILED:
            name = phone.normal
    if len(name) > _LONGEST_HANDLE or not any(mark.isalnum() for mark in name):
        return malformed(name[:_LONGEST_HANDLE])
    return Read(f"{service}:{name}" if service else name)


def is_of_many(normal: str) -> bool:
    """Tell whether a handle in normal form is a group's, an invitation's or a post's, and no account."""
    return normal.partition(":")[2].partition("/")[0] in _OF_MANY


def is_anybodys(normal: str) -> bool:
    """Tell whether a handle in normal form, told without its service, may be many persons': a short word."""
    return ":" not in normal and (len(normal) < _SHORTEST_ALONE or bool(_SHORT_WORD.fullmatch(normal)))


def _service_and_name(plain: str) -> tuple[str, str]:
    """Return the service, or an empty text, and the name with whatever stands around it."""
    link = _LINK.fullmatch(plain)
    if link:
        return _of_link(link[1], link[2])
    prefix = _PREFIX.match(plain)
    if prefix:
        linked = _LINK.fullmatch(plain[prefix.end() :].strip())
        return _of_link(linked[1], linked[2]) if linked else (_WORDS[prefix[1]], plain[prefix.end() :])
    behind = _BEHIND.fullmatch(plain)
    return (_WORDS[behind[2]], behind[1]) if behind else ("", plain)


def _of_link(host: str, path: str) -> tuple[str, str]:
    if host in _HOSTS_OF_GROUPS:
        return _HOSTS_OF_GROUPS[host], f"invite/{path.strip('/').rpartition('/')[2]}"
    service = _HOSTS.get(host, host)
    numbered = re.search(r"[?&](?:id|phone)=([^&#]+)", path)
    if numbered:
        return service, numbered[1]
    parts = [part for part in re.split(r"[?#]", path)[0].split("/") if part]
    if parts and service == "telegram" and re.match(r"\+(?![0-9]+$)", parts[0]):
        parts = ["joinchat", parts[0].lstrip("+")]
    if parts and host in _HOSTS and parts[0] in _OF_MANY:
        return service, "/".join(parts[:2])
    if len(parts) > 2 and parts[0] == "people" and parts[2].isdecimal():
        return service, parts[2]  # Of people/name/number, the number is the account.
    name_parts = [part for part in parts if part not in _BEFORE_NAMES] or parts or [""]
    at = next((part for part in name_parts if part.startswith("@")), "")
    # On a known service the name comes first and a post after it; elsewhere the last part is the best guess.
    return service, at or (name_parts[0] if host in _HOSTS else name_parts[-1])
