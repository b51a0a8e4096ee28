#!/usr/bin/env python3
# include_direction.py - who may include whom in the plugin, and who may know Wireshark. Exits with 1 after one line for each #include that violates
# this. A room may include itself and the rooms in its row; flow <- output <- run are GLib alone, Wireshark's headers are only for epan and the rooms
# above it. usage: include_direction.py PLUGIN_FOLDER
# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# Each room with the rooms that it may know.
ROOMS = {
    "flow": (),
    "flow/define": ("flow",),
    "flow/java": ("flow",),
    "flow/python": ("flow",),
    "output": ("flow",),
    "run": ("flow", "flow/define", "output"),
    "epan": ("flow", "output", "run"),
    "epan/observe": ("flow", "output", "run", "epan"),
    "epan/record": ("flow", "output", "run", "epan"),
    "epan/columns": ("flow", "output", "run", "epan", "epan/observe", "epan/record"),
    "epan/show": ("flow", "output", "run", "epan", "epan/record"),
    "epan/capture": ("flow", "output", "run", "epan", "epan/observe", "epan/columns", "epan/show"),
}
WITHOUT_WIRESHARK = ("flow", "flow/define", "flow/java", "flow/python", "output", "run")
# The one file that knows all of them.
LISTS_DIALECTS = {"flow/dialect.c": ("flow/java", "flow/python")}
TOP_FILES = ("plugin.c", "module.c")
SHARED = ("dialects", "features.def", "fields.def", "options.def")

WIRESHARK_FOLDERS = ("epan/", "wiretap/", "wsutil/", "ui/", "wireshark/")
WIRESHARK_FILES = ("ws_version.h", "ws_symbol_export.h", "ws_attributes.h", "ws_compiler_tests.h", "ws_posix_compat.h")


def room_of(path):
    """The room of a path within the plugin's folder; None: it is in no room."""
    folder = path.parent
    while folder.parts:
        if folder.as_posix() in ROOMS:
            return folder.as_posix()
        folder = folder.parent
    return None


def target_of(root, source, quoted):
    """The file that a quoted name includes, within the folder; None: no such file."""
    for folder in (source.parent, root):
        found = (folder / quoted).resolve()
        if found.is_file() and root in found.parents:
            return found.relative_to(root)
    return None


def problem_with_wireshark(own, room):
    if room in WITHOUT_WIRESHARK or own.parts[0] in SHARED or (room is None and own.name not in TOP_FILES):
        return "a header of Wireshark"
    return None


def problem_of(root, source, kind, name):
    own = source.relative_to(root)
    room = room_of(own)
    target = target_of(root, source, name) if kind == '"' else None
    if target is None:
        is_wireshark = name.startswith(WIRESHARK_FOLDERS) or name in WIRESHARK_FILES
        return problem_with_wireshark(own, room) if is_wireshark else None
    other = room_of(target)
    if target.parts[0] in SHARED or other == room or (room is None and own.parts[0] not in SHARED):
        return None
    if room is None or other not in ROOMS[room] + LISTS_DIALECTS.get(own.as_posix(), ()):
        return f"{room or own.name} may not know {other or target.name}"
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
