"""``kb search`` and ``kb show``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kb.api.shapes import document_json, provision_json
from kb.base import status_on
from kb.commands.hits import by_level, ended_summary, hit_lines, reading_lines
from kb.commands.output import day_of, print_json
from kb.commands.seat import add_user, seat
from kb.model import Kind, Scope
from kb.retrieve import EVERY_FILTER, Hit, How, SearchResult, tree_lines

if TYPE_CHECKING:
    from kb.law.provision import Provision


def add_search(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kb search``."""
    parser.add_argument("query", metavar="问题")
    parser.add_argument("-n", type=int, default=10, metavar="条数", help="最多显示几条（默认 10）")
    parser.add_argument("--kind", choices=[k.value for k in Kind], help="只找一类文件")
    parser.add_argument("--as-of", metavar="日期", help="以哪一天为准（默认今天）")
    parser.add_argument("--ended", action="store_true", help="把已失效、尚未生效的也列出来")
    parser.add_argument("--by-level", action="store_true", help="按效力层级分组")
    parser.add_argument("--plain", action="store_true", help="按普通词语查找，不当作检索式")
    parser.add_argument("--no-filter", action="store_true", help="不按问题中的时间、状态筛选")
    parser.add_argument("--explain", action="store_true", help="附上得分")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    add_user(parser)
    parser.set_defaults(run=search)


def search(args: argparse.Namespace) -> int:
    """0 found, 1 none; 2 (error) comes as an exception."""
    scope = Scope.everything(as_of=day_of(args.as_of))
    if args.kind:
        scope = scope.narrowed(kinds=frozenset({Kind(args.kind)}))
    with seat(args) as base:
        if base.damage:
            print(
                f"注意：{base.damage}。暂由上一代索引答复，请运行 kb doctor --repair",
                file=sys.stderr,
            )
        how = How(
            plain=args.plain,
            without=EVERY_FILTER if args.no_filter else frozenset(),
            explain=args.explain,
        )
        result = base.search(args.query, scope, limit=max(args.n, 0), how=how)
        there = {hit.id for hit in result.hits}
        over = [h for h in base.ended(args.query, scope, how=how) if h.id not in there]
    if args.json:
        shown = result.as_json(explain=args.explain)
        if args.ended:
            shown["ended"] = [hit.as_json(explain=args.explain) for hit in over]
        print_json(shown)
    else:
        _print_hits(result, over, args)
    return 0 if result.hits else 1


def _print_hits(result: SearchResult, over: Sequence[Hit], args: argparse.Namespace) -> None:
    for line in reading_lines(result.reading):
        print(line)
    if result.tree is not None:
        print("检索树（关键词一路）")
        print(*(f"  {line}" for line in tree_lines(result.tree)), "", sep="\n")
    if not result.hits:
        print("没有找到")
    elif result.weak:
        print("未找到直接依据，以下仅供参考：\n")
    groups = by_level(result.hits) if args.by_level else [("", list(result.hits))]
    number = 0
    for name, hits in groups:
        if name:
            print(f"── {name}（{len(hits)} 条）\n")
        for hit in hits:
            number += 1
            print(hit_lines(number, hit, explain=args.explain))
    if said := ended_summary(over):
        print(said + ("：\n" if args.ended else "（--ended 列出）"))
    for place, hit in enumerate(over if args.ended else (), start=1):
        print(hit_lines(place, hit, explain=args.explain))


def add_show(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kb show``."""
    parser.add_argument(
        "id",
        metavar="编号",
        help="条文编号，如 制度/印章管理办法.md#第三条；只写文件则列出著录与读取情况",
    )
    parser.add_argument("--as-of", metavar="日期", help="以哪一天为准（默认今天）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    add_user(parser)
    parser.set_defaults(run=show)


def show(args: argparse.Namespace) -> int:
    """Print one passage, or one 款 or 项 of it, exactly as it stands in the paper; of a file named
    without ``#`` what is known of it, how that came, and how well it was read."""
    scope = Scope.everything(as_of=day_of(args.as_of))
    with seat(args) as base:
        if "#" not in args.id:
            if args.json:
                shown = base.document(args.id, scope)
                print_json(document_json(shown, base.reading(shown.version.path, scope)))
            else:
                from kb.commands import described

                print("\n".join(described.lines(base.as_base, args.id, scope)))
            return 0
        provision = base.provision(args.id, scope)
        row = provision.row
        status = status_on(row.version, scope)
        similar = base.similar(row.passage.article_id, scope)
    version = row.version
    if args.json:
        print_json(provision_json(provision, status.value if status else "", similar))
        return 0
    label = row.passage.label + provision.locator
    print(f"《{version.title}》{label}" + (f"〔{status.value}〕" if status else ""))
    facts = [version.number, version.issuer, f"{version.issued or ''}", *row.passage.heading]
    print("　".join(fact for fact in facts if fact))
    if status and version.validity.ended_by:
        print(f"{version.validity.end} 起因《{version.validity.ended_by}》{status.value}")
    print(f"\n{provision.text}")
    _print_links(provision)
    if similar:
        print("\n另见（意思相近的条文）")
    for other in similar:
        said = "（文字相同）" if other.same else ""
        print(f"  《{other.row.version.title}》{other.row.passage.label}{said}　{other.id}")
    return 0


def _print_links(provision: Provision) -> None:
    if provision.cites:
        print("\n引用")
        for reference in provision.cites:
            link = reference.link
            means = f"{link.shown}　{link.id}" if link.target_path else f"未能确定：{link.reason}"
            print(
                f"  {reference.words} → {means}" + ("（被引文件较新，条次可能已变）" * link.newer)
            )
    if provision.cited_by:
        print("\n被引用")
        for reference in provision.cited_by:
            print(f"  《{reference.title}》{reference.label}：{reference.words}　{reference.id}")
