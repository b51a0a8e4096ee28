"""Shared by the tests of the command: runs it, and plain tshark for comparison.

Each test program is called with COMMAND PLUGIN_FOLDER SOURCE_FOLDER.
"""
import os
import subprocess
import sys
import tempfile
import unittest

COMMAND, PLUGIN, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
CAPTURE = os.path.join(SOURCE, "test-captures", "first.pcap")


ENVIRONMENT = dict(os.environ, TZ="UTC")
IS_SANITIZED = "CICFLOW_SANITIZED" in ENVIRONMENT
# For a crash that the test makes: sanitizers would tell of the signal themselves.
CRASHING = dict(ENVIRONMENT, ASAN_OPTIONS=ENVIRONMENT.get("ASAN_OPTIONS", "") + ":handle_segv=0")
TSHARK = ENVIRONMENT.get("TSHARK", "tshark")


def run(*arguments, **more):
    """The command, run to its end."""
    options = dict(env=ENVIRONMENT, capture_output=True, timeout=120)
    options.update(more)
    return subprocess.run([COMMAND, *arguments], **options)


def plain_records(capture, *options, kind="csv"):
    """What tshark with the plugin writes, everything dissected."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "records")
        subprocess.run([TSHARK, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", capture, *options, "-o",
                        f"cicflow.{kind}:{path}"], env=ENVIRONMENT, capture_output=True, check=False)
        return read(path)


def plain_run(capture, output):
    """Plain tshark's exit status, with its records in the output."""
    done = subprocess.run([TSHARK, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", capture, "-o",
                           f"cicflow.csv:{output}"], env=ENVIRONMENT, capture_output=True, check=False)
    return done.returncode


def read(path):
    with open(path, "rb") as file:
        return file.read()


class CommandTest(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def succeeds(self, *arguments, **more):
        done = run(*arguments, **more)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done


def main():
    unittest.main(argv=sys.argv[:1])
