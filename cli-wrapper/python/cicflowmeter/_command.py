# SPDX-License-Identifier: GPL-2.0-or-later
"""The command cicflowmeter as a child process: where it is, its command line, its end and its error messages.

Knows nothing of flows.
"""
import collections
import os
import shutil
import signal
import subprocess
import sys
import threading
from typing import IO, Deque, Iterable, List, Mapping, Optional, Type, Union

Option = Union[None, bool, int, float, str, "os.PathLike[str]", Iterable[Union[int, float, str]]]

PREFIX = "cicflowmeter: "
STATUS_WRONG_USAGE = 2
# Number of the command's last messages that are kept for the exception.
LINES_KEPT = 20
# How the older Python tool, whose command has the same name, begins its errors about unknown options.
OLDER_TOOL = "error: "
# Options whose values the command takes as one comma-separated list; other options with several values are repeated.
LIST_OPTIONS = ("extra", "fields")


class CicflowmeterError(RuntimeError):
    """The command failed; the message is its own line, and ``status`` its exit status (None: it did not run)."""

    def __init__(self, message: str, status: Optional[int] = None) -> None:
        super().__init__(message)
        self.status = status


class UsageError(CicflowmeterError, ValueError):
    """An option that does not exist, or a value that is not allowed."""


def find() -> str:
    """The command's path: ``$CICFLOWMETER``, else the first one on the ``PATH``."""
    wanted = os.environ.get("CICFLOWMETER") or "cicflowmeter"
    path = shutil.which(wanted)
    if path is None:
        raise CicflowmeterError(
            f"the command '{wanted}' was not found, which this module runs: install cicflow (its Debian package, or from source "
            "with 'cmake --install build'; docs/install.md), or set CICFLOWMETER to the command's path")
    return path


def option_arguments(options: Mapping[str, Option]) -> List[str]:
    """Keyword arguments as options: ``idle_timeout=60`` is ``--idle-timeout=60``, ``insecure=True`` is ``--insecure``."""
    arguments: List[str] = []
    for keyword, value in options.items():
        name = "--" + keyword.replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            arguments.append(name)
        elif isinstance(value, (str, int, float, os.PathLike)):
            arguments.append(f"{name}={os.fspath(value) if isinstance(value, os.PathLike) else value}")
        elif keyword in LIST_OPTIONS:
            arguments.append(f"{name}=" + ",".join(str(part) for part in value))
        else:
            arguments.extend(f"{name}={part}" for part in value)
    return arguments


class Command:
    """One run of the command, begun at once.

    Ctrl-C does not reach it; the caller ends it with ``interrupt``. ``with`` waits for its end and raises what went wrong;
    an exception, or leaving an iteration early, ends the command.
    """

    def __init__(self, arguments: List[str], verbose: bool = False, reads_stdin: bool = False,
                 has_output: bool = False) -> None:
        self._lines: Deque[str] = collections.deque(maxlen=LINES_KEPT)
        self._verbose = verbose
        self._process = subprocess.Popen(
            [find(), "-v" if verbose else "-q", *arguments],
            stdin=None if reads_stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE if has_output else None,
            stderr=subprocess.PIPE,
            start_new_session=True)
        self._reader = threading.Thread(target=self._read_messages, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Command":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], *rest: object) -> None:
        try:
            if kind is None:
                self.wait()
        finally:
            self.close()
        error = self.error()
        if kind is None and error is not None:
            raise error

    @property
    def output(self) -> IO[bytes]:
        """What the command writes to its standard output."""
        assert self._process.stdout is not None
        return self._process.stdout

    def _read_messages(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as messages:
            for raw in messages:
                line = raw.decode("utf-8", "replace").rstrip("\n")
                if self._verbose:
                    print(line, file=sys.stderr)
                if line.startswith(PREFIX):
                    self._lines.append(line[len(PREFIX):])

    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Whether the command ended within the time (seconds; None: without limit)."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        self._reader.join()
        return True

    def interrupt(self) -> None:
        """Asks for a clean end, as Ctrl-C on a terminal does."""
        if self.is_running():
            self._process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """Ends the command, whatever it is doing."""
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.terminate()
        self.wait()

    def error(self) -> Optional[CicflowmeterError]:
        """What went wrong in a run that has ended, or None."""
        status = self._process.returncode
        if status == 0:
            return None
        message = "\n".join(self._lines) or f"cicflowmeter ended with status {status}"
        if message.startswith(OLDER_TOOL):
            return CicflowmeterError(
                f"{find()} is the older Python tool of the same name: set CICFLOWMETER to the path of cicflow's command", status)
        return (UsageError if status == STATUS_WRONG_USAGE else CicflowmeterError)(message, status)
