"""Content that is always the same and compresses as real files do: words, numbers, and some bytes without pattern."""

from __future__ import annotations

import hashlib


def _words() -> bytes:
    vocabulary = [hashlib.sha256(b"%d" % number).hexdigest()[: 2 + number % 9].encode() for number in range(400)]
    parts: list[bytes] = []
    state = 1
    for line in range(3_000):
        words = []
        for _ in range(12):
            state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            words.append(vocabulary[(state >> 8) % 400 if state & 0x10000 else (state >> 8) % 40])
        parts.append(b"%d %s\n" % (line, b" ".join(words)))
        if not line % 100:
            parts.append(hashlib.sha512(b"%d" % line).digest() * (1 + line % 3) + bytes(line % 700))
    return b"".join(parts) * 5


WORDS = _words()
