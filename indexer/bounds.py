"""How much memory a worker process may take, where the system can hold it to that."""

from __future__ import annotations

import sys

MB = 2**20


def bound_memory(megabytes: int) -> None:
    """Let this process and what it starts take at most ``megabytes`` more or less; 0: no bound.

    On POSIX; elsewhere nothing is done. What asks for more gets a `MemoryError` (or dies, and the
    pool says so): one file, not the machine. Private data is bounded, not address space, because
    libraries reserve much of that without using it; macOS holds nobody to either.
    """
    if sys.platform == "win32" or megabytes <= 0:
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = megabytes * MB
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
