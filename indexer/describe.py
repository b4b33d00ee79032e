"""A document's description: what a person states comes first, then what the text says.

Order of belief: a person's correction, manifest, front matter, the text. Each property
keeps the words it came from, so that a person can check it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from indexer.facts import relations, when
from indexer.facts.corrected import Correction, apply, raised
from indexer.facts.issuer import issuer
from indexer.facts.kind import kind
from indexer.facts.number import number
from indexer.facts.stated import stated
from indexer.facts.view import View, view
from indexer.reading import Reading
from indexer.secrecy import stated_tier
from indexer.structure import Part
from kb.law.force import force_of
from kb.model import Description, Fact, Force, Kind, Mention, Tier

NAME_DATE = re.compile(r"\s*[(（]\d{4}(?:-\d{1,2}-\d{1,2})?[)）]$")
MOST = 200
"""Mentions kept of each sort; a list of repealed rules can be long, a faulty one endless."""


def describe(
    part: Part,
    reading: Reading,
    *,
    path: str,
    overrides: Mapping[str, Any],
    corrected: Mapping[str, Correction] = MappingProxyType({}),
    notice: Part | None = None,
) -> Description:
    """Describe one document.

    Args:
        part: its title and outline.
        reading: the file, for front matter and restrictions printed in its head.
        path: its path in identifiers; folder and file name are weak evidence.
        overrides: the manifest's entry, checked by `indexer.manifest`.
        corrected: what a person corrected in the page, by field; it goes before all else.
        notice: the document that issues this one, in the same file.
    """
    facts: dict[str, Fact] = {}
    said = stated(reading.meta, overrides, facts)
    said |= apply(corrected, facts)
    title = said.get("title") or _title(part, reading, path, facts)
    seen = view(title, part.nodes)
    by = view(notice.title, notice.nodes) if notice else None
    read = _Reader(seen, by, path, facts)

    which = Kind(said["kind"]) if "kind" in said else read.kind()
    # «in said» even where it is None: a person may say that there is none.
    issued = said["issued"] if "issued" in said else read.issued()
    effective = said["effective"] if "effective" in said else read.effective(issued)
    organ = said["issuer"] if "issuer" in said else read.issuer()
    tier = Tier(said.get("tier", Tier.INTERNAL))
    if "tier" not in said and (restricted := stated_tier(reading)):
        tier = restricted[0]
        facts["tier"] = Fact(tier.label, "rule", restricted[1])
    tier = raised(tier, corrected, facts)
    level = Force(said["level"]) if "level" in said else force_of(organ, title, path)
    if level is not Force.NONE:
        rests = f"制发机关：{organ}" if organ else f"所在文件夹与标题：{path}"
        facts.setdefault("level", Fact(level.value, "rule", rests))
    short = tuple(relations.short_names(node.text for node in part.nodes))[:MOST]
    if short:
        facts["abbreviations"] = Fact(short[0][0], "rule", _saying(part, short[0][0]))
    return Description(
        title=title,
        kind=which,
        number=said["number"] if "number" in said else read.number(),
        issuer=organ,
        department=said.get("department", ""),
        owner=said.get("owner", ""),
        persons=tuple(said.get("persons", ())),
        force=level,
        tier=tier,
        issued=issued,
        effective=effective,
        expires=said["expires"] if "expires" in said else read.expires(effective or issued),
        review=said.get("review"),
        bases=read.bases() if which is Kind.REGULATION else (),
        repeals=read.mentions("repeals", relations.repeals(seen)),
        amends=read.mentions("amends", relations.amends(seen)),
        abbreviations=short,
        replaces=said.get("replaces", ""),
        replaces_how=said.get("how", ""),
        origin=said.get("origin", ""),
        facts=tuple(sorted(facts.items())),
    )


def _saying(part: Part, short: str) -> str:
    """The line that introduces a 简称."""
    lines = (line for node in part.nodes for line in node.text.split("\n"))
    return next((line[:200] for line in lines if "以下" in line and short in line), "")


class _Reader:
    """Asks the rules and notes, for each answer, the words it rests on."""

    def __init__(self, seen: View, notice: View | None, path: str, facts: dict[str, Fact]) -> None:
        self.seen, self.notice, self.path, self.facts = seen, notice, path, facts

    def kind(self) -> Kind:
        """制度, 经验 or 资料."""
        value, self.facts["kind"] = kind(self.seen, self.path)
        return value

    def number(self) -> str:
        """发文字号; that of the notice where the document has none."""
        return self._text(
            "number", number(self.seen) or (number(self.notice) if self.notice else None)
        )

    def issuer(self) -> str:
        """The issuing organ; that of the notice where the document names none."""
        return self._text(
            "issuer", issuer(self.seen) or (issuer(self.notice) if self.notice else None)
        )

    def issued(self) -> date | None:
        """The day of issue."""
        return self._date("issued", when.issued(self.seen, self.path, self.notice))

    def effective(self, issued: date | None) -> date | None:
        """The day from which it holds."""
        day = when.promulgated(self.seen, issued, self.path)
        return self._date("effective", when.effective(self.seen, day, self.notice))

    def expires(self, start: date | None) -> date | None:
        """The day on which it ends of itself."""
        return self._date("expires", when.expires(self.seen, start, self.notice))

    def bases(self) -> tuple[Mention, ...]:
        """Documents it is made under; where it names none, the words alone are kept."""
        found = self.mentions("bases", relations.bases(self.seen))
        if not found and (words := relations.basis_sentence(self.seen)):
            self.facts["bases"] = Fact("", "rule", words[:200])
        return found

    def mentions(self, name: str, found: Any) -> tuple[Mention, ...]:
        """Documents named, with the first sentence as evidence."""
        kept: list[Mention] = []
        for mention, evidence in found:
            if len(kept) < MOST:
                kept.append(mention)
                self.facts.setdefault(name, Fact(mention.title, "rule", evidence[:200]))
        return tuple(kept)

    def _text(self, name: str, found: tuple[str, Fact] | None) -> str:
        if found is None:
            return ""
        value, self.facts[name] = found
        return value

    def _date(self, name: str, found: tuple[date, Fact] | None) -> date | None:
        if found is None:
            return None
        value, self.facts[name] = found
        return value


def _title(part: Part, reading: Reading, path: str, facts: dict[str, Fact]) -> str:
    """The document's own title, else what the file calls itself, else the file's name."""
    if part.title:
        facts["title"] = Fact(part.title, "rule", part.title)
        return part.title
    name = PurePosixPath(path.partition("!")[0]).stem
    name = NAME_DATE.sub("", name) or name
    facts["title"] = Fact(name, "rule", "文件名")
    return name
