#!/usr/bin/env python3
"""The tshark commands of the user guide run, and each prints something.

usage: user_guide.py PLUGIN_FOLDER GUIDE CAPTURE
"""
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

LOADER, GUIDE, CAPTURE = os.path.join(os.path.abspath(sys.argv[1]), "cicflow.lua"), sys.argv[2], sys.argv[3]


def main():
    with open(GUIDE, encoding="utf-8") as file:
        commands = [line.strip() for line in file if line.startswith("    tshark ")]
    if len(commands) < 6:
        return f"{GUIDE}: only {len(commands)} commands found"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(CAPTURE, os.path.join(folder, "capture.pcap"))
        for command in commands:
            program, *options = shlex.split(command)
            run = subprocess.run([program, "-X", f"lua_script:{LOADER}", *options], cwd=folder, capture_output=True, check=False,
                                 env=dict(os.environ, WIRESHARK_CONFIG_DIR=folder))
            written = [name for flag, name in (("flows.csv", "flows.csv"), ("-w", "suspicious.pcap")) if flag in command]
            output = run.stdout or any(os.path.getsize(os.path.join(folder, name)) > 100 for name in written)
            if run.returncode != 0 or not output:
                return f"{command}: status {run.returncode}, {len(run.stdout)} bytes printed: {run.stderr.decode()}"
    print(f"{len(commands)} commands run")
    return 0


sys.exit(main())
