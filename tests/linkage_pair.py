"""Two records and what linkage makes of them, for tests that ask about one pair.

In come two rows of what was filed; out goes what :func:`resolve` gives under the declared model. It promises: nothing
but the two is there, so that no name is common and no value too common.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from tests.linkage_population import ENCOUNTERS, IDENTIFIERS, IDENTITIES, PEOPLE
from traboule.linkage.resolve import LinkInputs, LinkResult, resolve
from traboule.linkage.verdicts import JudgedPair
from traboule.linkage.weights.model import declared_model

ON = date(2024, 9, 29)
KINDS = (
    *("passport", "id_card", "phone", "imei", "iban", "card", "wallet"),
    *("vin", "plate", "email", "handle", "address"),
)
_ISSUED = ("passport", "id_card", "plate")
Row = dict[str, object]


def pair(left: Row, right: Row, *judgements: JudgedPair) -> LinkResult:
    """Resolve two records, FR/a/1 and ML/a/1, under the declared model."""
    people, identities, identifiers, encounters = [], [], [], []
    for record, row in (("FR/a/1", left), ("ML/a/1", right)):
        unit = record[:2]
        people.append(
            {"record": record, "unit": unit, **{name: row.get(name) for name in ("sex", "citizenships", "age_band")}}
        )
        identities.append({"record": record, "unit": unit, **{name: row.get(name) for name in IDENTITIES.names[2:]}})
        for kind in KINDS:
            if row.get(kind):
                identifiers.append(
                    {
                        "record": f"{record}/{kind}",
                        "unit": unit,
                        "person_record": record,
                        "kind": kind,
                        "value": row[kind],
                        "issuer": row.get("issuer", "LB") if kind in _ISSUED else None,
                    }
                )
        if row.get("arrested"):
            encounters.append({"person_record": record, "state": "FR", "at": row["arrested"]})
    inputs = LinkInputs(
        pa.Table.from_pylist(people, schema=PEOPLE),
        pa.Table.from_pylist(identities, schema=IDENTITIES),
        pa.Table.from_pylist(identifiers, schema=IDENTIFIERS),
        ON,
        pa.Table.from_pylist(encounters, schema=ENCOUNTERS),
    )
    return resolve(inputs, judgements=judgements, model=declared_model())
