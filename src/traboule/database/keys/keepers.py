"""The root key in the hands of keepers: three shares, of which any two give it back (SLIP-39).

In: a root key, or shares as words. Out: shares, or the root key in the memory of this machine. Guaranteed: one share
tells nothing of the key; a root key is put in place only where its fingerprint is the one on record; in memory it lies
in a folder of its own, for its user's eyes alone, and never on a disk but where the kernel swaps memory out.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics

from traboule.core.errors import Conflict, Refused, Unready
from traboule.database.keys import root_key, rotation
from traboule.database.keys.files import KeyFiles
from traboule.database.keys.root_key import KEEPERS, ROOT

SHARES = 3
NEEDED = 2
_MEMORY = frozenset({"tmpfs", "ramfs"})
_FOLDER = "traboule-root-"


def split(root: str) -> tuple[str, ...]:
    """Return the shares of a root key, each as words."""
    ((*shares,),) = generate_mnemonics(1, [(NEEDED, SHARES)], root_key.to_bytes(root))
    return tuple(shares)


def combine(shares: Sequence[str]) -> str:
    """Return the root key of ``shares``.

    Raises Refused where there are too few, one is mistyped, or they are of different keys.
    """
    read = {}
    for number, words in enumerate(filter(str.strip, shares), start=1):
        try:
            share = Share.from_mnemonic(" ".join(words.lower().split()))
        except (MnemonicError, ValueError) as mistyped:
            raise Refused("keys-share-mistyped", number=number) from mistyped
        read[share.index] = share
    if len(read) < NEEDED:
        raise Refused("keys-shares-few", needed=NEEDED)
    try:
        return root_key.from_bytes(combine_mnemonics([share.mnemonic() for share in list(read.values())[:NEEDED]]))
    except MnemonicError as apart:
        raise Refused("keys-shares-differ") from apart


def hand_over(files: KeyFiles, root: str, *, keep_file: bool = False) -> None:
    """Let ``root``, whose shares keepers have got, be the root key instead of the one in force.

    With ``keep_file`` it lies in the folder of keys too, until it is locked; else in this machine's memory alone.
    """
    rotation.rotate(files, root)
    root_key.record_keepers(files, root)
    if not keep_file and not is_in_memory(files):
        put_in_memory(files, root)


def unlock(files: KeyFiles, shares: Sequence[str]) -> None:
    """Put the root key of ``shares`` into this machine's memory.

    Raises Conflict where there are no keepers or it is unlocked, Refused for shares that do not give the root key on
    record, Unready where no folder of this machine lies in memory.
    """
    if not files.has(KEEPERS):
        raise Conflict("keys-without-keepers")
    if files.has(ROOT):
        raise Conflict("keys-unlocked")
    root = combine(shares)
    if root_key.fingerprint(root) != root_key.fingerprint_with_keepers(files):
        raise Refused("keys-shares-of-another-key")
    put_in_memory(files, root)


def lock(files: KeyFiles) -> None:
    """Take the root key away from this machine. Raises Conflict where no keepers have it, or it is locked."""
    if not files.has(KEEPERS):
        raise Conflict("keys-without-keepers")
    if not files.has(ROOT):
        raise Conflict("keys-locked-already")
    _remove(files.folder / ROOT)


def put_in_memory(files: KeyFiles, root: str) -> None:
    """Let the root key lie in memory, and a link to it in the folder of keys instead of any file."""
    path, folder = files.folder / ROOT, Path(tempfile.mkdtemp(prefix=_FOLDER, dir=memory()))
    KeyFiles(folder).write(ROOT, root)
    link = files.folder / f".{ROOT}-{folder.name}"
    link.symlink_to(folder / ROOT)
    earlier = path.resolve() if path.is_symlink() else None
    link.replace(path)
    if earlier is not None and earlier.parent.name.startswith(_FOLDER):
        shutil.rmtree(earlier.parent, ignore_errors=True)


def is_in_memory(files: KeyFiles) -> bool:
    """Tell whether the root key lies in memory."""
    return (files.folder / ROOT).is_symlink() and files.has(ROOT)


def _remove(path: Path) -> None:
    lying = path.resolve()
    path.unlink()
    if lying.parent.name.startswith(_FOLDER):
        shutil.rmtree(lying.parent)


def memory() -> Path:
    """Return a folder in memory that this process may write into. Raises Unready where there is none."""
    candidates = (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{os.geteuid()}", "/run", "/dev/shm")  # noqa: S108
    kinds = _kinds_of_mounts()
    for place in filter(None, candidates):
        path = Path(place)
        if path.is_dir() and os.access(path, os.W_OK | os.X_OK) and _kind(path.resolve(), kinds) in _MEMORY:
            return path
    raise Unready("keys-no-memory")


def _kinds_of_mounts() -> dict[str, str]:
    """Return the kind of file system by the place where it is mounted, as the kernel tells."""
    kinds = {}
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        mount, _, source = line.partition(" - ")
        kinds[mount.split()[4]] = source.split()[0]
    return kinds


def _kind(path: Path, kinds: dict[str, str]) -> str:
    return next((kinds[str(place)] for place in (path, *path.parents) if str(place) in kinds), "")
