"""Research exports: a synthetic table of the operation's potential victims, with differential privacy.

In: columns and a privacy loss, epsilon. Out: the stored export, with its guarantee in words. Guaranteed: one person is
one row of the counted table, after linkage. The losses of all exports add up, and none beyond the budget is drawn. No
released figure is made from an export. Needs the extra ``research``; without it the verb is refused.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from traboule.app.dispatch import Call
from traboule.app.handlers.counting import inputs_now
from traboule.app.handlers.opening import the_operation
from traboule.core.errors import Invalid, Unready
from traboule.core.language.languages import LANGUAGES
from traboule.figures.disclosure.incidents import coded_persons
from traboule.figures.resolved.case import resolve
from traboule.release import research
from traboule.release.research import Exported, ExportTable

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
    chosen = the_operation(operation)
    persons, codes = coded_persons(resolve(inputs_now(call, chosen), chosen))
    made = drawing.synthesise(
        [{name: person[name] for name in columns} for person in persons],
        {name: codes[name] for name in columns},
        epsilon=epsilon,
        spent=research.spent(chosen.code),
    )
    guarantee = {language: made.guarantee(language) for language in LANGUAGES}
    return research.store_export(
        chosen.code, ExportTable(made.columns, made.rows), epsilon=epsilon, guarantee=guarantee, by=call.by, at=call.at
    )
