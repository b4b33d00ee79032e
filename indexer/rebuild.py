"""Build the index again from the catalogue: no file is read, nothing that is known is lost.

Mends an index whose files are damaged, follows a new dictionary or model, and leaves nothing of a
paper behind where its traces must go.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from indexer.prepare import embedded_text, entries_of, stored_paper
from indexer.report import Progress
from indexer.vectors import EVERYTHING
from kb.catalogue import Catalogue
from kb.config import Settings
from kb.embed import load
from kb.engine import open_engine
from kb.engine.dictionary import take_own
from kb.engine.upkeep import mend_pointer
from kb.engine.versions import made_with
from kb.errors import IndexMissing


def rebuild(settings: Settings, progress: Progress, *, purge: bool = False) -> int:
    """A new generation with what the catalogue holds now. Returns its number.

    Args:
        settings: of the home.
        progress: told of each paper.
        purge: keep no older generation, and overwrite what the catalogue deletes.

    Raises:
        IndexMissing: the catalogue is empty. IndexLocked: another process is writing.
        CatalogueError: the catalogue is damaged itself.
    """
    if purge:
        settings = replace(settings, keep_generations=1)
    embedder = load(settings)
    take_own(settings)
    with ExitStack() as stack:
        catalogue = stack.enter_context(Catalogue.open(settings, create=True))
        mend_pointer(settings, catalogue.sealed())
        engine = open_engine(settings)
        writer = stack.enter_context(engine.writer(made_with(embedder), fresh=True))
        if not writer.base:
            raise IndexMissing(f"还没有建立索引：{settings.home}", hint="请先运行 kb index 文件夹")
        rows = catalogue.writer(writer.generation, current=writer.base, lease=writer.lease)
        before = catalogue.reader(writer.base)
        versions = before.versions(EVERYTHING)
        for done, version in enumerate(versions):
            progress("重建", done, len(versions), version.path)
            if passages := before.passages_of(version, EVERYTHING):
                paper = stored_paper(version, passages)
                texts = [embedded_text(paper, passage) for passage in paper.passages]
                entries = entries_of(paper, version.validity)
                writer.add(entries, embedder.encode_passages(texts))
        progress("重建", len(versions), len(versions), "")
        number = writer.publish(rows.seal({"rebuilt": True}))
        if purge:
            rows.forget_before(number, overwrite=True)
        else:
            rows.forget_before(number - settings.keep_generations)
        return number
