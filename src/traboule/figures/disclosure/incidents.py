"""The incidents of an operation as far as a case story could tell one: counts of persons who are alike, by action.

Comes in: a resolved case. Goes out: incidents for :mod:`~.story`. Promises: every potential victim whose rows name an
action stands in one incident, the first; what records contradict or leave open stays open; nothing of a person is here.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from traboule.core.codes import vocabulary
from traboule.figures.disclosure.contributors import STATE, Raids, of_persons, regions_of
from traboule.figures.disclosure.story import Group, Incident
from traboule.figures.resolved import columns
from traboule.figures.resolved.breakdown import UNSPECIFIED
from traboule.figures.resolved.case import VICTIMS, Case, Forms
from traboule.figures.resolved.columns import ABSENT, Ints
from traboule.figures.resolved.counters import holders

_EPOCH = date(1970, 1, 1)


def incidents(case: Case) -> tuple[Incident, ...]:
    """Return the dated incidents in which potential victims were found, in the order of their actions' records.

    Empty where the operation does not ask for potential victims.
    """
    definition = case.definitions.get(VICTIMS)
    if definition is None:
        return ()
    raids = Raids(case)
    things = of_persons(case, definition, raids)
    part, label = case.complete, case.complete.partitions.value
    entities = holders(part, definition, label)
    sex, band = things.codes["sex"], things.codes["age_band"]
    form, forms = _form(part.forms, label, entities, part.nodes)
    origin = _only(label[part.attributes.national_node], part.attributes.nationality, entities, part.nodes)
    named = things.incident < raids.actions
    names = [("", *one) for one in (sex[1], band[1], forms, part.attributes.nationalities)]
    sizes = tuple(len(one) for one in names)
    codes = tuple(code[named] + 1 for code in (sex[0], band[0], form, origin))
    key = things.incident[named] * int(np.prod(sizes)) + np.ravel_multi_index(codes, sizes)
    kinds, persons = np.unique(key, return_counts=True)
    groups: dict[int, list[Group]] = {}
    incident_of, kind = np.divmod(kinds, int(np.prod(sizes)))
    places = [np.asarray(one).tolist() for one in np.unravel_index(kind, sizes)]
    for row, (incident, count) in enumerate(zip(incident_of.tolist(), persons.tolist(), strict=True)):
        said = [options[column[row]] for options, column in zip(names, places, strict=True)]
        groups.setdefault(incident, []).append(Group(said[0], said[1], said[2], count, origin=said[3]))
    return tuple(sorted(_incidents(case, groups, raids.records()), key=lambda one: one.reference))


def _incidents(case: Case, groups: dict[int, list[Group]], records: dict[int, list[str]]) -> list[Incident]:
    known = case.facts.actions
    region, regions = regions_of(case.facts.units)
    found = []
    for number, alike in groups.items():
        day = int(known.first[number])
        if day == ABSENT:
            continue
        reference, *also = records[number]
        country = reference.split("/", maxsplit=1)[0]
        place = int(region[case.facts.units.index(country)]) if country in case.facts.units else -1
        where = regions[place] if place >= 0 else ""
        found.append(Incident(reference, country, where, _EPOCH + timedelta(days=day), tuple(alike), tuple(also)))
    return found


def _only(group: Ints, code: Ints, entities: Ints, size: int) -> Ints:
    """Return of each entity the one code its records give; -1 where they give none or several."""
    width = int(code.max(initial=0)) + 1
    pairs = columns.unique(group * width + code)
    times = np.bincount(pairs // width, minlength=size)
    answer = np.full(size, -1, dtype=np.int64)
    answer[pairs // width] = pairs % width
    return np.where(times == 1, answer, -1)[entities]


def _form(forms: Forms, label: Ints, entities: Ints, size: int) -> tuple[Ints, tuple[str, ...]]:
    """Return the one form of exploitation of each entity, the broader one where its records say several of it."""
    broad = np.array(["." not in name for name in forms.names], dtype=np.bool_)
    group, wide = label[forms.node], broad[forms.code]
    broader = _only(group[wide], forms.code[wide], entities, size)
    finer = _only(group[~wide], forms.code[~wide], entities, size)
    return np.where((broader >= 0) & (finer >= 0), finer, broader), forms.names


def coded_persons(case: Case) -> tuple[list[dict[str, str]], dict[str, tuple[str, ...]]]:
    """Return every potential victim as codes (sex, age_band, region, form), and for each the codes there can be.

    The lists of codes are the vocabularies', whoever was found; what is open or contradicted is "unspecified". Empty
    where the operation does not ask for potential victims.
    """
    codes = {
        "sex": vocabulary("sexes").codes,
        "age_band": vocabulary("age_bands").codes,
        "region": vocabulary("regions").codes,
        "form": tuple(code for code in vocabulary("exploitation_types").codes if "." not in code),
    }
    known = {name: (*names, UNSPECIFIED) for name, names in codes.items()}
    definition = case.definitions.get(VICTIMS)
    if definition is None:
        return [], known
    part, label = case.complete, case.complete.partitions.value
    things = of_persons(case, definition, Raids(case))
    form, forms = _form(part.forms, label, holders(part, definition, label), part.nodes)
    state, states = things.codes[STATE]
    region, regions = regions_of(states)
    said = {
        **things.codes,
        "region": (region[state], regions),
        "form": (form, tuple(one.split(".")[0] for one in forms)),
    }
    named = {name: [(*said[name][1], UNSPECIFIED)[code] for code in said[name][0].tolist()] for name in codes}
    return [dict(zip(named, row, strict=True)) for row in zip(*named.values(), strict=True)], known
