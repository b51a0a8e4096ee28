#!/usr/bin/env python3
"""The plugin under the memory checks of Wireshark, GLib and glibc, and under valgrind's memcheck: clean, at exit as well.

The capture is made of the first frames of all sources.  tshark reads it in every way of through_tshark.py and with errors,
once as it is and once with what Wireshark's tools/fuzz-test.sh sets: the exit status and the outputs are the same. Then some of the ways, or all with
--all, run under memcheck, and sharkd under memcheck, loading the sources one after another with other settings each. An error is ours when a function
of the plugin is on its stack, but for those that only pass a packet on to Wireshark's dissectors, and for glibc's own memory of a thread that waits
while the program ends.

usage: memory_checks.py settings|memcheck|both PLUGIN_FILE [--all] [--frames N] SOURCE...
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

import damage
from outputs_check import Totals
from through_sharkd import EXTRA, Sharkd, missing_programs
from through_tshark import WAYS, Tshark

WIRESHARK_CHECKS = {
    "WIRESHARK_DEBUG_WMEM_OVERRIDE": "strict", "WIRESHARK_ABORT_ON_DISSECTOR_BUG": "", "WIRESHARK_ABORT_ON_TOO_MANY_ITEMS": "",
    "G_SLICE": "debug-blocks", "G_DEBUG": "fatal-criticals", "MALLOC_CHECK_": "3", "MALLOC_PERTURB_": "165",
    "LD_PRELOAD": "libc_malloc_debug.so.0"}  # where glibc has MALLOC_CHECK_
MEMCHECK_SETTINGS = {"WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple", "G_SLICE": "always-malloc"}
MEMCHECK = ["valgrind", "--quiet", "--xml=yes", "--num-callers=60", "--leak-check=full", "--keep-debuginfo=yes"]
SHORT = (["-q", "-o", "cicflow.fast:TRUE", "-o", "cicflow.threads:2"],
         ["-2", "-q", "-o", f"cicflow.extra:{EXTRA}", "-o", "cicflow.labels:RULES"])
ERRORS = (
    ["-q", "-o", "cicflow.dialect:none"],
    ["-q", "-o", "cicflow.fields:src_ip,nothing"],
    ["-q", "-o", "cicflow.idle_timeout:-1"],
    ["-q", "-o", "cicflow.labels:/nonexistent/rules"],
    ["-q", "-o", "cicflow.filter:ip and"],
    ["-q", "-o", "cicflow.csv:/dev/full"],
    ["-q", "-o", "cicflow.jsonl:/dev/full", "-o", "cicflow.fast:TRUE"],
    ["-2", "-q", "-o", "cicflow.csv:/nonexistent/flows.csv"],
    ["-q", "-o", "cicflow.stats:/"],
)
SHORT_LOADS = 12
PASSES_ON = re.compile(r"compat_try_uint|pass_on|dissect_\w+")
THREAD_MEMORY = ("_dl_allocate_tls", "__tls_get_addr")
SECONDS_MAX = 600
SKIPPED = 77


def is_ours(frame):
    return "cicflow.so" in frame.findtext("obj", "") and not PASSES_ON.fullmatch(frame.findtext("fn", ""))


def our_errors(path):
    """(number of all errors, texts of ours) in what memcheck wrote."""
    errors = xml.parse(path).getroot().findall("error")
    ours = [error for error in errors if any(is_ours(frame) for frame in error.iter("frame")) and
            not any(frame.findtext("fn") in THREAD_MEMORY for frame in error.iter("frame"))]
    return len(errors), [describe(error) for error in ours]


def describe(error):
    what = error.findtext("what") or error.findtext("xwhat/text")
    frames = [f"{frame.findtext('fn', '?')} ({frame.findtext('file', frame.findtext('obj', '?'))}:{frame.findtext('line', '')})"
              for frame in error.iter("frame")]
    return f"{error.findtext('kind')}: {what}: " + " < ".join(frames[:12])


class Checks:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.failures, self.runs, self.errors_of_others = 0, 0, 0
        self.tshark = Tshark(os.path.dirname(options.plugin), folder, Totals())
        self.report = os.path.join(folder, "memcheck.xml")

    def fail(self, what, problem):
        self.failures += 1
        print(f"{what}: {problem}", file=sys.stderr)

    def run(self, way, variables, under=()):
        """(exit status, {output: bytes}, standard error)"""
        outputs = {name: self.tshark.files[name] for name in ("csv", "jsonl", "stats")}
        for path in outputs.values():
            if os.path.exists(path):
                os.remove(path)
        options = self.tshark.options([])
        given = {option.split(":")[0] for option in way}
        options = [part for name, value in zip(options[::2], options[1::2]) if value.split(":")[0] not in given
                   for part in (name, value)]
        command = [*under, "tshark", "-r", self.tshark.files["capture"], *options, *self.tshark.fill(way)]
        done = subprocess.run(command, check=False, capture_output=True, timeout=SECONDS_MAX,
                              env=dict(os.environ, TZ="UTC", **variables))
        self.runs += 1
        written = {}
        for name, path in outputs.items():
            if os.path.exists(path):
                with open(path, "rb") as file:
                    written[name] = file.read()
        return done.returncode, written, done.stderr.decode(errors="replace")

    def check_settings(self, way, must_fail):
        plain, checked = self.run(way, {}), self.run(way, WIRESHARK_CHECKS)
        if plain[:2] != checked[:2] or "CRITICAL" in checked[2]:
            self.fail(f"Wireshark's checks, {way}", f"status {plain[0]} and {checked[0]}, other outputs: "
                      f"{[name for name in plain[1] if plain[1][name] != checked[1].get(name)]}: {checked[2][-2000:]}")
        if (plain[0] != 0) != must_fail:
            self.fail(str(way), f"status {plain[0]}: {plain[2][-500:]}")

    def check_report(self, what):
        every, ours = our_errors(self.report)
        self.errors_of_others += every - len(ours)
        for error in ours:
            self.fail(f"memcheck, {what}", error)

    def memcheck(self, way):
        self.run(way, MEMCHECK_SETTINGS, [*MEMCHECK, f"--xml-file={self.report}"])
        self.check_report(way)

    def memcheck_sharkd(self, sources):
        sharkd = Sharkd(self.options.plugin, Totals(), [*MEMCHECK, "--xml-file=HOME/memcheck.xml"], change=0.5,
                        seconds_max=SECONDS_MAX)
        dice = random.Random(1)
        try:
            for source in sources:
                frames = source.frames[:self.options.frames]
                sharkd.read(dice, damage.section(source.header, frames), len(frames))
            sharkd.stop()
            os.replace(os.path.join(sharkd.home, "memcheck.xml"), self.report)
        finally:
            sharkd.end()
        self.runs += 1
        self.check_report("sharkd")

    def with_settings(self):
        for way in WAYS:
            self.check_settings(way, must_fail=False)
        for way in ERRORS:
            self.check_settings(way, must_fail=True)

    def under_memcheck(self, sources):
        for way in (*WAYS, *ERRORS) if self.options.all else SHORT:
            self.memcheck(way)
        self.memcheck_sharkd(sources)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checks", choices=("settings", "memcheck", "both"))
    parser.add_argument("plugin", type=os.path.abspath)
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--all", action="store_true", help="every way under memcheck")
    parser.add_argument("--frames", type=int, default=20, help="of each source")
    options = parser.parse_args()
    needed = missing_programs() + ["valgrind"] * (options.checks != "settings" and not shutil.which("valgrind"))
    if needed:
        print(f"skipped: {' and '.join(needed)} not found")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        sources = damage.read_sources(folder, options.sources)
        checks = Checks(options, folder)
        with open(checks.tshark.files["capture"], "wb") as file:
            file.writelines(damage.section(source.header, source.frames[:options.frames]) for source in sources)
        if options.checks != "memcheck":
            checks.with_settings()
        if options.checks != "settings":
            checks.under_memcheck(sources if options.all else random.Random(1).choices(sources, k=SHORT_LOADS))
    print(f"{checks.runs} runs, {checks.failures} failures; {checks.errors_of_others} errors on stacks without the plugin")
    return checks.failures > 0


if __name__ == "__main__":
    sys.exit(main())
