"""Bounds on what a file may ask of the reader: archives, XML, pages, characters."""

from __future__ import annotations

import zipfile
from io import BytesIO

from lxml import etree

from kb.errors import ReadError

MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 256 * 2**20
MAX_ARCHIVE_BYTES = 1024 * 2**20
MAX_RATIO = 400
"""Office XML packs 10 to 60 times; a bomb packs 1,000 times and more."""
RATIO_FROM = 2**20
"""Below this size a ratio says nothing: a page of spaces is no attack."""
MAX_PAGES = 5_000
MAX_CHARACTERS = 30_000_000
MAX_ROWS = 200_000

BOMB_HINT = "文件可能是压缩炸弹或已损坏；确认来源后另存一份再试"


class Archive:
    """A zip read within bounds. Members are read into memory, never written to disk."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
            raise ReadError(
                name, "文件已损坏，不是完整的压缩包", hint="用原来的软件打开并另存一份"
            ) from error
        self._infos = {info.filename.lstrip("/"): info for info in infos}
        self._left = MAX_ARCHIVE_BYTES
        if len(infos) > MAX_MEMBERS:
            raise ReadError(name, f"压缩包内文件过多（{len(infos)} 个）", hint=BOMB_HINT)

    def __contains__(self, member: str) -> bool:
        return member in self._infos

    def names(self) -> list[str]:
        """The members' names, in the order of the archive."""
        return list(self._infos)

    def read(self, member: str) -> bytes:
        """The bytes of a member.

        Raises:
            ReadError: it is missing, torn, encrypted, or larger than the bounds allow.
        """
        info = self._infos.get(member)
        if info is None:
            raise ReadError(self.name, f"文件不完整，缺少 {member}", hint="重新获取该文件")
        if info.flag_bits & 1:
            raise ReadError(self.name, "文件已加密", hint="去除密码后另存一份")
        packed = max(info.compress_size, 1)
        if info.file_size > RATIO_FROM and info.file_size / packed > MAX_RATIO:
            raise ReadError(self.name, f"{member} 的压缩比异常", hint=BOMB_HINT)
        limit = min(MAX_MEMBER_BYTES, self._left)
        try:
            with self._zip.open(info) as stream:
                # One byte more than allowed: the size that a header states can be a lie.
                data = stream.read(limit + 1)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
            raise ReadError(
                self.name, f"文件已损坏（{member}）", hint="用原来的软件打开并另存一份"
            ) from error
        except Exception as error:
            # zlib.error, lzma.LZMAError and what else a torn stream raises share no base.
            raise ReadError(
                self.name, f"文件已损坏（{member}）", hint="用原来的软件打开并另存一份"
            ) from error
        if len(data) > limit:
            raise ReadError(self.name, "解压后过大", hint=BOMB_HINT)
        self._left -= len(data)
        return data

    def xml(self, member: str) -> etree._Element:
        """A member parsed by :func:`parse_xml`."""
        return parse_xml(self.read(member), self.name, member)


def parse_xml(data: bytes, name: str, what: str) -> etree._Element:
    """Parse XML without entities, network or external files, to a bounded depth.

    Raises:
        ReadError: it is not well-formed, or too deep.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(
            name, f"文件已损坏（{what} 不是有效的 XML）", hint="用原来的软件打开并另存一份"
        ) from error
    return root
