"""Every address: what it is called, what may be asked with it, who answers, in which form."""

from __future__ import annotations

from dataclasses import dataclass

from kb.api import answers
from kb.api.asked import DOCUMENT, NUMBER, PROVISION, Param, Text
from kb.api.door import Make


@dataclass(frozen=True, slots=True)
class Address:
    """One. ``path`` as Starlette has it; ``form``: name of a schema, "" for a file."""

    path: str
    summary: str
    make: Make
    form: str
    place: Text | None = None
    params: tuple[Param, ...] = ()

    @property
    def described(self) -> str:
        """The path as OpenAPI has it."""
        return self.path.replace(":path}", "}")


ADDRESSES = (
    Address("/v1/search", "检索", answers.search, "Search", params=answers.SEARCH),
    Address(
        "/v1/documents/{id:path}", "一份文件", answers.document, "Document", DOCUMENT, answers.DATED
    ),
    Address(
        "/v1/provisions/{id:path}",
        "一条、一款或一项",
        answers.provision,
        "Provision",
        PROVISION,
        answers.DATED,
    ),
    Address("/v1/packs", "参阅材料清单", answers.packs, "Packs"),
    Address(
        "/v1/packs/{number}/file", "参阅材料的文件", answers.pack_file, "", NUMBER, answers.FILE
    ),
    Address("/v1/packs/{number}", "一份参阅材料", answers.pack, "Pack", NUMBER),
)
