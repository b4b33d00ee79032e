"""DOC, WPS, RTF, PPT (old binary formats) by LibreOffice, where it is installed.

It runs without a window, in a profile of its own that is thrown away, on a copy in a folder that
is thrown away; macros do not run in a conversion. One that hangs is killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path, PurePath

from indexer.reading import Reading
from kb.errors import ReadError, in_words

SECONDS = 90
PLACES = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
# Its standard input is a pipe that we hold open. If we are killed, the pipe ends, and the guard
# takes down the whole group: soffice is a script that starts another that starts the real one.
GUARD = (
    'exec 3<&0; { read -r _ <&3; kill -9 -$$; } & guard=$!; "$@" </dev/null 3<&- & work=$!; '
    "wait $work; code=$?; kill -9 $guard; exit $code"
)
# «Block any links from documents not among the trusted locations»: without it LibreOffice fetches
# the pictures that a document names by address, and so tells a stranger that it was opened.
NO_LINKS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
SLIDES = frozenset((".ppt", ".dps"))


def program() -> str | None:
    """Where LibreOffice is; None where it is not installed."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return found
    return next((place for place in PLACES if Path(place).is_file()), None)


def read(data: bytes, name: str) -> Reading:
    """Convert to DOCX (or PPTX) and read that.

    Raises:
        ReadError: LibreOffice is missing, refuses the file, or takes too long.
    """
    from indexer.readers import docx, pptx

    suffix = PurePath(name).suffix.lower() or ".doc"
    soffice = program()
    if soffice is None:
        raise ReadError(
            name,
            f"读取 {suffix.lstrip('.').upper()} 需要 LibreOffice，本机没有安装",
            hint="安装 LibreOffice 后重试，或用 Word、WPS 另存为 docx",
        )
    wanted = "pptx" if suffix in SLIDES else "docx"
    converted = convert(soffice, data, name, suffix, wanted)
    reading = pptx.read(converted, name) if wanted == "pptx" else docx.read(converted, name)
    return replace(
        reading, format=suffix.lstrip("."), notes=(*reading.notes, "经 LibreOffice 转换")
    )


def convert(soffice: str, data: bytes, name: str, suffix: str, wanted: str) -> bytes:
    """Have LibreOffice convert a file.

    Args:
        soffice: the program.
        data: the file's content; ``suffix`` its ending, by which the program goes.
        name: what it is called in messages.
        wanted: the ending to convert to.

    Raises:
        ReadError: it could not be opened, or took too long.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        # A WPS text is a DOC under another name, which LibreOffice goes by.
        source = place / f"source{'.doc' if suffix == '.wps' else suffix}"
        source.write_bytes(data)
        settings = place / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(NO_LINKS, encoding="utf-8")
        command = [
            soffice,
            f"-env:UserInstallation={(place / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--convert-to",
            wanted,
            "--outdir",
            str(place / "out"),
            str(source),
        ]
        _run(command, name)
        made = place / "out" / f"source.{wanted}"
        if not made.is_file():
            raise ReadError(
                name, "LibreOffice 无法打开该文件，可能已损坏", hint="用 Word 或 WPS 另存为 docx"
            )
        return made.read_bytes()


def _run(command: list[str], name: str) -> None:
    """Run to the end or kill it, its children too (soffice is a script that starts another)."""
    if os.name == "posix":
        command = ["/bin/sh", "-c", GUARD, "sh", *command]
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed program, arguments of our own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise ReadError(name, f"LibreOffice 无法启动（{in_words(error)}）") from error
    try:
        process.wait(timeout=SECONDS)
        if process.stdin is not None:
            process.stdin.close()
    except subprocess.TimeoutExpired as error:
        _kill(process)
        raise ReadError(
            name, f"LibreOffice 转换超过 {SECONDS} 秒，已中止", hint="用 Word 或 WPS 另存为 docx"
        ) from error
    except BaseException:
        _kill(process)
        raise


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    if process.stdin is not None:
        process.stdin.close()
