"""A full disk and refused writes: the run ends with an error, what was served serves on."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest
from crash_support import content, differences
from test_crash_kill import Scene, scene
from victim import FAILED

from kb.commands.output import storage_trouble

__all__ = ["scene"]

pytestmark = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="forks, and kills by a handle: Linux"
)

DISK_FULL, DENIED = errno.ENOSPC, errno.EACCES
ACTS = 45
"""Acts of writing in a run, about."""


def failed(scene: Scene, name: str, **fault: int) -> bool:
    """Whether the run failed. Then what was served is served, and the next run does it all."""
    home = scene.home(name)
    status, _ = scene.victim.run(home, scene.source, **fault)
    assert status in (0, FAILED)
    if status == 0:
        assert differences(content(home), scene.second) == []
    scene.check(home)
    return status == FAILED


@pytest.mark.parametrize("number", [DISK_FULL, DENIED])
def test_an_act_of_writing_fails(scene: Scene, number: int) -> None:
    some = random.Random(number).sample(range(1, ACTS), 3)
    outcomes = [failed(scene, f"act-{number}-{at}", errno=number, at=at) for at in some]
    assert True in outcomes  # a link that is refused is a copy: not every one fails the run


@pytest.mark.soak
@pytest.mark.parametrize("number", [DISK_FULL, DENIED])
def test_every_act_of_writing_fails(scene: Scene, number: int) -> None:
    outcomes = [
        failed(scene, f"every-{number}-{at}", errno=number, at=at) for at in range(1, 2 * ACTS)
    ]
    assert outcomes.count(True) >= 20
    assert not outcomes[-1], "there are more acts of writing than were tried"


@pytest.mark.parametrize("most", [20_000])
def test_native_code_cannot_write(scene: Scene, most: int) -> None:
    assert failed(scene, f"limit-{most}", most_bytes=most)


@pytest.mark.soak
@pytest.mark.parametrize("most", [100, 1000, 4000, 10_000, 50_000, 100_000, 200_000, 400_000])
def test_native_code_cannot_write_this_much(scene: Scene, most: int) -> None:
    failed(scene, f"limit-{most}", most_bytes=most)


def test_errors_of_the_disk_are_told_in_words() -> None:
    told = storage_trouble(OSError(errno.ENOSPC, "No space left on device", "/某处/index.sqlite"))
    assert told is not None
    assert "磁盘已满：/某处/index.sqlite" in str(told)
    told = storage_trouble(PermissionError(errno.EACCES, "Permission denied", Path("/某处")))
    assert told is not None
    assert "没有读写权限" in str(told)
    assert storage_trouble(ValueError("x")) is None
