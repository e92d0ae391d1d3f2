"""Link all things as one pure function: companies, addresses, adverts and accounts.

Input: the register's identifiers, a stop list and judgements. Output: a :class:`ThingResult`, the same whatever the
order of the rows. Stopped and malformed values are reported. Persons are neither linked nor counted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from traboule.linkage.stop_list import IdentifierStopList
from traboule.linkage.store.links import LINKS_SCHEMA
from traboule.linkage.things.accounts import ACCOUNTS, compare_accounts
from traboule.linkage.things.addresses import compare_addresses
from traboule.linkage.things.adverts import compare_adverts
from traboule.linkage.things.companies import compare_companies
from traboule.linkage.things.pairs import Integers
from traboule.linkage.things.rows import Row, thing_rows
from traboule.linkage.things.scoring import ThingComparison, links_table
from traboule.linkage.verdicts import JudgedPair, LinkVerdict, in_force

COMPARE_BY_KIND: Mapping[str, tuple[tuple[str, ...], Callable[[Sequence[Row], Integers], ThingComparison]]] = {
    "account": (ACCOUNTS, compare_accounts),
    "address": (("address",), compare_addresses),
    "advert": (("advert",), compare_adverts),
    "company": (("company",), compare_companies),
}


@dataclass(frozen=True)
class ThingResult:
    """``links``: kind of thing to its links (LINKS_SCHEMA, sorted). ``stopped``: kind, value_hash, reason, records.

    ``malformed``: records whose value cannot be of its kind. ``skipped``: kind of key to records skipped because a key
    was too common.
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


def find_things(identifiers: pa.Table, stops: IdentifierStopList, judgements: Iterable[JudgedPair] = ()) -> ThingResult:
    """Return the links between the things in ``identifiers`` (columns record, unit, kind, value, issuer).

    ``judgements``: of two rows of identifiers; they bind. Those on rows of two kinds, or no longer in force, have no
    effect.
    """
    verdicts = in_force(judgements)
    links: dict[str, pa.Table] = {}
    stopped: list[pa.Table] = []
    malformed: list[str] = []
    skipped: dict[str, int] = {}
    for kind, (kinds, compare) in COMPARE_BY_KIND.items():
        rows = thing_rows(identifiers, kinds, stops)
        verdicts_by_number = _numbered(verdicts, rows.records)
        codes = np.array([left * len(rows.linkable) + right for left, right in verdicts_by_number], dtype=np.int64)
        compared = compare(rows.linkable, codes)
        links[kind] = links_table(rows.records, compared, verdicts_by_number)
        stopped.append(rows.stopped)
        malformed.extend(rows.malformed)
        skipped |= dict(compared.skipped)
    return ThingResult(links, pa.concat_tables(stopped), tuple(sorted(malformed)), skipped)


def _numbered(
    verdicts: Mapping[tuple[str, str], LinkVerdict], records: Sequence[str]
) -> dict[tuple[int, int], LinkVerdict]:
    """Return the verdicts by record number. Records are sorted, so left stays below right."""
    number = {record: place for place, record in enumerate(records)} if verdicts else {}
    return {
        (number[left], number[right]): verdict
        for (left, right), verdict in verdicts.items()
        if left in number and right in number and left != right
    }
