#!/usr/bin/python3
"""The plugin in the Wireshark program: menu entries, the table of flows, the export, and the right records whatever a
user does.

usage: gui.py PLUGIN_FOLDER
"""
import csv
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "plugin"))
import flow_captures  # noqa: E402
from plugin_run import Plugin  # noqa: E402
from preferences_page import PREFERENCES  # noqa: E402
from qt_crashes import Crashes, again_after_qt_crash  # noqa: E402, F401
from wireshark_window import BUTTON, Desktop, Wireshark, wait_for  # noqa: E402

LOADER = os.path.join(os.path.abspath(sys.argv[1]), "cicflow.lua")
PLUGIN = Plugin(sys.argv[1])


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Gui(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.captures = flow_captures.write_all(cls.folder.name)
        cls.desktop = Desktop()

    @classmethod
    def tearDownClass(cls):
        cls.desktop.close()
        cls.folder.cleanup()

    def path(self, name):
        return os.path.join(self.own.name, name)

    def setUp(self):
        """Files and settings of this test alone."""
        self.own, settings = tempfile.TemporaryDirectory(), tempfile.TemporaryDirectory()
        self.addCleanup(self.own.cleanup)
        self.addCleanup(settings.cleanup)
        os.environ["WIRESHARK_CONFIG_DIR"] = settings.name

    def start(self, *options):
        """Wireshark with the plugin, writing records to gui.csv."""
        window = Wireshark("-X", f"lua_script:{LOADER}", "-X", f"lua_script:{HERE}/actions.lua", "-o",
                           f"cicflow.csv:{self.path('gui.csv')}", *options,
                           environment={"CICFLOW_TEST_SECOND_FILE": self.captures["udp"]})
        self.addCleanup(window.close)
        return window

    def expected(self, name, *options):
        """The CSV file of tshark."""
        PLUGIN.tshark("-q", "-r", self.captures[name], "-o", f"cicflow.csv:{self.path('tshark.csv')}", *options)
        return read(self.path("tshark.csv"))

    def wait_for_csv(self, data):
        wait_for("the records in the CSV file", lambda: read(self.path("gui.csv")) == data)

    @staticmethod
    def columns():
        """The names of the columns of the table of all, in their order."""
        text = PLUGIN.tshark("-q", "-r", os.path.join(HERE, "..", "..", "test-captures", "first.pcap"), "-z", "cicflow,table")
        return next(line for line in text.splitlines() if line.startswith("flow_id |")).strip(" |").split(" |")

    def same_table(self, window, name, *options):
        """The rows of the table window are the records, with the digits that a window shows."""
        records = PLUGIN.records(self.captures[name], "-o", "cicflow.extra:flow_id,end_reason,first_frame,last_frame,tcp_stream,"
                                 "fwd_retrans,app_proto", *options)
        title = r"Wireshark . CIC Flow - Flows, All Columns . .*"
        dialog = window.open(self.entry(window, "Flows, All Columns"), title)
        _, rows = window.whole_table(dialog, len(records))
        rows = {row[0]: dict(zip(self.columns(), row)) for row in rows}
        for record in records:
            for column, cell in record.items():
                shown = rows[record["flow_id"]][column]
                if "timestamp" in column:
                    self.assertEqual(shown.split(".")[0], cell)
                elif "_ip" in column or "reason" in column or "app_" in column:
                    self.assertEqual(shown, cell)
                else:
                    is_time = any(word in column for word in ("_iat_", "duration", "active_", "idle_"))
                    self.assertAlmostEqual(float(shown), float(cell), delta=1e-6 if is_time else 0.051, msg=column)
            self.assertEqual(rows[record["flow_id"]]["server_name"], "")
        window.close_window(dialog, title)

    def check_main_table(self, window, flows):
        title = r"Wireshark . CIC Flow - Flows . .*"
        dialog = window.open(self.entry(window, "Flows"), title)
        header, rows = window.whole_table(dialog, flows)
        self.assertEqual([title.strip() for title in header[:3]], ["Flow", "Protocol", "Source"])
        self.assertIn("Flow duration (s)", header)
        bytes_at = [i for i, title in enumerate(header) if title.endswith("(bytes)")]
        self.assertEqual([i for i in bytes_at for row in rows if not row[i].strip().isdigit()], [])
        self.assertEqual(len(bytes_at), 2)
        self.assertEqual([row[-1] for row in rows], [f"cicflow.flow_id == {row[0]}" for row in rows])
        window.close_window(dialog, title)

    def test_a_capture_and_what_the_menus_say(self):
        window = self.start("-r", self.captures["tcp"])
        window.wait_for_packets(25)
        self.wait_for_csv(self.expected("tcp"))
        self.check_menu(window)
        self.assertIn("CIC Flow", wait_for("the filters", lambda: window.menu_items("Analyze", "Conversation Filter")))
        self.same_table(window, "tcp")
        self.check_distribution(window)
        window.choose("Analyze", "Conversation Filter", "CIC Flow")
        window.wait_for_packets(25, displayed=12)
        window.filter("cicflow.last", packets=25, displayed=3)
        window.filter("cicflow.flow_duration > 5 && cicflow.tot_fwd_pkts == 5", packets=25, displayed=12)
        self.same_table(window, "tcp")
        window.filter("", packets=25, displayed=25)
        self.wait_for_csv(self.expected("tcp"))

    @staticmethod
    def entry(window, name):
        """The path of our menu entry: in a menu of our own from Wireshark 4.6 on, else with our name in front."""
        entries = wait_for("our entries", lambda: [e for e in window.menu_items("Statistics") if e.startswith("CIC Flow")])
        return ("Statistics", "CIC Flow", name) if "CIC Flow" in entries else ("Statistics", f"CIC Flow: {name}")

    def check_menu(self, window):
        """All entries are in one place, and there only."""
        statistics = list(window.menu_items("Statistics"))
        at = [i for i, entry in enumerate(statistics) if "CIC Flow" in entry]
        tables = ["Export Records...", "Flows", "Flows, All Columns"]
        if len(self.entry(window, "")) == 3:
            self.assertEqual([statistics[i] for i in at], ["CIC Flow", "CIC Flow: Distribution"])
            self.assertEqual(sorted(filter(None, window.menu_items("Statistics", "CIC Flow"))), tables)
        else:
            self.assertEqual([statistics[i] for i in at], [f"CIC Flow: {name}" for name in tables + ["Distribution"]])
            self.assertEqual(at[:3], list(range(at[0], at[0] + 3)))
        self.assertFalse([entry for entry in window.menu_items("Tools") if "CIC Flow" in entry])

    def check_distribution(self, window):
        dialog = window.open(("Statistics", "CIC Flow: Distribution"), ".*Distribution.*")
        wait_for("the flows by protocol", lambda: ["Protocol", "3"] in [row[:2] for row in window.table(dialog)[1]])
        window.close_window(dialog, ".*Distribution.*")

    def test_the_table_of_main_columns(self):
        window = self.start("-r", self.captures["tcp"])
        window.wait_for_packets(25)
        self.check_main_table(window, 3)

    def test_the_table_of_all_columns_says_what_it_leaves_out(self):
        """It has 2,000 rows, of 2,003 flows here, and the line about the others, which is first: it has no number."""
        p = flow_captures.p
        capture = self.path("many.pcap")
        with open(capture, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
            for i in range(2003):
                frame = bytes(12) + b"\x08\x00" + p.ipv4("10.0.0.1", "10.0.0.2", p.udp(2000 + i, 53, b"x"))
                file.write(struct.pack("<IIII", i, 0, len(frame), len(frame)) + frame)
        window = self.start("-r", capture)
        window.wait_for_packets(2003)
        dialog = window.open(self.entry(window, "Flows, All Columns"), r"Wireshark . CIC Flow - Flows, All Columns . .*")
        wait_for("2,001 rows", lambda: window.table_of(dialog).get_n_rows() == 2001)
        wait_for("the line", lambda: window.table_of(dialog).get_accessible_at(0, 1).get_name() == "3 more flows: use a display filter")

    def test_expert_information_without_a_filter(self):
        """Each flow that the active timeout cut is listed, though no protocol trees are built."""
        window = self.start("-r", self.captures["tcp"], "-o", "cicflow.active_timeout:1")
        window.wait_for_packets(25)
        self.wait_for_csv(self.expected("tcp", "-o", "cicflow.active_timeout:1"))
        records = PLUGIN.records(self.captures["tcp"], "-o", "cicflow.active_timeout:1", "-o", "cicflow.extra:end_reason")
        cut = sum(record["end_reason"] == "active" for record in records)
        self.assertGreater(cut, 0)
        dialog = window.open(("Analyze", "Expert Information"), ".*Expert Information.*")
        wait_for(f"{cut} flows", lambda: [row for row in window.table(dialog)[1] if "active timeout" in " ".join(row) and str(cut) in row])

    def export(self, window, path, displayed=None):
        """Fills in the dialog; returns what it proposed."""
        dialog = window.open(self.entry(window, "Export Records..."), ".*CIC Flow: Export Records")
        entries = window.entries(dialog, 2)
        proposed = [window.text(entry) for entry in entries]
        for entry, text in zip(entries, (path, displayed)):
            if text is not None:
                window.fill(entry, text)
        window.press(dialog, "OK", opens_modal=True)
        return proposed

    def test_export(self):
        window = self.start("-r", self.captures["icmp"])
        window.wait_for_packets(19)
        path = self.path("exported.csv")
        self.assertEqual(self.export(window, path), [self.captures["icmp"] + ".flows.csv", "no"])
        wait_for("the exported file", lambda: read(path) == self.expected("icmp"))
        records = len(self.expected("icmp").splitlines()) - 1
        wait_for("what was written", lambda: window.find(window.root, ("text",), None, holds=f"{records} records written to {path}"))
        with open(self.path("precious.csv"), "w", encoding="utf-8") as file:
            file.write("mine")
        self.export(window, self.path("precious.csv"))
        message = wait_for("a message", lambda: window.find(window.root, ("label",), ".*exists already.*"))
        self.assertIn("precious.csv", message.get_name())
        self.assertEqual(read(self.path("precious.csv")), b"mine")

    def test_export_of_displayed_flows_by_the_names_ending(self):
        window = self.start("-r", self.captures["tcp"])
        window.wait_for_packets(25)
        window.filter("frame.number == 2 || frame.number == 25", packets=25, displayed=2)
        ids = {row["flow_id"] for row in PLUGIN.fields(self.captures["tcp"], ["flow_id"], "-2", "-Y",
                                                       "frame.number == 2 || frame.number == 25")}
        records = [r for r in PLUGIN.records(self.captures["tcp"], "-o", "cicflow.extra:flow_id") if r.pop("flow_id") in ids]
        self.export(window, self.path("displayed.jsonl"), "yes")
        wait_for("the file", lambda: os.path.exists(self.path("displayed.jsonl")))
        found = [json.loads(line) for line in read(self.path("displayed.jsonl")).splitlines()]
        self.assertEqual([[row["src_port"], row["tot_fwd_pkts"]] for row in found],
                         [[int(row["src_port"]), int(row["tot_fwd_pkts"])] for row in records])
        self.assertEqual(len(found), 2)

    def test_export_as_parquet_below_the_home_folder(self):
        window = self.start("-r", self.captures["tcp"])
        window.wait_for_packets(25)
        self.export(window, "~/exported.parquet")
        path = os.path.join(os.environ["HOME"], "exported.parquet")
        self.addCleanup(lambda: os.path.exists(path) and os.remove(path))
        wait_for("what was written", lambda: window.find(window.root, ("text",), None, holds=f"3 records written to {path}"))
        data = read(path)
        self.assertEqual((data[:4], data[-4:]), (b"PAR1", b"PAR1"))

    def no_records(self, reason, *options, packets=25):
        window = self.start(*options)
        window.wait_for_packets(packets)
        window.choose(*self.entry(window, "Export Records..."), opens_modal=True)
        wait_for("the reason", lambda: window.find(window.root, ("label",), f".*there are no records: {reason}.*"))
        window.close()

    def test_export_says_why_there_are_no_records(self):
        tcp = self.captures["tcp"]
        self.no_records('the preference "Show flows.*" is off', "-r", tcp, "-o", "cicflow.tree:FALSE")
        self.no_records("the protocol CIC Flow is disabled", "-r", tcp, "--disable-protocol", "cicflow")
        self.no_records("no packet of the capture is part of a flow", "-r", tcp, "-o", "cicflow.filter:arp")

    def test_export_says_that_a_preference_is_wrong(self):
        """A saved one: given as an option it is told before there is a window."""
        with open(os.path.join(os.environ["WIRESHARK_CONFIG_DIR"], "preferences"), "w", encoding="utf-8") as file:
            file.write("cicflow.idle_timeout: soon\n")
        window = self.start("-r", self.captures["tcp"])
        window.press(window.root, "OK")
        window.wait_for_packets(25)
        window.choose(*self.entry(window, "Export Records..."), opens_modal=True)
        wait_for("the reason", lambda: window.find(window.root, ("label",), ".*there are no records: a preference of CIC Flow is wrong.*"))

    @staticmethod
    def preferences_page(window):
        """The dialog at our page."""
        window.choose("Edit", "Preferences…", opens_modal=True)
        dialog = window.window(".*Preferences.*")
        window.expand(dialog, "Protocols")
        window.type_text("cic fl")
        wait_for("our page", lambda: window.find(dialog, ("label",), "CIC Flow.*", visible=True))
        return dialog

    def test_preferences_are_grouped_and_refuse_a_wrong_word(self):
        window = self.start("-r", self.captures["tcp"])
        window.wait_for_packets(25)
        dialog = self.preferences_page(window)
        shown = [(node.get_role_name(), node.get_name()) for node in window.from_the_top(dialog, ("label", "check box", *BUTTON))]
        at = next(i for i, (_, name) in enumerate(shown) if name.startswith("CIC Flow"))
        titles = []
        for role, name in shown[at + 1:]:
            if name.startswith("Browse"):
                titles[-1] += "..."
            elif role not in BUTTON:
                titles.append(name)
        self.assertEqual(titles, [title for heading, below in PREFERENCES.items() for title in (heading, *below)])
        window.click(window.entry_of(dialog, "Columns to write, separated by commas"))
        window.type_text("nonsense")
        window.press(dialog, "OK", opens_modal=True)
        wait_for("what would be right", lambda: window.find(window.root, ("label",), ".*fields.*nonsense.*"))

    def test_every_reading_writes_anew(self):
        window = self.start("-r", self.captures["tcp"])
        window.wait_for_packets(25)
        whole, cut = self.expected("tcp"), self.expected("tcp", "-o", "cicflow.active_timeout:1")
        self.assertNotEqual(whole, cut)
        self.wait_for_csv(whole)
        window.choose("Tools", "Test cut flows")
        self.wait_for_csv(cut)
        window.filter("cicflow.last", packets=25, displayed=len(cut.splitlines()) - 1)
        self.same_table(window, "tcp", "-o", "cicflow.active_timeout:1")
        window.choose("Tools", "Test do not cut flows")
        self.wait_for_csv(whole)
        window.filter("", packets=25, displayed=25)
        os.remove(self.path("gui.csv"))
        window.choose("View", "Reload")
        wait_for("the file to be written again", lambda: os.path.exists(self.path("gui.csv")))
        self.wait_for_csv(whole)
        self.same_table(window, "tcp")
        window.choose("Tools", "Test hide flows")
        self.wait_for_csv(whole)
        window.filter("cicflow", packets=25, displayed=0)
        window.choose("Tools", "Test show flows")
        window.wait_for_packets(25, displayed=25)
        window.choose("Tools", "Test open the second file")
        window.wait_for_packets(41)
        self.wait_for_csv(self.expected("udp"))
        self.same_table(window, "udp")
        window.filter("cicflow.last", packets=41, displayed=4)

    def test_ignored_packets_are_no_packets(self):
        window = self.start("-r", self.captures["udp"])
        window.wait_for_packets(41)
        whole = self.expected("udp")
        self.wait_for_csv(whole)
        window.filter("cicflow.flow_id >= 2", packets=41, displayed=27)
        window.choose("Edit", "Ignore All Displayed")
        records = [r for r in PLUGIN.records(self.captures["udp"], "-o", "cicflow.extra:flow_id") if r.pop("flow_id") == "1"]
        window.filter("", packets=41, displayed=41)
        wait_for("the record of the only flow left", lambda: len(read(self.path("gui.csv")).splitlines()) == 2)
        with open(self.path("gui.csv"), newline="", encoding="utf-8") as file:
            self.assertEqual(list(csv.DictReader(file)), records)
        window.choose("Edit", "Unignore All Displayed")
        self.wait_for_csv(whole)
        self.same_table(window, "udp")

    def test_the_last_packet_ignored(self):
        """The end of the visit that this causes is not seen, and is known all the same."""
        window = self.start("-r", self.captures["udp"])
        window.wait_for_packets(41)
        self.wait_for_csv(self.expected("udp"))
        window.filter("frame.number == 41 || frame.number == 40", packets=41, displayed=2)
        window.choose("Edit", "Ignore All Displayed")
        window.filter("cicflow.last", packets=41, displayed=3)
        subprocess.run(["editcap", "-r", self.captures["udp"], self.path("shorter.pcapng"), "1-39"], check=True)
        self.captures["shorter"] = self.path("shorter.pcapng")
        self.wait_for_csv(self.expected("shorter"))
        self.same_table(window, "shorter")

    def test_a_filter_in_force_while_a_file_loads(self):
        window = self.start("-r", self.captures["tcp"], "-Y", "cicflow.last")
        window.wait_for_packets(25, displayed=3)
        os.remove(self.path("gui.csv"))
        window.choose("View", "Reload")
        wait_for("the file to be written again", lambda: os.path.exists(self.path("gui.csv")))
        window.wait_for_packets(25, displayed=3)
        window.choose("Tools", "Test cut flows")
        cut = self.expected("tcp", "-o", "cicflow.active_timeout:1")
        window.wait_for_packets(25, displayed=len(cut.splitlines()) - 1)
        window.choose("Tools", "Test do not cut flows")
        window.wait_for_packets(25, displayed=3)
        window.choose("Tools", "Test open the second file")
        window.wait_for_packets(41, displayed=4)

    def test_coloring_rules_look_at_records(self):
        """All packets have the rule's color once the list is painted anew, as the guide says."""
        with open(os.path.join(os.environ["WIRESHARK_CONFIG_DIR"], "colorfilters"), "w", encoding="utf-8") as file:
            file.write("@Flows@cicflow.tot_fwd_pkts > 0@[65535,0,0][0,0,0]\n")
        window = self.start("-r", self.captures["tcp"])
        window.wait_for_packets(25)
        self.wait_for_csv(self.expected("tcp"))

        def red():
            return sum(row.count(b"\xff\0\0") for row in self.desktop.image()[2])

        window.choose("View", "Colorize Packet List")
        wait_for("a list without colors", lambda: red() < 1000)
        window.choose("View", "Colorize Packet List")
        wait_for("a colored list", lambda: red() > 20000)

    def test_a_read_filter(self):
        wanted = "udp.srcport != 1001 && udp.dstport != 1001"
        window = self.start("-R", wanted, "-r", self.captures["udp"])
        window.wait_for_packets(27)
        self.wait_for_csv(self.expected("udp", "-2", "-R", wanted))
        window.filter("cicflow.last", packets=27, displayed=3)

    def test_merged_files(self):
        window = self.start("-r", self.captures["tcp"])
        window.wait_for_packets(25)
        window.choose("File", "Merge…", opens_modal=True)
        dialog = window.window(".*Merge.*")
        window.write(dialog, self.captures["udp"], "File name:")
        window.press(dialog, "Open", opens_modal=True)
        window.wait_for_packets(66)
        subprocess.run(["mergecap", "-w", self.path("merged.pcapng"), self.captures["tcp"], self.captures["udp"]], check=True)
        self.captures["merged"] = self.path("merged.pcapng")
        self.wait_for_csv(self.expected("merged"))
        self.same_table(window, "merged")

    def test_reloading_lua_plugins(self):
        window = self.start("-r", self.captures["tcp"])
        window.wait_for_packets(25)
        window.choose("Analyze", "Reload Lua Plugins")
        window.filter("cicflow.last", packets=25, displayed=3)

    def test_live_capture(self):
        pipe = self.path("live")
        os.mkfifo(pipe)
        window = self.start("-k", "-i", pipe)
        data = read(self.captures["tcp"])
        more, proceed = self.begin_feeding(pipe, data)
        window.wait_for_packets(12)
        window.filter("cicflow.flow_id == 1", packets=12, displayed=12)
        window.filter("", packets=12, displayed=12)
        flows = window.open(self.entry(window, "Flows"), r"Wireshark . CIC Flow - Flows . .*")
        window.whole_table(flows, 1)
        proceed.set()
        window.wait_for_packets(25)
        more.join()
        self.assertEqual(len(window.table(flows)[1]), 1)
        window.press(flows, "Apply")
        window.whole_table(flows, 3)
        window.close_window(flows, r"Wireshark . CIC Flow - Flows . .*")
        self.wait_for_csv(self.expected("tcp"))
        self.same_table(window, "tcp")
        window.filter("cicflow.last", packets=25, displayed=3)

    def test_windows_that_follow_a_live_capture(self):
        """Conversations, Endpoints and I/O Graphs, here of new flows, need no Apply."""
        with open(os.path.join(os.environ["WIRESHARK_CONFIG_DIR"], "io_graphs"), "w", encoding="utf-8") as file:
            file.write('"Enabled","New flows","cicflow.packet == 1","#ff0000","Bar","Packets","","None","1"\n')
        pipe = self.path("live")
        os.mkfifo(pipe)
        window = self.start("-k", "-i", pipe)
        more, proceed = self.begin_feeding(pipe, read(self.captures["tcp"]))
        window.wait_for_packets(12)
        tabs = [(self.open_tab(window, "Conversations"), 1, 3), (self.open_tab(window, "Endpoints"), 2, 4)]
        for dialog, rows, _ in tabs:
            self.wait_for_tab(window, dialog, rows)
        graphs = window.open(("Statistics", "I/O Graphs"), ".*I/O Graph.*")

        def picture():
            place = window.place(graphs)
            return [row[place.x * 3:(place.x + place.width) * 3] for row in self.desktop.image()[2][place.y:place.y + place.height]]

        wait_for("the bar of a flow", lambda: sum(row.count(b"\xff\0\0") for row in picture()) > 100)
        before = picture()
        proceed.set()
        window.wait_for_packets(25)
        more.join()
        for dialog, _, rows in tabs:
            self.wait_for_tab(window, dialog, rows)
        wait_for("a graph with an axis for the others", lambda: sum(a != b for a, b in zip(before, picture())) > len(before) // 2)

    @staticmethod
    def open_tab(window, name):
        """The dialog with our tab, which has to be ticked in the list of types."""
        dialog = window.open(("Statistics", name), f".*{name}.*")
        types = window.table_of(dialog)
        row = next(row for row in range(types.get_n_rows()) if types.get_accessible_at(row, 1).get_name() == "CIC Flow")
        types.add_row_selection(row)
        window.click(types.get_accessible_at(row, 0))
        return dialog

    @staticmethod
    def wait_for_tab(window, dialog, rows):
        wait_for(f"{rows} rows", lambda: f"CIC Flow · {rows}" in [tab.get_name() for tab in window.all_of(dialog, "page tab")])

    @staticmethod
    def begin_feeding(pipe, data):
        """Writes 12 packets of a capture into the pipe and, once told to proceed, the others."""
        at = 24
        for _ in range(12):
            at += 16 + struct.unpack_from("<I", data, at + 8)[0]
        proceed = threading.Event()

        def feed():
            with open(pipe, "wb", buffering=0) as file:
                file.write(data[:at])
                proceed.wait(60)
                file.write(data[at:])

        thread = threading.Thread(target=feed, daemon=True)
        thread.start()
        return thread, proceed


for _name in unittest.defaultTestLoader.getTestCaseNames(Gui):
    setattr(Gui, _name, again_after_qt_crash(getattr(Gui, _name)))


def missing():
    """What the test needs but is not installed."""
    programs = [name for name in ("wireshark", "mergecap", "Xvfb", "dbus-daemon") if not shutil.which(name)]
    try:
        import gi
        gi.require_version("Atspi", "2.0")
    except (ImportError, ValueError):
        programs.append("gir1.2-atspi-2.0 with python3-gi")
    return programs


if __name__ == "__main__":
    if missing():
        print(f"skipped: not installed: {', '.join(missing())}")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
