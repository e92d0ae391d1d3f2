"""Verify a ledger's bundle and receipts: one file, Python's standard library alone, made to be copied out.

In: a bundle (``traboule ledger export``), the log's public key as its owner published it, and receipts of returns. Out:
what does not agree, and exit status 1 where anything does not. Guaranteed: nothing else of Traboule is needed, so that
whoever distrusts the desk reads these lines and no others.

    python3 verifier.py BUNDLE --key KEY [--receipt FILE …] [--documents FOLDER]

Merkle tree: RFC 6962, section 2.1, its verification as in RFC 9162. Notes, checkpoints and cosignatures: C2SP
``signed-note``, ``tlog-checkpoint``, ``tlog-cosignature``. Ed25519: RFC 8032, section 5.1.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "traboule-ledger-bundle/1"
ED25519, COSIGNATURE = 1, 4  # Types of keys in signed notes.
DASH = "\u2014"


class Faulty(ValueError):
    """Something that does not verify; the first argument is a key of ``SENTENCES``, the others its values."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """Return the root over leaf hashes; of an empty tree, the hash of nothing."""
    peaks: list[tuple[int, bytes]] = []  # Complete subtrees from the left, as (height, hash).
    for leaf in leaves:
        height, digest = 0, leaf
        while peaks and peaks[-1][0] == height:
            height, digest = height + 1, node_hash(peaks.pop()[1], digest)
        peaks.append((height, digest))
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks.pop()[1]
    while peaks:
        root = node_hash(peaks.pop()[1], root)
    return root


def is_included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Tell whether ``proof`` shows that the leaf hash ``leaf`` stands at ``index`` of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, digest = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            digest = node_hash(sibling, digest)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and digest == root


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: list[bytes]) -> bool:
    """Tell whether ``proof`` shows that the tree ``old`` (size, root) begins the tree ``new`` (RFC 9162, 2.1.4.2)."""
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size in (0, new_size):
        empty = hashlib.sha256(b"").digest()
        return not proof and (old_root == new_root if old_size == new_size else old_root == empty)
    if not 0 < old_size < new_size:
        return False
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


# --- Ed25519 (verification alone: it handles no secret, so it need not be constant in time)

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_SQUARE_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def _add(left: _Point, right: _Point) -> _Point:
    a, b = (left[1] - left[0]) * (right[1] - right[0]) % _P, (left[1] + left[0]) * (right[1] + right[0]) % _P
    c, d = 2 * left[3] * right[3] * _D % _P, 2 * left[2] * right[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiply(scalar: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _point(encoded: bytes) -> _Point | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _SQUARE_ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether ``signature`` is that of ``message`` by the holder of an Ed25519 key."""
    if len(public_key) != 32 or len(signature) != 64 or _BASE is None:
        return False
    key, commitment = _point(public_key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= _ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % _ORDER
    left, right = _multiply(scalar, _BASE), _add(commitment, _multiply(challenge, key))
    return not ((left[0] * right[2] - right[0] * left[2]) % _P or (left[1] * right[2] - right[1] * left[2]) % _P)


class VerifierKey(NamedTuple):
    """A public key as C2SP writes it: ``name+id+base64``. ``type`` is ED25519 or COSIGNATURE."""

    name: str
    id: bytes
    type: int
    public_key: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a key. Raises Faulty where it is none of the two types, or its id is not its own."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            blob = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as wrong:
            raise Faulty("key-malformed") from wrong
        if len(blob) != 33 or blob[0] not in (ED25519, COSIGNATURE):
            raise Faulty("key-malformed")
        key = cls(name, identifier(name, blob), blob[0], blob[1:])
        if key.id.hex() != key_id or not name:
            raise Faulty("key-malformed")
        return key


class Checkpoint(NamedTuple):
    """What a log says of itself: its name, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes


def identifier(name: str, blob: bytes) -> bytes:
    """Return the id of a key: four bytes of the hash of its name, type and key."""
    return hashlib.sha256(name.encode() + b"\n" + blob).digest()[:4]


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return a note's text and its signatures as (name, bytes). Raises Faulty for what is no signed note."""
    text, separator, tail = note.rpartition("\n\n")
    signatures = []
    try:
        for line in tail.splitlines():
            dash, name, encoded = line.split(" ")
            if dash != DASH:
                raise Faulty("note-malformed")
            signatures.append((name, base64.b64decode(encoded, validate=True)))
    except (ValueError, binascii.Error) as wrong:
        raise Faulty("note-malformed") from wrong
    if not separator or not signatures or not note.endswith("\n"):
        raise Faulty("note-malformed")
    return text + "\n", signatures


def checkpoint_in(text: str) -> Checkpoint:
    """Return the checkpoint that a note's text is. Raises Faulty where it is none."""
    lines = text.split("\n")
    try:
        origin, size, root = lines[0], lines[1], base64.b64decode(lines[2], validate=True)
    except (IndexError, ValueError, binascii.Error) as wrong:
        raise Faulty("note-malformed") from wrong
    if not origin or not size.isascii() or not size.isdigit() or str(int(size)) != size or len(root) != 32:
        raise Faulty("note-malformed")
    return Checkpoint(origin, int(size), root)


def is_note_signed(note: str, key: VerifierKey) -> bool:
    """Tell whether ``key`` signed a note, or cosigned the checkpoint in it."""
    text, signatures = split_note(note)
    for name, blob in signatures:
        if name != key.name or blob[:4] != key.id:
            continue
        if key.type == ED25519:
            return is_signed(key.public_key, text.encode(), blob[4:])
        moment = int.from_bytes(blob[4:12], "big")
        return is_signed(key.public_key, cosigned(text, moment), blob[12:])
    return False


def cosigned(text: str, moment: int) -> bytes:
    """Return what a witness signs of a checkpoint's text at ``moment`` (seconds since 1970)."""
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def verified_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint in a note signed by ``key``. Raises Faulty where it is not, or is of another log."""
    if not is_note_signed(note, key):
        raise Faulty("checkpoint-unsigned")
    checkpoint = checkpoint_in(split_note(note)[0])
    if checkpoint.origin != key.name:
        raise Faulty("checkpoint-unsigned")
    return checkpoint


def check_bundle(bundle: dict[str, Any], key: VerifierKey) -> list[bytes]:
    """Return the leaf hashes of a bundle whose entries give its signed checkpoint. Raises Faulty."""
    if bundle.get("format") != FORMAT:
        raise Faulty("bundle-malformed")
    checkpoint = verified_checkpoint(bundle["checkpoint"], key)
    leaves = [leaf_hash(entry.encode()) for entry in bundle["entries"]]
    if len(leaves) != checkpoint.size or root_of(leaves) != checkpoint.root:
        raise Faulty("bundle-altered", checkpoint.size)
    return leaves


def check_receipt(receipt: dict[str, Any], key: VerifierKey, leaves: list[bytes] | None = None) -> Checkpoint:
    """Return the checkpoint of a receipt whose entry is proved by it, and stands in the log ``leaves`` still.

    Raises Faulty.
    """
    proof, plain = receipt["ledger"], {name: value for name, value in receipt.items() if name != "ledger"}
    checkpoint = verified_checkpoint(proof["checkpoint"], key)
    path = [base64.b64decode(node) for node in proof["inclusion"]]
    leaf = leaf_hash(proof["entry"].encode())
    if not is_included(leaf, proof["index"], checkpoint.size, path, checkpoint.root):
        raise Faulty("receipt-altered")
    if json.loads(proof["entry"])["result"] != hashlib.sha256(canonical(plain)).hexdigest():
        raise Faulty("receipt-altered")
    if leaves is not None and (checkpoint.size > len(leaves) or root_of(leaves[: checkpoint.size]) != checkpoint.root):
        raise Faulty("ledger-forked", checkpoint.size)
    return checkpoint


def check_documents(bundle: dict[str, Any], folder: Path) -> int:
    """Return how many files of ``folder`` have bytes that the log names as issued. Raises Faulty for any other file."""
    anchors = (json.loads(entry)["anchors"] for entry in bundle["entries"])
    issued = {digest for names in anchors for name, digest in names.items() if name.startswith("bytes/")}
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for path in files:
        if hashlib.sha256(path.read_bytes()).hexdigest() not in issued:
            raise Faulty("document-altered", path.name)
    return len(files)


def canonical(plain: object) -> bytes:
    """Return plain values as the bytes that are hashed: JSON, keys sorted, no spaces, UTF-8."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def main(arguments: list[str] | None = None) -> int:
    """Verify what the arguments name and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", required=True)
    parser.add_argument("--receipt", type=Path, action="append", default=[])
    parser.add_argument("--documents", type=Path)
    options = parser.parse_args(arguments)
    try:
        key = VerifierKey.parse(options.key)
        bundle = json.loads(options.bundle.read_text(encoding="utf-8"))
        leaves = check_bundle(bundle, key)
        _say("bundle-good", len(leaves))
        for path in options.receipt:
            checkpoint = check_receipt(json.loads(path.read_text(encoding="utf-8")), key, leaves)
            _say("receipt-good", path.name, checkpoint.size)
        if options.documents:
            _say("documents-good", check_documents(bundle, options.documents))
    except Faulty as fault:
        _say(*fault.args)
        return 1
    except (OSError, KeyError, TypeError, AttributeError, ValueError):
        _say("bundle-malformed")
        return 1
    return 0


def _say(code: str, *values: object) -> None:
    languages = [os.environ.get(name, "")[:2] for name in ("TRABOULE_LANGUAGE", "LC_ALL", "LANG")]
    language = next((name for name in languages if name in SENTENCES), "en")
    isolated = [f"\u2068{value}\u2069" if language == "ar" else value for value in values]
    sys.stdout.write(SENTENCES[language][code].format(*isolated) + "\n")


# In four languages here, since no catalogue travels with a file that is copied out.
SENTENCES = {
    "en": {
        "bundle-good": "The ledger is whole: its {0} entries give the signed checkpoint.",
        "receipt-good": "{0}: its entry stands in the ledger, whose first {1} entries are those of then.",
        "documents-good": "All {0} documents are those issued.",
        "bundle-malformed": "A file is neither a bundle of “traboule ledger export” nor a receipt.",
        "bundle-altered": "The entries do not give the signed checkpoint of {0}: some were altered, dropped or moved.",
        "key-malformed": "This is no key: it is written NAME+ID+KEY, as “traboule ledger key” shows it.",
        "note-malformed": "The checkpoint cannot be read.",
        "checkpoint-unsigned": "The checkpoint is not signed by this key.",
        "receipt-altered": "The receipt is not the one that the ledger recorded.",
        "ledger-forked": "The first {0} entries are not those of the receipt: the ledger was forked or cut off.",
        "document-altered": "{0} is not a document as issued.",
    },
    "fr": {
        "bundle-good": "Le registre est intact : ses {0} entrées donnent le point de contrôle signé.",
        "receipt-good": "{0} : son entrée figure au registre, dont les {1} premières entrées sont celles d’alors.",
        "documents-good": "Les {0} documents sont tels que publiés.",
        "bundle-malformed": "Un fichier n’est ni un paquet de « traboule ledger export » ni un reçu.",
        "bundle-altered": "Les entrées ne donnent pas le point de contrôle signé de {0} : altérées ou déplacées.",
        "key-malformed": "Ce n’est pas une clé : elle s’écrit NOM+ID+CLÉ, comme l’affiche « traboule ledger key ».",
        "note-malformed": "Le point de contrôle est illisible.",
        "checkpoint-unsigned": "Le point de contrôle n’est pas signé par cette clé.",
        "receipt-altered": "Le reçu n’est pas celui que le registre a consigné.",
        "ledger-forked": "Les {0} premières entrées ne sont pas celles du reçu : registre bifurqué ou coupé.",
        "document-altered": "{0} n’est pas un document tel que publié.",
    },
    "es": {
        "bundle-good": "El registro está íntegro: sus {0} asientos dan el punto de control firmado.",
        "receipt-good": "{0}: su asiento consta en el registro, cuyos primeros {1} asientos son los de entonces.",
        "documents-good": "Los {0} documentos son los publicados.",
        "bundle-malformed": "Un archivo no es ni un paquete de «traboule ledger export» ni un recibo.",
        "bundle-altered": "Los asientos no dan el punto de control firmado de {0}: alterados, quitados o movidos.",
        "key-malformed": "Esto no es una clave: se escribe NOMBRE+ID+CLAVE, como la muestra «traboule ledger key».",
        "note-malformed": "El punto de control no se puede leer.",
        "checkpoint-unsigned": "El punto de control no está firmado con esta clave.",
        "receipt-altered": "El recibo no es el que consta en el registro.",
        "ledger-forked": "Los primeros {0} asientos no son los del recibo: el registro se bifurcó o se cortó.",
        "document-altered": "{0} no es un documento tal como se publicó.",
    },
    "ar": {
        "bundle-good": "السجل سليم: قيوده ({0}) تعطي نقطة التحقق الموقَّعة.",
        "receipt-good": "{0}: قيده ثابت في السجل، وقيوده الأولى ({1}) هي قيود ذلك الحين.",
        "documents-good": "جميع الوثائق ({0}) مطابقة لما صدر.",
        "bundle-malformed": "أحد الملفات ليس حزمة من «traboule ledger export» ولا إيصالًا.",
        "bundle-altered": "القيود لا تعطي نقطة التحقق الموقَّعة ({0}): عُدِّل قيد أو حُذف أو أُضيف أو نُقل.",
        "key-malformed": "هذا ليس مفتاحًا: يُكتب NAME+ID+KEY كما يعرضه «traboule ledger key».",
        "note-malformed": "تعذرت قراءة نقطة التحقق.",
        "checkpoint-unsigned": "نقطة التحقق غير موقَّعة بهذا المفتاح.",
        "receipt-altered": "الإيصال ليس الذي قيّده السجل.",
        "ledger-forked": "القيود الأولى ({0}) ليست قيود الإيصال: تفرّع السجل أو قُطع.",
        "document-altered": "{0} ليس وثيقة كما صدرت.",
    },
}

if __name__ == "__main__":
    sys.exit(main())
