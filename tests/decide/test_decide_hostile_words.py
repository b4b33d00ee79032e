"""What people write into a draft, with markup, controls and rare characters: on every page as
written, on none as markup, lost nowhere."""

from __future__ import annotations

import re

import pytest
from lxml import html
from support.decide import everything

from kb.catalogue import Catalogue
from kb.config import Settings
from kb.decide import make, render_bytes, store
from kb.decide.check import check
from kb.decide.drafts import change, open_draft
from kb.decide.edits import Act, clean
from kb.decide.freeze import freeze, open_edition
from kb.decide.reading import entries, reading_list
from kb.decide.template import load_template
from tests.decide.conftest import ASKED
from tests.decide.test_decide_hostile import HOSTILE, plain, text_of

WHO = "甲<b>&{{x}}"


@pytest.fixture
def draft(fake, tmp_path):
    """Every hostile text as a note, one as a field, in one draft."""
    with Catalogue.open(Settings(home=tmp_path / "库"), create=True) as catalogue:
        people = catalogue.people
        pack = make(fake, everything(), **(ASKED | {"template": "简要说明"}))
        store(people, pack)

        def does(act):
            version = people.pack(pack.id).version
            return change(fake, people, everything(), pack.id, act, who=WHO, based_on=version)

        first = open_draft(people, pack.id)
        for name, text in HOSTILE.items():
            does(Act("note", "主要依据", {"id": name, "text": text}))
        does(Act("field", first.fields[-1].key, HOSTILE["typst"]))
        yield fake, people, pack.id


@pytest.mark.parametrize("fmt", ["docx", "pdf", "html"])
def test_words_stay_words(draft, fmt):
    _, people, key = draft
    found = open_draft(people, key)
    pack = found.shown
    content = render_bytes(pack, fmt)
    words = found.edits.words()
    assert check(content, fmt, pack, load_template(pack.template), words=words) == []
    shown = text_of(content, fmt)
    for name, text in HOSTILE.items():
        kept = plain(clean(text))
        if fmt == "pdf" and name == "emoji":
            # Where no font has pictures their code stands for them.
            shown = re.sub(r"〔U\+(\w+)〕", lambda m: chr(int(m.group(1), 16)), shown)
        assert all(c in shown for c in kept)
        if fmt != "pdf":
            assert plain(clean(text)) in shown
    if fmt == "html":
        assert html.document_fromstring(content).xpath("//script|//b") == []


def test_a_reading_list_holds_them_too(draft):
    base, people, key = draft
    row = freeze(base, people, everything(), key, who=WHO, reason=HOSTILE["html"])
    (one,) = people.editions.deliver(row.id, ["王<script>局长"], WHO)
    people.editions.write(one.id, HOSTILE["html"], ASKED["as_of"], "")
    pack, _ = open_edition(row)
    page = html.document_fromstring(
        reading_list("王<script>局长", entries(people, "王<script>局长", everything=True))
    )
    assert page.xpath("//script") == []
    assert HOSTILE["html"] in page.xpath("string(//aside)")
    assert pack.topic in page.xpath("string(//*[@id='list'])")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.xpath("//a/@href")} <= set(ids)
