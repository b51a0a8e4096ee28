"""tshark with the plugin under test: no other plugin, no preferences of the user, UTC."""
import collections
import csv
import io
import os
import re
import subprocess
import tempfile
import unittest

_HOME = tempfile.TemporaryDirectory()
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", WIRESHARK_CONFIG_DIR=_HOME.name)

OCCURRENCES = "\x1f"  # between the occurrences of a field in a packet
MANY_BYTES = 1_500_000  # of captures, where a test should take about a minute


def captures_in(folders):
    """The captures in those of the folders that there are, without large ones."""
    for folder in folders:
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            path = os.path.join(folder, name)
            if ".pcap" in name and not name.endswith(".csv") and os.path.getsize(path) < MANY_BYTES:
                yield path


class FolderTest(unittest.TestCase):
    """Tests of a class share a folder for files."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder.name, name)


class Plugin:
    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.loader = os.path.join(self.folder, "cicflow.lua")

    def tshark(self, *options, check=True, **more):
        """What tshark wrote to standard output."""
        run = subprocess.run(["tshark", "-X", f"lua_script:{self.loader}", *options], env=ENVIRONMENT, capture_output=True,
                             check=False, **more)
        if check and run.returncode != 0:
            raise AssertionError(f"tshark {' '.join(options)}: status {run.returncode}: {run.stderr.decode()}")
        return run.stdout.decode()

    def records(self, capture, *options):
        """The rows of the CSV file, as {column: text}."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "flows.csv")
            self.tshark("-q", "-r", capture, "-o", f"cicflow.csv:{path}", *options)
            with open(path, newline="", encoding="utf-8") as file:
                return list(csv.DictReader(file))

    def fields(self, capture, names, *options):
        """One {field: text} for each packet, of the fields cicflow.NAME."""
        wanted = [part for name in names for part in ("-e", f"cicflow.{name}")]
        text = self.tshark("-r", capture, "-T", "fields", *wanted, "-E", "separator=|", "-E", "occurrence=a", *options)
        return [dict(zip(names, row)) for row in csv.reader(io.StringIO(text), delimiter="|", quoting=csv.QUOTE_NONE)]

    def packets_of(self, capture, fields):
        """The packets of each flow, by its number: the texts of its direction, of its frame's number and of the fields. From
        Wireshark 4.4 on tshark doubles backslashes."""
        names = ("cicflow.flow_id", "cicflow.direction", "frame.number", *fields)
        text = self.tshark("-r", capture, "-T", "fields", *(word for name in names for word in ("-e", name)), "-E", "occurrence=a", "-E",
                           f"aggregator={OCCURRENCES}")
        if self.version() >= "4.4":
            text = text.replace("\\\\", "\\")
        flows = collections.defaultdict(list)
        for line in text.split("\n"):
            packet = dict(zip(names, line.split("\t")))
            if packet.get("cicflow.flow_id"):
                flows[packet["cicflow.flow_id"]].append(packet)
        return flows

    def listing(self, kind):
        """What tshark -G KIND prints. 4.2 takes a -X after -G for a field's name, and no version takes one before it, so the
        plugin is in a plugin folder; not for root, whose tshark ignores WIRESHARK_PLUGIN_DIR."""
        if os.getuid() == 0:
            return self.run_listing(["-G", kind, "-X", f"lua_script:{self.loader}"], ENVIRONMENT)
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, self.version(), "epan"))
            os.symlink(os.path.join(self.folder, "cicflow.so"), os.path.join(folder, self.version(), "epan", "cicflow.so"))
            return self.run_listing(["-G", kind], dict(ENVIRONMENT, WIRESHARK_PLUGIN_DIR=folder))

    @staticmethod
    def run_listing(options, environment):
        return subprocess.run(["tshark", *options], env=environment, capture_output=True, check=True).stdout.decode()

    @staticmethod
    def version():
        """tshark's, such as 4.0."""
        said = subprocess.run(["tshark", "--version"], env=ENVIRONMENT, capture_output=True, check=True).stdout.decode()
        return re.search(r"^TShark \(Wireshark\) (\d+\.\d+)", said)[1]
