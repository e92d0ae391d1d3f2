"""Tell one raid that several agencies filed from several raids.

In: the tables of actions, roles and arrests, the person of each record, and who shows whose things. Out: actions and
the node of each. Guaranteed: actions of one country and one day are one where a person, or what a person shows, was
in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from traboule.analysis.columns import Flags, Ints, days, handling_levels, numbers_at, places_in, texts
from traboule.linkage.cluster import components


@dataclass(frozen=True, slots=True)
class FiledActions:
    """Actions as filed, in the order of their records, and the node of each."""

    records: Any
    country: Any
    day: Ints
    handling: Ints
    row: Ints
    node: Ints


def same_holder(persons: int, item: Ints, owner: Ints, is_own: Flags) -> Ints:
    """Return a number for each person, equal for the two who alone show a passport, a telephone or the like.

    They need not be one person: what they are for is to tell one raid from two.
    """
    chosen = is_own & (owner >= 0)
    pairs = np.unique(np.stack([item[chosen], owner[chosen]], axis=1), axis=0)
    holders = np.bincount(pairs[:, 0])[pairs[:, 0]] == 2
    left, right = pairs[holders, 1][0::2], pairs[holders, 1][1::2]
    return components(persons, left, right)


def merge_raids(tables: Mapping[str, pa.Table], records: Any, person: Ints, holder: Ints) -> FiledActions:
    """Return the actions. One raid that several agencies filed is one: same country and day, and a ``holder`` in both.

    A file names what its agency ran and what it knows of others' raids, so that a person whom no link ties to the
    other file's is known there by a paper or a telephone.
    """
    table = tables["actions"]
    row = np.argsort(texts(table, "record"), kind="stable")
    names, day = texts(table, "record")[row], days(table, "start")[row]
    country = texts(table, "country")[row]
    country = np.where(country == "", texts(table, "unit")[row], country)
    pairs = []
    for name in ("roles", "arrests"):
        action = places_in(names, texts(tables[name], "action_record"))
        participant = numbers_at(person, places_in(records, texts(tables[name], "person_record")))
        pairs.append(np.stack([numbers_at(holder, participant), action], axis=1)[(participant >= 0) & (action >= 0)])
    took_part = np.unique(np.concatenate(pairs), axis=0)
    took_part = took_part[day[took_part[:, 1]] >= 0]
    place = np.unique(country, return_inverse=True)[1] if len(country) else np.zeros(0, np.int64)
    order = np.lexsort((took_part[:, 1], day[took_part[:, 1]], place[took_part[:, 1]], took_part[:, 0]))
    participant, action = took_part[order].T
    key = np.stack([participant, place[action], day[action]], axis=1)
    is_same = (key[1:] == key[:-1]).all(axis=1)
    event = components(len(names), action[:-1][is_same], action[1:][is_same])
    node = np.unique(event, return_inverse=True)[1].reshape(-1)
    return FiledActions(names, country, day, handling_levels(table)[row], row, node)
