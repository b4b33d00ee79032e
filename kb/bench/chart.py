"""A chart of growth as SVG: both axes logarithmic, a line each for time and memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from kb.bench.measure import Row

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 380, 70, 150, 40, 50
INK, FAINT = "#1f2933", "#d5dbe1"
LINES: tuple[tuple[str, str, Callable[[Row], float]], ...] = (
    ("p50，毫秒", "#b3261e", lambda r: r.p50),
    ("p95，毫秒", "#e08e79", lambda r: r.p95),
    ("建索引，秒", "#2f6f4f", lambda r: r.build_s),
    ("服务内存，MB", "#31507d", lambda r: r.megabytes),
)


def growth(rows: Sequence[Row], title: str) -> str:
    """An SVG document; ``what`` of each row is the number of passages."""
    sizes = [int(r.what.replace(",", "")) for r in rows]
    values = [read(r) for _, _, read in LINES for r in rows if read(r) > 0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    left, right = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(size: float) -> float:
        share = (math.log10(size) - left) / max(right - left, 1e-9)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        share = (math.log10(value) - low) / max(high - low, 1e-9)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" fill="{INK}" font-size="15">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="{FAINT}"/>'
            f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end" fill="{INK}">'
            f"{10**power:g}</text>"
        )
    for size in sizes:
        parts.append(
            f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle" '
            f'fill="{INK}">{size:,}</text>'
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle" '
        f'fill="{INK}">检索单元数</text>'
    )
    ends = sorted((y(read(rows[-1])), name, colour) for name, colour, read in LINES)
    placed = -math.inf
    for at, name, colour in ends:
        placed = max(at, placed + 18)
        parts.append(
            f'<text x="{WIDTH - RIGHT + 10}" y="{placed + 4:.1f}" fill="{colour}">{name}</text>'
        )
    for _, colour, read in LINES:
        points = [(x(s), y(read(r))) for s, r in zip(sizes, rows, strict=True) if read(r) > 0]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in points]
    return "\n".join([*parts, "</svg>", ""])
