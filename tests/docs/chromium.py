"""Headless Chromium, driven over its pipe of DevTools messages (JSON, ended by a zero byte): pages and what scripts see in them.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import subprocess
import tempfile


class Chromium:
    """One tab. Requests that failed since the last visit are in `failed`."""

    def __init__(self, program):
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # processes of the browser may outlive it
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        # The browser reads from descriptor 3 and writes to 4; the shell puts them there.
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--remote-debugging-pipe", f"--user-data-dir={self._profile.name}"]
        self._process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "sh", program, *options, "about:blank"],
            pass_fds=(to_read, to_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self._number, self._begun = 0, b""
        self._session = None
        self._events = []
        self.failed = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()

    def _message(self):
        while b"\0" not in self._begun:
            part = os.read(self._from, 1 << 20)
            if not part:
                raise RuntimeError("Chromium ended")
            self._begun += part
        text, self._begun = self._begun.split(b"\0", 1)
        message = json.loads(text)
        if message.get("method") == "Network.loadingFailed":
            self.failed.append(message["params"]["errorText"])
        if message.get("method") == "Network.responseReceived" and message["params"]["response"]["status"] >= 400:
            self.failed.append(message["params"]["response"]["url"])
        return message

    def call(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self._events.append(answer.get("method"))

    def screen(self, width, height, mobile):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def visit(self, url):
        """Opens a page and waits until everything in it has been loaded."""
        self.failed, self._events = [], []
        error = self.call("Page.navigate", url=url).get("errorText")
        if error:
            raise RuntimeError(f"{url}: {error}")
        while "Page.loadEventFired" not in self._events:
            self._events.append(self._message().get("method"))

    def value(self, script):
        """What a script in the page gives; a promise is waited for."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"]["text"])
        return found["result"].get("value")
