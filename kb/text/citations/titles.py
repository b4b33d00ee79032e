"""Documents named whole: 《X》 without a place in it."""

from __future__ import annotations

from kb.text.citations.model import Citation
from kb.text.citations.tokens import Token, tokens


def find_titles(text: str) -> list[Citation]:
    """Every 《X》 that no place follows, in order, as a citation of the whole document.

    Forms and registers stand in 《》, too: whether there is such a document, the resolver says.
    """
    found: list[Citation] = []
    waiting: Token | None = None
    for token in (*tokens(text), None):
        if waiting is not None:
            followed = token is not None and text[waiting.end : token.start].strip() in ("", "的")
            if not followed or token is None or token.kind in ("title", "self", "rel"):
                found.append(_whole(text, waiting))
        waiting = token if token is not None and token.kind == "title" else None
    return found


def _whole(text: str, token: Token) -> Citation:
    end = text.index("》", token.start) + 1 if text[token.start] == "《" else token.end
    # A title may hold another: 《关于修改〈X〉的决定》, or 《…《X》…》.
    while text.count("《", token.start, end) > text.count("》", token.start, end):
        end = text.index("》", end) + 1
    return Citation(token.start, end, title=token.name)
