"""The leader of two PostgreSQL nodes is lost (`benchmarks/failover.py`, Patroni over etcd)."""

from __future__ import annotations

import os
import shutil

import pytest

from benchmarks import failover


@pytest.mark.soak
def test_a_lost_leader_loses_no_write() -> None:
    # In an environment of its own: Patroni's packages are none of ours.
    patroni = os.environ.get("KB_TEST_PATRONI") or shutil.which("patroni") or "patroni"
    if reason := failover.lacking(patroni):
        pytest.skip(reason)
    [found] = failover.rounds(patroni, ttl=20, times=1)
    print(found)
    assert (found.lost, found.wrong, found.strange) == ([], [], [])
    assert found.acknowledged >= 100
    assert all("断了" in said or "连不上" in said for said in found.said)
