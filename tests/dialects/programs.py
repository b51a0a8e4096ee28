"""Runs the programs that are compared: tshark with the plugin under test, and the references of the dialects.

Both get UTC as their time zone, tshark another one on request.  tshark sees no other plugin and no preferences of the user.
A program that fails is reported with its error output.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

REFERENCE_FOLDER = pathlib.Path(__file__).resolve().parents[1] / "reference"
# Name -> (how lines end, whether there is a header without any record).
DIALECTS = {"standard": (b"\n", True), "python": (b"\r\n", False), "java": (b"\n", True), "java-fixed": (b"\n", True)}
# Dialect -> the program, and its first arguments, that writes its records for CAPTURE to standard output.
REFERENCES = {"python": ["python_dialect.py"], "java": ["java_dialect.py", "java"],
              "java-fixed": ["java_dialect.py", "java-fixed"]}


class ProgramError(Exception):
    """A program ended with an error or wrote nothing; the text has its command and what it said."""


def _run(command, environment):
    result = subprocess.run(command, capture_output=True, env={**os.environ, "TZ": "UTC", **environment}, check=False)
    if result.returncode != 0:
        raise ProgramError(f"{' '.join(map(str, command))}: status {result.returncode}: {result.stderr.decode().strip()}")
    return result.stdout


class Tshark:
    """tshark with the plugin in a folder, which has the Lua loader beside it."""

    def __init__(self, plugin_folder, program="tshark"):
        self.loader = pathlib.Path(plugin_folder).resolve() / "cicflow.lua"
        if not self.loader.exists():
            raise ProgramError(f"{self.loader} is not there; give the folder of the built plugin")
        self.program = program
        self.zone = "UTC"

    def records(self, capture, dialect, *options):
        """The bytes of the CSV file that the plugin writes for a capture; options are further arguments of tshark."""
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder) / "records.csv"
            self.run(capture, folder, ["-o", f"cicflow.dialect:{dialect}", "-o", f"cicflow.csv:{output}", *options])
            if not output.exists():
                raise ProgramError(f"{self.program} wrote no records for {capture} in the dialect {dialect}")
            return output.read_bytes()

    def run(self, capture, folder, options):
        _run([self.program, "-q", "-n", "-X", f"lua_script:{self.loader}", "-r", capture, *options],
             {"TZ": self.zone, "WIRESHARK_CONFIG_DIR": folder, "WIRESHARK_PLUGIN_DIR": folder})


class Decoder:
    """decode-records: engine and writers without tshark, for dialects that read frames from their bytes."""

    def __init__(self, program):
        self.program = program

    def records(self, capture, dialect):
        """The bytes of the CSV file for a capture that pcap.py wrote."""
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder) / "records.csv"
            _run([self.program, dialect, capture, output], {})
            return output.read_bytes()


def reference_records(dialect, capture):
    """The bytes that the reference of a dialect writes for a capture."""
    program, *arguments = REFERENCES[dialect]
    return _run([sys.executable, REFERENCE_FOLDER / program, *arguments, capture], {})
