#!/usr/bin/env python3
"""The command and tshark with the plugin write the same bytes: two hosts over one core.

usage: compare.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER [FOLDER...]

Every capture of the folders is read by both: those of the tests in turn in one of the dialects, or with options that bring other
parts of Wireshark in; those of folders that are given with all of these. Prints a line for each difference and one with the number of comparisons.
"""
import concurrent.futures
import itertools
import os
import pathlib
import subprocess
import sys
import tempfile

COMMAND, PLUGIN, SOURCE = (os.path.abspath(argument) for argument in sys.argv[1:4])
FOLDERS = [pathlib.Path(argument) for argument in sys.argv[4:]]
ENVIRONMENT = dict(os.environ, TZ="UTC")
TSHARK = ENVIRONMENT.get("TSHARK", "tshark")
ENDINGS = (".pcap", ".pcapng", ".cap", ".gz", ".zst", ".lz4")

# The same things in the words of both.
BOTH = {
    "standard": ([], []),
    "python": (["--dialect", "python"], ["cicflow.dialect:python"]),
    "java": (["--dialect", "java"], ["cicflow.dialect:java"]),
    "java-fixed": (["--dialect", "java-fixed"], ["cicflow.dialect:java-fixed"]),
    "cicids2017": (["--dialect", "java", "--columns", "cicids2017"], ["cicflow.dialect:java", "cicflow.columns:cicids2017"]),
    "full": (["--full-dissection", "--tunnel", "outer"], ["cicflow.tunnel:outer"]),
    "extra": (["--extra", "all"], ["cicflow.extra:all"]),
    "filter": (["--filter", "udp || frame.time_delta > 0.01", "--label", "x,y"],
               ["cicflow.filter:udp || frame.time_delta > 0.01", "cicflow.label:x,y"]),
    "timeouts": (["--idle-timeout", "0.5", "--active-timeout", "3", "--max-flows", "20", "--timestamp", "iso8601"],
                 ["cicflow.idle_timeout:0.5", "cicflow.active_timeout:3", "cicflow.max_flows:20", "cicflow.timestamp:iso8601"]),
}
EXTRA = ("flow_id,first_frame,last_frame,end_reason,last_timestamp,tcp_stream,udp_stream,app_proto,server_name,vlan,tunnel,fwd_retrans,"
         "bwd_retrans,community_id")


def captures(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name.endswith(ENDINGS))


def chosen():
    """Pairs of a capture and a row of BOTH."""
    if FOLDERS:
        return list(itertools.product((path for folder in FOLDERS for path in captures(folder)), BOTH.items()))
    return list(zip(captures(pathlib.Path(SOURCE, "test-captures")), itertools.cycle(BOTH.items())))


def content(path):
    return path.read_bytes() if path.exists() else None


def compare(job):
    """A line that tells how the two differ, or None."""
    capture, (name, (ours, theirs)) = job
    ours, theirs = ([text.replace("all", EXTRA) if name == "extra" else text for text in texts] for texts in (ours, theirs))
    with tempfile.TemporaryDirectory() as folder:
        one, other = pathlib.Path(folder, "command"), pathlib.Path(folder, "tshark")
        done = subprocess.run([COMMAND, "-q", "-f", capture, "-c", *ours, one], env=ENVIRONMENT, capture_output=True, check=False)
        subprocess.run([TSHARK, "-n", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", capture, "-o", f"cicflow.csv:{other}",
                        *itertools.chain.from_iterable(("-o", text) for text in theirs)],
                       env=ENVIRONMENT, capture_output=True, check=False)
        if content(one) == content(other):
            return None
    return f"{capture}, {name}: they differ; the command ended with {done.returncode}: {done.stderr.decode(errors='replace').strip()}"


def main():
    jobs = chosen()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        problems = [line for line in pool.map(compare, jobs) if line]
    print(*problems, sep="\n")
    print(f"{len(jobs)} comparisons, {len(problems)} differences")
    return 1 if problems or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
