#!/usr/bin/env python3
"""cicflowmeter finds tshark and the plugin, or says in one line what to install.

usage: locate.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import os
import shutil
import subprocess
import unittest

from command import CAPTURE, COMMAND, ENVIRONMENT, PLUGIN, TSHARK, CommandTest, main, plain_records, read

NOBODY = 65534

# Root can hide a program, and play another user, from whom alone Wireshark takes plugins in folders of his own.
needs_root = unittest.skipIf(os.geteuid() != 0, "needs root")


class Locate(CommandTest):
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
        """A folder of plugins with ours in it, where this tshark looks."""
        version = subprocess.run(["tshark", "--version"], capture_output=True, check=True).stdout.split()[2].decode()
        folder = self.path(*parts, ".".join(version.split(".")[:2]), "epan")
        os.makedirs(folder)
        shutil.copy(os.path.join(PLUGIN, "cicflow.so"), folder)
        return self.path(*parts)

    def test_the_plugin_in_the_build_folder(self):
        done = self.succeeds("-f", CAPTURE, "-c", "-")
        self.assertEqual(done.stdout, plain_records(CAPTURE))

    def test_the_plugin_beside_the_command(self):
        for name in ("cicflow.so", "cicflow.lua"):
            shutil.copy(os.path.join(PLUGIN, name), self.path("bin"))
        self.assertEqual(self.run_copy("-f", CAPTURE, "-c", "-").stdout, plain_records(CAPTURE))

    def test_a_folder_that_is_named(self):
        done = self.run_copy("-f", CAPTURE, "-c", "-", CICFLOW_PLUGIN_DIR=PLUGIN)
        self.assertEqual((done.stdout, done.stderr), (plain_records(CAPTURE), b""))
        done = self.run_copy("-f", CAPTURE, "-c", "-", CICFLOW_PLUGIN_DIR=self.path("nowhere"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("CICFLOW_PLUGIN_DIR", done.stderr.decode())

    @needs_root
    def test_an_installed_plugin(self):
        shutil.copy(CAPTURE, self.path("x.pcap"))
        folder = self.plugin_folder("plugins")
        # Read by Wireshark itself, and only for others than root.
        done = self.run_copy("-f", self.path("x.pcap"), "-c", "-", user=NOBODY, WIRESHARK_PLUGIN_DIR=folder)
        self.assertEqual((done.stdout, done.stderr), (plain_records(CAPTURE), b""))

    @needs_root
    def test_a_personal_plugin(self):
        self.plugin_folder("home", ".local", "lib", "wireshark", "plugins")
        shutil.copy(CAPTURE, self.path("x.pcap"))
        done = self.run_copy("-f", self.path("x.pcap"), "-c", "-", user=NOBODY, HOME=self.path("home"))
        self.assertEqual((done.stdout, done.stderr), (plain_records(CAPTURE), b""))

    def fails_in_one_line(self, done, *words):
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 1, lines)
        for word in words:
            self.assertIn(word, lines[0])

    def test_no_plugin(self):
        done = self.run_copy("-f", CAPTURE, "-c", "-")
        self.fails_in_one_line(done, "plugin", "install", "cicflow")

    @needs_root
    def test_no_tshark(self):
        hide = f"for path in $(which -a tshark); do mount --bind /dev/null $path; done; exec '{COMMAND}' -f '{CAPTURE}' -c -"
        done = subprocess.run(["unshare", "-m", "sh", "-c", hide], env={n: v for n, v in ENVIRONMENT.items() if n != "TSHARK"},
                               capture_output=True, timeout=60)
        self.fails_in_one_line(done, "tshark not found", "apt install tshark")

    def test_a_tshark_that_is_not_there(self):
        done = self.run_copy("-f", CAPTURE, "-c", "-", TSHARK=self.path("tshark"))
        self.fails_in_one_line(done, "TSHARK", self.path("tshark"))

    def test_a_tshark_that_is_named(self):
        os.symlink(shutil.which(TSHARK), self.path("tshark"))
        done = self.run_copy("-f", CAPTURE, "-c", "-", TSHARK=self.path("tshark"), PATH=self.path("bin"),
                             CICFLOW_PLUGIN_DIR=PLUGIN)
        self.assertEqual((done.stdout, done.stderr), (plain_records(CAPTURE), b""))

    def test_saved_preferences_change_nothing(self):
        os.mkdir(self.path("config"))
        with open(self.path("config", "preferences"), "w", encoding="utf-8") as file:
            for name, value in (("csv", self.path("stray.csv")), ("jsonl", self.path("stray.jsonl")),
                                ("stats", self.path("stray.json")), ("progress", self.path("stray")), ("fields", "src_ip"),
                                ("label", "x"), ("dialect", "python"), ("idle_timeout", "0.001"), ("max_flows", "1"),
                                ("icmp_idle_timeout", "0.001"), ("active_timeout", "0.001"), ("activity_timeout", "0.001"),
                                ("subflow_gap", "0.001"), ("tunnel", "outer"), ("timestamp", "epoch"), ("verbose", "2"),
                                ("extra", "flow_id"), ("columns", "cicids2017")):
                file.write(f"cicflow.{name}: {value}\n")
        done = self.run_copy("-f", CAPTURE, "-c", "-", CICFLOW_PLUGIN_DIR=PLUGIN, WIRESHARK_CONFIG_DIR=self.path("config"))
        self.assertEqual((done.stdout, done.stderr), (plain_records(CAPTURE), b""))
        self.assertEqual(sorted(os.listdir(self.folder)), ["bin", "config"])


if __name__ == "__main__":
    main()
