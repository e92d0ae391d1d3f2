"""Notes, checkpoints, cosignatures and tiles against the examples of C2SP and Go; Ed25519 against RFC 8032."""

from __future__ import annotations

import base64

import pytest

from traboule.ledger import merkle, tiles
from traboule.ledger.notes import Signer, checkpoint_text, key_text
from traboule.ledger.verifier import (
    Checkpoint,
    Faulty,
    VerifierKey,
    checkpoint_in,
    is_note_signed,
    is_signed,
    leaf_hash,
    split_note,
    verified_checkpoint,
)

# RFC 8032, section 7.1: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
# The example of Go's golang.org/x/mod/sumdb/note, which C2SP signed-note describes.
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of C2SP tlog-witness, with the cosignature of C2SP tlog-cosignature below it.
CHECKPOINT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
COSIGNED = (
    CHECKPOINT
    + "\n— example.com/behind-the-sofa"
    + " Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    + "— witness.example.com/w1"
    + " jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


@pytest.mark.parametrize(("public_key", "message", "signature"), RFC_8032)
def test_signatures_of_rfc_8032_verify(public_key: str, message: str, signature: str) -> None:
    key, text, signed = (bytes.fromhex(part) for part in (public_key, message, signature))
    assert is_signed(key, text, signed)
    assert not is_signed(key, text + b"!", signed)
    for place in (0, 31, 32, 63):
        flipped = bytearray(signed)
        flipped[place] ^= 1
        assert not is_signed(key, text, bytes(flipped))


def test_a_signature_has_one_form() -> None:
    """S plus the order of the group would sign too, were it not refused (RFC 8032, 5.1.7)."""
    key, _, signature = (bytes.fromhex(part) for part in RFC_8032[0])
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(signature[32:], "little") + order
    assert not is_signed(key, b"", signature[:32] + scalar.to_bytes(32, "little"))
    assert not is_signed(key[:31], b"", signature)
    assert not is_signed((2**255 - 19).to_bytes(32, "little"), b"", signature)


IDENTITY = (1).to_bytes(32, "little")  # The neutral point; as a key it makes every challenge count for nothing.
BASE = (4 * pow(5, -1, 2**255 - 19) % (2**255 - 19)).to_bytes(32, "little")


def test_a_signature_has_one_length() -> None:
    key, _, signature = (bytes.fromhex(part) for part in RFC_8032[0])
    for longer in (signature + b"\0", signature[:-1]):
        assert not is_signed(key, b"", longer)


def test_both_coordinates_of_a_signature_must_agree() -> None:
    one = (1).to_bytes(32, "little")
    assert is_signed(IDENTITY, b"", BASE + one)
    mirrored = BASE[:31] + bytes([BASE[31] | 0x80])  # The same y, the opposite x.
    assert not is_signed(IDENTITY, b"", mirrored + one)


def test_a_coordinate_has_one_form() -> None:
    """A y of p is one of nought written otherwise (RFC 8032, 5.1.3)."""
    nought, otherwise = bytes(32), (2**255 - 19).to_bytes(32, "little")
    signature = IDENTITY + bytes(32)
    messages = [bytes([number]) for number in range(64)]
    assert any(is_signed(nought, message, signature) for message in messages)
    assert not any(is_signed(otherwise, message, signature) for message in messages)


def test_signs_that_are_no_base64_are_refused() -> None:
    with pytest.raises(Faulty, match="key-malformed"):
        VerifierKey.parse(KEY[:-1] + "!" + KEY[-1])
    with pytest.raises(Faulty, match="note-malformed"):
        split_note(NOTE[:-4] + "!" + NOTE[-4:])
    with pytest.raises(Faulty, match="note-malformed"):
        checkpoint_in("origin\n1\n!" + "A" * 43 + "=\n")


def test_the_note_of_go_is_signed_byte_for_byte() -> None:
    signer = Signer.log("PeterNeumann", SEED)
    assert key_text(signer.key) == KEY
    assert VerifierKey.parse(KEY) == signer.key
    assert signer.sign(TEXT) == NOTE
    assert is_note_signed(NOTE, signer.key)
    assert not is_note_signed(NOTE.replace("problem,", "problems,"), signer.key)
    assert not is_note_signed(NOTE, Signer.log("PeterNeumann", bytes(32)).key)


def test_the_checkpoint_of_c2sp_is_read() -> None:
    text, signatures = split_note(COSIGNED)
    assert text == CHECKPOINT
    assert [(name, len(blob)) for name, blob in signatures] == [
        ("example.com/behind-the-sofa", 68),
        ("witness.example.com/w1", 76),
    ]
    assert int.from_bytes(signatures[1][1][4:12], "big") == 1679315147
    checkpoint = checkpoint_in(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint_text(checkpoint) == CHECKPOINT


def test_a_cosignature_is_a_witness_s_and_covers_its_moment() -> None:
    log, witness = Signer.log("log.example", bytes(32)), Signer.witness("witness.example", SEED)
    note = log.sign(checkpoint_text(Checkpoint("log.example", 3, merkle.EMPTY_ROOT)))
    cosigned = witness.cosign(note, 1679315147)
    assert cosigned.startswith(note)
    assert is_note_signed(cosigned, log.key)
    assert is_note_signed(cosigned, witness.key)
    assert not is_note_signed(cosigned, Signer.log("witness.example", SEED).key), "types of keys are kept apart"
    name, blob = split_note(cosigned)[1][1]
    later = base64.b64encode(blob[:11] + bytes([blob[11] ^ 1]) + blob[12:]).decode()
    assert not is_note_signed(note + f"— {name} {later}\n", witness.key)
    assert verified_checkpoint(cosigned, log.key).size == 3
    with pytest.raises(Faulty, match="checkpoint-unsigned"):
        verified_checkpoint(note, witness.key)


@pytest.mark.parametrize(
    "text", ["", "name", "name+00000000+AAAA", KEY.replace("c74f20a3", "c74f20a4"), KEY.replace("+ARpc", "+Axpc")]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Faulty, match="key-malformed"):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "origin\n", "origin\n1\n", "origin\n01\n" + "A" * 43 + "=\n", "\n1\n" + "A" * 43 + "=\n"),
        *("origin\n-1\n" + "A" * 43 + "=\n", "origin\n1\nAAAA\n", "origin\n١\n" + "A" * 43 + "=\n"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Faulty, match="note-malformed"):
        checkpoint_in(text)


@pytest.mark.parametrize("note", ["", TEXT, TEXT + "\n", NOTE[:-1], NOTE.replace("—", "-"), NOTE + "\n"])
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(Faulty, match="note-malformed"):
        split_note(note)


def test_tiles_lie_where_c2sp_says() -> None:
    assert tiles.path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.path("entries", 1234067) == "tile/entries/x001/x234/067"
    assert tiles.path(1, 1, 17) == "tile/1/001.p/17"
    listed = [tiles.path(level, index, width) for level, index, width in tiles.tiles(70_000)]
    assert listed[0] == "tile/0/000"
    assert listed[272:] == ["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]


def test_a_tile_holds_the_hashes_of_its_level() -> None:
    leaves = [leaf_hash(b"%d" % place) for place in range(600)]
    fetch = merkle.memory(leaves)
    assert tiles.hash_tile(0, 1, 256, fetch) == b"".join(leaves[256:512])
    assert tiles.hash_tile(1, 0, 2, fetch) == merkle.root(256, fetch) + merkle.root(256, merkle.memory(leaves[256:512]))
    assert tiles.entry_bundle([b"a", b"bc"]) == b"\0\1a\0\2bc"
    with pytest.raises(OverflowError):
        tiles.entry_bundle([bytes(65536)])
