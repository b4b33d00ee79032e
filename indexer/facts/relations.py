"""Other documents that a document names: its bases, what it repeals and amends, short names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexer.facts.view import View
from kb.model import Mention

NAME = re.compile(r"《((?:[^《》]|《[^《》]*》){2,120})》")
NUMBER = re.compile(
    r"[（(]([^（()）《》]{0,20}[〔\[［【（(]\s?\d{4}\s?[〕\]］】)）]\s?第?\s?\d{1,5}\s?号"
    r"|[^（()）《》]{2,20}令?第?\s?\d{1,5}\s?号)[)）]"
)
BASIS = re.compile(
    r"(?:根据|依据|依照|遵照|按照|为(?:了)?(?:[^，。《]{0,12})?(?:贯彻|实施|执行|落实)|贯彻落实|(?<=^)贯彻)"
    r"([^。]*?)(?:制定|制订|修订本|作出|作如下|提出|特作|现[就对将]|订立|印发本|拟定|编制)"
)
REPEAL = re.compile(
    r"(?:同时|即行|一并|相应|自行|随之|均|予以|自[^，。；]{2,20}起)?\s?(?:废止|停止执行|停止使用|失效|作废)"
)
AMENDS = re.compile(
    r"对((?:《[^》]{2,90}》[、和及]?)+)[^。]{0,30}(?:作|做)(?:如下|出)[^。]{0,6}修[改订正]"
)
AMENDS_TITLE = re.compile(r"关于(?:修改|修订|修正)(.+?)(?:的|等)")
BARE = re.compile(
    r"((?:中华人民共和国)?(?:宪法|[\u4e00-\u9fff]{1,16}(?:法|法典|条例)))"
    r"(?:的?(?:有关|相关)?(?:规定|要求|精神|原则))?$"
)
LEADING = re.compile(r"^(?:根据|依据|依照|按照|我国)")
GENERIC = re.compile(r"[有其该本各不]|保障|法律|国家|法规|立法$|办法$|执法|司法$|方法|依法|合法")
EARLIER = re.compile(r"\d{4}年|原《|旧")
# «《劳动改造条例》中有关看守所的规定即行废止» ends a part of it, «《X》第三条» another.
PARTLY = re.compile(r"条|中(?:的|有关|关于|与)")
# «根据《关于修改X的决定》修正的《X》»: that decision is how X was changed, not what ends.
CHANGED_BY = re.compile(r"[^《》，、；。]{0,12}修[正改订](?!案|草案|稿)")
ITEM = re.compile(r"\s*[（(][一二三四五六七八九十\d]+[)）]")
SHORT = re.compile(
    r"[（(]以下(?:简称|统称|称)(?:为)?[：:]?\s?"
    r"[“\"「『‘]?([^”\"」』’）)，,。]{1,20})[”\"」』’]?(?:[，,；;。][^）)]{0,40})?[)）]"
)
FULL = re.compile(r"(《[^》]{2,90}》|[\u4e00-\u9fffA-Za-z0-9]{2,40})\s?$")
LONGEST = 93
"""Characters of the longest name that a short one may stand for, its 《》 and a blank included."""


def bases(view: View) -> Iterator[tuple[Mention, str]]:
    """Documents under which this one is made (根据《X》…制定本办法), with the sentence.

    Looked for in the first articles and in the words before them; each document once.
    """
    found: dict[str, tuple[Mention, str]] = {}
    for sentence in _sentences([*view.head, *view.opening, *view.first]):
        if ITEM.match(sentence):
            continue  # «（一）证券交易所根据《公司法》作出的决定»: what others do
        for match in BASIS.finditer(sentence):
            for mention in [*mentions(match[1]), *_bare_names(match[1])]:
                if mention.title != view.title:
                    found.setdefault(mention.title, (mention, sentence))
    for title, entry in found.items():
        # «实施《气象法》办法» names in short what «中华人民共和国气象法» names in full.
        if not any(other != title and other.endswith(title) for other in found):
            yield entry


def basis_sentence(view: View) -> str:
    """The words that give a basis, also one that names no document («根据有关法律、法规»)."""
    for sentence in _sentences([*view.first, *view.head, *view.opening]):
        if match := BASIS.search(sentence):
            return match[0]
    return ""


def _bare_names(text: str) -> Iterator[Mention]:
    """Laws named without 《》: «根据宪法和立法法，制定本法»."""
    bare = NAME.sub("、", text)
    for piece in re.split(r"[、，,及与]|(?<!共)和|以及|结合.*", bare):
        if (match := BARE.match(LEADING.sub("", piece.strip()))) and not GENERIC.search(match[1]):
            yield Mention(match[1])


def repeals(view: View) -> Iterator[tuple[Mention, str]]:
    """Documents that this one ends (《X》同时废止), with the sentence.

    Only in the closing articles and the issuing words: 停止执行 in the body is procedure.
    """
    seen: set[str] = set()
    for sentence in _sentences([*view.closing, *view.head, *view.opening, *view.tail]):
        end = None
        for match in REPEAL.finditer(sentence):
            end = match.start()
        if not end or "《" not in sentence[:end] or PARTLY.search(_after_last_name(sentence[:end])):
            continue
        for mention in mentions(sentence[:end], unless=CHANGED_BY):
            # An earlier text of the same name is named with its day or number.
            own = mention.title == view.title and not (mention.number or EARLIER.search(sentence))
            if mention.title not in seen and not own:
                seen.add(mention.title)
                yield mention, sentence


def amends(view: View) -> Iterator[tuple[Mention, str]]:
    """Documents whose text this one changes (关于修改《X》的决定; 对《X》作如下修改)."""
    seen: set[str] = set()
    if (titled := AMENDS_TITLE.search(view.title)) and "《" in titled[1]:
        for mention in mentions(titled[1]):
            seen.add(mention.title)
            yield mention, view.title
    for sentence in _sentences([*view.head, *view.opening]):
        if match := AMENDS.search(sentence):
            for mention in mentions(match[1]):
                if mention.title not in seen:
                    seen.add(mention.title)
                    yield mention, sentence


def short_names(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(short name, full name) of each «（以下简称“…”)»; a document's name without its 《》."""
    seen: set[str] = set()
    for text in texts:
        if "以下" not in text:
            continue
        for match in SHORT.finditer(text):
            short = match[1].strip().strip("《》")
            # Looked for backwards from the bracket: forwards every letter could begin a name.
            full = FULL.search(text, max(0, match.start() - LONGEST), match.start())
            if short and short not in seen and full:
                seen.add(short)
                yield short, re.sub(r"^(?:结合|由|对|向|在|经)", "", full[1].strip("《》"))


def mentions(text: str, *, unless: re.Pattern[str] | None = None) -> Iterator[Mention]:
    """Documents named in 《》, each with the number in brackets behind it; not those that
    ``unless`` follows."""
    for match in NAME.finditer(text):
        if unless is not None and unless.match(text, match.end()):
            continue
        number = NUMBER.match(text, match.end())
        title = match[1].replace("<", "〈").replace(">", "〉").strip()
        yield Mention(title, number[1].strip() if number else "")


def _after_last_name(text: str) -> str:
    """What stands between the last name and the verb: «第三条» there means a part only."""
    return text[text.rfind("》") + 1 :]


def _sentences(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for sentence in re.split(r"(?<=[。；\n])", text):
            if sentence.strip():
                yield sentence.strip()
