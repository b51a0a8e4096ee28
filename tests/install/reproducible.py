#!/usr/bin/env python3
"""Two builds of one commit, in two folders and at two times, give the same plugin, command and package.

usage: reproducible.py CMAKE SOURCE_FOLDER

The package is compared too where its tools are installed. Files have the time that SOURCE_DATE_EPOCH gives.
SPDX-License-Identifier: GPL-2.0-or-later
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CMAKE, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
COPIED = ("CMakeLists.txt", "LICENSE", "cmake", "plugin", "cli-wrapper")
BUILT = ("plugin/cicflow.so", "cli-wrapper/cicflowmeter")
EPOCH = "1700000000"


def build(folder):
    """The built files and the packages of a copy of the sources in the folder, as bytes by name."""
    sources = folder / "sources"
    sources.mkdir(parents=True)
    for name in COPIED:
        copy = shutil.copytree if (SOURCE / name).is_dir() else shutil.copy
        copy(SOURCE / name, sources / name)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "CCACHE_DISABLE": "1"}
    run = [CMAKE, "-S", sources, "-B", folder / "build", "-G", "Ninja", "-D", "BUILD_TESTING=OFF"]
    subprocess.run(run, check=True, env=environment, stdout=subprocess.DEVNULL)
    target = ["--target", "package"] if shutil.which("dpkg-shlibdeps") else []
    subprocess.run([CMAKE, "--build", folder / "build", *target], check=True, env=environment, stdout=subprocess.DEVNULL)
    paths = [folder / "build" / name for name in BUILT] + sorted((folder / "build").glob("cicflow_*.deb"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


class Reproducible(unittest.TestCase):
    def test_two_builds(self):
        with tempfile.TemporaryDirectory() as top:
            one = build(pathlib.Path(top) / "a")
            other = build(pathlib.Path(top) / "somewhere" / "else")
        self.assertGreaterEqual(len(one), len(BUILT))
        if len(one) == len(BUILT):
            print("left out: the package, for which dpkg-shlibdeps is missing")
        self.assertEqual(one, other)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
