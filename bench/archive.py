"""Our side of the historical benchmark, in a process of its own: learn, link and cluster at several thresholds.

In: the set's parquet file and a folder; out: ``clusters.parquet`` there (``unique_id`` and one column of cluster names
a threshold), and one JSON line. It says nothing of the truth: thresholds are chosen by whoever reads the clusters. They
are bits of a link's weight, as Splink's are, without the rival explanation by relatives: this set has no families.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.machine import peak_mb
from bench.people import ON, prepared
from traboule.linkage.cluster import Links, cluster
from traboule.linkage.decisions import REJECTED
from traboule.linkage.matching.compare import contradictions
from traboule.linkage.matching.packed_records import PackedRecords, pack
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.resolve import LinkInputs, LinkResult, resolve
from traboule.linkage.weights.training import train

THRESHOLDS = (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)  # Bits.


def inputs(records: pa.Table) -> LinkInputs:
    """Return the register's tables, filed in Britain; a postcode is filed as an address."""
    britain = pa.array(["GB"] * len(records), pa.string())
    nothing = pa.nulls(len(records), pa.string())
    record = pc.binary_join_element_wise("GB/archive", records["unique_id"], "/")
    people = pa.table(
        {
            "record": record,
            "unit": britain,
            "birth_precision": nothing,
            "age_band": nothing,
            "sex": records["gender"],
            "citizenships": pa.array([[]] * len(records), pa.list_(pa.string())),
        }
    )
    identities = pa.table(
        {
            "record": record,
            "unit": britain,
            "family_name": records["surname"],
            "given_names": records["first_name"],
            "family_name_romanised": nothing,
            "given_names_romanised": nothing,
            "other_names": records["full_name"],
            "birth_date": records["dob"],
            "birth_place": records["birth_place"],
        }
    )
    held = pc.is_valid(records["postcode_fake"])
    identifiers = pa.table(
        {
            "record": pc.binary_join_element_wise(record.filter(held), "address", "/"),
            "unit": britain.filter(pc.fill_null(held, False).combine_chunks()),
            "person_record": record.filter(held),
            "kind": pa.array(["address"] * pc.sum(held).as_py(), pa.string()),
            "value": records["postcode_fake"].filter(held),
            "issuer": pa.nulls(pc.sum(held).as_py(), pa.string()),
        }
    )
    return LinkInputs(people, identities, identifiers, ON)


def clustered(records: PersonRecords, packed: PackedRecords, result: LinkResult, threshold: float) -> list[str]:
    """Return the cluster of each record where links from ``threshold`` hold, those rejected left out."""
    held = pc.and_(pc.not_equal(result.links["status"], REJECTED), pc.greater_equal(result.links["weight"], threshold))
    links = result.links.filter(held)
    names = pa.array(records.records)
    place = {side: pc.index_in(links[side], value_set=names).to_numpy().astype(np.int64) for side in ("left", "right")}
    nothing = np.zeros(len(links), dtype=np.bool_)
    found = cluster(
        len(records),
        Links(place["left"], place["right"], links["weight"].to_numpy(), nothing, nothing),
        set(),
        lambda one, other: contradictions(packed, one, other),
    )
    return [records.records[label] for label in found.label.tolist()]


def run(path: Path, out: Path) -> dict[str, Any]:
    """Learn, link, cluster; write the clusters."""
    given = inputs(pq.read_table(path))
    started = time.perf_counter()
    records = prepared(given)
    model = train(records, seed=1)
    trained = time.perf_counter()
    result = resolve(given, model=model)
    done = time.perf_counter()
    packed = pack(records)
    columns = {str(threshold): clustered(records, packed, result, threshold) for threshold in THRESHOLDS}
    ids = [record.rpartition("/")[2] for record in records.records]
    pq.write_table(pa.table({"unique_id": ids, **columns}), out / "clusters.parquet")
    each = (time.perf_counter() - done) / len(THRESHOLDS)
    peak = peak_mb()
    return {
        "seconds": round(done - trained + each, 2),
        "train_seconds": round(trained - started, 2),
        "peak_mb": peak,
        "pairs_compared": result.compared,
    }


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]))))
