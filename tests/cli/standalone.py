#!/usr/bin/env python3
"""cicflowmeter reads captures without any other program, also when the plugin is installed, and ignores saved preferences.

usage: standalone.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import os
import shutil
import subprocess
import unittest

from command import CAPTURE, COMMAND, ENVIRONMENT, PLUGIN, TSHARK, CommandTest, main, plain_records, read

NOBODY = 65534

# Root can hide a program, and play another user, from whom alone Wireshark takes plugins in folders of his own.
needs_root = unittest.skipIf(os.geteuid() != 0, "needs root")


class Standalone(CommandTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)
        os.mkdir(self.path("bin"))
        # A copy knows nothing of the build folder.
        self.copy = shutil.copy(COMMAND, self.path("bin", "cicflowmeter"))

    def run_copy(self, *arguments, user=None, **variables):
        environment = {name: value for name, value in dict(ENVIRONMENT, **variables).items() if value is not None}
        return subprocess.run([self.copy, *arguments], env=environment, capture_output=True, timeout=60,
                              **(dict(user=user, group=user, extra_groups=[]) if user else {}))

    def plugin_folder(self, *parts):
        """A plugin folder with our plugin, in which this tshark looks."""
        version = subprocess.run(["tshark", "--version"], capture_output=True, check=True).stdout.split()[2].decode()
        folder = self.path(*parts, ".".join(version.split(".")[:2]), "epan")
        os.makedirs(folder)
        shutil.copy(os.path.join(PLUGIN, "cicflow.so"), folder)
        return self.path(*parts)

    def test_neither_tshark_nor_plugin_is_needed(self):
        done = self.run_copy("-f", CAPTURE, "-c", "-", PATH=self.path("bin"), TSHARK=self.path("nowhere"))
        self.assertEqual((done.stdout, done.stderr), (plain_records(CAPTURE), b""))

    @needs_root
    def test_beside_an_installed_plugin(self):
        shutil.copy(CAPTURE, self.path("x.pcap"))
        folder = self.plugin_folder("plugins")
        # Read by Wireshark itself, and only for others than root.
        for dissection in ([], ["--full-dissection"]):
            done = self.run_copy("-f", self.path("x.pcap"), "-c", *dissection, "-", user=NOBODY, WIRESHARK_PLUGIN_DIR=folder)
            self.assertEqual((done.stdout, done.stderr), (plain_records(CAPTURE), b""))

    @needs_root
    def test_beside_a_personal_plugin(self):
        self.plugin_folder("home", ".local", "lib", "wireshark", "plugins")
        shutil.copy(CAPTURE, self.path("x.pcap"))
        done = self.run_copy("-f", self.path("x.pcap"), "-c", "--full-dissection", "-", user=NOBODY, HOME=self.path("home"))
        self.assertEqual((done.stdout, done.stderr), (plain_records(CAPTURE), b""))

    @needs_root
    def test_no_dumpcap(self):
        hide = (f"for path in $(which -a dumpcap) /usr/bin/dumpcap; do mount --bind /dev/null $path; done; "
                f"exec '{COMMAND}' -i lo -c -")
        done = subprocess.run(["unshare", "-m", "sh", "-c", hide], env=ENVIRONMENT, capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("dumpcap not found", lines[0])
        self.assertIn("apt install", lines[0])

    def test_saved_preferences_change_nothing(self):
        os.mkdir(self.path("config"))
        with open(self.path("config", "preferences"), "w", encoding="utf-8") as file:
            for name, value in (("csv", self.path("stray.csv")), ("jsonl", self.path("stray.jsonl")),
                                ("stats", self.path("stray.json")), ("progress", self.path("stray")), ("fields", "src_ip"),
                                ("label", "x"), ("dialect", "python"), ("idle_timeout", "0.001"), ("max_flows", "1"),
                                ("icmp_idle_timeout", "0.001"), ("closed_timeout", "0.001"), ("vlan_flows", "TRUE"),
                                ("active_timeout", "0.001"), ("activity_timeout", "0.001"),
                                ("subflow_gap", "0.001"), ("tunnel", "outer"), ("timestamp", "epoch"), ("verbose", "2"),
                                ("extra", "flow_id"), ("columns", "cicids2017")):
                file.write(f"cicflow.{name}: {value}\n")
        done = self.run_copy("-f", CAPTURE, "-c", "--full-dissection", "-", WIRESHARK_CONFIG_DIR=self.path("config"))
        self.assertEqual((done.stdout, done.stderr), (plain_records(CAPTURE), b""))
        self.assertEqual(sorted(os.listdir(self.folder)), ["bin", "config"])


if __name__ == "__main__":
    main()
