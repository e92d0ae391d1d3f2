"""Compile the definitions of figures to SQL: one named query for each, over resolved tables.

In: definitions. Out: steps of the engine port, each with a single row, the figure's value. Guaranteed: a query is the
complete definition (filter, exceptions, requirement, keys, amount, window) and contains nothing of a particular
operation; only names from the definition's own checked vocabulary enter it, quoted. Rules 7 to 10 and 16.

Tables, by name: ``people`` (person, minor); ``roles`` and ``victims`` (person, of_record, phase, the field);
``arrests`` (record, person, state, moment, phase, attribution); ``tally_<table>`` (record, state, reference,
nationality, amount, phase, the field); ``states_in_force`` (state).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import Template

from traboule.engines.port import EngineStep
from traboule.figures.definition import Condition, Dictionary, FigureDefinition, Population

PREFIX = "figure_"
_KEYS: Mapping[str, str] = {"state": "state", "reference": "reference", "nationality": "nationality"}

_STATES = "SELECT count(DISTINCT state) AS value FROM states_in_force"
_HOLDERS = Template("SELECT count(DISTINCT person) AS value FROM ($rows) $also")
_MINORS = "WHERE person IN (SELECT person FROM people WHERE minor)"
_SATISFYING = Template("SELECT person FROM $table WHERE phase = 'operation' AND $test $exceptions")
_EXCEPTED = Template("AND of_record NOT IN (SELECT of_record FROM $table WHERE $test)")
_ISLANDS = Template("""\
SELECT count(*) AS value FROM (
    SELECT person, state, island, bool_or(coalesce(chosen, FALSE)) AS chosen FROM (
        SELECT *, sum(begins) OVER (PARTITION BY person, state ORDER BY moment NULLS LAST, record) AS island FROM (
            SELECT person, state, moment, record, ($chosen) AS chosen, CASE
                WHEN place = 1 THEN 1
                WHEN moment - before > INTERVAL 24 HOUR THEN 1
                ELSE 0
            END AS begins FROM (
                SELECT *, lag(moment) OVER in_order AS before, row_number() OVER in_order AS place
                FROM arrests WHERE phase = 'operation'
                WINDOW in_order AS (PARTITION BY person, state ORDER BY moment NULLS LAST, record)
            )
        )
    ) GROUP BY person, state, island
) WHERE chosen""")
_ADDED = Template("SELECT CAST(coalesce(sum($amount), 0) AS BIGINT) AS value FROM ($rows)")
_LARGEST = Template(
    "SELECT max($amount) AS most FROM ($rows) GROUP BY $keys, CASE WHEN reference IS NULL THEN record END"
)
_TALLIES = Template("SELECT * FROM tally_$table WHERE phase = 'operation' AND $test")


def steps(definitions: Dictionary) -> list[EngineStep]:
    """Return a step for each definition, named ``figure_<id>``, with the column ``value``."""
    return [
        EngineStep(f"{PREFIX}{name}", _QUERIES[definition.population](definition))
        for name, definition in definitions.items()
    ]


def _quoted(values: Sequence[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def _test(condition: Condition) -> str:
    return f"{condition.field} IN ({_quoted(condition.among)})" if condition.field else "TRUE"


def _returns(definition: FigureDefinition) -> str:
    return _STATES


def _persons(definition: FigureDefinition) -> str:
    """Select persons with a row that satisfies a condition, without an exception for the same record."""
    rows = " UNION ".join(_satisfying(condition) for condition in definition.filter)
    return _HOLDERS.substitute(rows=rows, also=_MINORS if definition.requires else "")


def _satisfying(condition: Condition) -> str:
    exceptions = " ".join(_EXCEPTED.substitute(table=part.table, test=_test(part)) for part in condition.unless)
    return _SATISFYING.substitute(table=condition.table, test=_test(condition), exceptions=exceptions)


def _arrests(definition: FigureDefinition) -> str:
    """Select islands of rows of a person in a state no more than a day apart; undated rows join the last (rule 7)."""
    return _ISLANDS.substitute(chosen=" OR ".join(_test(condition) for condition in definition.filter) or "TRUE")


def _tallies(definition: FigureDefinition) -> str:
    """Select distinct tallies by their keys, each with its largest count; a row without a reference is distinct."""
    condition = definition.filter[0]
    rows = _TALLIES.substitute(table=condition.table, test=_test(condition))
    amount = "amount" if definition.amount else "1"
    if not definition.distinct_by:
        return _ADDED.substitute(amount=amount, rows=rows)
    keys = ", ".join(_KEYS[name] for name in definition.distinct_by)
    return _ADDED.substitute(amount="most", rows=_LARGEST.substitute(amount=amount, rows=rows, keys=keys))


_QUERIES: Mapping[Population, Callable[[FigureDefinition], str]] = {
    Population.RETURNS: _returns,
    Population.PERSONS: _persons,
    Population.ARRESTS: _arrests,
    Population.TALLIES: _tallies,
}
