#!/usr/bin/env python3
"""Installation, for everybody and for one user: which files with which modes, that tshark and the command then work, and that
removing leaves nothing.

usage: install.py CMAKE BUILD_FOLDER SOURCE_FOLDER

A copy of the source is configured and reuses what was built already, so that nothing is compiled. The system-wide installation goes below DESTDIR,
never into Wireshark's own folder. One user is `nobody`, with a home of his own, when the test runs as root.
"""
import glob
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import unittest

CMAKE, BUILD, SOURCE = sys.argv[1:4]
COPIED = ("CMakeLists.txt", "LICENSE", "cmake", "plugin", "cli-wrapper")
DOCUMENTS = [
    "share/bash-completion/completions/cicflowmeter", "share/fish/vendor_completions.d/cicflowmeter.fish",
    "share/man/man1/cicflowmeter.1", "share/man/man4/cicflow.4", "share/zsh/site-functions/_cicflowmeter",
]
DOCUMENTS += [f"share/cicflow/{kind}/{name}" for kind in ("definitions", "labels") for name in os.listdir(os.path.join(SOURCE, "plugin", kind))]
MODULE = [f"cicflowmeter/{name}" for name in os.listdir(os.path.join(SOURCE, "cli-wrapper", "python", "cicflowmeter"))
          if name.endswith(".py") or name == "py.typed"]
IS_ROOT = os.getuid() == 0


def user():
    """Arguments with which subprocess.run becomes an unprivileged user; none when the test does not run as root."""
    if not IS_ROOT:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def can_change_user():
    try:
        subprocess.run(["true"], check=True, **user())
    except PermissionError:
        return False
    return True


def files_below(folder):
    """{path below the folder: mode} of everything that is not a folder."""
    return {os.path.relpath(os.path.join(at, name), folder): stat.S_IMODE(os.lstat(os.path.join(at, name)).st_mode)
            for at, _, names in os.walk(folder) for name in names}


def global_plugins():
    """Our files in the folders of system-wide plugins."""
    found = [path for top in ("/usr/lib", "/usr/lib/*", "/usr/local/lib", "/usr/local/lib/*")
             for path in glob.glob(f"{top}/wireshark/plugins/*/epan/cicflow*")]
    return {path: os.stat(path).st_mtime_ns for path in found}


@unittest.skipUnless(can_change_user(), "skipped: root may not become another user here")
class Installation(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="cicflow-install-")
        self.addCleanup(shutil.rmtree, self.top)
        self.home = self.path("home")
        self.source = self.path("cicflow")
        for folder in (self.home, self.source, self.path("no-plugins")):
            os.mkdir(folder)
        for name in COPIED:
            copy = shutil.copytree if os.path.isdir(os.path.join(SOURCE, name)) else shutil.copy
            copy(os.path.join(SOURCE, name), os.path.join(self.source, name))
        for name in ("mixed.pcap", "mixed.csv"):
            shutil.copy(os.path.join(SOURCE, "test-captures", "examples", name), self.path(name))
        # Neither preferences nor plugins of this machine and its users.
        self.environment = {
            "PATH": f"{self.home}/.local/bin:{os.environ['PATH']}", "HOME": self.home, "TZ": "UTC", "LC_ALL": "C.UTF-8",
            "WIRESHARK_PLUGIN_DIR": self.path("no-plugins"), "PYTHONDONTWRITEBYTECODE": "1",
            "CMAKE_GENERATOR": "Unix Makefiles",
        }
        self.give_to_user()
        self.global_before = global_plugins()

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def give_to_user(self):
        os.chmod(self.top, 0o755)
        for folder, _, names in os.walk(self.top):
            for name in (".", *names) if IS_ROOT else ():
                os.chown(os.path.join(folder, name), user()["user"], user()["group"])

    def run_as_user(self, *command, **environment):
        done = subprocess.run(command, env={**self.environment, **environment}, cwd=self.source, capture_output=True,
                              text=True, check=False, umask=0o022, **user())
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def prepare(self, folder, *options):
        """A build folder that has what was built already, all of one time: make has nothing to do in it."""
        self.run_as_user(CMAKE, "-S", ".", "-B", folder, "-D", "BUILD_TESTING=OFF", *options)
        now = time.time()
        for part in ("plugin", "cli-wrapper"):
            shutil.copytree(os.path.join(BUILD, part), os.path.join(self.source, folder, part), dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("*.cmake"))
        for at, _, names in os.walk(os.path.join(self.source, folder)):
            for name in names:
                os.utime(os.path.join(at, name), (now, now))
        self.give_to_user()

    def check_modes(self, files):
        """Debian's cmake installs plugins without the right to be executed, others with it."""
        for path, mode in files.items():
            allowed = [0o755] if path.endswith("bin/cicflowmeter") else [0o644, 0o755] if path.endswith(".so") else [0o644]
            self.assertIn(mode, allowed, f"{path}: {mode:o}")

    def check_use(self, command, **environment):
        """tshark without -X and the command write the records stored beside the capture."""
        capture, out = self.path("mixed.pcap"), os.path.join(self.home, "out.csv")
        for run in (("tshark", "-q", "-r", capture, "-o", f"cicflow.csv:{out}"), (command, "-q", "-f", capture, "-c", out)):
            self.run_as_user(*run, **environment)
            with open(out, "rb") as made, open(self.path("mixed.csv"), "rb") as expected:
                self.assertEqual(made.read(), expected.read(), run)
            os.remove(out)

    def test_for_one_user(self):
        self.prepare("build-personal", "-D", "CICFLOW_INSTALL_PERSONAL=ON")
        said = self.run_as_user("sh", "cmake/install-personal.sh")
        self.assertNotIn("Building", said, "nothing should have been compiled")
        self.assertNotIn("PATH", said)
        files = files_below(self.home)
        plugin = [path for path in files if path.endswith(".so")]
        self.assertRegex(" ".join(plugin), r"^\.local/lib/wireshark/plugins/\d+\.\d+/epan/cicflow\.so$")
        module = [path for path in files if path.endswith(".py")]
        self.assertRegex(module[0], r"^\.local/lib/python3\.\d+/site-packages/cicflowmeter/")
        python = module[0].rsplit("/", 2)[0]
        self.assertEqual(sorted(files), sorted([*plugin, ".local/bin/cicflowmeter", *(f"{python}/{name}" for name in MODULE),
                                                *(f".local/{name}" for name in DOCUMENTS)]))
        self.check_modes(files)
        self.check_use("cicflowmeter")
        self.run_as_user("python3", "-c", "from cicflowmeter import read_flows", PYTHONDONTWRITEBYTECODE="")
        self.assertIn(f"{python}/cicflowmeter/__pycache__", [os.path.dirname(path) for path in files_below(self.home)])
        self.run_as_user("sh", "-c", self.documented_removal("build-personal"))
        self.assertEqual([path for path in files_below(self.home) if path.startswith(".local/")], [])
        self.check_folders_of_ours(self.home)

    def check_folders_of_ours(self, top):
        left = [at for at, _, _ in os.walk(top) if re.search(r"cicflow[^/]*$|/\.local/lib/wireshark", os.path.relpath(at, top))]
        self.assertEqual(left, [])

    def documented_removal(self, folder):
        with open(os.path.join(SOURCE, "docs", "install.md"), encoding="utf-8") as page:
            return re.search(rf"^(?:sudo )?(cmake --build {folder} --target uninstall)$", page.read(), re.M)[1]

    def check_everybody(self, stage, prefix, options):
        shutil.rmtree(stage, ignore_errors=True)
        os.mkdir(stage)
        self.give_to_user()
        self.run_as_user(CMAKE, "--install", "build", *options, DESTDIR=stage)
        files = files_below(stage)
        plugin = [path for path in files if path.endswith(".so")]
        self.assertRegex(" ".join(plugin), r"^usr/(local/)?lib/(\S+/)?wireshark/plugins/\d+\.\d+/epan/cicflow\.so$")
        python = f"{prefix}/lib/python3/dist-packages"
        self.assertEqual(sorted(files), sorted([*plugin, f"{prefix}/bin/cicflowmeter", *(f"{python}/{name}" for name in MODULE),
                                                *(f"{prefix}/{name}" for name in DOCUMENTS)]))
        self.check_modes(files)
        for at, folders, _ in os.walk(stage):
            for name in folders:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(at, name)).st_mode), 0o755, f"{at}/{name}")
        return os.path.join(stage, plugin[0].rsplit("/", 3)[0])

    def test_for_everybody(self):
        self.prepare("build")
        stage = self.path("stage")
        for prefix, options in (("usr/local", ()), ("opt/flows", ("--prefix", "/opt/flows"))):
            plugins = self.check_everybody(stage, prefix, options)
            self.check_use(os.path.join(stage, prefix, "bin", "cicflowmeter"), WIRESHARK_PLUGIN_DIR=plugins)
            self.run_as_user("sh", "-c", self.documented_removal("build"), DESTDIR=stage)
            self.assertEqual(files_below(stage), {})
            self.check_folders_of_ours(stage)
        self.assertEqual(global_plugins(), self.global_before, "Wireshark's own plugin folder was touched")

    @unittest.skipUnless(IS_ROOT, "skipped: needs to be root")
    def test_root_is_told_that_personal_plugins_are_ignored(self):
        done = subprocess.run(["sh", "cmake/install-personal.sh"], cwd=self.source, env=self.environment,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cmake --install", done.stderr)
        self.assertEqual(files_below(self.home), {})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
