#!/usr/bin/env python3
"""Tests the Containerfile without a container program: its steps are carried out in roots made by debootstrap, and the command works.

usage: container.py SOURCE_FOLDER [--quick]

Each FROM is a root of its own, a copy of the release's packages (kept in $CICFLOW_ROOTS, /var/cache/cicflow-roots). Needs root,
debootstrap and a mirror; without them status 77 and a line that says so. --quick: the file is read, what it copies has to
exist, and every step has to be of a kind that this test carries out.
SPDX-License-Identifier: GPL-2.0-or-later
"""
import fnmatch
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.abspath(sys.argv[1])
ROOTS = os.environ.get("CICFLOW_ROOTS", "/var/cache/cicflow-roots")
MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
IMAGE = re.compile(r"docker\.io/library/debian:(\w+)-slim$")
KINDS = ("FROM", "COPY", "WORKDIR", "RUN", "USER", "ENTRYPOINT")
SKIPPED = 77
CAPTURE = os.path.join(SOURCE, "test-captures", "examples", "mixed.pcap")
RECORDS = os.path.join(SOURCE, "test-captures", "examples", "mixed.csv")


def fail(message):
    sys.exit(f"container: {message}")


def steps():
    """(kind, rest) of each step."""
    with open(os.path.join(SOURCE, "Containerfile"), encoding="utf-8") as file:
        lines = re.sub(r"\\\n", " ", file.read()).splitlines()
    found = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
    for kind, rest in found:
        if kind not in KINDS or kind == "FROM" and not IMAGE.match(rest.split()[0]):
            fail(f"a step that this test cannot carry out: {kind} {rest}")
    return found


def ignored(_, names):
    with open(os.path.join(SOURCE, ".dockerignore"), encoding="utf-8") as file:
        patterns = file.read().split()
    return [name for name in names for pattern in patterns if fnmatch.fnmatch(name, pattern)]


def copied(source, target):
    """Like COPY: the contents of a folder, or a file."""
    if os.path.isdir(source):
        shutil.copytree(source, target, ignore=lambda at, names: ignored(at, names) if at == source else [], symlinks=True,
                        dirs_exist_ok=True)
    else:
        os.makedirs(target, exist_ok=True)
        shutil.copy(source, target)


class Stage:
    """A root in which steps are carried out."""

    def __init__(self, suite, folder):
        self.root = folder
        self.at, self.user, self.entry = "/", None, []
        subprocess.run(["cp", "-a", release(suite), folder], check=True)
        for name in ("resolv.conf", "hosts"):
            shutil.copy(f"/etc/{name}", f"{folder}/etc/{name}")

    def inside(self, *command, user=None):
        isolated = ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={self.root}/proc"]
        become = ["setpriv", *self.numbers(user), "--clear-groups"] if user else []
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive",
                       "TZ": "UTC"}
        move = ["sh", "-c", 'cd "$0" && exec "$@"', self.at]
        done = subprocess.run([*isolated, "chroot", self.root, *become, *move, *command], env=environment, capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            fail(f"{' '.join(command)}: status {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def numbers(self, user):
        """Options of setpriv for a user of the root."""
        with open(f"{self.root}/etc/passwd", encoding="utf-8") as file:
            fields = next(line.split(":") for line in file if line.startswith(f"{user}:"))
        return f"--reuid={fields[2]}", f"--regid={fields[3]}"

    def path(self, name):
        return os.path.join(self.root, os.path.join(self.at, name).lstrip("/"))

    def carry_out(self, kind, rest, stages):
        if kind == "RUN":
            self.inside("sh", "-c", rest)
        elif kind == "WORKDIR":
            self.at = rest
            os.makedirs(self.path("."), exist_ok=True)
        elif kind == "USER":
            self.user = rest
        elif kind == "ENTRYPOINT":
            self.entry = json.loads(rest)
        elif kind == "COPY":
            *options, source, target = shlex.split(rest)
            top = stages[options[0].partition("=")[2]].root if options else SOURCE
            found = glob.glob(os.path.join(top, source.lstrip("/")))
            if not found:
                fail(f"there is nothing to copy: {rest}")
            for path in found:
                copied(os.path.normpath(path), self.path(target))


def release(suite):
    """The folder with a Debian release as debootstrap makes it, which is kept."""
    folder = os.path.join(ROOTS, f"plain-{suite}")
    if not os.path.exists(f"{folder}/.made"):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(ROOTS, exist_ok=True)
        done = subprocess.run(["debootstrap", "--variant=minbase", "--include=ca-certificates", suite, folder, MIRROR],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"left out: no root of {suite}: {done.stdout.strip().splitlines()[-1:]}")
            sys.exit(SKIPPED)
        # A mirror may lag behind; its packages are signed all the same.
        with open(f"{folder}/etc/apt/apt.conf.d/90mirror", "w", encoding="utf-8") as file:
            file.write('Acquire::Check-Valid-Until "false";\n')
        open(f"{folder}/.made", "w", encoding="utf-8").close()
    return folder


def check_use(stage):
    """The command of ENTRYPOINT, and tshark, read a capture as the image's user and write the records that are known."""
    data = stage.path(".")
    os.chmod(data, 0o777)  # stands for the reader's folder, which is mounted there
    shutil.copy(CAPTURE, data)
    with open(RECORDS, encoding="utf-8") as file:
        expected = file.read()
    for command in ([*stage.entry, "-q", "-f", "mixed.pcap", "-c", "out.csv"],
                    ["tshark", "-q", "-r", "mixed.pcap", "-o", "cicflow.csv:out.csv"]):
        stage.inside(*command, user=stage.user)
        with open(os.path.join(data, "out.csv"), encoding="utf-8") as file:
            if file.read() != expected:
                fail(f"{command[0]} wrote other records than test-captures/examples/mixed.csv")
        os.remove(os.path.join(data, "out.csv"))


def check_removal(stage):
    """After the package is removed nothing of it is left."""
    stage.at = "/"
    stage.inside("apt-get", "purge", "-y", "-qq", "cicflow")
    left = [path for path in stage.inside("find", "/", "-xdev", "-path", "/proc", "-prune", "-o", "-name", "*cicflow*").split()
            if path != "/proc"]
    if left:
        fail(f"left after removal: {left}")


def main():
    found = steps()
    for kind, rest in found:
        if kind == "COPY" and not rest.startswith("--from") and not os.path.exists(os.path.join(SOURCE, rest.split()[0])):
            fail(f"there is no {rest.split()[0]}")
    if "--quick" in sys.argv:
        print(f"{len(found)} steps were read")
        return 0
    if os.getuid() != 0 or not shutil.which("debootstrap"):
        print("left out: needs root and debootstrap")
        return SKIPPED
    with tempfile.TemporaryDirectory(dir="/var/tmp") as top:
        stages, stage = {}, None
        for kind, rest in found:
            print(f"{kind} {rest}", flush=True)
            if kind == "FROM":
                words = rest.split()
                stage = Stage(IMAGE.match(words[0])[1], os.path.join(top, str(len(stages))))
                stages[words[2] if len(words) == 3 else ""] = stage
            else:
                stage.carry_out(kind, rest, stages)
        check_use(stage)
        check_removal(stage)
    print(f"{len(found)} steps were carried out; the command and tshark work, and nothing is left after removal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
