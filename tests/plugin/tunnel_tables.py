#!/usr/bin/env python3
"""The tables of what may carry packets (plugin/flow/*.def) against the Wireshark that is installed.

Wireshark must know every name in a table, and a table must have a decision on every port and every heuristic that Wireshark has. A test module in
tshark makes the comparison (tunnel_tables.c), without any setting of a user.

usage: tunnel_tables.py MODULE CAPTURE
"""
import os
import subprocess
import sys
import tempfile

LEAST = 2 * 65536 + 500     # ports that are decided on both ways, and entries of tables


def main():
    module, capture = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home:
        script = os.path.join(home, "load.lua")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f'assert(package.loadlib("{module}", "luaopen_tunnel_tables"))()\n')
        environment = dict(os.environ, WIRESHARK_CONFIG_DIR=os.environ.get("WIRESHARK_CONFIG_DIR", home))
        run = subprocess.run(["tshark", "-q", "-r", capture, "-X", f"lua_script:{script}"], env=environment,
                             capture_output=True, text=True, check=False)
    print(run.stdout, end="")
    lines = run.stdout.splitlines()
    if run.returncode or len(lines) != 1 or not lines[0].startswith("compared: "):
        sys.exit(f"{max(len(lines) - 1, 0)} differences; tshark ended with {run.returncode}: {run.stderr.strip()[-300:]}")
    if int(lines[0].split()[1]) < LEAST:
        sys.exit(f"only that many; at least {LEAST} would be right")


if __name__ == "__main__":
    main()
