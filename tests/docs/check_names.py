#!/usr/bin/env python3
"""What the documents name exists: preferences, fields, columns, options of the command, links.

usage: check_names.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER

Names are in backticks. Existing names are taken from the program; names of functions and files, in the pages for developers,
have to be somewhere in the source.
"""
import os
import re
import subprocess
import sys
import unittest

from documents import LINK, anchors, blocks, documents, prose, read, spans

COMMAND, PLUGIN, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
sys.path.append(os.path.join(SOURCE, "tests", "plugin"))
from plugin_run import Plugin  # noqa: E402

SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
DEVELOPERS = ("CONTRIBUTING.md", "developer-guide.md")
SOURCE_FOLDERS = ("plugin", "cli-wrapper", "tests", "test-captures", "cmake", "docs")
SOURCE_ENDINGS = (".c", ".h", ".cc", ".def", ".py", ".lua", ".txt", ".cmake", ".sh", ".in")


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def source_words():
    """Every word of the source, its files' names included, without the documents themselves."""
    words = set()
    for top in SOURCE_FOLDERS:
        for folder, _, names in os.walk(os.path.join(SOURCE, top)):
            for name in names:
                words.update(re.findall(r"\w+", name))
                if name.endswith(SOURCE_ENDINGS):
                    words.update(re.findall(r"\w+", read(os.path.join(folder, name))))
    return words


def script_options():
    """Options that the programs for tests and measurements take."""
    options = set()
    for folder, _, names in os.walk(os.path.join(SOURCE, "tests")):
        for name in names:
            if name.endswith(".py"):
                options.update(re.findall(r"add_argument\(\"(--[a-z-]+)\"", read(os.path.join(folder, name))))
    return options


def dialect_columns():
    """The columns of the dialects that have names of their own."""
    folder = os.path.join(SOURCE, "plugin", "dialects")
    texts = [read(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(".def")]
    return {header.strip() for text in texts for header in re.findall(r'^COLUMN\("([^"]*)"', text, re.M)}


def names_in_stats():
    """The names in the JSON object of `stats`."""
    text = read(os.path.join(SOURCE, "plugin", "output", "capture_counts.c"))
    return set(re.findall(r'append_\w+\(json, "(\w+)"', text))


def names_in_report():
    """The columns that only --label-report has."""
    text = read(os.path.join(SOURCE, "cli-wrapper", "overview", "label_report.c"))
    return set(re.search('HEADER "([^"]*)', text)[1].split(","))


def python_words():
    """The words of the Python module."""
    folder = os.path.join(SOURCE, "cli-wrapper", "python", "cicflowmeter")
    return {word for name in os.listdir(folder) if name.endswith(".py") for word in re.findall(r"\w+", read(os.path.join(folder, name)))}


class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        plugin = Plugin(PLUGIN)
        cls.defaults = dict(re.findall(r"^#?cicflow\.(\w+): ?(.*)$", plugin.listing("defaultprefs"), re.M))
        cls.preferences = set(cls.defaults)
        listing = plugin.listing("fields")
        cls.fields = set(re.findall(r"\tcicflow\.(\w+)\t", listing))
        help_text = output_of(COMMAND, "--help")
        cls.options = set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", help_text)) | script_options()
        described = " ".join(line for line in listing.splitlines() if "\tcicflow." in line)
        cls.columns = set(re.findall(r"\w+", help_text + described)) | cls.fields
        cls.columns |= dialect_columns() | names_in_stats() | names_in_report()
        cls.python = python_words()
        cls.words = source_words()
        cls.texts = {os.path.relpath(path, SOURCE): read(path) for path in documents(SOURCE)}

    def test_the_program_was_asked(self):
        self.assertIn("idle_timeout", self.preferences)
        self.assertIn("flow_duration", self.fields)
        self.assertIn("--idle-timeout", self.options)

    def test_preferences_and_fields_exist(self):
        for path, text in self.texts.items():
            code = spans(text) + [block.text for block in blocks(text)]
            code += re.findall(r"^    \S.*", prose(text), re.M)
            named = {name for part in code for name in re.findall(r"\bcicflow\.([a-z]\w*)", part)}
            defined = {name for part in code for name in re.findall(r"^(\w+) *= ", part, re.M)}
            wrong = named - self.preferences - self.fields - defined - {"so", "lua"}
            self.assertEqual(wrong, set(), f"{path} names preferences or fields that do not exist")

    def test_the_table_of_preferences_is_complete_and_has_their_defaults(self):
        table = self.texts["docs/preferences.md"].split("| name | default | meaning |\n|---|---|---|\n")[1].split("<!--")[0]
        words = {"on": "TRUE", "off": "FALSE"}
        told = {}
        for names, default in re.findall(r"^\| (`[^|]+`) \| ([^|]*)\|", table, re.M):
            default = default.strip().strip("`")
            told.update({name: words.get(default, default) for name in re.findall(r"\w+", names)})
        self.assertEqual(told, self.defaults)

    def test_options_of_the_command_exist(self):
        found = 0
        for path, text in self.texts.items():
            lines = [line for block in blocks(text) for line in block.text.splitlines()]
            lines += re.findall(r"^    (cicflowmeter .*)", text, re.M) + spans(text)
            for line in lines:
                if not re.match(r"(\$ )?cicflowmeter |--?[a-zA-Z][\w-]*( |$)", line) or line.startswith("-D "):
                    continue
                part = re.split(r" [|>;&] ?|  +#", line)[0]
                part = re.sub(r"'[^']*'|\"[^\"]*\"", "TEXT", part)
                for option in re.findall(r"(?<!\S)--[a-z][\w-]*", part):
                    found += 1
                    self.assertIn(option, self.options, f"{path}: {line}")
        self.assertGreater(found, 40)

    def test_columns_and_other_names_exist(self):
        self.assertIn("server_name", self.columns)
        for path, text in self.texts.items():
            known = self.preferences | self.columns | self.python
            if os.path.basename(path) in DEVELOPERS:
                known = known | self.words | {word for block in blocks(text) for word in re.findall(r"\w+", block.text)}
            named = {span for span in spans(text) if SNAKE.fullmatch(span)}
            self.assertEqual(named - known, set(), f"{path} names what does not exist")

    def test_paths_exist(self):
        for path, text in self.texts.items():
            if os.path.basename(path) in DEVELOPERS:
                for name in (span for span in spans(text) if re.fullmatch(r"(plugin|cli-wrapper|tests|cmake)/[\w./-]+", span)):
                    paths = (name, os.path.join("tests", name + ".py"))  # the second is a test's name
                    self.assertTrue(any(os.path.exists(os.path.join(SOURCE, p)) for p in paths), f"{path} names {name}")

    def test_links_lead_somewhere(self):
        for path, text in self.texts.items():
            for _, target in LINK.findall(prose(text)):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, anchor = target.partition("#")
                aim = os.path.join(SOURCE, os.path.dirname(path), name) if name else os.path.join(SOURCE, path)
                self.assertTrue(os.path.exists(aim), f"{path} links to {target}")
                if anchor and aim.endswith(".md"):
                    self.assertIn(anchor, anchors(read(aim)), f"{path} links to {target}")

    def test_every_page_is_on_the_start_page(self):
        start = self.texts[os.path.join("docs", "README.md")]
        linked = {os.path.normpath(os.path.join("docs", target.partition("#")[0])) for _, target in LINK.findall(start)}
        pages = {path for path in self.texts if os.path.dirname(path) == "docs"} - {os.path.join("docs", "README.md")}
        self.assertEqual(pages - linked, set())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
