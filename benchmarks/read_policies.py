"""Title, office, number and date of published notices against what their publisher says of them.

    python benchmarks/read_policies.py policies.json

The file lists notices with 标题, 日期 (of publication on the site), 发布机关 and 正文. Each is read
as a page of its title and text. A number counts as found right if it opens the text.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from indexer.papers import papers
from kb.law.names import number_key, title_key
from kb.text.numbers import find_numbers


def main() -> None:
    entries = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    right: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    for number, entry in enumerate(entries):
        body = entry["正文"]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{number}.txt"
            path.write_text(f"{entry['标题']}\n\n{body}", encoding="utf-8")
            found = papers(path, name=path.name, source="", overrides={}, max_bytes=10**8)
        described = found[0].description
        opening = find_numbers(body[:60])
        checks = {
            "title": (entry["标题"], title_key(described.title) == title_key(entry["标题"])),
            "issuer": (entry["发布机关"], entry["发布机关"] in described.issuer),
            "number": (
                opening,
                bool(opening) and number_key(described.number) == number_key(opening[0].shown),
            ),
            "date": (entry["日期"], str(described.issued) == entry["日期"]),
        }
        for name, (told, good) in checks.items():
            stated[name] += bool(told)
            right[name] += bool(told) and good
            if told and not good:
                said = getattr(described, "issued" if name == "date" else name)
                want = opening[0].shown if name == "number" else told
                print(f"{number}\t{name}\tfound {said}\tstated {want}"[:160])
        signed = re.findall(r"(\d{4})年(\d{1,2})月(\d{1,2})日", body[:1500])
        days = {f"{int(y)}-{int(m):02}-{int(d):02}" for y, m, d in signed}
        stated["date in the text's head"] += bool(days)
        right["date in the text's head"] += str(described.issued) in days
    for name, count in stated.items():
        print(f"{name}: {right[name]} of {count}")


if __name__ == "__main__":
    main()
