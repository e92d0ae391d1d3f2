"""Research exports: a synthetic table of the operation's potential victims, with differential privacy.

Comes in: columns and a cost. Goes out: the export as kept, its guarantee in words. Promises: one person is one row of
what is counted, after linkage; what exports cost adds up and is refused beyond the budget; no released figure is made
from them. Needs the extra ``research``; without it the verb is refused in words and nothing else is affected.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from traboule.app.deeds.counting import inputs_now
from traboule.app.deeds.opening import the_operation
from traboule.app.door import Call
from traboule.core.errors import Invalid, Unready
from traboule.core.words import LANGUAGES
from traboule.figures.disclosure.incidents import coded_persons
from traboule.figures.resolved.case import resolve
from traboule.release import research
from traboule.release.research import Exported

COLUMNS = ("sex", "age_band", "region", "form")


def export(call: Call, *, epsilon: float, columns: Sequence[str] = COLUMNS, operation: str | None = None) -> Exported:
    """Draw a synthetic table of the operation's potential victims with ``columns``, at a cost of ``epsilon``, keep it.

    The records must have been linked. Raises Unready without the extra ``research``; Invalid for unknown or repeated
    columns, an epsilon out of range or too many combinations; Refused where earlier exports have spent the budget;
    Conflict where another came meanwhile.
    """
    if not columns or len(set(columns)) != len(columns) or not set(columns) <= set(COLUMNS):
        raise Invalid("research-columns-unknown", columns=", ".join(columns), known=", ".join(COLUMNS))
    try:
        drawing = importlib.import_module("traboule.figures.disclosure.research")
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "opendp":
            raise
        raise Unready("research-extra-missing") from missing
    found = the_operation(operation)
    persons, codes = coded_persons(resolve(inputs_now(call, found), found))
    made = drawing.synthesise(
        [{name: person[name] for name in columns} for person in persons],
        {name: codes[name] for name in columns},
        epsilon=epsilon,
        spent=research.spent(found.code),
    )
    guarantee = {language: made.guarantee(language) for language in LANGUAGES}
    return research.store_export(
        found.code, (made.columns, made.rows), epsilon=epsilon, guarantee=guarantee, by=call.by, at=call.at
    )
