"""One person at the page without a browser: a session of his own, the page by its WebSocket.

Speaks Streamlit's own protocol (`streamlit.proto`), so that what runs on the server is the page:
the script, its widgets, the log. What a browser does with it (drawing) is left out.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import websockets
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

BOX = "问题"
"""How the label of the search box begins."""

TITLE = re.compile(r'<div class="kb-hit-title"><a[^>]*? href="([^"]+)"')


class Failed(Exception):
    """The page did not answer, or said that it could not."""


@dataclass
class Page:
    """What a run of the page drew."""

    text: str
    papers: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> Page:
        """Papers in the order of their first hit."""
        links = (parse_qs(urlsplit(html.unescape(a)).query) for a in TITLE.findall(text))
        return cls(text, [link["doc"][0] for link in links if "doc" in link])


class User:
    """One open page. ``cookie`` is that of a session, wherever it was made."""

    def __init__(self, cookie: str) -> None:
        self._cookie = cookie
        self._socket: websockets.ClientConnection | None = None
        self._page = self._box = ""

    async def open(self, port: int) -> None:
        """Open the page at a server.

        Raises:
            Failed: it does not let him in.
        """
        try:
            self._page = self._box = ""
            self._socket = await websockets.connect(
                f"ws://127.0.0.1:{port}/_stcore/stream",
                additional_headers={"Cookie": self._cookie},
                origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
                subprotocols=["streamlit"],  # type: ignore[list-item]
                max_size=None,
                open_timeout=30,
                # A server busy with others is not a dead one.
                ping_interval=None,
            )
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            raise Failed(repr(error)) from error

    async def close(self) -> None:
        """Leave it."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def ask(self, question: str) -> Page:
        """Have the search page run for a question.

        Raises:
            Failed: the connection ended, or the page says that something is wrong.
        """
        if self._socket is None:
            raise Failed("no page is open")
        message = BackMsg()
        message.rerun_script.query_string = urlencode({"q": question})
        message.rerun_script.page_script_hash = self._page
        if self._box:
            # As one types into the box; before it was drawn, the address fills it.
            typed = message.rerun_script.widget_states.widgets.add(id=self._box)
            typed.string_value = question
        drawn: dict[tuple[int, ...], str] = {}
        try:
            await self._socket.send(message.SerializeToString())
            while True:
                got = ForwardMsg()
                got.ParseFromString(await self._socket.recv(decode=False))
                kind = got.WhichOneof("type")
                if kind == "new_session":
                    self._page = got.new_session.page_script_hash
                elif kind == "delta":
                    box = got.delta.new_element.text_input
                    if box.label.startswith(BOX):
                        self._box = box.id
                    drawn[tuple(got.metadata.delta_path)] = _text(got)
                elif kind == "script_finished":
                    if got.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                        break
                    raise Failed(f"the script ended with {got.script_finished}")
        except (OSError, websockets.WebSocketException) as error:
            self._socket = None
            raise Failed(repr(error)) from error
        return Page.of("\n".join(drawn[path] for path in sorted(drawn)))


def _text(message: ForwardMsg) -> str:
    element = message.delta.new_element
    kind = element.WhichOneof("type")
    if kind == "html":
        return element.html.body
    if kind == "markdown":
        return element.markdown.body
    if kind == "alert" and element.alert.format == Alert.ERROR:
        raise Failed(element.alert.body)
    return ""
