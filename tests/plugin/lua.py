#!/usr/bin/env python3
"""The Lua script that loads the plugin from a folder other than a plugin folder, and what happens when the plugin is loaded already.

usage: lua.py PLUGIN_FOLDER CAPTURE
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from plugin_run import ENVIRONMENT, Plugin

BUILT, CAPTURE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
A_USER = {"user": "nobody", "group": "nogroup", "extra_groups": []}


def lines_of(text):
    return [line for line in text.decode().splitlines() if not line.startswith("Running as user")]


class Lua(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o777)
        self.capture = shutil.copy(CAPTURE, self.folder)
        os.chmod(self.capture, 0o644)
        self.expected = Plugin(BUILT).records(CAPTURE)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def run_tshark(self, *options, as_user=False, **environment):
        csv = self.path("out.csv")
        if os.path.exists(csv):
            os.remove(csv)
        return subprocess.run(["tshark", *options, "-q", "-r", self.capture, "-o", f"cicflow.csv:{csv}"], capture_output=True,
                              env=ENVIRONMENT | environment, cwd=self.folder, check=False,
                              **(A_USER if as_user and os.geteuid() == 0 else {}))

    def check(self, run):
        self.assertEqual((run.returncode, lines_of(run.stderr)), (0, []))
        with open(self.path("out.csv"), encoding="utf-8") as file:
            self.assertEqual(len(file.readlines()), len(self.expected) + 1)

    def put(self, *names, into):
        os.makedirs(self.path(into), exist_ok=True)
        for name in names:
            shutil.copy(os.path.join(BUILT, name), self.path(into))

    def test_beside_the_shared_object(self):
        self.put("cicflow.lua", "cicflow.so", into="some where")
        for script in (self.path("some where", "cicflow.lua"), os.path.join("some where", "cicflow.lua")):
            with self.subTest(script=script):
                self.check(self.run_tshark("-X", f"lua_script:{script}"))

    def test_in_the_working_folder(self):
        self.put("cicflow.lua", "cicflow.so", into=".")
        self.check(self.run_tshark("-X", "lua_script:cicflow.lua"))

    def test_preferences_before_and_after(self):
        self.put("cicflow.lua", "cicflow.so", into=".")
        self.check(self.run_tshark("-o", "cicflow.idle_timeout:240", "-X", "lua_script:cicflow.lua"))

    def test_does_nothing_when_the_plugin_is_loaded_already(self):
        self.put("cicflow.lua", "cicflow.so", into=".")
        self.put("cicflow.lua", "cicflow.so", into="other")
        self.check(self.run_tshark("-X", "lua_script:cicflow.lua", "-X", "lua_script:other/cicflow.lua"))
        version = subprocess.run(["tshark", "--version"], capture_output=True, check=True).stdout.decode().split("(Wireshark) ")[1]
        folder = os.path.join("plugins", ".".join(version.split(".")[:2]), "epan")
        self.put("cicflow.so", into=folder)
        installed = {"WIRESHARK_PLUGIN_DIR": self.path("plugins"), "HOME": self.folder,
                     "WIRESHARK_CONFIG_DIR": self.path("settings")}  # root may not choose plugin folders
        self.check(self.run_tshark(as_user=True, **installed))
        self.check(self.run_tshark("-X", "lua_script:cicflow.lua", as_user=True, **installed))

    def test_no_shared_object_beside_it(self):
        self.put("cicflow.lua", into=".")
        run = self.run_tshark("-X", "lua_script:cicflow.lua")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn(b"cicflow.so", run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
