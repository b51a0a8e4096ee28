"""Captures through sharkd with the plugin, thousands in one process: each load is a capture that Wireshark opens."""
import os
import random
import shutil
import signal
import sys
import tempfile

from outputs_check import Failure, check_outputs

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "plugin"))
from sharkd import Server, make_home, missing_programs  # noqa: E402, F401

LOADS_MAX = 1000  # of one process
SECONDS_MAX = 60  # of one capture
CHANGE = 0.15     # probability that a setting changes before a capture
AGAIN = 0.05      # probability that a capture is loaded twice
ALLOCATORS = ("simple", "strict", "block")  # of Wireshark's, one a process; sanitizers see the bounds of the first
EXTRA = ("flow_id,first_frame,last_frame,end_reason,last_timestamp,tcp_stream,udp_stream,app_proto,server_name,vlan,tunnel,"
         "fwd_retrans,bwd_retrans,community_id")
RULES = "web: http or tls\nnames: dns\npart: ip.flags.mf == 1\nflow: tcp\n=1+1: udp\n"
SETTINGS = {
    "dialect": ("standard", "standard", "standard", "python", "java", "java-fixed"),
    "tunnel": ("inner", "inner", "outer"),
    "extra": (EXTRA, EXTRA, ""),
    "columns": ("", "cicids2017"),
    "fields": ("", "", "", "src_ip,dst_ip,protocol,flow_duration,tot_fwd_pkts,tot_bwd_pkts"),
    "label": ("", "", "a label"),
    "labels": ("", "", "RULES"),
    "filter": ("", "", "", "tcp or udp", "frame.len > 60"),
    "max_flows": ("0", "0", "1", "3"),
    "idle_timeout": ("240", "240", "0.001"),
    "active_timeout": ("0", "0", "0.5"),
    "closed_timeout": ("0", "0", "0.01"),
    "vlan_flows": ("FALSE", "FALSE", "TRUE"),
    "timestamp": ("local", "utc", "iso8601", "epoch"),
    "tree": ("TRUE", "TRUE", "TRUE", "FALSE"),
    "jsonl": ("OUTPUT", "OUTPUT", ""),
}
WRONG = {"dialect": "none", "tunnel": "\x1b[2J", "extra": "flow_id,,vlan", "fields": "src_ip,nothing", "labels": "/nonexistent/rules",
         "filter": "ip and", "idle_timeout": "-1", "active_timeout": "1e99", "timestamp": "=1+1", "columns": "other"}
WRONG_SHARE = 0.03  # of the captures are read with one of these, and without records
FILTERS = ("cicflow.last", "cicflow.flow_id == 1", "cicflow.server_name contains \"a\"", "cicflow", "!cicflow")
REPORTS = ("AddressSanitizer", "runtime error:", "LeakSanitizer", "GLib-CRITICAL", "Dissector bug, protocol CIC Flow",
           "Malformed Packet: CIC Flow")
DAMAGED = "appears to be damaged or corrupt"  # a frame that is too short for what its link layer has in front


class WiresharkFailure(Exception):
    """A failure that happens without the plugin too."""


class Sharkd:
    def __init__(self, plugin_file, totals, under=(), change=CHANGE, seconds_max=SECONDS_MAX):
        """`under` as for Server, with HOME for the user's folder."""
        self.plugin_file, self.totals, self.change, self.seconds_max = plugin_file, totals, change, seconds_max
        self.folder = tempfile.mkdtemp()
        self.log = os.path.join(self.folder, "stderr")
        self.home = os.path.join(self.folder, "home")
        os.mkdir(self.home)
        self.files = {name: os.path.join(self.home, name) for name in ("capture", "rules", "csv", "jsonl", "stats")}
        with open(self.files["rules"], "w", encoding="utf-8") as file:
            file.write(RULES)
        os.chmod(self.folder, 0o755)
        make_home(self.home, plugin_file)
        self.under = [word.replace("HOME", self.home) for word in under]
        self.server, self.starts = None, 0

    def start(self):
        self.loads, self.set, self.chosen = 0, {}, {name: values[0] for name, values in SETTINGS.items()}
        # Reading Wireshark's names of vendors for each capture takes ten times as long as the capture.
        variables = {"WIRESHARK_DATA_DIR": self.home, "G_SLICE": "always-malloc",
                     "WIRESHARK_DEBUG_WMEM_OVERRIDE": ALLOCATORS[self.starts % len(ALLOCATORS)]}
        with open(self.log, "ab") as log:
            self.server = Server(self.home, stderr=log, under=self.under, **variables)
        self.starts += 1

    def end(self):
        """Ends the process, and removes all."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder)

    def stop(self):
        if not self.server:
            return
        server, self.server = self.server, None
        status = server.end()
        self.check_log()
        if status != 0:
            raise Failure(f"sharkd ends with {status}")

    def check_log(self):
        with open(self.log, errors="replace", encoding="utf-8") as file:
            text = file.read()
        if any(report in text for report in REPORTS):
            raise Failure(text[-6000:])
        os.truncate(self.log, 0)
        return text

    def settings(self, dice):
        """Those before, a few changed; of the plugin's own columns only those that a dialect has."""
        chosen = self.chosen
        for name, values in SETTINGS.items():
            if dice.random() < self.change:
                chosen[name] = dice.choice(values)
        if chosen["dialect"] != "standard":
            chosen["fields"] = ""
        if chosen["dialect"] != "java":
            chosen["columns"] = ""
        wrong = {}
        if dice.random() < WRONG_SHARE:
            name = dice.choice(list(WRONG))
            wrong[name] = WRONG[name]
        return {**chosen, **wrong}, bool(wrong)

    def value(self, name, value):
        if value == "OUTPUT":
            return self.files[name]
        return self.files["rules"] if value == "RULES" else value

    def apply(self, chosen):
        if not self.set:
            for name in ("csv", "stats"):
                self.server.ask("setconf", name=f"cicflow.{name}", value=self.files[name])
        for name, value in chosen.items():
            if self.set.get(name) != value:
                self.server.ask("setconf", name=f"cicflow.{name}", value=self.value(name, value))
        self.set = chosen

    def look(self, dice, frames):
        """Does what a user does with an open capture."""
        if frames == 0:
            return
        self.ask("frames", filter=dice.choice(FILTERS))
        for frame in dice.sample(range(1, frames + 1), min(2, frames)):
            self.ask("frame", frame=frame, proto=True, columns=True)
        if dice.random() < 0.1:
            self.ask("tap", tap0="stat:cicflow")
        if dice.random() < 0.1:
            self.ask("iograph", graph0="packets", filter0=dice.choice(FILTERS))
            self.ask("frames", filter=dice.choice(FILTERS), column0="cicflow.flow_id:1")

    def ask(self, method, **parameters):
        answer = self.server.ask_text(method, **parameters)
        if any(report in answer for report in REPORTS):
            raise Failure(answer[:6000])

    def visit(self, dice, capture, chosen):
        """Returns the number of frames."""
        def kill(signal_number, stack_frame):
            process.kill()

        process = self.server.process
        signal.signal(signal.SIGALRM, kill)
        signal.alarm(self.seconds_max)
        try:
            with open(self.files["capture"], "wb") as file:
                file.write(capture)
            if chosen:
                self.apply(chosen)
            for _ in range(1 + (dice.random() < AGAIN)):
                frames = self.server.load(self.files["capture"])
                self.look(dice, frames)
        finally:
            signal.alarm(0)
        return frames

    def read(self, dice, capture, frames):
        """One capture; afterwards self.set are the settings it was read with."""
        if self.server and self.loads >= LOADS_MAX:
            self.stop()
        if not self.server:
            self.start()
        self.loads += 1
        for name in ("csv", "jsonl", "stats"):
            if os.path.exists(self.files[name]):
                os.remove(self.files[name])
        chosen, is_wrong = self.settings(dice)
        state = dice.getstate()
        try:
            read = self.visit(dice, capture, chosen)
        except (EOFError, BrokenPipeError):
            self.after_crash(state, capture)
        told = self.check_log()
        if read != frames and DAMAGED not in told:
            raise Failure(f"{read} of {frames} frames: {told[-3000:]}")
        if not is_wrong:
            check_outputs(self.files, read, chosen["dialect"], self.totals)
        elif any(os.path.exists(self.files[name]) for name in ("csv", "jsonl", "stats")):
            raise Failure("outputs in spite of a wrong preference")

    def after_crash(self, state, capture):
        """Whether sharkd ends without the plugin as well."""
        server, self.server = self.server, None
        status = server.end()
        with open(self.log, errors="replace", encoding="utf-8") as file:
            told = file.read()[-6000:]
        if not self.plugin_file:
            raise WiresharkFailure(told)
        bare = Sharkd(None, self.totals)
        try:
            bare.start()
            dice = random.Random()
            dice.setstate(state)
            bare.visit(dice, capture, None)
        except (EOFError, BrokenPipeError) as error:
            bare.server = None
            raise WiresharkFailure(f"status {status}: {told}") from error
        finally:
            bare.end()
        raise Failure(f"sharkd ended with {status} or took {self.seconds_max} s: {told}")
