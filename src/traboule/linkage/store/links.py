"""Define the Arrow schemas of links and clusters, for persons and things alike.

``status`` and ``tier`` hold the codes of :mod:`traboule.linkage.evidence`; ``evidence`` holds the JSON of
:mod:`traboule.linkage.explain`, as a dictionary because many links share it; ``weight`` is in bits.
"""

from __future__ import annotations

import pyarrow as pa

EVIDENCE = pa.dictionary(pa.int32(), pa.string())
_LINKS: dict[str, pa.DataType] = {
    "left": pa.string(),
    "right": pa.string(),
    "weight": pa.float64(),
    "probability": pa.float64(),
    "tier": pa.string(),
    "status": pa.string(),
    "evidence": EVIDENCE,
}
LINKS_SCHEMA = pa.schema(_LINKS)
CLUSTERS_SCHEMA = pa.schema([pa.field("record", pa.string()), pa.field("cluster", pa.string())])
