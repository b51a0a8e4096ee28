#!/usr/bin/env python3
# test_editor_config.py - editor_config.py finds every kind of violation.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import tempfile
import unittest

import editor_config

RULES = """root = true
[*]
charset = utf-8
end_of_line = lf
insert_final_newline = true
trim_trailing_whitespace = true
indent_style = space
[{*.c,Names.txt}]
max_line_length = 10
[kept/**]
charset = unset
"""

GOOD = {
    "a.c": b"0123456789\n", "folder/b.c": b"\xc3\xa4" * 10 + b"\n", "long.md": b"x" * 500 + b"\n", "empty": b"",
    "kept/folder/a.c": b"\xff" * 20 + b" \r\n\t", "build/a.c": b"no end", ".cache/a.c": b"no end", "tab.md": b"a\tb\n",
}

WRONG = {
    "wrong.c": b"01234567890\n", "folder/Names.txt": b"01234567890\n", "latin.md": b"\xe4\n", "crlf.md": b"a\r\nb\n",
    "end.md": b"a", "blank.md": b"a \nb\n", "tab.md": b"\ta\n", ".ci/run": b"a",
}


class EditorConfig(unittest.TestCase):
    def check(self, files):
        with tempfile.TemporaryDirectory() as folder:
            top = pathlib.Path(folder)
            for name, content in {".editorconfig": RULES.encode(), **files}.items():
                (top / name).parent.mkdir(parents=True, exist_ok=True)
                (top / name).write_bytes(content)
            return editor_config.check(top)

    def test_good_files_have_no_problem(self):
        self.assertEqual(self.check(GOOD), ([], 1 + 6))

    def test_each_wrong_file_is_found(self):
        for name, content in WRONG.items():
            with self.subTest(name=name):
                problems, _ = self.check({**GOOD, name: content})
                self.assertTrue(problems and all(problem.startswith(f"{name}:") for problem in problems), problems)


if __name__ == "__main__":
    unittest.main()
