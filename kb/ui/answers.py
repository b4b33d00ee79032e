"""What routes share: a file as an answer."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from starlette.responses import Response


def download(data: bytes, name: str, media_type: str, *, inline: bool = False) -> Response:
    """A file to save under ``name`` (to show, where ``inline``); nothing keeps a copy."""
    how = "inline" if inline else "attachment"
    headers = {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(Path(name).name)}",
        "Cache-Control": "no-store",
    }
    return Response(data, media_type=media_type, headers=headers)
