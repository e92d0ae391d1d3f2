"""The tree against the vectors of Certificate Transparency (those of RFC 6962's reference implementation), and against
its definition in the RFC, word for word.
"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traboule.ledger import merkle
from traboule.ledger.verifier import is_consistent, is_included, leaf_hash, node_hash, root_of

ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def defined_root(leaves: list[bytes]) -> bytes:
    """Return MTH of RFC 6962, 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def defined_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """Return PATH of RFC 6962, 2.1.1, as it is written there."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*defined_path(index, leaves[:split]), defined_root(leaves[split:])]
    return [*defined_path(index - split, leaves[split:]), defined_root(leaves[:split])]


def defined_proof(old: int, leaves: list[bytes], *, is_whole: bool = True) -> list[bytes]:
    """Return PROOF of RFC 6962, 2.1.2 (SUBPROOF), as it is written there."""
    if old == len(leaves):
        return [] if is_whole else [defined_root(leaves)]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if old <= split:
        return [*defined_proof(old, leaves[:split], is_whole=is_whole), defined_root(leaves[split:])]
    return [*defined_proof(old - split, leaves[split:], is_whole=False), defined_root(leaves[:split])]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size]
    assert merkle.root(size, merkle.memory(LEAVES)).hex() == ROOTS[size]


@pytest.mark.parametrize(("place", "proof"), INCLUSION.items())
def test_inclusion_proofs_are_those_of_certificate_transparency(place: tuple[int, int], proof: list[str]) -> None:
    index, size = place
    made = merkle.inclusion_proof(index, size, merkle.memory(LEAVES))
    assert [node.hex() for node in made] == proof
    assert is_included(LEAVES[index], index, size, made, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("sizes", "proof"), CONSISTENCY.items())
def test_consistency_proofs_are_those_of_certificate_transparency(sizes: tuple[int, int], proof: list[str]) -> None:
    old, new = sizes
    made = merkle.consistency_proof(old, new, merkle.memory(LEAVES))
    assert [node.hex() for node in made] == proof
    assert is_consistent((old, bytes.fromhex(ROOTS[old])), (new, bytes.fromhex(ROOTS[new])), made)


trees = st.integers(1, 130).map(lambda size: [leaf_hash(bytes([place])) for place in range(size)])


@given(trees, st.data())
def test_proofs_follow_the_definition_and_verify(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)), "size")
    old, index = data.draw(st.integers(1, size), "old"), data.draw(st.integers(0, size - 1), "index")
    fetch, root = merkle.memory(leaves), defined_root(leaves[:size])
    assert merkle.root(size, fetch) == root == root_of(leaves[:size])
    inclusion, consistency = merkle.inclusion_proof(index, size, fetch), merkle.consistency_proof(old, size, fetch)
    assert inclusion == defined_path(index, leaves[:size])
    assert consistency == defined_proof(old, leaves[:size])
    assert is_included(leaves[index], index, size, inclusion, root)
    assert is_consistent((old, defined_root(leaves[:old])), (size, root), consistency)


@given(trees, st.data())
def test_nothing_else_is_included(leaves: list[bytes], data: st.DataObject) -> None:
    size = len(leaves)
    index = data.draw(st.integers(0, size - 1), "index")
    proof, root = merkle.inclusion_proof(index, size, merkle.memory(leaves)), root_of(leaves)
    wrong = data.draw(st.integers(-1, size).filter(lambda place: place != index), "wrong")
    assert not is_included(leaves[index], wrong, size, proof, root)
    assert not is_included(leaf_hash(b"forged"), index, size, proof, root)
    assert not is_included(leaves[index], index, size, [*proof, root], root)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1), "place")
        assert not is_included(leaves[index], index, size, proof[:-1], root)
        flipped = [*proof[:place], bytes([proof[place][0] ^ 1]) + proof[place][1:], *proof[place + 1 :]]
        assert not is_included(leaves[index], index, size, flipped, root)


@given(trees, st.data())
def test_a_fork_is_consistent_with_nothing(leaves: list[bytes], data: st.DataObject) -> None:
    size = len(leaves)
    old = data.draw(st.integers(1, size), "old")
    changed = data.draw(st.integers(0, old - 1), "changed")
    fork = [*leaves[:changed], leaf_hash(b"fork"), *leaves[changed + 1 :]]
    earlier, later = (old, root_of(leaves[:old])), (size, root_of(fork))
    assert not is_consistent(earlier, later, merkle.consistency_proof(old, size, merkle.memory(fork)))
    assert not is_consistent(earlier, later, merkle.consistency_proof(old, size, merkle.memory(leaves)))
    assert not is_consistent((size + 1, root_of(leaves)), (size, root_of(leaves)), [])


def test_an_append_reads_and_writes_few_nodes() -> None:
    nodes: dict[merkle.Coordinate, bytes] = {}
    most_read = most_written = 0

    def fetch(needed: set[merkle.Coordinate]) -> dict[merkle.Coordinate, bytes]:
        nonlocal most_read
        most_read = max(most_read, len(needed))
        return {coordinate: nodes[coordinate] for coordinate in needed}

    for index in range(4096):
        added = merkle.added_nodes(index, leaf_hash(b"%d" % index), fetch)
        most_written = max(most_written, len(added))
        nodes.update(added)
    assert most_read == 12
    assert most_written == 13
    assert len(nodes) == 2 * 4096 - 1


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_there_is_no_proof_between_trees_that_are_none(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no such tree"):
        merkle.consistency_proof(old, new, merkle.memory(LEAVES))


def test_what_is_no_proof_proves_nothing() -> None:
    roots = [root_of(LEAVES[:size]) for size in range(len(LEAVES) + 1)]
    assert is_consistent((3, roots[3]), (3, roots[3]), [])
    assert is_consistent((0, roots[0]), (3, roots[3]), [])
    for old, new, proof, first, second in (
        (3, 3, [LEAVES[0]], roots[3], roots[3]),
        (3, 3, [], roots[3], roots[4]),
        (0, 3, [LEAVES[0]], roots[0], roots[3]),
        (0, 3, [], roots[1], roots[3]),
        (4, 3, [], roots[4], roots[3]),
        (-1, 3, [LEAVES[0]], roots[1], roots[3]),
        (3, 5, [], roots[3], roots[5]),
        (4, 5, [], roots[4], roots[5]),
    ):
        assert is_consistent((old, first), (new, second), proof) is False


def test_a_proof_with_a_hash_too_many_proves_nothing() -> None:
    nodes = merkle.memory(LEAVES)
    for size in range(1, len(LEAVES) + 1):
        root = root_of(LEAVES[:size])
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, nodes)
            assert is_included(LEAVES[index], index, size, proof, root)
            assert not is_included(LEAVES[index], index, size, [*proof, LEAVES[0]], root)
            assert not is_included(LEAVES[index], index + size, size, proof, root)
        for old in range(1, size):
            proof = merkle.consistency_proof(old, size, nodes)
            assert is_consistent((old, root_of(LEAVES[:old])), (size, root), proof)
            assert not is_consistent((old, root_of(LEAVES[:old])), (size, root), [*proof, LEAVES[0]])
            assert not is_consistent((old, root_of(LEAVES[:old])), (size, root), proof[:-1])


def test_a_root_has_the_shape_of_the_rfc_beyond_eight_leaves() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(21)]

    def by_definition(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return part[0]
        split = 1 << (len(part) - 1).bit_length() - 1
        return node_hash(by_definition(part[:split]), by_definition(part[split:]))

    for size in range(1, 22):
        assert root_of(leaves[:size]) == by_definition(leaves[:size])
