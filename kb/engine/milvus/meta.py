"""Which generations there are, what each was made with, which one is served, who reads one.

``NAME`` is an alias for the collection that is served (``NAME_g000007``); ``NAME_meta`` holds rows
of text by key: ``g000007/manifest``, ``g000007/terms/0003``, ``lease/g000007/…``.
"""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
import zlib
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from kb.engine.milvus.encode import Circle
from kb.engine.milvus.schema import make_meta
from kb.engine.milvus.server import SECONDS, Server
from kb.engine.protocol import Versions
from kb.errors import IndexCorrupt

CHUNK = 60_000
"""Characters of a row."""

LEASE_SECONDS = 300.0
"""A generation that somebody read so lately is not removed; renewed when half of it is over."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made with. ``circles``: who may read what there is in it."""

    generation: int
    versions: Versions
    passages: int
    circles: tuple[Circle, ...] = ()
    catalogue: str = ""


@dataclass(slots=True)
class Terms:
    """In how many passages each token stands, and how many tokens each field has altogether: what
    BM25 needs to know of the whole generation, by the letter of the field."""

    having: Counter[str] = field(default_factory=Counter)
    lengths: Counter[str] = field(default_factory=Counter)

    def count(self, columns: tuple[str, ...], sign: int) -> None:
        """Take a passage in (1) or out again (-1), by its columns."""
        tokens = [token for column in columns for token in column.split()]
        for token in set(tokens):
            self.having[token] += sign
            if not self.having[token]:
                del self.having[token]
        for token in tokens:
            self.lengths[token[0]] += sign


class Meta:
    """Reads and writes it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._name = f"{server.name}_meta"

    def collection(self, number: int) -> str:
        """Of a generation."""
        return f"{self._server.name}_g{number:06d}"

    def current(self) -> int | None:
        """The generation that is served."""
        server = self._server
        aliases = server.ask("查询", lambda: server.client.list_aliases(timeout=SECONDS))
        if server.name not in _aliases(aliases):
            return None
        told = server.ask("查询", lambda: server.client.describe_alias(server.name))
        return self._number(str(told["collection_name"]))

    def numbers(self) -> list[int]:
        """Generations that have a collection, published or not, ascending."""
        found = self._server.ask("查询", self._server.client.list_collections)
        return sorted(n for n in map(self._number, found) if n is not None)

    def _number(self, collection: str) -> int | None:
        found = re.fullmatch(re.escape(self._server.name) + r"_g(\d{6,})", collection)
        return int(found[1]) if found else None

    def serve(self, number: int) -> None:
        """Switch the alias, at once."""
        client, alias = self._server.client, self._server.name
        act = client.create_alias if self.current() is None else client.alter_alias
        self._server.ask("切换", lambda: act(self.collection(number), alias, timeout=SECONDS))

    # -- rows ---------------------------------------------------------------------------------

    def write(self, manifest: Manifest, terms: Terms) -> None:
        """Note a generation, before it is served."""
        make_meta(self._server, self._name)
        head = f"g{manifest.generation:06d}"
        body = json.dumps({"having": terms.having, "lengths": terms.lengths})
        packed = base64.b64encode(zlib.compress(body.encode("ascii"), 6)).decode("ascii")
        parts = [packed[i : i + CHUNK] for i in range(0, len(packed), CHUNK)]
        rows = {f"{head}/terms/{i:04d}": part for i, part in enumerate(parts)}
        told = json.dumps(asdict(manifest) | {"parts": len(parts)}, ensure_ascii=True)
        whole = [told[i : i + CHUNK] for i in range(0, len(told), CHUNK)]
        rows |= {f"{head}/manifest/{i:04d}": part for i, part in enumerate(whole)}
        self._put(rows)

    def manifest(self, number: int) -> Manifest:
        """Raises `IndexCorrupt` where it is not there or cannot be read."""
        return self._manifest(number)[0]

    def published(self, number: int) -> bool:
        """Whether it was noted in full: one that was not never was served."""
        return bool(self._rows(f"g{number:06d}/manifest/"))

    def terms(self, number: int) -> Terms:
        """Raises `IndexCorrupt` where they are not there in full."""
        parts = self._rows(f"g{number:06d}/terms/")
        if len(parts) != self._manifest(number)[1]:
            raise self._torn(number, "词表不全")
        try:
            told = json.loads(zlib.decompress(base64.b64decode("".join(parts))))
            return Terms(Counter(told["having"]), Counter(told["lengths"]))
        except (ValueError, KeyError, zlib.error) as error:
            raise self._torn(number, str(error)) from error

    def _manifest(self, number: int) -> tuple[Manifest, int]:
        rows = self._rows(f"g{number:06d}/manifest/")
        try:
            told: dict[str, Any] = json.loads("".join(rows))
            parts = int(told.pop("parts"))
            made = Versions(**told.pop("versions"))
            circles = tuple(tuple(c) for c in told.pop("circles"))
            return Manifest(versions=made, circles=circles, **told), parts
        except (ValueError, KeyError, TypeError) as error:
            raise self._torn(number, str(error)) from error

    def _torn(self, number: int, why: str) -> IndexCorrupt:
        return IndexCorrupt(
            f"Milvus 中第 {number} 代索引的清单读不出来：{why}",
            hint="运行 kb index --full 重建",
        )

    def _rows(self, head: str) -> list[str]:
        if not self._server.has(self._name):
            return []
        found = self._server.rows(self._name, f'key like "{head}%"', ["body"])
        return [str(row["body"]) for row in found]

    def _put(self, rows: dict[str, str]) -> None:
        made = [{"key": k, "body": body, "nothing": [1.0, 0.0]} for k, body in rows.items()]
        self._server.put(self._name, made)

    def _delete(self, keys: list[str]) -> None:
        self._server.delete(self._name, keys)

    def remove(self, number: int) -> None:
        """Remove a generation with what is noted of it. Idempotent."""
        self._server.drop(self.collection(number))
        if self._server.has(self._name):
            head = f"g{number:06d}/"
            rows = self._server.rows(self._name, f'key like "{head}%"', [])
            self._delete([str(row["key"]) for row in rows])

    # -- leases -------------------------------------------------------------------------------

    def read_by(self) -> set[int]:
        """Generations that somebody reads. Forgets leases that have run out."""
        live, over = set(), []
        if self._server.has(self._name):
            for row in self._server.rows(self._name, 'key like "lease/%"', ["body"]):
                if float(row["body"]) > time.time():
                    live.add(int(str(row["key"]).split("/")[1][1:]))
                else:
                    over.append(str(row["key"]))
            self._delete(over)
        return live


class Lease:
    """That somebody reads a generation. Kept alive by use."""

    def __init__(self, meta: Meta, number: int) -> None:
        self._meta = meta
        self._key = f"lease/g{number:06d}/{uuid.uuid4().hex}"
        self._until = 0.0

    def renew(self) -> None:
        """Whenever something is read."""
        now = time.time()
        if self._until - now < LEASE_SECONDS / 2:
            self._until = now + LEASE_SECONDS
            self._meta._put({self._key: f"{self._until:.0f}"})

    def end(self) -> None:
        """Nobody reads it any more. Idempotent."""
        if self._until:
            self._until = 0.0
            self._meta._delete([self._key])


def _aliases(found: Any) -> list[str]:
    return list(found.get("aliases", ())) if isinstance(found, dict) else list(found or ())
