"""Killed from outside while a change is taken in: before or after it, never between; then healed.

The child is killed with SIGKILL after a random time, and at every named step. What is served right
after must be, part by part, the state before or the state after; the next run must make it equal
to a base built at once from the same folder, by content.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from crash_support import Victim, built, content, differences, healthy, write_first, write_second

from kb.engine.embedded.steps import STEPS

pytestmark = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="forks, and kills by a handle: Linux"
)

RUN = ("读取 0", "读取 3", "时效 0", "时效 1", "发布 0", "发布 1")
"""Points of a run around those of writing a generation, as its progress names them."""


class Scene:
    """A home at the first state beside a folder at the second, and what each holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "文件"
        write_first(self.source)
        self.first = built(folder / "home", self.source)
        write_second(self.source)
        self.second = built(folder / "clean", self.source)
        self.victim = Victim()
        for name in ("cold", "warm"):  # the first waits for the imports
            _, self.seconds = self.victim.run(self.home(name), self.source)
        assert differences(content(folder / "warm"), self.second) == []

    def home(self, name: str) -> Path:
        return Path(shutil.copytree(self.folder / "home", self.folder / name))

    def check(self, home: Path) -> str:
        """What is served, then what is served after the next run. Returns which state it was."""
        served = content(home)
        before, after = (differences(served, state) for state in (self.first, self.second))
        assert [] in (before, after), (before, after)
        status, _ = self.victim.run(home, self.source)
        assert status == 0
        assert differences(content(home), self.second) == []
        healthy(home)
        shutil.rmtree(home)
        return "before" if not before else "after"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = Scene(tmp_path_factory.mktemp("crash"))
    yield made
    made.victim.close()


def kill_at_random(scene: Scene, seed: int, times: int) -> dict[str, int]:
    rng = random.Random(seed)
    seen: dict[str, Any] = {"before": 0, "after": 0, "killed": 0}
    for n in range(times):
        home = scene.home(f"killed-{seed}-{n}")
        status, _ = scene.victim.run(
            home, scene.source, kill_after=rng.uniform(0, 0.9 * scene.seconds)
        )
        assert status in (0, -9)
        seen["killed"] += status == -9
        seen[scene.check(home)] += 1
    return seen


def test_killed_at_random_points(scene: Scene) -> None:
    assert kill_at_random(scene, 1, 4)["killed"] >= 1


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 110))
def test_killed_at_many_random_points(scene: Scene, seed: int) -> None:
    """220 a run, so that 200 are killed before they end."""
    seen = kill_at_random(scene, seed, 22)
    assert seen["killed"] >= 15, seen


@pytest.mark.parametrize("step", ["added", "renamed", "pointed", "发布 0"])
def test_killed_at_a_step(scene: Scene, step: str) -> None:
    killed_at(scene, step)


@pytest.mark.soak
@pytest.mark.parametrize("step", [*STEPS, *RUN])
def test_killed_at_every_step(scene: Scene, step: str) -> None:
    killed_at(scene, step)


def killed_at(scene: Scene, step: str) -> None:
    home = scene.home(f"at-{step}")
    status, _ = scene.victim.run(home, scene.source, pause=step)
    assert status == -9, "the step was not reached"
    at = scene.check(home)
    if step in STEPS:
        assert at == ("after" if STEPS.index(step) >= STEPS.index("pointed") else "before")


@pytest.mark.soak
def test_killed_again_and_again_while_healing(scene: Scene) -> None:
    rng = random.Random(7)
    home = scene.home("again")
    for _ in range(20):
        scene.victim.run(home, scene.source, kill_after=rng.uniform(0, scene.seconds))
        served = content(home)
        assert [] in (differences(served, scene.first), differences(served, scene.second))
    scene.check(home)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_a_first_run_is_killed(scene: Scene, seed: int, tmp_path: Path) -> None:
    """Nothing is there before: after the kill there is nothing, or all of it."""
    from kb.errors import CatalogueError, IndexMissing

    wait = random.Random(seed).uniform(0, scene.seconds)
    scene.victim.run(tmp_path / "home", scene.source, kill_after=wait)
    try:
        served = content(tmp_path / "home")
    except (CatalogueError, IndexMissing):
        pass
    else:
        assert differences(served, scene.second) == []
    assert scene.victim.run(tmp_path / "home", scene.source)[0] == 0
    assert differences(content(tmp_path / "home"), scene.second) == []
    healthy(tmp_path / "home")
