"""``make messages``: extract, bring every language up to date, compile, and say what a translator has to look at."""

from __future__ import annotations

import sys

from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import domains
from translate.catalogues import faults, messages, updated, write


def main() -> int:
    """Write all catalogues and print one line a fault; the exit status is 1 where there is any."""
    translated = (*LANGUAGES[1:], *GROWING_LANGUAGES)
    for language in translated:
        for domain in domains():
            write(language, domain, updated(language, domain))
    open_points = [
        fault for language in translated for fault in faults(language, growing=language in GROWING_LANGUAGES)
    ]
    for fault in open_points:
        print(f"{fault.language} {fault.domain}: {fault.kind} {fault.context}")
    total = sum(len(messages(domain)) for domain in domains())
    print(f"{total} messages in {len(translated)} languages besides English, {len(open_points)} to look at")
    return 1 if open_points else 0


if __name__ == "__main__":
    sys.exit(main())
