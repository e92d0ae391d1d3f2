"""Describe the incidents of an operation for case stories: counts of persons with equal codes, by action.

In: a resolved case. Out: incidents for :mod:`~.story`. Guaranteed: every potential victim whose rows name an action is
in exactly one incident, the first; a code that records contradict or omit is empty; no personal data.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from traboule.core.codes import vocabulary
from traboule.figures.disclosure.contributors import STATE, IncidentIndex, of_persons, regions_of
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
    incident_index = IncidentIndex(case)
    victims = of_persons(case, definition, incident_index)
    part, label = case.complete, case.complete.partitions.value
    entities = holders(part, definition, label)
    sex, band = victims.codes["sex"], victims.codes["age_band"]
    form, forms = _form(part.forms, label, entities, part.nodes)
    origin = _only(label[part.attributes.national_node], part.attributes.nationality, entities, part.nodes)
    has_action = victims.incident < incident_index.actions
    options_of = [("", *names) for names in (sex[1], band[1], forms, part.attributes.nationalities)]
    sizes = tuple(len(options) for options in options_of)
    codes = tuple(code[has_action] + 1 for code in (sex[0], band[0], form, origin))
    key = victims.incident[has_action] * int(np.prod(sizes)) + np.ravel_multi_index(codes, sizes)
    kinds, persons = np.unique(key, return_counts=True)
    groups: dict[int, list[Group]] = {}
    incident_of, kind = np.divmod(kinds, int(np.prod(sizes)))
    places = [np.asarray(column).tolist() for column in np.unravel_index(kind, sizes)]
    for row, (incident, count) in enumerate(zip(incident_of.tolist(), persons.tolist(), strict=True)):
        values = [options[column[row]] for options, column in zip(options_of, places, strict=True)]
        groups.setdefault(incident, []).append(Group(values[0], values[1], values[2], count, origin=values[3]))
    return tuple(sorted(_incidents(case, groups, incident_index.records()), key=lambda incident: incident.reference))


def _incidents(case: Case, groups: dict[int, list[Group]], records: dict[int, list[str]]) -> list[Incident]:
    actions = case.facts.actions
    region, regions = regions_of(case.facts.units)
    result = []
    for number, alike_groups in groups.items():
        day = int(actions.first[number])
        if day == ABSENT:
            continue
        reference, *also = records[number]
        country = reference.split("/", maxsplit=1)[0]
        place = int(region[case.facts.units.index(country)]) if country in case.facts.units else -1
        where = regions[place] if place >= 0 else ""
        result.append(
            Incident(reference, country, where, _EPOCH + timedelta(days=day), tuple(alike_groups), tuple(also))
        )
    return result


def _only(group: Ints, code: Ints, entities: Ints, size: int) -> Ints:
    """Return for each entity the code its records give; -1 where they give none or several."""
    width = int(code.max(initial=0)) + 1
    pairs = columns.unique(group * width + code)
    times = np.bincount(pairs // width, minlength=size)
    answer = np.full(size, -1, dtype=np.int64)
    answer[pairs // width] = pairs % width
    return np.where(times == 1, answer, -1)[entities]


def _form(forms: Forms, label: Ints, entities: Ints, size: int) -> tuple[Ints, tuple[str, ...]]:
    """Return the form of exploitation of each entity, the broader form where its records give several finer ones."""
    broad = np.array(["." not in name for name in forms.names], dtype=np.bool_)
    group, wide = label[forms.node], broad[forms.code]
    broader = _only(group[wide], forms.code[wide], entities, size)
    finer = _only(group[~wide], forms.code[~wide], entities, size)
    return np.where((broader >= 0) & (finer >= 0), finer, broader), forms.names


def coded_persons(case: Case) -> tuple[list[dict[str, str]], dict[str, tuple[str, ...]]]:
    """Return every potential victim as codes (sex, age_band, region, form), and the possible codes of each column.

    The possible codes are those of the vocabularies, whichever occur; a code that records omit or contradict is
    "unspecified". Empty where the operation does not ask for potential victims.
    """
    codes = {
        "sex": vocabulary("sexes").codes,
        "age_band": vocabulary("age_bands").codes,
        "region": vocabulary("regions").codes,
        "form": tuple(code for code in vocabulary("exploitation_types").codes if "." not in code),
    }
    possible = {name: (*names, UNSPECIFIED) for name, names in codes.items()}
    definition = case.definitions.get(VICTIMS)
    if definition is None:
        return [], possible
    part, label = case.complete, case.complete.partitions.value
    victims = of_persons(case, definition, IncidentIndex(case))
    form, forms = _form(part.forms, label, holders(part, definition, label), part.nodes)
    state, states = victims.codes[STATE]
    region, regions = regions_of(states)
    coded = {
        **victims.codes,
        "region": (region[state], regions),
        "form": (form, tuple(code.split(".")[0] for code in forms)),
    }
    columns_by_name = {
        name: [(*coded[name][1], UNSPECIFIED)[code] for code in coded[name][0].tolist()] for name in codes
    }
    return [
        dict(zip(columns_by_name, row, strict=True)) for row in zip(*columns_by_name.values(), strict=True)
    ], possible
