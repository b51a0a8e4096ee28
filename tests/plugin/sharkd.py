"""sharkd with the plugin: it keeps a capture open like the Wireshark program does, and loads one after another.

It takes no Lua script by an option, so the plugin is in the personal folder of a user without privileges, whom root
becomes.
"""
import json
import os
import shutil
import subprocess

NOBODY = 65534
ENDS_WITHIN_S = 120
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []


def missing_programs():
    return [name for name in ["sharkd", *AS_NOBODY[:1]] if not shutil.which(name)]


def api_version():
    """"4.0", as the folder of plugins is called."""
    text = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout
    return ".".join(next(word for word in text.split() if word[0].isdigit()).split(".")[:2])


def make_home(home, plugin_file, captures=()):
    """The user's folder with the plugin, if there is one, and copies of the captures, whose paths are returned."""
    if plugin_file:
        plugins = os.path.join(home, ".local/lib/wireshark/plugins", api_version(), "epan")
        os.makedirs(plugins)
        shutil.copy(plugin_file, plugins)
    copies = [shutil.copy(capture, home) for capture in captures]
    for path, folders, files in os.walk(home):
        for name in [path, *(os.path.join(path, name) for name in folders + files)]:
            os.chmod(name, 0o755)
            if AS_NOBODY:
                os.chown(name, NOBODY, NOBODY)
    return copies


class Server:
    """One sharkd; `home` is from make_home()."""

    def __init__(self, home, stderr=subprocess.DEVNULL, under=(), **variables):
        """`under` is the command that runs sharkd, such as valgrind."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "WIRESHARK_"))}
        self.number = 0
        self.process = subprocess.Popen([*AS_NOBODY, *under, "sharkd", "-"], env=dict(environment, HOME=home, TZ="UTC", **variables),
                                        cwd="/", text=True, errors="replace", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)

    def ask_text(self, method, **parameters):
        """The answer's line; not parsed, because Wireshark's output for broken packets is not always valid JSON."""
        self.send(method, parameters)
        return self.receive()

    def receive(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                return line
        raise EOFError("sharkd ended")

    def send(self, method, parameters):
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, **({"params": parameters} if parameters else {})}
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def ask(self, method, **parameters):
        answer = json.loads(self.ask_text(method, **parameters))
        assert answer["id"] == self.number and "error" not in answer, (method, parameters, answer)
        return answer["result"]

    def load(self, path):
        """The number of frames; to a file that is damaged somewhere sharkd gives no answer."""
        self.send("load", {"file": path})
        answer = json.loads(self.ask_text("status"))
        if answer["id"] != self.number:
            answer = json.loads(self.receive())
        return answer["result"]["frames"]

    def end(self):
        """The exit status."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait(ENDS_WITHIN_S)
