#!/usr/bin/env python3
# test_include_direction.py - include_direction.py finds every kind of violation.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import tempfile
import unittest

import include_direction

GOOD = {
    "features.def": "",
    "flow/flow.h": "#include <glib.h>\n",
    "flow/flow.c": '#include "flow.h"\n#include "../features.def"\n',
    "output/writer.h": '#include "../flow/flow.h"\n',
    "flow/java/rules.h": '#include "../flow.h"\n',
    "flow/dialect.c": '#include "java/rules.h"\n',
    "run/run.h": '#include "../output/writer.h"\n',
    "epan/observe/observer.h": '#include <epan/packet.h>\n#include "../../run/run.h"\n',
    "epan/columns/notes.h": '#include "../observe/observer.h"\n',
    "plugin.c": '#include <epan/packet.h>\n#include "epan/observe/observer.h"\n',
    "module.c": "#include <wsutil/report_message.h>\n",
}

WRONG = [
    ("flow/wrong.c", '#include "../output/writer.h"\n'),
    ("flow/wrong.c", '#include "output/writer.h"\n'),
    ("flow/wrong.c", '  # include "../epan/observe/observer.h"\n'),
    ("flow/wrong.h", "#include <epan/packet.h>\n"),
    ("flow/wrong.c", '#include "java/rules.h"\n'),
    ("output/wrong.c", '#include "../run/run.h"\n'),
    ("run/wrong.c", "#include <epan/packet.h>\n"),
    ("run/wrong.c", '#include "../epan/observe/observer.h"\n'),
    ("epan/observe/wrong.c", '#include "../columns/notes.h"\n'),
    ("epan/show/wrong.c", '#include "../observe/observer.h"\n'),
    ("output/wrong.c", '#include "../epan/observe/observer.h"\n'),
    ("output/wrong.cc", "#include <wsutil/report_message.h>\n"),
    ("output/wrong.h", "#include <ws_version.h>\n"),
    ("other.c", "#include <epan/packet.h>\n"),
    ("features.def", '#include "epan/observe/observer.h"\n'),
]


class Finds(unittest.TestCase):
    def check(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder).resolve()
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return include_direction.check(root)[0]

    def test_nothing_in_what_is_right(self):
        self.assertEqual(self.check(GOOD), [])

    def test_each_wrong_include(self):
        for name, text in WRONG:
            with self.subTest(name=name, text=text):
                problems = self.check({**GOOD, name: text})
                self.assertEqual(len(problems), 1, problems)
                self.assertTrue(problems[0].startswith(name + ":"), problems)


if __name__ == "__main__":
    unittest.main()
