#!/usr/bin/env python3
"""The help of cicflowmeter, and what is made from the same table: manual page, completions, docs/command-options.md; and the
plugin's manual page, made from the plugin's tables.

usage: documents.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import csv
import os
import re
import shutil
import subprocess
import sys
import unittest

from command import CAPTURE, COMMAND, ENVIRONMENT, PLUGIN, SOURCE, TSHARK, CommandTest, main, plain_records, read, run

sys.path.append(os.path.join(SOURCE, "tests", "plugin"))
from plugin_run import Plugin  # noqa: E402

BUILT = os.path.dirname(COMMAND)
FORK = ["-i", "--interface", "-f", "--file", "-c", "--csv", "-u", "--url", "--fields", "-v", "--verbose", "-h", "--help"]


def completions(*words):
    """The completions that bash offers for these words, the last of which is incomplete."""
    quoted = " ".join(f"'{word}'" for word in words)
    script = f"""
    source {BUILT}/completions/cicflowmeter
    compopt() {{ :; }}
    COMP_WORDS=(cicflowmeter {quoted}) COMP_CWORD={len(words)}
    _cicflowmeter
    printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], env=ENVIRONMENT, capture_output=True, check=True, text=True)
    return done.stdout.split("\n")[:-1]


class Documents(CommandTest):
    def setUp(self):
        super().setUp()
        self.help = self.succeeds("--help").stdout.decode()
        self.options = re.findall(r"^  (?:-\w, |    )(--[\w-]+)", self.help, re.MULTILINE)
        self.table = read(os.path.join(SOURCE, "docs", "command-options.md")).decode()

    def section(self, title):
        return self.table.split(f"\n## {title}\n")[1].split("\n## ")[0]

    def test_the_page_in_docs_is_up_to_date(self):
        made = subprocess.run([os.path.join(BUILT, "cicflowmeter-documents"), "markdown"], capture_output=True, check=True)
        self.assertEqual(self.table, made.stdout.decode(),
                         "bring it up to date: cmake --build build --target command-documents")

    def test_every_option_is_in_every_document(self):
        self.assertGreater(len(self.options), 40)
        manual = read(os.path.join(BUILT, "cicflowmeter.1")).decode().replace("\\-", "-")
        fish = read(os.path.join(BUILT, "completions", "cicflowmeter.fish")).decode()
        zsh = read(os.path.join(BUILT, "completions", "_cicflowmeter")).decode()
        for option in self.options:
            with self.subTest(option=option):
                self.assertRegex(manual, rf"(?m)^\.B (-\w, )?{option}\b")
                self.assertRegex(self.table, rf"(?m)^\| `(-\w, )?{option}\b")
                self.assertIn(f"complete -c cicflowmeter -l {option[2:]}", fish)
                self.assertRegex(zsh, rf"'\*?{option}[=\[]")
                self.assertIn(option, completions("--"))

    def test_every_option_of_the_fork_is_mapped_and_understood(self):
        rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", self.section("Coming from the Python fork"), re.MULTILINE)
        named = [name for first, _ in rows for name in first.split(", ")]
        self.assertEqual(sorted(named), sorted(FORK + ["output"]))
        for name in FORK:
            self.assertRegex(self.help, rf"(?m)^  (?:.*, |    )?{name}\b")

    def test_the_command_line_of_the_java_tool_is_mapped(self):
        rows = self.section("Coming from the Java tool")
        for words in ("first argument", "second argument", "flow timeout", "activity timeout"):
            self.assertIn(words, rows)
        for option in re.findall(r"`(?:-\w, )?(--[\w-]+)", rows):
            self.assertIn(option, self.options)

    def test_help_fits_the_terminal(self):
        for line in self.help.splitlines():
            self.assertLessEqual(len(line), 80, line)
        self.assertEqual(self.succeeds("-h").stdout.decode(), self.help)

    def test_version_names_wireshark_too(self):
        lines = self.succeeds("--version").stdout.decode().splitlines()
        self.assertRegex(lines[0], r"^cicflowmeter \d+\.\d+\.\d+$")
        self.assertRegex(lines[1], r"^Wireshark \d+\.\d+\.\d+")

    def test_completion_in_bash(self):
        self.assertEqual(completions("--dialect", "ja"), ["java", "java-fixed"])
        self.assertEqual(completions("--dialect", "=", "py"), ["python"])
        self.assertEqual(completions("--extra", "flow_id,vl"), ["flow_id,vlan"])
        self.assertEqual(completions("--act"), ["--active-timeout", "--activity-timeout"])
        os.mkdir(self.path("a folder"))
        self.assertEqual(completions("-d", self.path("a ")), [self.path("a folder")])

    def check_syntax(self, shell, name):
        done = subprocess.run([shell, "-n", os.path.join(BUILT, "completions", name)], env=ENVIRONMENT,
                              capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not there")
    def test_completion_in_zsh_can_be_read(self):
        self.check_syntax("zsh", "_cicflowmeter")

    @unittest.skipUnless(shutil.which("fish"), "fish is not there")
    def test_completion_in_fish(self):
        self.check_syntax("fish", "cicflowmeter.fish")
        script = f"source {BUILT}/completions/cicflowmeter.fish; complete -C 'cicflowmeter --dialect ja'"
        done = subprocess.run(["fish", "-c", script], capture_output=True, check=True, text=True,
                              env=dict(ENVIRONMENT, HOME=self.folder))
        self.assertEqual([line.split("\t")[0] for line in done.stdout.splitlines()], ["java", "java-fixed"])

    def test_the_manual_pages_are_set_without_warnings(self):
        for page in ("cicflowmeter.1", "cicflow.4"):
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", os.path.join(BUILT, page)], env=ENVIRONMENT,
                                  capture_output=True, check=False)
            self.assertEqual((page, done.returncode, done.stderr), (page, 0, b""))

    def test_wrong_usage_points_to_the_help(self):
        done = run("--nonsense")
        self.assertEqual(done.returncode, 2)
        self.assertIn("cicflowmeter --help", done.stderr.decode())


class PluginManual(unittest.TestCase):
    """cicflow(4) against the plugin itself."""

    @classmethod
    def setUpClass(cls):
        cls.page = read(os.path.join(BUILT, "cicflow.4")).decode("ascii").replace("\\-", "-")
        cls.sections = dict(part.split("\n", 1) for part in cls.page.split("\n.SH ")[1:])

    def heads(self, section):
        """The bold terms with their texts, in the page's order."""
        entries = re.findall(r"^\.TP\n\.B (.+)\n((?:[^.\n].*\n?)+)", self.sections[section], re.M)
        self.assertEqual(len(entries), self.sections[section].count(".TP"), section)
        return {head: text.strip() for head, text in entries}

    def test_it_has_the_sections_that_readers_look_for(self):
        self.assertEqual(list(self.sections), [
            "NAME", "SYNOPSIS", "DESCRIPTION", "PREFERENCES", "COLUMNS", "EXTRA COLUMNS", "DISPLAY FILTER FIELDS",
            "STATISTICS", "FILES", "EXIT STATUS", "SEE ALSO"])
        self.assertIn("\n.BR cicflow (4)", read(os.path.join(BUILT, "cicflowmeter.1")).decode())
        self.assertIn(".BR cicflowmeter (1)", self.sections["SEE ALSO"])

    def test_preferences_with_their_defaults(self):
        known = re.findall(r"^#?cicflow\.(\w+): ?(.*)$", Plugin(PLUGIN).listing("defaultprefs"), re.M)
        self.assertGreater(len(known), 20)
        described = {head.partition(":")[0]: text for head, text in self.heads("PREFERENCES").items()}
        self.assertEqual(sorted(described), sorted("cicflow." + name for name, _ in known))
        for name, value in known:
            self.assertRegex(described[f"cicflow.{name}"], f" Default: {value or 'empty'}\\.$")

    def test_columns_in_their_order(self):
        header = next(csv.reader(plain_records(CAPTURE).decode().splitlines()))
        self.assertEqual(list(self.heads("COLUMNS")), header)

    def test_extra_columns(self):
        extra = list(self.heads("EXTRA COLUMNS"))
        options = ("-o", "cicflow.extra:" + ",".join(extra), "-o", "cicflow.sequence:1")
        header = next(csv.reader(plain_records(CAPTURE, *options).decode().splitlines()))
        self.assertEqual(header[82:], extra)
        groups = ["payload", "flags", "ttl", "window", "tcp", "sequence", "all"]
        self.assertEqual(extra + groups, completions("--extra", ""))

    def test_fields(self):
        known = set(re.findall(r"\t(cicflow\.\w+)\t", Plugin(PLUGIN).listing("fields")))
        self.assertGreater(len(known), 100)
        columns = {"cicflow." + name for section in ("COLUMNS", "EXTRA COLUMNS") for name in self.heads(section)}
        self.assertEqual(columns | set(self.heads("DISPLAY FILTER FIELDS")), known)

    def test_statistics_exist(self):
        statistics = {head.partition("[")[0] for head in self.heads("STATISTICS")}
        for option in statistics:
            done = subprocess.run([TSHARK, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", CAPTURE, *option.split()],
                                  env=ENVIRONMENT, capture_output=True, check=True)
            self.assertNotEqual(done.stdout, b"", option)
        # tshark names the statistics it knows when it is asked for none that it knows.
        asked = subprocess.run([TSHARK, "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-z", "help"], env=ENVIRONMENT,
                               capture_output=True, check=False)
        known = re.findall(r"^ +(cicflow\S*)$", (asked.stdout + asked.stderr).decode(), re.M)
        self.assertEqual(sorted("-z " + name for name in known), sorted(statistics))


if __name__ == "__main__":
    main()
