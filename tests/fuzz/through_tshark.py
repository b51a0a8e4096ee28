"""Captures through tshark with the plugin, many joined in a file because a start takes longer than reading them."""
import os
import subprocess

from outputs_check import Failure, check_outputs
from through_sharkd import DAMAGED, EXTRA, REPORTS, RULES, SECONDS_MAX, WiresharkFailure

WAYS = (
    ["-q"],
    ["-q", "-o", "cicflow.fast:TRUE"],
    ["-q", "-o", "cicflow.fast:TRUE", "-o", "cicflow.threads:1"],
    ["-q", "-o", "cicflow.fast:TRUE", "-o", "cicflow.tunnel:outer"],
    ["-q", "-o", "cicflow.tunnel:outer", "-o", "cicflow.max_flows:3"],
    ["-q", "-o", f"cicflow.extra:{EXTRA}", "-o", "cicflow.labels:RULES"],
    ["-q", "-o", "cicflow.fast:TRUE", "-o", f"cicflow.extra:{EXTRA}"],
    ["-q", "-o", "cicflow.dialect:python"],
    ["-q", "-o", "cicflow.dialect:python", "-o", "cicflow.fast:TRUE"],
    ["-q", "-o", "cicflow.dialect:java"],
    ["-q", "-o", "cicflow.dialect:java", "-o", "cicflow.fast:TRUE", "-o", "cicflow.columns:cicids2017"],
    ["-q", "-o", "cicflow.dialect:java-fixed"],
    ["-q", "-o", "cicflow.dialect:java-fixed", "-o", "cicflow.fast:TRUE"],
    ["-2", "-q"],
    ["-2", "-q", "-o", "cicflow.tree:FALSE"],
    ["-V"],
    ["-V", "-o", "cicflow.tree:FALSE", "-o", "cicflow.verbose:2"],
    ["-2", "-T", "json", "-Y", "cicflow.last"],
    ["-T", "fields", "-e", "cicflow.flow_id", "-e", "cicflow.server_name"],
    ["-q", "-z", "cicflow"],
    ["-2", "-q", "-z", "cicflow", "-z", "cicflow,tree"],
    ["-q", "-o", "cicflow.closed_timeout:0.01", "-o", "cicflow.vlan_flows:TRUE"],
    ["-q", "-o", "cicflow.fast:TRUE", "-o", "cicflow.closed_timeout:0.01", "-o", "cicflow.vlan_flows:TRUE"],
    ["-q", "-o", "cicflow.active_timeout:0.5", "-o", "cicflow.idle_timeout:0.001", "-o", "cicflow.progress:PROGRESS"],
)
TEXTS = ("-V", "-T")  # ways that print packets


class Tshark:
    def __init__(self, plugin_folder, folder, totals):
        self.loader = os.path.join(os.path.abspath(plugin_folder), "cicflow.lua")
        self.totals = totals
        self.files = {name: os.path.join(folder, name) for name in ("capture", "rules", "progress", "csv", "jsonl", "stats")}
        with open(self.files["rules"], "w", encoding="utf-8") as file:
            file.write(RULES)

    def fill(self, way):
        return [option.replace("RULES", self.files["rules"]).replace("PROGRESS", self.files["progress"]) for option in way]

    def options(self, way):
        outputs = [part for name in ("csv", "jsonl", "stats") for part in ("-o", f"cicflow.{name}:{self.files[name]}")]
        return ["-X", f"lua_script:{self.loader}", *self.fill(way), *outputs]

    def run(self, options):
        try:
            return subprocess.run(["tshark", "-r", self.files["capture"], *options], check=False, capture_output=True,
                                  timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired as error:
            return subprocess.CompletedProcess(error.cmd, -1, error.stdout or b"", error.stderr or b"")

    def read(self, capture, frames, way):
        for path in self.files.values():
            if os.path.exists(path) and path != self.files["rules"]:
                os.remove(path)
        with open(self.files["capture"], "wb") as file:
            file.write(capture)
        done = self.run(self.options(way))
        told = done.stderr.decode(errors="replace")
        shown = done.stdout.decode(errors="replace") if any(option in TEXTS for option in way) else ""
        if done.returncode < 0 and self.run([option for option in way if "cicflow" not in option and option not in "-o-z"]).returncode < 0:
            raise WiresharkFailure(told[-3000:])
        is_damaged = done.returncode == 2 and DAMAGED in told
        if done.returncode != 0 and not is_damaged:
            raise Failure(f"exit status {done.returncode}: {told[-3000:]}")
        for report in REPORTS:
            if report in told or report in shown:
                raise Failure(f"{report}: {told[-3000:]}")
        dialect = next((option.split(":")[1] for option in way if option.startswith("cicflow.dialect:")), "standard")
        check_outputs(self.files, None if is_damaged else frames, dialect, self.totals)
