"""Word's automatic numbering, tables, tracked changes: what most converters lose."""

from __future__ import annotations

import io
import zipfile

import pytest

from indexer.readers.docx import read
from indexer.readers.docx_numbering import spelled
from indexer.reading import Reading

NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, numbering: str = "", styles: str = "", header: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        document = f"<w:document {NS}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", document)
        if numbering:
            archive.writestr("word/numbering.xml", f"<w:numbering {NS}>{numbering}</w:numbering>")
        if styles:
            archive.writestr("word/styles.xml", f"<w:styles {NS}>{styles}</w:styles>")
        if header:
            archive.writestr("word/header1.xml", f"<w:hdr {NS}>{header}</w:hdr>")
    return buffer.getvalue()


def p(text: str, num: int | None = None, level: int = 0, style: str = "", more: str = "") -> str:
    number = (
        f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>'
        if num is not None
        else ""
    )
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{styled}{number}{more}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def lvl(level: int, fmt: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{fmt}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def abstract(ident: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{ident}">{"".join(levels)}</w:abstractNum>'


def num(ident: int, of: int, more: str = "") -> str:
    return f'<w:num w:numId="{ident}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


RESTART = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'


def texts(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks]


def test_articles_by_automatic_numbering() -> None:
    numbering = abstract(1, lvl(0, "chineseCountingThousand", "第%1条")) + num(1, 1)
    body = "".join(p(f"内容{n}", 1) for n in range(1, 22))
    found = texts(read(docx(body, numbering), "a.docx"))
    assert found[0] == "第一条　内容1"
    assert found[10] == "第十一条　内容11"
    assert found[20] == "第二十一条　内容21"


def test_levels_restart_below_their_parent() -> None:
    numbering = abstract(
        1,
        lvl(0, "chineseCounting", "第%1章"),
        lvl(1, "chineseCounting", "（%2）"),
        lvl(2, "decimal", "%3."),
    ) + num(1, 1)
    body = (
        p("甲", 1) + p("a", 1, 1) + p("x", 1, 2) + p("y", 1, 2) + p("b", 1, 1) + p("z", 1, 2)
        + p("乙", 1) + p("c", 1, 1)
    )  # fmt: skip
    assert texts(read(docx(body, numbering), "a.docx")) == [
        "第一章　甲", "（一）a", "1. x", "2. y", "（二）b", "1. z", "第二章　乙", "（一）c",
    ]  # fmt: skip


def test_articles_run_on_through_chapters_with_lvl_restart_0() -> None:
    numbering = abstract(
        1,
        lvl(0, "chineseCounting", "第%1章"),
        lvl(1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/>'),
    ) + num(1, 1)
    body = p("总则", 1) + p("甲", 1, 1) + p("附则", 1) + p("乙", 1, 1)
    assert texts(read(docx(body, numbering), "a.docx")) == [
        "第一章　总则", "第一条　甲", "第二章　附则", "第二条　乙",
    ]  # fmt: skip


def test_nums_of_one_list_run_on_and_an_override_restarts() -> None:
    numbering = (
        abstract(1, lvl(0, "chineseCounting", "（%1）"))
        + num(1, 1) + num(2, 1) + num(3, 1, RESTART)
    )  # fmt: skip
    body = p("甲", 1) + p("乙", 2) + p("丙", 3) + p("丁", 3)
    found = texts(read(docx(body, numbering), "a.docx"))
    assert found == ["（一）甲", "（二）乙", "（一）丙", "（二）丁"]


def test_an_override_replaces_a_level() -> None:
    own = '<w:lvlOverride w:ilvl="0">' + lvl(0, "decimal", "%1、") + "</w:lvlOverride>"
    numbering = abstract(1, lvl(0, "chineseCounting", "（%1）")) + num(1, 1, own)
    assert texts(read(docx(p("甲", 1), numbering), "a.docx")) == ["1、甲"]


def test_decimal_outline_and_legal_numbers() -> None:
    numbering = abstract(
        1,
        lvl(0, "chineseCounting", "%1、"),
        lvl(1, "decimal", "%1.%2", "<w:isLgl/>"),
    ) + num(1, 1)
    body = p("甲", 1) + p("a", 1, 1) + p("b", 1, 1)
    assert texts(read(docx(body, numbering), "a.docx")) == ["一、甲", "1.1 a", "1.2 b"]


def test_numbering_from_a_style_and_its_base() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Base"><w:name w:val="条"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="我的条"/>'
        '<w:basedOn w:val="Base"/></w:style>'
    )
    numbering = abstract(1, lvl(0, "chineseCounting", "第%1条")) + num(1, 1)
    body = p("甲", style="Own") + p("乙", style="Base") + p("丙", num=0, style="Own")
    assert texts(read(docx(body, numbering, styles), "a.docx")) == [
        "第一条　甲",
        "第二条　乙",
        "丙",
    ]


def test_heading_levels_by_style_and_directly() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="toc 1"/></w:style>'
    )
    body = (
        p("节", style="2") + p("题", style="T") + p("目", style="C")
        + p("文", more='<w:outlineLvl w:val="0"/>')
        + p("身", style="2", more='<w:outlineLvl w:val="9"/>')
    )  # fmt: skip
    blocks = read(docx(body, styles=styles), "a.docx").blocks
    assert [(b.kind, b.level) for b in blocks] == [
        ("heading", 2), ("paragraph", None), ("paragraph", None), ("heading", 1),
        ("paragraph", None),
    ]  # fmt: skip
    assert blocks[1].style == "title"
    assert blocks[2].style == "toc"


def test_a_level_that_names_a_style_decides_its_level() -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{ident}"><w:name w:val="{ident}"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        for ident in ("Zhang", "Tiao")
    )
    numbering = abstract(
        1,
        lvl(0, "chineseCounting", "第%1章", '<w:pStyle w:val="Zhang"/>'),
        lvl(1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/><w:pStyle w:val="Tiao"/>'),
    ) + num(1, 1)
    body = p("总则", style="Zhang") + p("甲", style="Tiao") + p("附则", style="Zhang")
    body += p("乙", style="Tiao")
    assert texts(read(docx(body, numbering, styles), "a.docx")) == [
        "第一章　总则", "第一条　甲", "第二章　附则", "第二条　乙",
    ]  # fmt: skip


def test_starts_levels_restarts_and_overrides_together() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="5"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>'
        + lvl(1, "chineseCounting", "（%2）") + lvl(2, "decimal", "%3.") + "</w:abstractNum>"
        + num(1, 1)
        + num(2, 1, '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="3"/></w:lvlOverride>')
    )  # fmt: skip
    body = (
        p("甲", 1) + p("a", 1, 1) + p("x", 1, 2) + p("b", 2, 1) + p("y", 2, 2) + p("c", 2, 1)
        + p("乙", 1) + p("d", 1, 1)
    )  # fmt: skip
    assert texts(read(docx(body, numbering), "a.docx")) == [
        "第五条　甲", "（一）a", "1. x", "（三）b", "1. y", "（四）c", "第六条　乙", "（一）d",
    ]  # fmt: skip


def test_undefined_numbering_is_noted() -> None:
    reading = read(docx(p("甲", 7), num(1, 1)), "a.docx")
    assert texts(reading) == ["甲"]
    assert "自动编号" in reading.notes[0]


def test_tracked_changes_are_read_as_accepted() -> None:
    body = (
        "<w:p><w:r><w:t>金额在</w:t></w:r><w:del><w:r><w:delText>五</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>十</w:t></w:r></w:ins><w:r><w:t>万元以上</w:t></w:r></w:p>"
        "<w:p><w:moveFrom><w:r><w:t>旧处</w:t></w:r></w:moveFrom></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半，</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>后半。</w:t></w:r></w:p>"
    )
    assert texts(read(docx(body), "a.docx")) == ["金额在十万元以上", "前半，后半。"]


def r(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def marked(mark: str, text: str) -> str:
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    return f"<w:p><w:pPr>{number}<w:rPr><w:{mark}/></w:rPr></w:pPr>{text}</w:p>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<w:p><w:ins><w:ins>{r('甲')}</w:ins></w:ins></w:p>", ["甲"]),
        ("<w:p><w:ins><w:del><w:r><w:delText>乙</w:delText></w:r></w:del></w:ins>"
         f"{r('丙')}</w:p>", ["丙"]),
        ("<w:p><w:moveFromRangeStart/><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>"
         f"<w:moveFromRangeEnd/>{r('中')}<w:moveTo>{r('新')}</w:moveTo></w:p>", ["中新"]),
        # A paragraph that is gone counts for no number, whichever way it went.
        (marked("del", "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>") + p("留", 1),
         ["第一条　留"]),
        (marked("moveFrom", f"<w:moveFrom>{r('移')}</w:moveFrom>") + p("留", 1), ["第一条　留"]),
        (marked("ins", f"<w:ins>{r('增')}</w:ins>") + p("留", 1), ["第一条　增", "第二条　留"]),
        # What a property was before is no property now.
        ("<w:p><w:pPr><w:pPrChange><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>"
         f"</w:pPrChange></w:pPr>{r('文')}</w:p>" + p("留", 1), ["文", "第一条　留"]),
        ("<w:p><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>显</w:t></w:r></w:p>", ["显"]),
    ],
)  # fmt: skip
def test_tracked_changes_one_in_another(body: str, expected: list[str]) -> None:
    numbering = abstract(1, lvl(0, "chineseCounting", "第%1条")) + num(1, 1)
    assert texts(read(docx(body, numbering), "a.docx")) == expected


def test_tracked_changes_in_a_table() -> None:
    def tc(inner: str, props: str = "") -> str:
        return f"<w:tc><w:tcPr>{props}</w:tcPr><w:p>{inner}</w:p></w:tc>"

    deleted = "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
    body = (
        f"<w:tbl><w:tr>{tc(r('事项'))}{tc(r('限额'))}</w:tr>"
        f"<w:tr><w:trPr><w:ins/></w:trPr>{tc(r('采购'))}"
        f"{tc(deleted + '<w:ins>' + r('十万元') + '</w:ins>')}</w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr>{tc(r('删'))}{tc(r('去'))}</w:tr>"
        f"<w:tr>{tc(r('并'), '<w:cellDel/>')}{tc(r('接待'))}"
        f"{tc(r('一万元'), '<w:cellIns/>')}</w:tr>"
        "</w:tbl>"
    )
    (table,) = read(docx(body), "a.docx").blocks
    assert table.rows == (("事项", "限额"), ("采购", "十万元"), ("接待", "一万元"))


def box(text: str) -> str:
    """A text box as Word writes it: once for new programs, once more for old ones."""
    inner = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    return (
        f'<w:p><w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="wps"><w:drawing>'
        f"{inner}</w:drawing></mc:Choice><mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )


def test_a_text_box_is_no_part_of_the_text_and_counted_once() -> None:
    reading = read(docx(p("第一条　正文。") + box("内部资料")), "a.docx")
    assert texts(reading) == ["第一条　正文。"]
    assert reading.heads == ("内部资料",)
    assert reading.notes == ("文本框中的文字（4 字）未作正文",)


def test_text_boxes_alone_are_the_text() -> None:
    reading = read(docx(box("第一条　框中。") + box("第二条　框中。")), "a.docx")
    assert texts(reading) == ["第一条　框中。", "第二条　框中。"]


def test_footnotes_are_left_out_and_counted() -> None:
    stream = io.BytesIO(docx(f"<w:p>{r('正文')}</w:p>"))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(
            "word/footnotes.xml",
            f'<w:footnotes {NS}><w:footnote w:type="separator">{p("—")}</w:footnote>'
            f"<w:footnote>{p('说明文字')}</w:footnote></w:footnotes>",
        )
    reading = read(stream.getvalue(), "a.docx")
    assert texts(reading) == ["正文"]
    assert reading.notes == ("脚注、尾注 1 条未作正文",)


def test_notes_boxes_fields_and_hidden_text_are_left_out() -> None:
    body = (
        '<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r>'
        "<w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
        "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>机密★</w:t></w:r></w:p></w:txbxContent>"
        "</w:pict></w:r></w:p>"
    )
    header = "<w:p><w:r><w:t>内部资料</w:t></w:r></w:p>"
    reading = read(docx(body, header=header), "a.docx")
    assert texts(reading) == ["正文"]
    assert set(reading.heads) == {"内部资料", "机密★"}


def test_merged_cells_are_filled_once() -> None:
    def tc(text: str, props: str = "") -> str:
        return f"<w:tc><w:tcPr>{props}</w:tcPr>{p(text)}</w:tc>"

    wide, begins = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>'
    body = (
        "<w:tbl>"
        f"<w:tr>{tc('类别', wide)}{tc('标准')}</w:tr>"
        f"<w:tr>{tc('住宿', begins)}{tc('局长')}{tc('500元')}</w:tr>"
        f"<w:tr>{tc('', '<w:vMerge/>')}{tc('其他人员')}{tc('380元')}</w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr>{tc('删')}{tc('去')}{tc('了')}</w:tr>"
        "</w:tbl>"
    )
    (table,) = read(docx(body), "a.docx").blocks
    assert table.rows == (
        ("类别", "", "标准"),
        ("住宿", "局长", "500元"),
        ("", "其他人员", "380元"),
    )


def test_a_table_that_frames_text_is_opened() -> None:
    inner = p("第一条　甲") + p("第二条　乙")
    body = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    assert texts(read(docx(body), "a.docx")) == ["第一条　甲", "第二条　乙"]


def test_line_breaks_part_paragraphs_and_tabs_are_blanks() -> None:
    body = "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>"
    assert texts(read(docx(body), "a.docx")) == ["甲 乙", "丙"]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (105, "chineseCountingThousand", "一百零五"),
        (12, "ideographDigital", "一二"),
        (3, "ideographTraditional", "丙"),
        (2, "ideographZodiac", "丑"),
        (3, "chineseLegalSimplified", "叁"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (7, "decimalZero", "07"),
        (3, "decimalEnclosedCircleChinese", "③"),
        (5, "ideographEnclosedCircle", "㈤"),
        (9, "no such format", "9"),
    ],
)
def test_number_formats(value: int, number_format: str, shown: str) -> None:
    assert spelled(value, number_format) == shown
