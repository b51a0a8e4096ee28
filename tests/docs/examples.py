"""A folder to run a document's commands in: it has the documents' programs and captures, and a tshark with the plugin."""
import os
import re
import shutil
import subprocess
import tempfile


def commands(text):
    """(command, documented output) of a console block."""
    parts = re.split(r"^\$ ", text, flags=re.M)[1:]
    return [part.split("\n", 1) for part in parts]


def matches(said, printed):
    pattern = re.escape(said).replace(re.escape("...\n"), r"(?:.*\n)*?")
    return re.fullmatch(pattern, printed) is not None


class Desk:
    """Commands run in an empty folder with the test captures and `x.pcap`. Ends with the folder."""

    def __init__(self, command, plugin, source, python=None):
        """python: what `python3` is to be in the commands, when not the first on the PATH."""
        self._temporary = tempfile.TemporaryDirectory()
        self.folder = self._temporary.name
        tools = os.path.join(self.folder, ".tools")
        tshark = shutil.which("tshark")
        os.mkdir(tools)
        self._program(tools, "tshark", f'{tshark} -X "lua_script:{plugin}/cicflow.lua"')
        if python:
            self._program(tools, "python3", python)
        os.symlink(command, os.path.join(tools, "cicflowmeter"))
        for name in ("test-captures", "docs"):
            os.symlink(os.path.join(source, name), os.path.join(self.folder, name))
        shutil.copy(os.path.join(source, "test-captures", "first.pcap"), os.path.join(self.folder, "x.pcap"))
        self.environment = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}", TSHARK=tshark, CICFLOW_PLUGIN_DIR=plugin,
                                TZ="UTC", PYTHONDONTWRITEBYTECODE="1",
                                PYTHONPATH=os.path.join(source, "cli-wrapper", "python"))

    @staticmethod
    def _program(tools, name, command):
        path = os.path.join(tools, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec {command} "$@"\n')
        os.chmod(path, 0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._temporary.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def shell(self, command, plain=False):
        """plain: with the machine's tshark unchanged."""
        environment = dict(self.environment, PATH=os.environ["PATH"]) if plain else self.environment
        return subprocess.run(["sh", "-eu", "-c", command], cwd=self.folder, env=environment, capture_output=True,
                              text=True, timeout=300)

    def check(self, test, where, block, compare=True):
        """Runs a block of kind `sh` or `console`; compare: the output has to be the documented one."""
        if block.kind == "sh":
            run = self.shell(block.text)
            test.assertEqual(run.returncode, 0, f"{where}: {run.stderr}")
            return
        test.assertNotEqual(commands(block.text), [], f"{where}: a console block without `$ `")
        for command, said in commands(block.text):
            run = self.shell(command)
            test.assertEqual(run.returncode, 0, f"{where}: {command}: {run.stderr}")
            if compare and not matches(said, run.stdout):
                test.assertEqual(said, run.stdout, f"{where}: {command}")
