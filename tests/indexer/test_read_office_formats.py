"""Workbooks, slides, mail, old Office files."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from support.office_files import docx_from_markdown

from indexer.readers import legacy, read_bytes, xls
from kb.errors import ReadError


def workbook(build) -> bytes:  # type: ignore[no-untyped-def]
    book = openpyxl.Workbook()
    build(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_xlsx_merged_cells_captions_and_remarks() -> None:
    def build(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet.title = "采购统计"
        sheet.append(["2025年度采购统计表"])
        sheet.merge_cells("A1:C1")
        sheet.append(["处室", "零星采购", None])
        sheet.append([None, "件数", "金额"])
        sheet.merge_cells("B2:C2")
        sheet.append(["办公室", 3, 1.25])
        sheet.append(["财务处", 12, date(2025, 3, 1)])
        sheet.append(["注：金额单位为万元。"])
        hidden = book.create_sheet("底稿")
        hidden.append(["不读"])
        hidden.sheet_state = "hidden"

    reading = read_bytes(workbook(build), "a.xlsx")
    heading, caption, table, remark = reading.blocks
    assert (heading.kind, heading.text) == ("heading", "采购统计")
    assert (caption.kind, caption.text) == ("caption", "2025年度采购统计表")
    assert table.rows == (
        ("处室", "零星采购·件数", "零星采购·金额"),
        ("办公室", "3", "1.25"),
        ("财务处", "12", "2025年3月1日"),
    )
    assert remark.text == "注：金额单位为万元。"
    assert "底稿" in reading.notes[0]


def test_xlsx_blank_row_parts_tables() -> None:
    def build(book: openpyxl.Workbook) -> None:
        for row in (["甲", "乙"], [1, 2], [], ["丙", "丁"], [3, 4]):
            book.active.append(row)

    tables = [b for b in read_bytes(workbook(build), "a.xlsx").blocks if b.kind == "table"]
    assert [t.rows[0] for t in tables if t.rows] == [("甲", "乙"), ("丙", "丁")]


def test_xlsx_shares_in_per_cent_and_formulas_without_a_value() -> None:
    def build(book: openpyxl.Workbook) -> None:
        book.active.append(["处室", "执行率", "占比"])
        book.active.append(["办公室", 0.953, 0.5])
        book.active["B2"].number_format = "0.0%"
        book.active["C2"].number_format = "0%"
        book.active["D2"] = "=SUM(B2:C2)"

    reading = read_bytes(workbook(build), "a.xlsx")
    assert reading.blocks[0].rows == (
        ("处室", "执行率", "占比", ""),
        ("办公室", "95.3%", "50%", ""),
    )
    assert reading.notes == ("1 个公式没有计算结果，读作空白；用 Excel 或 WPS 打开并保存一次",)


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def label(row: int, column: int, text: str) -> bytes:
    raw = text.encode("gbk")
    return record(0x0004, struct.pack("<HH3xB", row, column, len(raw)) + raw)


def test_xls() -> None:
    # BIFF 2, the oldest and plainest form of an XLS: a stream of records.
    data = (
        record(0x0009, struct.pack("<HH", 2, 0x10))
        + record(0x0042, struct.pack("<H", 936))
        + label(0, 0, "部门")
        + label(0, 1, "人数")
        + label(1, 0, "办公室")
        + record(0x0003, struct.pack("<HH3xd", 1, 1, 8.5))
        + record(0x000A, b"")
    )
    (table,) = xls.read(data, "a.xls").blocks
    assert table.rows == (("部门", "人数"), ("办公室", "8.5"))


def test_doc_by_content_and_through_libreoffice(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    docx_from_markdown("# 办法\n\n第一条　甲。\n\n第二条　乙。\n", path)
    assert read_bytes(path.read_bytes(), "a.wps").format == "docx"
    soffice = legacy.program()
    if soffice is None:
        with pytest.raises(ReadError, match="LibreOffice"):
            read_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "a.doc")
        pytest.skip("LibreOffice is not installed")
    old = legacy.convert(soffice, path.read_bytes(), "a.docx", ".docx", "doc")
    for name in ("a.doc", "a.wps"):
        reading = read_bytes(old, name)
        assert [b.text for b in reading.blocks] == ["办法", "第一条　甲。", "第二条　乙。"]
        assert "LibreOffice" in reading.notes[-1]


def test_without_libreoffice_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "program", lambda: None)
    with pytest.raises(ReadError) as raised:
        read_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "通知.doc")
    assert "LibreOffice" in raised.value.why
    assert "docx" in raised.value.hint


A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def shape(text: str, kind: str = "") -> str:
    placeholder = f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>' if kind else ""
    return f"<p:sp>{placeholder}<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"


def test_pptx_slides_in_their_order() -> None:
    grid = (
        "<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>甲</a:t></a:r></a:p>"
        '</a:txBody></a:tc><a:tc hMerge="1"/></a:tr></a:tbl></p:graphicFrame>'
    )
    slides = {
        1: shape("二、落实", "title") + shape("各处室月底前完成。") + grid,
        2: shape("培训讲稿", "ctrTitle") + shape("3", "sldNum"),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "ppt/presentation.xml",
            f'<p:presentation {P} {R}><p:sldIdLst><p:sldId r:id="r2"/><p:sldId r:id="r1"/>'
            "</p:sldIdLst></p:presentation>",
        )
        archive.writestr(
            "ppt/_rels/presentation.xml.rels",
            f'<Relationships {RELS}><Relationship Id="r1" Type="x/slide" '
            'Target="slides/slide1.xml"/><Relationship Id="r2" Type="x/slide" '
            'Target="/ppt/slides/slide2.xml"/></Relationships>',
        )
        for number, body in slides.items():
            archive.writestr(f"ppt/slides/slide{number}.xml", f"<p:sld {A} {P}>{body}</p:sld>")
    reading = read_bytes(buffer.getvalue(), "a.pptx")
    assert [(b.kind, b.level, b.page, b.text) for b in reading.blocks] == [
        ("heading", 1, 1, "培训讲稿"),
        ("heading", 2, 2, "二、落实"),
        ("paragraph", None, 2, "各处室月底前完成。"),
        ("table", None, 2, "甲"),
    ]


def test_pptx_hidden_slides_are_left_out_and_named() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "ppt/presentation.xml",
            f'<p:presentation {P} {R}><p:sldIdLst><p:sldId r:id="r1"/><p:sldId r:id="r2"/>'
            "</p:sldIdLst></p:presentation>",
        )
        relations = "".join(
            f'<Relationship Id="r{n}" Type="x/slide" Target="slides/slide{n}.xml"/>' for n in (1, 2)
        )
        archive.writestr(
            "ppt/_rels/presentation.xml.rels", f"<Relationships {RELS}>{relations}</Relationships>"
        )
        grouped = f"<p:cSld><p:spTree><p:grpSp>{shape('组内文字')}</p:grpSp></p:spTree></p:cSld>"
        archive.writestr("ppt/slides/slide1.xml", f'<p:sld {A} {P} show="0">{shape("旧")}</p:sld>')
        archive.writestr("ppt/slides/slide2.xml", f"<p:sld {A} {P}>{grouped}</p:sld>")
    reading = read_bytes(buffer.getvalue(), "a.pptx")
    assert [(b.page, b.text) for b in reading.blocks] == [(2, "组内文字")]
    assert reading.notes == ("隐藏的幻灯片（第1页）未读取",)


def test_eml_with_attachments() -> None:
    message = EmailMessage()
    message["Subject"] = "转发：印章管理办法"
    message["From"] = "办公室 <office@example.org>"
    message.set_content("各处室：\n请查收附件。\n")
    message.add_attachment(
        "# 印章办法\n\n第一条　甲。\n".encode(),
        maintype="text",
        subtype="markdown",
        filename="办法.md",
    )
    message.add_attachment(b"MZ", maintype="application", subtype="x", filename="../../程序.exe")
    reading = read_bytes(bytes(message), "a.eml")
    assert [b.text for b in reading.blocks] == [
        "转发：印章管理办法", "各处室：", "请查收附件。", "附件　办法.md", "印章办法",
        "第一条　甲。",
    ]  # fmt: skip
    assert reading.meta["发件人"] == "办公室 <office@example.org>"
    assert reading.notes == ("附件“程序.exe”未读取：不认识的文件类型（.exe）",)


def test_eml_of_an_old_program() -> None:
    """Headers in bare GB18030, a charset that is not the one used, a file name without a code."""
    message = (
        "From: 办公室 <a@example.org>\r\nSubject: 关于印章的通知\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n'
        "Content-Type: text/plain; charset=us-ascii\r\n\r\n请于三月底前报送。\r\n--x\r\n"
        'Content-Type: application/octet-stream; name="说明.txt"\r\n'
        'Content-Disposition: attachment; filename="说明.txt"\r\n\r\n附件说明。\r\n--x--\r\n'
    ).encode("gb18030")
    reading = read_bytes(message, "a.eml")
    assert [b.text for b in reading.blocks] == [
        "关于印章的通知", "请于三月底前报送。", "附件　说明.txt", "附件说明。",
    ]  # fmt: skip
    assert reading.meta["发件人"] == "办公室 <a@example.org>"


def test_eml_within_eml() -> None:
    innermost = EmailMessage()
    innermost["Subject"] = "最里"
    innermost.set_content("看不到")
    message = innermost
    for number in range(3):
        outer = EmailMessage()
        outer["Subject"] = f"第{number}层"
        outer.set_content(f"正文{number}")
        outer.add_attachment(message)
        message = outer
    reading = read_bytes(bytes(message), "a.eml")
    assert [b.text for b in reading.blocks] == [
        "第2层",
        "正文2",
        "第1层",
        "正文1",
        "第0层",
        "正文0",
    ]
    assert reading.notes == ("附件“附件1”未读取：邮件套得太深",)


def test_html_keeps_the_article_and_its_tables() -> None:
    page = (
        "<html><head><title>某局网站</title></head><body><div class='nav'>首页 &gt; 政策</div>"
        "<div class='TRS_Editor'><h1>印章办法</h1><p style='text-align:center'>（试行）</p>"
        "<p>第一条&nbsp;&nbsp;为规范<b>印章</b>管理，<br>制定本办法。</p>"
        "<table><tr><td rowspan=2>甲</td><td>1</td></tr><tr><td>2</td></tr></table></div>"
        "<div style='display:none'>隐藏</div><script>var a = '机密';</script>"
        "<footer>版权所有</footer></body></html>"
    )
    reading = read_bytes(page.encode(), "a.html")
    assert [(b.kind, b.text) for b in reading.blocks] == [
        ("heading", "印章办法"),
        ("paragraph", "（试行）"),
        ("paragraph", "第一条 为规范印章管理，"),
        ("paragraph", "制定本办法。"),
        ("table", "甲 | 1\n | 2"),
    ]
    assert reading.meta == {"title": "某局网站"}


def test_a_page_saved_as_doc_is_read_as_a_page() -> None:
    assert read_bytes("<html><body><p>正文。</p></body></html>".encode(), "a.doc").format == "html"


def test_deep_pages_do_not_break_the_reader() -> None:
    page = "<html><body>" + "<div>" * 3000 + "正文。" + "</div>" * 3000 + "</body></html>"
    try:
        reading = read_bytes(page.encode(), "a.html")
    except ReadError as error:
        assert error.path == "a.html"  # noqa: PT017 - either is a clean end
    else:
        assert reading.blocks[-1].text == "正文。"


def test_csv() -> None:
    (table,) = read_bytes("部门,人数\n办公室,8\n".encode("gb18030"), "a.csv").blocks
    assert table.rows == (("部门", "人数"), ("办公室", "8"))
