"""What is kept of a passage beside its words, as one digest: the same in every engine."""

from __future__ import annotations

import hashlib

from kb.engine.embedded.segments import encoded
from kb.model import Kind, Tier


def stamp(
    kind: Kind, tier: Tier, audience: str, valid_from: int, valid_to: int, codes: bytes
) -> str:
    """32 hexadecimal digits.

    Args:
        kind, tier, audience, valid_from, valid_to: as in `kb.engine.protocol.Entry`.
        codes: the vector as `kb.engine.embedded.codec.Codec` keeps it; b"" where there is none.
    """
    found = hashlib.blake2b(encoded([audience])[0], digest_size=16)
    found.update(repr((kind.value, tier.value, valid_from, valid_to)).encode("ascii"))
    found.update(codes)
    return found.hexdigest()
