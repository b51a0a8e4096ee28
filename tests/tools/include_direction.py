#!/usr/bin/env python3
# include_direction.py - who may include whom in the plugin: flow <- output <- epan <- plugin.c and module.c, and
# Wireshark's headers in the last three alone. Exits with 1 after one line for each #include that is against it.
#
# usage: include_direction.py PLUGIN_FOLDER
# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# A layer may include itself and those before it.
LAYERS = ("flow", "output", "epan")
TOP = len(LAYERS)
TOP_FILES = ("plugin.c", "module.c")
SHARED = ("dialects", "features.def", "fields.def", "options.def")

WIRESHARK_FOLDERS = ("epan/", "wiretap/", "wsutil/", "ui/", "wireshark/")
WIRESHARK_FILES = ("ws_version.h", "ws_symbol_export.h", "ws_attributes.h", "ws_compiler_tests.h", "ws_posix_compat.h")


def layer_of(path):
    """Index of the layer of a path within the plugin's folder; None: of no layer, all may include it."""
    if path.parts[0] in LAYERS:
        return LAYERS.index(path.parts[0])
    return None if path.parts[0] in SHARED else TOP


def target_of(root, source, quoted):
    """What a quoted name stands for, within the folder; None: no file there."""
    for folder in (source.parent, root):
        found = (folder / quoted).resolve()
        if found.is_file() and root in found.parents:
            return found.relative_to(root)
    return None


def problem_of(root, source, kind, name):
    own = source.relative_to(root)
    layer = layer_of(own)
    target = target_of(root, source, name) if kind == '"' else None
    if target is None:
        is_wireshark = name.startswith(WIRESHARK_FOLDERS) or name in WIRESHARK_FILES
        if is_wireshark and layer is not None and layer < LAYERS.index("epan"):
            return "a header of Wireshark"
        return "a header of Wireshark" if is_wireshark and layer == TOP and own.name not in TOP_FILES else None
    target_layer = layer_of(target)
    if target_layer is not None and (layer is None or target_layer > layer):
        return "against the direction " + " <- ".join(LAYERS)
    return None


def check(root):
    """The problems, one line each, and the number of files that were looked at."""
    problems = []
    files = sorted(path for path in root.rglob("*") if path.suffix in (".c", ".h", ".cc", ".def"))
    for source in files:
        for kind, name in INCLUDE.findall(source.read_text()):
            problem = problem_of(root, source, kind, name)
            if problem:
                problems.append(f"{source.relative_to(root)}: #include of {name}: {problem}")
    return problems, len(files)


def main():
    problems, files = check(pathlib.Path(sys.argv[1]).resolve())
    for problem in problems:
        print(problem)
    print(f"{files} files, {len(problems)} problems")
    return 1 if problems or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
