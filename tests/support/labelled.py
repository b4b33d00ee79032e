"""Labels made by hand (``tests/law/labelled``), and how an extraction is counted against them.

Rules of labelling and of counting: ``tests/law/labelled/README.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kb.law.duties import Duty, duties
from kb.law.limits import Limit, LimitKind, limits

FOLDER = Path(__file__).resolve().parents[1] / "law" / "labelled"
MUST, MUST_NOT, CHARGE = "O", "F", "C"
CLASSES = {
    **dict.fromkeys(("应当", "应", "必须", "须"), MUST),
    **dict.fromkeys(("不得", "禁止", "严禁"), MUST_NOT),
    **dict.fromkeys(("可以", "有权", ""), "-"),
}
"""Modal word → class; words not named here give somebody a matter (C), «-» is not counted."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LabelledLimit:
    """A limit by hand: kind (r, c, a, m, l), span, the span of its trigger or None."""

    kind: str
    span: Span
    trigger: Span | None


@dataclass(frozen=True, slots=True)
class LabelledDuty:
    """A duty by hand: class, spans of modal word, actor and action, its limit."""

    modality: str
    word: Span
    actor: Span | None
    action: Span
    limit: LabelledLimit | None


@dataclass(slots=True)
class Labels:
    """What is labelled in one article."""

    duties: list[LabelledDuty] = field(default_factory=list)
    free: list[LabelledLimit] = field(default_factory=list)

    @property
    def limits(self) -> list[LabelledLimit]:
        """All limits, those of duties first."""
        return [d.limit for d in self.duties if d.limit] + self.free


_DUTY = re.compile(r"(?P<m>[OFC])(?P<w>\d+-\d+) a(?P<a>\d+-\d+)? x(?P<x>\d+-\d+)(?: (?P<l>\S+))?$")
_LIMIT = re.compile(r"(?P<k>[rcaml])(?P<s>\d+-\d+)(?:@(?P<t>\d+-\d+))?$")


def _span(text: str | None) -> Span | None:
    if not text:
        return None
    start, end = text.split("-")
    return int(start), int(end)


def _limit(text: str) -> LabelledLimit:
    found = _LIMIT.match(text)
    if found is None:
        raise ValueError(f"not a limit: {text}")
    span = _span(found["s"])
    assert span is not None
    return LabelledLimit(found["k"], span, _span(found["t"]))


def _add(labels: Labels, code: str) -> None:
    if code == "none":
        return
    if code.startswith("T "):
        labels.free.append(_limit(code[2:]))
        return
    found = _DUTY.match(code)
    if found is None:
        raise ValueError(f"not a label: {code}")
    word, action = _span(found["w"]), _span(found["x"])
    assert word is not None
    assert action is not None
    limit = _limit(found["l"]) if found["l"] else None
    labels.duties.append(LabelledDuty(found["m"], word, _span(found["a"]), action, limit))


def read_labels(name: str) -> dict[str, Labels]:
    """Article id → labels, of ``laws_300.tsv`` (a line an article) or ``corpus.tsv``."""
    found: dict[str, Labels] = {}
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        numbered = cells[0].isdigit()
        ident, codes = (cells[1], cells[2].split("; ")) if numbered else (cells[0], [cells[1]])
        labels = found.setdefault(ident, Labels())
        for code in codes:
            _add(labels, code)
    return found


@dataclass(slots=True)
class Count:
    """Right ones, wrong ones and missed ones."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Right among found; 1 where nothing was found."""
        return self.right / max(self.right + self.wrong, 1) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Right among labelled; 1 where nothing was labelled."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(slots=True)
class Outcome:
    """Counts per kind, and each miss or false find to be read."""

    counts: dict[str, Count] = field(default_factory=dict)
    notes: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, kind: str, right: int, wrong: int, missed: int) -> None:
        """Add to the count of ``kind``."""
        count = self.counts.setdefault(kind, Count())
        count.right += right
        count.wrong += wrong
        count.missed += missed

    def table(self) -> str:
        """The counts as lines of text."""
        return "\n".join(
            f"{kind:<18}P {c.precision:.3f}  R {c.recall:.3f}"
            f"  ({c.right} right, {c.wrong} wrong, {c.missed} missed)"
            for kind, c in self.counts.items()
        )


def measure(texts: Mapping[str, str], labelled: Mapping[str, Labels], whole: bool) -> Outcome:
    """Count what is extracted from ``texts`` (article id → text). ``whole``: an article that is
    not in ``labelled`` was read too and holds nothing; else only labelled ones are looked at."""
    outcome = Outcome()
    for ident in texts if whole else labelled:
        labels = labelled.get(ident, Labels())
        _count_duties(outcome, ident, texts[ident], labels)
        _count_limits(outcome, ident, texts[ident], labels)
    return outcome


def _word(text: str, duty: Duty) -> Span:
    """Where the modal word of a found duty stands."""
    at = text.find(duty.modality, duty.start)
    return at, at + len(duty.modality)


def _same_text(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    return bool(short) and (one == two or (len(short) > 1 and _at_edge(short, long)))


def _at_edge(short: str, long: str) -> bool:
    return long.startswith(short) or long.endswith(short)


def _matches(text: str, duty: Duty, label: LabelledDuty) -> bool:
    modality = CLASSES.get(duty.modality, CHARGE)
    if modality != label.modality:
        return False
    if modality != CHARGE:
        return _word(text, duty)[0] == label.word[0]
    # Of «由X负责» either word may have been taken; what counts is the clause and who it names.
    actor = text[slice(*label.actor)] if label.actor else ""
    return duty.start <= label.word[0] < duty.end and (
        _same_text(duty.actor, actor) or _word(text, duty)[0] == label.word[0]
    )


def _overlap(one: Span, two: Span) -> float:
    """Shared characters by those of both together."""
    shared = min(one[1], two[1]) - max(one[0], two[0])
    return max(shared, 0) / max(max(one[1], two[1]) - min(one[0], two[0]), 1)


def _count_duties(outcome: Outcome, ident: str, text: str, labels: Labels) -> None:
    found = [d for d in duties(text) if CLASSES.get(d.modality, CHARGE) != "-"]
    for label in labels.duties:
        hit = next((d for d in found if _matches(text, d, label)), None)
        actor = text[slice(*label.actor)] if label.actor else ""
        if hit is None:
            outcome.add("duty", 0, 0, 1)
            outcome.add("actor", 0, 0, bool(actor))
            outcome.add("actor, exactly", 0, 0, bool(actor))
            outcome.add("action", 0, 0, 1)
            outcome.notes.append(("missed", ident, f"{actor} | {text[slice(*label.word)]}"))
            continue
        found.remove(hit)
        outcome.add("duty", 1, 0, 0)
        right = _same_text(hit.actor, actor)
        outcome.add("actor", right, bool(hit.actor) and not right, bool(actor) and not right)
        exact = bool(actor) and hit.actor == actor
        outcome.add(
            "actor, exactly", exact, bool(hit.actor) and not exact, bool(actor) and not exact
        )
        if not right and (hit.actor or actor):
            outcome.notes.append(("actor", ident, f"{hit.actor} / {actor}"))
        good = _overlap((hit.at, hit.at + len(hit.action)), label.action) >= 0.6
        good = good or label.action[0] == label.action[1]
        outcome.add("action", good, not good, not good)
        if not good:
            outcome.notes.append(("action", ident, f"{hit.action} / {text[slice(*label.action)]}"))
        _count_link(outcome, ident, text, hit, label)
    for duty in found:
        outcome.add("duty", 0, 1, 0)
        outcome.add("actor", 0, bool(duty.actor), 0)
        outcome.add("actor, exactly", 0, bool(duty.actor), 0)
        outcome.add("action", 0, 1, 0)
        outcome.notes.append(("false", ident, f"{duty.actor} | {duty.modality} | {duty.action}"))


def _count_link(outcome: Outcome, ident: str, text: str, duty: Duty, label: LabelledDuty) -> None:
    """Whether the duty bears its limit (及时, 立即 do not count)."""
    given = duty.limit if _kinds(duty.limit) else ""
    wanted = text[slice(*label.limit.span)] if label.limit else ""
    right = bool(given) and bool(wanted) and (given in wanted or wanted in given)
    outcome.add("limit of a duty", right, bool(given) and not right, bool(wanted) and not right)
    if not right and wanted:
        outcome.notes.append(("link", ident, f"{given} / {wanted}"))


def _kinds(text: str) -> str:
    return "".join(kind_of(limit) for limit in limits(text) if limit.kind is not LimitKind.AT_ONCE)


def kind_of(limit: Limit) -> str:
    """The letter by which a found limit is labelled."""
    if limit.kind is LimitKind.ABSOLUTE:
        return "c" if limit.text.startswith(("每", "按", "逐")) else "a"
    return {
        LimitKind.RECURRING: "c",
        LimitKind.MINIMUM: "m",
        LimitKind.RELATIVE: "r",
        LimitKind.LEAD: "l",
    }[limit.kind]


def _count_limits(outcome: Outcome, ident: str, text: str, labels: Labels) -> None:
    found = [limit for limit in limits(text) if limit.kind is not LimitKind.AT_ONCE]
    for label in labels.limits:
        hit = next((f for f in found if _same_limit(f, label)), None)
        trigger = text[slice(*label.trigger)] if label.trigger else ""
        if hit is None:
            outcome.add("limit", 0, 0, 1)
            outcome.add("trigger", 0, 0, bool(trigger))
            outcome.notes.append(("no limit", ident, f"{label.kind} {text[slice(*label.span)]}"))
            continue
        found.remove(hit)
        outcome.add("limit", 1, 0, 0)
        right = bool(trigger) and bool(hit.trigger)
        right = right and (trigger in hit.trigger or hit.trigger in trigger)
        outcome.add("trigger", right, bool(hit.trigger) and not right, bool(trigger) and not right)
        if not right and (trigger or hit.trigger):
            outcome.notes.append(("trigger", ident, f"{hit.text}: {hit.trigger} / {trigger}"))
    for limit in found:
        outcome.add("limit", 0, 1, 0)
        outcome.add("trigger", 0, bool(limit.trigger), 0)
        outcome.notes.append(("false limit", ident, f"{kind_of(limit)} {limit.text}"))


def _same_limit(limit: Limit, label: LabelledLimit) -> bool:
    overlap = min(limit.end, label.span[1]) - max(limit.start, label.span[0])
    return kind_of(limit) == label.kind and overlap > 0


def say(notes: Iterable[tuple[str, str, str]], kind: str = "") -> str:
    """The notes of ``kind`` (or all), a line each."""
    return "\n".join("\t".join(note) for note in notes if not kind or note[0] == kind)
