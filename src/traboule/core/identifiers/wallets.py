"""Normalise addresses of crypto wallets, and verify the checksum where the chain has one.

In: an address as filed, with or without a scheme such as ``bitcoin:``. Out: its normal form, and whether its checksum
is right. Guaranteed: pure, never raises. Sources: Base58Check as Bitcoin and its relatives write it (Tron: version byte
0x41); BIP 173 (Bech32) and BIP 350 (Bech32m, witness version 1 and up); EIP-55 (capital letters of an Ethereum
address); Keccak as submitted to NIST, before the padding of FIPS 202.
"""

from __future__ import annotations

import hashlib
import re

from traboule.core.identifiers.validity import Read, malformed, proved

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# First letter of an address to the version bytes it can stand for: Bitcoin, Litecoin, Dogecoin, Tron.
_VERSIONS = {
    "1": (0x00,),
    "3": (0x05,),
    "L": (0x30,),
    "M": (0x32,),
    "D": (0x1E,),
    "T": (0x41,),
}
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_END, _BECH32M_END = 1, 0x2BC830A3
_BECH32_CHAINS = ("bc", "ltc")
_SCHEME = re.compile(
    r"^(?:bitcoin|ethereum|tron|litecoin|dogecoin|btc|eth|trx|ltc|usdt|usdc|trc20|erc20)\s*[:=]\s*", re.I
)
_HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]{40}")
_LONGEST = 120  # Monero's integrated addresses have 106 marks, Cardano's 103.
_SHORTEST = 20

_MASK64 = (1 << 64) - 1
_ROTATIONS = (
    (0, 36, 3, 41, 18),
    (1, 44, 10, 45, 2),
    (62, 6, 43, 15, 61),
    (28, 55, 25, 21, 56),
    (27, 20, 39, 8, 14),
)
_RATE = 136  # Bytes that one round of Keccak-256 takes in.


def read_wallet(text: str) -> Read:
    """Return the address; chains without a checksum, and those not known here, cannot be proved."""
    address = re.sub(r"\s", "", _SCHEME.sub("", text.strip())).split("?")[0]
    if _HEXADECIMAL.fullmatch(address):
        return _ethereum(address[2:])
    chain = address.partition("1")[0].lower()
    if chain in _BECH32_CHAINS:
        if address not in (address.lower(), address.upper()):
            return malformed(address.lower())  # BIP 173: never both cases in one address.
        return proved(address.lower(), _bech32_holds(chain, address[len(chain) + 1 :].lower()))
    if address[:1] in _VERSIONS and 25 <= len(address) <= 36 and all(mark in _BASE58 for mark in address):
        return proved(address, _base58_holds(address))
    if not _SHORTEST <= len(address) <= _LONGEST or not address.isascii() or not address.isalnum():
        return malformed(address)
    return Read(address)


def _ethereum(digits: str) -> Read:
    """Return the address in small letters; only one in both cases carries a checksum (EIP-55)."""
    small = digits.lower()
    normal = f"0x{small}"
    if digits in (small, digits.upper()):
        return Read(normal)
    hashed = keccak_256(small.encode()).hex()
    checksummed = "".join(
        mark.upper() if int(nibble, 16) > 7 else mark for mark, nibble in zip(small, hashed, strict=False)
    )
    return proved(normal, checksummed == digits)


def _base58_holds(address: str) -> bool:
    number = 0
    for mark in address:
        number = number * 58 + _BASE58.index(mark)
    if number.bit_length() > 25 * 8:
        return False
    raw = number.to_bytes(25, "big")
    sum_holds = hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]
    return sum_holds and raw[0] in _VERSIONS[address[0]]


def _bech32_holds(chain: str, data: str) -> bool:
    if not 6 < len(data) < 88 or any(mark not in _BECH32 for mark in data):
        return False
    values = [_BECH32.index(mark) for mark in data]
    spread = [*(ord(mark) >> 5 for mark in chain), 0, *(ord(mark) & 31 for mark in chain)]
    checksum = 1
    for value in (*spread, *values):
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for place, step in enumerate(_BECH32_STEPS):
            checksum ^= step if top >> place & 1 else 0
    return checksum == (_BECH32_END if values[0] == 0 else _BECH32M_END)


def keccak_256(message: bytes) -> bytes:
    """Return the 32 bytes of Keccak-256 with the original padding, as Ethereum uses it (not SHA3-256)."""
    padded = bytearray(message + b"\x01" + bytes(-(len(message) + 1) % _RATE))
    padded[-1] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), _RATE):
        for place in range(_RATE // 8):
            word = int.from_bytes(padded[start + place * 8 : start + place * 8 + 8], "little")
            lanes[place % 5][place // 5] ^= word
        lanes = _permuted(lanes)
    return b"".join(lanes[place % 5][place // 5].to_bytes(8, "little") for place in range(4))


def _permuted(lanes: list[list[int]]) -> list[list[int]]:
    """Return the state after the 24 rounds of Keccak-f[1600]."""
    register = 1
    for _ in range(24):
        columns = [lane[0] ^ lane[1] ^ lane[2] ^ lane[3] ^ lane[4] for lane in lanes]
        mixed = [columns[(x + 4) % 5] ^ _rotated(columns[(x + 1) % 5], 1) for x in range(5)]
        turned = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                turned[y][(2 * x + 3 * y) % 5] = _rotated(lanes[x][y] ^ mixed[x], _ROTATIONS[x][y])
        lanes = [
            [turned[x][y] ^ (~turned[(x + 1) % 5][y] & turned[(x + 2) % 5][y] & _MASK64) for y in range(5)]
            for x in range(5)
        ]
        for power in range(7):
            # The round constant comes from a shift register with the polynomial x^8 + x^6 + x^5 + x^4 + 1.
            register = (register << 1 ^ (register >> 7) * 0x71) & 0xFF
            if register & 2:
                lanes[0][0] ^= 1 << ((1 << power) - 1)
    return lanes


def _rotated(word: int, by: int) -> int:
    return (word << by | word >> (64 - by)) & _MASK64 if by else word
