"""Packs over the example papers: pages, LibreOffice, fonts, and fifty of them traced."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from kb.decide import make, render_bytes, store
from kb.decide.check import check
from kb.decide.drafts import change, open_draft
from kb.decide.edits import Act
from kb.decide.render.fonts import stand_ins
from kb.decide.render.pdf import pages
from kb.decide.template import load_template, names
from kb.model import Kind, Scope

TODAY = Scope.everything(as_of=datetime(2026, 11, 24, tzinfo=UTC).date())
MADE = datetime(2026, 11, 24, 9, tzinfo=UTC)
THREE = {
    "采购一批设备": ("20万元的采购由谁批准？", "采购前要做什么论证？", "去年怎么办的？"),
    "外借公章": ("外借公章由谁批准？", "借期最长多久？", "用印前要交什么材料？"),
    "举办全市会议": ("会议费标准是多少？", "要不要上会？", "会议纪要几天内印发？"),
}


def made(base, topic, name, **more):
    return make(
        base, TODAY, topic=topic, questions=THREE.get(topic, ()), template=name, made=MADE,
        background="现将有关情况报告如下，请审定。", maker="办公室", **more,
    )  # fmt: skip


LONG = "采购一批办公设备（含电脑、打印机、会议系统及其配套软件的更新和维护服务）"


@pytest.mark.parametrize("topic", [*THREE, LONG])
@pytest.mark.parametrize("name", [n for n in names() if load_template(n).pages])
def test_the_pages_are_as_many_as_the_template_allows(base, topic, name):
    template = load_template(name)
    pack = made(base, topic, name)
    body = sum(1 for section in pack.sections if not section.annex)
    begins = pages(pack, template)
    if template.cover:  # annexes begin on a page of their own and are not counted
        assert begins[body] - 1 <= template.pages
        return
    found = len(PdfReader(BytesIO(render_bytes(pack, "pdf"))).pages)
    assert found <= template.pages
    if name == "汇报":
        assert found >= 3


@pytest.mark.soak
@pytest.mark.parametrize("topic", [*THREE, LONG])
@pytest.mark.parametrize("name", names())
def test_libreoffice_breaks_pages_nearly_as_we_do(base, topic, name, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    pack = made(base, topic, name)
    (tmp_path / "a.docx").write_bytes(render_bytes(pack, "docx"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], check=True, capture_output=True)
    ours = _begins(render_bytes(pack, "pdf"), pack)
    theirs = _begins((tmp_path / "a.pdf").read_bytes(), pack)
    template = load_template(name)
    if (most := template.pages) and not template.cover:
        assert len(PdfReader(tmp_path / "a.pdf").pages) <= most
    assert set(ours) == set(theirs)
    assert {title: (ours[title], theirs[title]) for title in ours} == {
        title: (ours[title], theirs[title])
        for title in ours
        if abs(ours[title] - theirs[title]) <= 1
    }


def _begins(content: bytes, pack) -> dict[str, int]:
    """Section → page on which its heading stands (the last that has it: not the contents)."""
    found: dict[str, int] = {}
    for number, page in enumerate(PdfReader(BytesIO(content)).pages):
        text = re.sub(r"\s", "", page.extract_text())
        for section in pack.sections:
            head = section.title if section.annex else f"、{section.title}"
            if head in text and (section.annex or section.title not in found or number < 3):
                found[section.title] = number
    return found


def test_fonts_read_back_from_the_pdf(base):
    content = render_bytes(made(base, "外借公章", "简要说明"), "pdf")
    used = set()
    for page in PdfReader(BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():
            used.add(str(font.get_object()["/BaseFont"]).partition("+")[2].lower())
    wanted = {name.lower().replace(" ", "") for name in stand_ins().values()}
    assert used
    assert all(any(name[:8] in font for font in used) for name in wanted), (used, wanted)


SEED = 7
FIELDS = (
    "同意。",
    "须两人同行；归还当日登记。",
    "=1+1",
    '<b>粗</b> & "引"',
    "第一行\n第二行",
    "𠮷䶮〇",
    "W" * 300,
    "请#set(x)审定$x^2$",
    "拟" * 900,
)


def generated(base, people, count: int, seed: int):
    """Drafts on topics drawn from the papers' own headings, edited at random."""
    draw = random.Random(seed)
    titles = [
        heading
        for paper in base.documents(TODAY)
        if paper.kind is Kind.REGULATION
        for row in base.document(paper.path, TODAY).passages
        for heading in row.passage.heading[-1:]
    ]
    for _ in range(count):
        topic = re.sub(r"^第.{1,4}[章节]\s*", "", draw.choice(titles)) + draw.choice(
            ("", "怎么办", "审批")
        )
        pack = make(
            base, TODAY, topic=topic, questions=draw.sample(QUESTIONS, draw.randint(0, 4)),
            template=draw.choice(names()), made=MADE, maker=draw.choice(("", "办公室")),
        )  # fmt: skip
        store(people, pack)
        for _ in range(draw.randint(0, 5)):
            draft = open_draft(people, pack.id)
            act = _act(draft, draw)
            if act is not None:
                change(base, people, TODAY, pack.id, act, who="甲<i>", based_on=draft.row.version)
        yield open_draft(people, pack.id)


QUESTIONS = (
    "由谁批准？", "几天内办结？", "限额多少？", "要不要上会？", "去年怎么办的？", "附哪些材料？",
    "食堂大米怎么买？",
)  # fmt: skip


def _act(draft, draw):
    sources = [source.passage_id for source in draft.composed.sources]
    kind = draw.choice(("field", "note", "drop", "pin", "hide", "move"))
    if kind == "field" and draft.fields:
        return Act("field", draw.choice(draft.fields).key, draw.choice(FIELDS))
    if kind == "hide":
        return Act("hide", draw.choice(draft.composed.sections).title)
    if not sources:
        return None
    target = draw.choice(sources)
    if kind == "note":
        return Act("note", target, {"id": str(draw.random()), "text": draw.choice(FIELDS)})
    if kind == "pin" and draft.composed.left_out:
        return Act("pin", draw.choice(draft.composed.left_out).passage_id)
    if kind == "move":
        return Act("move", target, draw.choice(sources))
    return Act("drop", target)


def traced(base, people, count, seed):
    for draft in generated(base, people, count, seed):
        pack, template = draft.shown, load_template(draft.shown.template)
        rows = base.passages([source.passage_id for source in pack.sources], TODAY)
        texts = {key: row.passage.text for key, row in rows.items()}
        for fmt in ("docx", "pdf", "html"):
            found = check(render_bytes(pack, fmt), fmt, pack, template, texts, draft.edits.words())
            assert found == [], (pack.topic, pack.template, fmt, found[:2])


def people_of(tmp_path: Path):
    from kb.catalogue import Catalogue
    from kb.config import Settings

    return Catalogue.open(Settings(home=tmp_path / "人"), create=True)


def test_generated_packs_are_traceable(base, tmp_path):
    with people_of(tmp_path) as catalogue:
        traced(base, catalogue.people, 3, SEED)


@pytest.mark.soak
def test_fifty_generated_packs_are_traceable(base, tmp_path):
    with people_of(tmp_path) as catalogue:
        traced(base, catalogue.people, 50, SEED + 1)
