"""What rings use everywhere: phones, companies, adverts, vehicles, accounts, wallets.

In: what rows are written from. Out: rows of identifiers. Guaranteed: which ring uses a thing is drawn once; vehicles
and wallets also run between rings.
"""

from __future__ import annotations

import numpy as np

from traboule.core.language.messages import catalogue
from traboule.demo.desks.rows.pieces import Pieces, distinct_from
from traboule.demo.desks.rows.tables import FiledWorld
from traboule.demo.world import numbers
from traboule.demo.world.cases import POSSIBLE
from traboule.demo.world.draws import objects, stream
from traboule.demo.world.names import POOLS
from traboule.demo.world.places import corridors, countries


def add_rings(world: FiledWorld, pieces: Pieces) -> None:
    """Add what a ring uses everywhere: its phones, a company, an advert, a vehicle, an account, a wallet."""
    rng = stream(world.seed, "rings")
    desks, records = world.desks, world.records
    read = catalogue(POOLS, "phrases.yaml")
    words = read["remarks"]
    count = len(corridors())
    ends = [route[0] if route[0] in countries() else "GB" for route in corridors()]
    phones = distinct_from(numbers.phones(rng, objects(ends)), world.persons.phone)
    handles = numbers.handles(rng, [read["companies"][ring % len(read["companies"])] for ring in range(count)])
    of_ring = {
        "company": [
            f"{read['companies'][ring % len(read['companies'])]} {ring // len(read['companies']) + 1}"
            for ring in range(count)
        ],
        "advert": [f"offer {ring % len(read['adverts'])}" for ring in range(count)],
        "plate": numbers.plates(rng, count).tolist(),
        "vin": numbers.vehicles(rng, count).tolist(),
        "iban": numbers.accounts(rng, count).tolist(),
        "wallet": numbers.wallets(rng, count).tolist(),
    }
    ring = world.actions.ring[world.desk_action[1]]
    wording = stream(world.seed, "advert wordings").integers(0, 3, len(ring))
    remark = {"plate": "vehicle", "vin": "vehicle", "iban": "account", "wallet": "account"}
    for kind, values in of_ring.items():
        stems = np.flatnonzero((ring >= 0) & (rng.random(len(ring)) < 0.3))
        remarks = [
            desks.phrase(words[remark[kind]], desk) if kind in remark else None
            for desk in world.desk_action[0][stems].tolist()
        ]
        issuer = [ends[ring_number] if kind == "plate" else None for ring_number in ring[stems].tolist()]
        true = [values[ring_number] for ring_number in ring[stems].tolist()]
        posted = [
            read["adverts"][ring_number % len(read["adverts"])][place].format(handle=handles[ring_number])
            for ring_number, place in zip(ring[stems].tolist(), wording[stems].tolist(), strict=True)
        ]
        filed = posted if kind == "advert" else true
        pieces.of_actions(world, stems, kind, filed, remark=remarks, issuer=issuer, true=true)
    victim = (world.involved.roles[records.involvement] & POSSIBLE) > 0
    of_record = world.actions.ring[world.involved.action[records.involvement]]
    places = np.flatnonzero((of_record >= 0) & victim & (rng.random(len(records)) < 0.25))
    remarks = [desks.phrase(words["recruiter"], desk) for desk in records.desk[places].tolist()]
    pieces.of_records(world, places, "phone", phones[of_record[places]].tolist(), remark=remarks)
