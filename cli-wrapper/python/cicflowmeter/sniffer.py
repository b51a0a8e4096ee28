# SPDX-License-Identifier: GPL-2.0-or-later
"""The interface of the Python CICFlowMeter: create_sniffer, a sniffer and a session.

    from cicflowmeter.sniffer import create_sniffer

    sniffer, session = create_sniffer(
        input_file="capture.pcap", input_interface=None, output_mode="csv", output="flows.csv")
    sniffer.start()
    try:
        sniffer.join()
    except KeyboardInterrupt:
        sniffer.stop()
    finally:
        sniffer.join()
        session.flush_flows()
"""
import os
import sys
import weakref
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from ._command import PREFIX, Command, CicflowmeterError, UsageError, find, option_arguments
from .flows import Flow, check_options, read_written

Path = Union[str, "os.PathLike[str]"]

OUTPUT_MODES = ("csv", "jsonl", "url")

__all__ = ["FlowSession", "Sniffer", "create_sniffer", "main"]


def _end(command: Command, is_live: bool) -> None:
    if is_live:
        command.interrupt()
    command.wait()


class Sniffer:
    """Reads a capture, or captures from an interface, in the background."""

    def __init__(self, arguments: List[str], verbose: bool, is_live: bool, reads_stdin: bool) -> None:
        self._arguments = arguments
        self._verbose = verbose
        self._is_live = is_live
        self._reads_stdin = reads_stdin
        self._is_stopped = False
        self._command: Optional[Command] = None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._command is not None and self._command.is_running()

    def start(self) -> None:
        """Begins; returns at once. Raises CicflowmeterError when there is no command cicflowmeter."""
        if self.running:
            raise RuntimeError("the sniffer is running already")
        self._is_stopped = False
        self._command = Command(self._arguments, self._verbose, reads_stdin=self._reads_stdin)
        # A program that ends without join() takes its sniffer with it, and loses no flow.
        weakref.finalize(self, _end, self._command, self._is_live)

    def join(self, timeout: Optional[float] = None) -> None:
        """Waits until the capture has been read, or stop() has taken effect; then every record is in the output.

        With a timeout (seconds) it may return earlier; see ``running``. Raises CicflowmeterError with the command's own
        line when something failed. After stop() such a line goes to standard error instead: the end was asked for.
        """
        if self._command is None or not self._command.wait(timeout):
            return
        error = self._command.error()
        if error is None:
            return
        if not self._is_stopped:
            raise error
        self._tell(error)

    def stop(self, join: bool = True) -> None:
        """Ends the capture; every flow that is open is written. A file that was not read to its end is not written."""
        if self._command is None:
            return
        if self._command.is_running():
            self._is_stopped = True
            self._command.interrupt()
        if join:
            self.join()

    def _tell(self, error: CicflowmeterError) -> None:
        if not self._verbose:
            print(f"{PREFIX}{error}", file=sys.stderr)
        self._verbose = True

    def _finish(self) -> None:
        """Waits for a run that ends by itself."""
        if not self._is_live or self._is_stopped:
            self.join()


class FlowSession:
    """The flows of a sniffer."""

    def __init__(self, sniffer: Sniffer, output_mode: str, output: str) -> None:
        self._sniffer = sniffer
        self._output_mode = output_mode
        self._output = output

    def flush_flows(self) -> None:
        """Returns when the flows of a capture, or of a sniffer that was stopped, are in the output.

        While an interface is captured from, completed flows are written as they come; the open ones are when it is
        stopped.
        """
        self._sniffer._finish()

    def get_flows(self) -> List[Flow]:
        """The records in the output so far, read back from it; records sent to a URL cannot be read back."""
        if self._output_mode == "url" or self._output == "-":
            raise CicflowmeterError(f"get_flows: the records went to {self._output} and were not kept")
        return read_written(self._output, self._output_mode == "csv")


def create_sniffer(input_file: Optional[Path], input_interface: Optional[str], output_mode: str, output: Path,
                   fields: Union[None, str, Sequence[str]] = None, verbose: bool = False,
                   **options: Any) -> Tuple[Sniffer, FlowSession]:
    """A sniffer for a capture or an interface (the other one is None), and its session.

    output_mode is "csv", "jsonl" or "url", and output the file or the URL. fields are the columns to write, a list or
    separated by commas; None: all. verbose tells on standard error what happens to flows. Further keyword arguments are
    the command's options with underscores, such as ``dialect="python"``; input_directory=None is accepted, as some
    versions of the Python CICFlowMeter have it.
    """
    if options.pop("input_directory", None) is not None:
        raise UsageError("create_sniffer: a folder is read by the command: cicflowmeter -d DIR -c OUTPUT")
    if (input_file is None) == (input_interface is None):
        raise UsageError("create_sniffer: give either input_file or input_interface")
    if output_mode not in OUTPUT_MODES:
        raise UsageError(f"create_sniffer: output_mode '{output_mode}' is none of: {', '.join(OUTPUT_MODES)}")
    check_options(options)
    given: Dict[str, Any] = {"file": input_file, "interface": input_interface, output_mode: True, "fields": fields}
    where = os.fspath(output)
    sniffer = Sniffer([*option_arguments({**given, **options}), "--", where], verbose,
                      is_live=input_interface is not None, reads_stdin=input_file == "-")
    return sniffer, FlowSession(sniffer, output_mode, where)


def main() -> None:
    """Becomes the command, with this program's arguments."""
    command = find()
    os.execv(command, [command, *sys.argv[1:]])


if __name__ == "__main__":
    try:
        main()
    except CicflowmeterError as error:
        sys.exit(f"{PREFIX}{error}")
