"""Papers with words that stand nowhere else: who may not see a paper must not meet its words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.publish import Options, index
from kb.access.policy import Identity, Role
from kb.config import Settings
from kb.model import Tier, audience

DEPARTMENTS = ("办公室", "财务处", "")
NAMED = ("anna", "bert")
# Characters that no other paper here has; two of them are a canary.
RARE = (
    "鸢鹬鸩鸮鹗鹮鹇鹎鹟鹨麂麇麈麋狍狻猊猢豨貅貔螭蠡鼋鼍鳜鳙鲮鲥鲟鳐鳟鲵鲳鹭鸬鹕鹈鸱鸲鸫鸶"
    "狴犴饕餮獬貘羱羝牯犍骐骥骢骓骝骠"
)


@dataclass(frozen=True, slots=True)
class Canary:
    """One paper: whom it is for, and the two words that only it has (in title and text)."""

    path: str
    tier: Tier
    department: str
    persons: tuple[str, ...]
    title_word: str
    text_word: str

    @property
    def title(self) -> str:
        """As its file says."""
        return f"云澜局{self.title_word}管理办法"

    @property
    def words(self) -> tuple[str, str]:
        """What must not be met."""
        return self.title_word, self.text_word

    def allowed(self, who: Identity) -> bool:
        """The rule said anew: the program must agree with this, not with itself."""
        if who.role not in (Role.READER, Role.LEADER, Role.EDITOR) or who.disabled:
            return False
        if self.tier.rank > who.clearance.rank:
            return False
        if self.persons:
            return who.name in self.persons
        return who.departments is None or self.department in (*who.departments, "")


def canaries() -> list[Canary]:
    """One a tier and department, and for each tier one that names persons."""
    pairs = iter([RARE[i : i + 2] for i in range(0, len(RARE) - 1, 2)])
    found: list[Canary] = []
    for tier in Tier:
        for department in DEPARTMENTS:
            name = f"{tier.value}-{department or '全局'}"
            found.append(Canary(f"制度/{name}.md", tier, department, (), next(pairs), next(pairs)))
    for tier in (Tier.INTERNAL, Tier.SENSITIVE):
        name = f"{tier.value}-定向"
        found.append(Canary(f"制度/{name}.md", tier, "办公室", ("anna",), next(pairs), next(pairs)))
    return found


def write(folder: Path) -> list[Canary]:
    """The papers. Each cites an old public one, which a sensitive one has ended."""
    made = canaries()
    (folder / "制度").mkdir(parents=True)
    entries: list[str] = []
    for number, one in enumerate(made):
        (folder / one.path).write_text(
            f"# {one.title}\n\n第一条　为规范采购审批与经费管理，制定本办法。\n\n"
            f"第二条　采购{one.text_word}事项由承办处室提出，报分管领导审批，时限为5个工作日。\n\n"
            f"第三条　经费报销应当附采购审批单。{one.text_word}参照"
            "《云澜局公务用车旧办法》第一条执行。\n\n"
            f"第四条　采购计划于每年3月底前报送，{one.text_word}除外。\n",
            encoding="utf-8",
        )
        entry = [
            "[[paper]]",
            f'path = "{one.path}"',
            f'tier = "{one.tier.value}"',
            f'department = "{one.department}"',
            f'number = "云{one.title_word}〔2024〕{number + 1}号"',
            f"effective = 2024-0{number % 9 + 1}-01",
        ]
        if one.persons:
            entry.append(f"persons = {list(one.persons)}".replace("'", '"'))
        entries.append("\n".join(entry))
    hidden = next(c for c in made if c.tier is Tier.SENSITIVE and c.department == "财务处")
    (folder / "制度/旧办法.md").write_text(
        "# 云澜局公务用车旧办法\n\n第一条　公务用车的采购审批按本办法执行。\n", encoding="utf-8"
    )
    entries.append('[[paper]]\npath = "制度/旧办法.md"\ntier = "public"\neffective = 2020-01-01\n')
    text = (folder / hidden.path).read_text("utf-8")
    text += "\n第五条　本办法自2024年9月1日起施行，《云澜局公务用车旧办法》同时废止。\n"
    (folder / hidden.path).write_text(text, "utf-8")
    (folder / "manifest.toml").write_text("\n\n".join(entries), encoding="utf-8")
    (folder / f"坏{RARE[-2:]}.docx").write_bytes(b"PK\x03\x04 torn")
    return made


def home_of(folder: Path, home: Path, settings: Settings | None = None) -> list[Canary]:
    """A home with those papers indexed (in the engine that ``settings`` names)."""
    if home.exists():
        shutil.rmtree(home)
    made = write(folder)
    index(settings or Settings(home=home, workers=1), [folder], Options())
    return made


def forbidden(made: list[Canary], who: Identity) -> Iterator[str]:
    """The words that this person must not meet."""
    for one in made:
        if not one.allowed(who):
            yield from one.words
    if who.role is not Role.EDITOR:
        yield RARE[-2:]


def whom(one: Canary) -> str:
    """Its audience."""
    return audience(one.department, one.persons)
