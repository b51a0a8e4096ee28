#!/usr/bin/env python3
"""A folder of captures through GNU parallel, also over ssh, and through the script of a Slurm job array.

usage: cluster.py CICFLOWMETER PLUGIN_FOLDER SOURCE_FOLDER

Repeating the same command line redoes what failed, and the merged result has the bytes of one run over the folder. Needs GNU parallel; tests that
need sshd or Slurm say so when they are skipped.
"""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

COMMAND, PLUGIN, SOURCE = (os.path.abspath(argument) for argument in sys.argv[1:4])
CLUSTER = os.path.join(SOURCE, "cli-wrapper", "cluster")
DAEMONS = "/usr/sbin:/usr/local/sbin"
SSHD = shutil.which("sshd", path=DAEMONS)
SLURM = [shutil.which(name, path=DAEMONS) for name in ("munged", "slurmctld", "slurmd")]
SLURM_CONF = """ClusterName=cicflow
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
NodeName={host} NodeAddr=127.0.0.1 CPUs=2
PartitionName=all Nodes=ALL Default=YES State=UP
"""
NAMES = ["b.pcap", "a.pcap", "sub/a.pcap", "sub/z z.pcap"]
ENVIRONMENT = dict(os.environ, CICFLOWMETER=COMMAND, CICFLOW_PLUGIN_DIR=PLUGIN, TZ="UTC", LC_ALL="C")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for number, name in enumerate(NAMES):
            os.makedirs(os.path.dirname(self.path("captures", name)), exist_ok=True)
            subprocess.run(["editcap", "-r", os.path.join(SOURCE, "test-captures", "first.pcap"), self.path("captures", name),
                            f"{number + 1}-{20 + 5 * number}"], check=True, capture_output=True)
        self.sh(f"'{COMMAND}' -q -d captures --merge -c expected.csv")

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def sh(self, line, status=0, **more):
        done = subprocess.run(["sh", "-c", line], cwd=self.folder, env=dict(ENVIRONMENT, **more), capture_output=True, text=True)
        self.assertEqual(done.returncode == 0, status == 0, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stderr

    def spoil(self, name):
        """Makes a capture unreadable; returns a function that restores it."""
        path = self.path("captures", name)
        os.rename(path, path + ".whole")
        with open(path, "wb") as file:
            file.write(b"no capture\n")
        return lambda: os.replace(path + ".whole", path)

    def check_restart(self, line):
        """The command line fails for one capture, which the merge reports; once that is restored the same line does the rest."""
        repair = self.spoil("a.pcap")
        self.sh(line, status=1)
        self.assertEqual(self.sh(f"sh '{CLUSTER}/missing.sh' captures flows"), "a.pcap\n")
        self.assertIn("a.pcap", self.sh(f"sh '{CLUSTER}/merge.sh' captures flows", status=1))
        times = {name: os.stat(self.path("flows", name + ".csv")).st_mtime_ns for name in NAMES if name != "a.pcap"}
        repair()
        self.sh(line)
        self.assertEqual(times, {name: os.stat(self.path("flows", name + ".csv")).st_mtime_ns for name in times})
        self.check_merged()

    def check_merged(self):
        self.sh(f"sh '{CLUSTER}/merge.sh' captures flows > all.csv")
        with open(self.path("all.csv"), "rb") as actual, open(self.path("expected.csv"), "rb") as expected:
            self.assertEqual(actual.read(), expected.read())

    @unittest.skipUnless(shutil.which("parallel"), "needs GNU parallel")
    def test_parallel(self):
        self.check_restart(f"sh '{CLUSTER}/missing.sh' captures flows | parallel --joblog log sh '{CLUSTER}/one.sh' captures flows {{}}")

    def test_job_array(self):
        self.check_restart(f"sh '{CLUSTER}/missing.sh' captures flows > todo; status=0; for n in $(seq $(wc -l < todo)); do "
                           f"SLURM_ARRAY_TASK_ID=$n sh '{CLUSTER}/array.sbatch' todo captures flows || status=1; done; exit $status")

    def test_no_line_for_a_task(self):
        self.sh("echo a.pcap > todo")
        self.assertIn("no line 2", self.sh(f"sh '{CLUSTER}/array.sbatch' todo captures flows", status=2, SLURM_ARRAY_TASK_ID="2"))

    def start_sshd(self):
        """An sshd of our own, with keys of our own; returns the line that logs in there."""
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(key)], check=True)
        shutil.copy(self.path("user.pub"), self.path("authorized"))
        os.makedirs("/run/sshd", exist_ok=True)
        port = free_port()
        options = {"Port": port, "ListenAddress": "127.0.0.1", "HostKey": self.path("host"), "PidFile": "none",
                   "AuthorizedKeysFile": self.path("authorized"), "StrictModes": "no", "UsePAM": "no", "PermitRootLogin": "yes"}
        with open(self.path("sshd.conf"), "w", encoding="ascii") as file:
            file.writelines(f"{name} {value}\n" for name, value in options.items())
        server = subprocess.Popen([SSHD, "-D", "-e", "-f", self.path("sshd.conf")], stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.send_signal, signal.SIGTERM)
        login = (f"ssh -q -p {port} -i {self.path('user')} -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
                 f"-o IdentitiesOnly=yes 127.0.0.1")
        end = time.monotonic() + 20
        while subprocess.run(login.split() + ["true"], capture_output=True).returncode != 0:
            self.assertLess(time.monotonic(), end, "sshd does not answer")
            time.sleep(0.1)
        return login

    @unittest.skipUnless(shutil.which("parallel") and SSHD and os.geteuid() == 0, "needs GNU parallel, sshd, and root for it")
    def test_parallel_over_ssh(self):
        login = self.start_sshd()
        names = " ".join(f"--env {name}" for name in ("CICFLOWMETER", "CICFLOW_PLUGIN_DIR", "TZ", "PATH", "ASAN_OPTIONS")
                         if name in ENVIRONMENT)
        self.check_restart(f"sh '{CLUSTER}/missing.sh' captures flows | parallel --sshlogin '2/{login}' --workdir '{self.folder}' {names} "
                           f"--joblog log sh '{CLUSTER}/one.sh' captures flows {{}}")

    def start(self, *command):
        """A program in the foreground until the test ends, its output in a file of its name."""
        with open(self.path(os.path.basename(command[0]) + ".log"), "wb") as log:
            process = subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)

    def start_slurm(self):
        """A controller and a node of our own; returns the path of their configuration."""
        with open(self.path("munge.key"), "wb") as file:
            file.write(os.urandom(1024))
        os.chmod(self.path("munge.key"), 0o400)
        os.chmod(self.folder, 0o755)
        for name in ("state", "spool"):
            os.mkdir(self.path(name))
        with open(self.path("slurm.conf"), "w", encoding="ascii") as file:
            file.write(SLURM_CONF.format(host=socket.gethostname().split(".")[0], folder=self.folder,
                                         controller_port=free_port(), node_port=free_port()))
        munged, slurmctld, slurmd = SLURM
        self.start(munged, "--foreground", f"--key-file={self.path('munge.key')}", f"--socket={self.path('munge.socket')}",
                   f"--pid-file={self.path('munged.pid')}", f"--seed-file={self.path('munge.seed')}")
        for daemon in (slurmctld, slurmd):
            self.start(daemon, "-D", "-f", self.path("slurm.conf"))
        end = time.monotonic() + 30
        while "idle" not in subprocess.run(["sinfo", "-h", "-o", "%T"], env=dict(ENVIRONMENT, SLURM_CONF=self.path("slurm.conf")),
                                           capture_output=True, text=True).stdout:
            self.assertLess(time.monotonic(), end, "no Slurm node is idle")
            time.sleep(0.1)
        return self.path("slurm.conf")

    @unittest.skipUnless(all(SLURM) and shutil.which("sbatch") and os.geteuid() == 0, "needs Slurm and munge, and root for them")
    def test_slurm(self):
        ENVIRONMENT["SLURM_CONF"] = self.start_slurm()
        self.addCleanup(ENVIRONMENT.pop, "SLURM_CONF")
        self.check_restart(f"sh '{CLUSTER}/missing.sh' captures flows > todo; "
                           f"sbatch --wait --output=%A_%a.log --array=1-$(wc -l < todo) '{CLUSTER}/array.sbatch' todo captures flows")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
