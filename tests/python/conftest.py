"""Shared by the tests of the Python module. Environment variables say where things are: CICFLOWMETER, CICFLOW_SOURCE."""
import os
import pathlib
import subprocess
import sys

import pytest

SOURCE = pathlib.Path(os.environ["CICFLOW_SOURCE"])
COMMAND = os.environ["CICFLOWMETER"]
CAPTURE = SOURCE / "test-captures" / "first.pcap"

for folder in ("cli-wrapper/python", "tests/dialects", "tests/cli"):
    sys.path.insert(0, str(SOURCE / folder))

import pcap  # noqa: E402
import wire  # noqa: E402

START_NS = 1_600_000_000 * pcap.NS_PER_SECOND


def write_capture(path, flows):
    """UDP flows of one packet, told apart by address and port."""
    def frame(number):
        addresses = f"10.1.{number >> 14}.{number >> 7 & 0x7F}", "10.0.0.1"
        return wire.ethernet(wire.ipv4(addresses, wire.UDP, wire.udp((1000 + (number & 0x7F), 53), b"x")))

    pcap.write(path, (pcap.record(START_NS + number * 1000, frame(number)) for number in range(flows)))


def run(*arguments, **more):
    """The command, run to its end."""
    return subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, timeout=120, **more)


@pytest.fixture
def cut_capture(tmp_path):
    """The first capture, cut in its last packet."""
    path = tmp_path / "cut.pcap"
    path.write_bytes(CAPTURE.read_bytes()[:-5])
    return path


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.stats.get("skipped", []):
        terminalreporter.line(f"left out: {report.nodeid}: {report.longrepr[2]}")
