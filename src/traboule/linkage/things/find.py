"""Everything that links besides persons: companies, addresses, adverts, accounts, as one pure function.

In come the register's identifiers and a stop-list; out goes a :class:`ThingResult`. It promises: pure; the same rows in
any order give the same links; what is stopped or cannot be of its kind is told, never silent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from traboule.linkage.kept.links import LINKS_SCHEMA
from traboule.linkage.stop_list import StopList
from traboule.linkage.things.accounts import ACCOUNTS, compare_accounts
from traboule.linkage.things.addresses import compare_addresses
from traboule.linkage.things.adverts import compare_adverts
from traboule.linkage.things.companies import compare_companies
from traboule.linkage.things.rows import Row, thing_rows
from traboule.linkage.things.weighed import Compared, links_table

THINGS: Mapping[str, tuple[tuple[str, ...], Callable[[Sequence[Row]], Compared]]] = {
    "account": (ACCOUNTS, compare_accounts),
    "address": (("address",), compare_addresses),
    "advert": (("advert",), compare_adverts),
    "company": (("company",), compare_companies),
}


@dataclass(frozen=True)
class ThingResult:
    """``links``: kind of thing to its links (LINKS_SCHEMA, sorted). ``stopped``: kind, value_hash, reason, records.

    ``malformed``: records whose value cannot be of its kind. ``skipped``: kind of key to records that a key too common
    left out.
    """

    links: Mapping[str, pa.Table]
    stopped: pa.Table
    malformed: tuple[str, ...]
    skipped: Mapping[str, int]

    @property
    def all_links(self) -> pa.Table:
        """The links of all kinds in one table."""
        return pa.concat_tables(self.links[kind] for kind in sorted(self.links)) if self.links else _EMPTY


_EMPTY = LINKS_SCHEMA.empty_table()


def find_things(identifiers: pa.Table, listed: StopList) -> ThingResult:
    """Return the links between the things in ``identifiers`` (columns record, unit, kind, value, issuer)."""
    links: dict[str, pa.Table] = {}
    stopped: list[pa.Table] = []
    malformed: list[str] = []
    skipped: dict[str, int] = {}
    for thing, (kinds, compare) in THINGS.items():
        rows = thing_rows(identifiers, kinds, listed)
        compared = compare(rows.kept)
        links[thing] = links_table(rows.records, compared)
        stopped.append(rows.stopped)
        malformed.extend(rows.malformed)
        skipped |= dict(compared.skipped)
    return ThingResult(links, pa.concat_tables(stopped), tuple(sorted(malformed)), skipped)
