"""The parts of an OFD (GB/T 33190-2016): documents, pages, their templates, fonts and pictures."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from indexer.readers.limits import MAX_PAGES, Archive
from kb.errors import ReadError

A4 = (210.0, 297.0)
MOST_RESOURCES = 200
"""Resource files of a document that are looked into."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1, its size in millimetres, and what is drawn on it in order,
    the templates first."""

    number: int
    width: float
    height: float
    layers: tuple[etree._Element, ...]


@dataclass(slots=True)
class Document:
    """One of the documents in the package. ``fonts`` and ``media`` give the archive's member of a
    resource id, ``units`` the drawing that is used by id."""

    archive: Archive
    root: str
    first: int
    refs: list[str] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)
    fonts: dict[str, str] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    units: dict[str, etree._Element] = field(default_factory=dict)
    size: tuple[float, float] = A4

    def __post_init__(self) -> None:
        tree = self.archive.xml(self.root)
        for element in tree.iter():
            tag = local(element)
            if tag == "TemplatePage":
                self.templates[element.get("ID", "")] = element.get("BaseLoc", "")
            elif tag == "Page":
                self.refs.append(element.get("BaseLoc", ""))
        self.size = _size(tree) or A4
        self._resources(tree)

    def _resources(self, tree: etree._Element) -> None:
        """Take up the resource files that a document or a page names."""
        names = [e.text or "" for e in tree.iter() if local(e).endswith("Res")][:MOST_RESOURCES]
        for where in (path(self.base, name.strip()) for name in names):
            if where not in self.archive:
                continue
            found = self.archive.xml(where)
            folder = path(posixpath.dirname(where), found.get("BaseLoc", ""))
            for element in found.iter():
                tag, ident = local(element), element.get("ID", "")
                if tag == "CompositeGraphicUnit":
                    self.units[ident] = element
                elif tag in ("Font", "MultiMedia"):
                    file = next((e for e in element if local(e) in ("FontFile", "MediaFile")), None)
                    if file is not None and file.text:
                        kept = self.fonts if tag == "Font" else self.media
                        kept[ident] = path(folder, file.text.strip())

    @property
    def base(self) -> str:
        """The folder of the document in the archive."""
        return posixpath.dirname(self.root)

    def page(self, index: int) -> Page:
        """The page at ``index``, from 0, parsed anew."""
        where = path(self.base, self.refs[index])
        content = self.archive.xml(where)
        self._resources(content)
        layers: list[etree._Element] = []
        for element in content:
            if local(element) == "Template":
                location = self.templates.get(element.get("TemplateID", ""), "")
                if location and path(self.base, location) in self.archive:
                    layers.append(self.archive.xml(path(self.base, location)))
        width, height = _size(content) or self.size
        return Page(self.first + index, width, height, (*layers, content))


def documents(archive: Archive, name: str) -> list[Document]:
    """The documents of a package, their pages numbered through.

    Raises:
        ReadError: there is none, or it has too many pages.
    """
    roots = [
        (element.text or "").strip().lstrip("/")
        for element in archive.xml("OFD.xml").iter()
        if local(element) == "DocRoot"
    ]
    found: list[Document] = []
    pages = 0
    for root in roots:
        found.append(Document(archive, root, pages + 1))
        pages += len(found[-1].refs)
        if pages > MAX_PAGES:
            raise ReadError(name, f"页数过多（{pages} 页）", hint="拆分后再入库")
    if not pages:
        raise ReadError(name, "OFD 中没有文档", hint="用 OFD 阅读器打开并另存一份")
    return found


def path(base: str, location: str) -> str:
    """A location in the archive, as a member's name."""
    if location.startswith("/"):
        return location.lstrip("/")
    return posixpath.normpath(posixpath.join(base, location))


def local(element: etree._Element) -> str:
    """An element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def numbers(text: str) -> list[float]:
    """The numbers of an attribute; none where one of them is not a number."""
    try:
        found = [float(part) for part in text.split()]
    except ValueError:
        return []
    return found if all(abs(value) < 1e7 for value in found) else []


def visible(layer: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """The objects of these kinds on a layer, in the order in which they are drawn."""
    for element in layer.iter():
        if local(element) in tags and element.get("Visible") != "false":
            yield element


def _size(element: etree._Element) -> tuple[float, float] | None:
    for child in element.iter():
        if local(child) == "PhysicalBox":
            box = numbers(child.text or "")
            if len(box) == 4 and box[2] > 1 and box[3] > 1:
                return box[2], box[3]
            return None
    return None
