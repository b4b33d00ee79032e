"""Vectors fetched from another engine, kept in a file until the index that they go to is built: a
move that was stopped goes on after the last one that lies there whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kb.engine.embedded.codec import Codec
from kb.engine.embedded.segments import encoded
from kb.engine.protocol import Vectors

KEY, CHECK = 16, 8
"""Bytes of an id's digest, and of that of a record."""

Fetch = Callable[[Sequence[str]], Vectors]


class Staged:
    """Asked for the same ids in the same order, it fetches only those that it does not hold."""

    def __init__(self, path: Path, dimensions: int, fetch: Fetch) -> None:
        self._codec = Codec(dimensions)
        self._dimensions = dimensions
        self._width = KEY + 1 + dimensions + CHECK
        self._fetch = fetch
        self._path = path
        self._file = path.open("r+b" if path.exists() else "w+b")
        self.held = 0
        """How many were there already."""

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The next ones, shape (len(ids), dimensions), as `kb.engine.protocol.Reader.vectors`."""
        found = np.zeros((len(ids), self._dimensions), np.float32)
        keys = [hashlib.blake2b(raw, digest_size=KEY).digest() for raw in encoded(ids)]
        here = self._here(keys)
        if here:
            codes = np.frombuffer(b"".join(code for _, code in here), np.uint8)
            found[: len(here)] = self._codec.decode(codes.reshape(len(here), self._dimensions))
            found[: len(here)][[not has for has, _ in here]] = 0.0
            self.held += len(here)
        if rest := list(ids[len(here) :]):
            fetched = self._fetch(rest)
            found[len(here) :] = fetched
            has: list[bool] = np.any(fetched, axis=1).tolist()
            codes = self._codec.encode(fetched, stored=True)
            self._file.truncate()
            for key, one, code in zip(keys[len(here) :], has, codes, strict=True):
                body = key + bytes([one]) + bytes(code)
                self._file.write(body + hashlib.blake2b(body, digest_size=CHECK).digest())
            self._file.flush()
        return found

    def close(self, *, done: bool) -> None:
        """Let go of the file; remove it where all is done."""
        self._file.close()
        if done:
            self._path.unlink(missing_ok=True)

    def _here(self, keys: Sequence[bytes]) -> list[tuple[bool, bytes]]:
        """Records that lie here whole, of the first so many keys; the file stands after them."""
        found: list[tuple[bool, bytes]] = []
        for key in keys:
            start = self._file.tell()
            record = self._file.read(self._width)
            body = record[:-CHECK]
            sound = hashlib.blake2b(body, digest_size=CHECK).digest() == record[-CHECK:]
            if len(record) < self._width or body[:KEY] != key or not sound:
                self._file.seek(start)
                break
            found.append((bool(body[KEY]), body[KEY + 1 :]))
        return found
