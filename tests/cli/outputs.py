#!/usr/bin/env python3
"""cicflowmeter's outputs are complete or absent, and the exit status says which.

usage: outputs.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import bz2
import gzip
import lzma
import os
import signal
import stat
import subprocess
import time

from command import CAPTURE, COMMAND, CRASHING, ENVIRONMENT, CommandTest, main, plain_records, read, run

OLD = b"what was here before\n"


class Outputs(CommandTest):
    def old_file(self):
        path = self.path("out.csv")
        with open(path, "wb") as file:
            file.write(OLD)
        return path

    def start(self, *arguments, **more):
        options = dict(env=ENVIRONMENT, stderr=subprocess.PIPE)
        options.update(more)
        process = subprocess.Popen([COMMAND, *arguments], **options)
        self.addCleanup(process.stderr.close)
        return process

    def wait_for(self, condition):
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)

    def fails(self, status, *arguments, **more):
        done = run(*arguments, **more)
        self.assertEqual(done.returncode, status, done.stderr)
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 2 if status == 2 and lines[-1].startswith("Try") else 1, lines)
        return lines[0]

    def test_an_old_file_is_replaced_and_keeps_its_permissions(self):
        path = self.old_file()
        os.chmod(path, 0o640)
        self.succeeds("-f", CAPTURE, "-c", path)
        self.assertEqual(read(path), plain_records(CAPTURE))
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o640)

    def test_a_link_stays_a_link(self):
        target = self.old_file()
        os.symlink(target, self.path("link.csv"))
        self.succeeds("-f", CAPTURE, "-c", self.path("link.csv"))
        self.assertTrue(os.path.islink(self.path("link.csv")))
        self.assertEqual(read(target), plain_records(CAPTURE))

    def test_inputs_that_cannot_be_read_leave_the_old_file(self):
        path = self.old_file()
        with open(self.path("garbage.pcap"), "wb") as file:
            file.write(b"no capture")
        for name in ("garbage.pcap", "nowhere.pcap", "."):
            with self.subTest(name=name):
                self.assertIn(name, self.fails(1, "-f", self.path(name), "-c", path))
                self.assertEqual(read(path), OLD)
        self.assertEqual(sorted(os.listdir(self.folder)), ["garbage.pcap", "out.csv"])

    def test_a_compression_that_wireshark_cannot_undo(self):
        for name, pack in (("x.pcap.xz", lzma), ("x.pcap.bz2", bz2)):
            with open(self.path(name), "wb") as file:
                file.write(pack.compress(read(CAPTURE)))
            said = self.fails(1, "-f", self.path(name), "-c", self.path("out.csv"))
            self.assertRegex(said, rf"{name}: .*unpack this one first")
        self.assertFalse(os.path.exists(self.path("out.csv")))

    def test_a_capture_cut_short_gives_what_could_be_read(self):
        with open(self.path("cut.pcap"), "wb") as file:
            file.write(read(CAPTURE)[:3000])
        message = self.fails(1, "-f", self.path("cut.pcap"), "-c", self.path("out.csv"))
        self.assertIn("cut short", message)
        self.assertEqual(read(self.path("out.csv")), plain_records(self.path("cut.pcap")))
        self.assertGreater(len(read(self.path("out.csv")).splitlines()), 5)

    def test_a_compressed_capture_cut_short(self):
        with open(self.path("cut.pcap.gz"), "wb") as file:
            file.write(gzip.compress(read(CAPTURE))[:1500])
        self.fails(1, "-f", self.path("cut.pcap.gz"), "-c", self.path("out.csv"))
        self.assertEqual(read(self.path("out.csv")), plain_records(self.path("cut.pcap.gz")))

    def test_a_capture_without_packets_gives_the_header(self):
        with open(self.path("none.pcap"), "wb") as file:
            file.write(read(CAPTURE)[:24])
        self.succeeds("-f", self.path("none.pcap"), "-c", self.path("out.csv"))
        self.assertEqual(read(self.path("out.csv")), plain_records(CAPTURE).splitlines(keepends=True)[0])

    def test_outputs_that_cannot_be_written(self):
        os.mkdir(self.path("folder"))
        for output, reason in ((self.path("folder"), "Is a directory"), (self.path("no", "out.csv"), "No such file"),
                               ("/dev/full", "No space left")):
            with self.subTest(output=output):
                message = self.fails(1, "-f", CAPTURE, "-c", output)
                self.assertIn(output, message)
                self.assertIn(reason, message)
        self.assertEqual(os.listdir(self.folder), ["folder"])
        self.assertEqual(os.listdir(self.path("folder")), [])

    def test_standard_output_keeps_what_was_written_before(self):
        for mode in ("wb", "ab"):
            with self.subTest(mode=mode), open(self.path("log"), mode) as file:
                file.write(OLD)
                file.flush()
                before = read(self.path("log"))
                subprocess.run([COMMAND, "-q", "-f", CAPTURE, "-c", "-"], env=ENVIRONMENT, stdout=file, check=True, timeout=120)
                self.assertEqual(read(self.path("log")), before + plain_records(CAPTURE))

    def test_a_reader_that_goes_away(self):
        process = self.start("-f", CAPTURE, "-c", "-", stdout=subprocess.PIPE)
        process.stdout.close()
        self.assertEqual(process.wait(60), 1)

    def test_an_answer_that_cannot_be_written(self):
        for arguments in (["--help"], ["--version"], ["-f", CAPTURE, "-c", self.path("out.csv"), "--summary"]):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                said = self.fails(1, "-q", *arguments, stdout=full, stderr=subprocess.PIPE, capture_output=False)
                self.assertEqual(said, 'cicflowmeter: cannot write "standard output": No space left on device')
        self.assertEqual(read(self.path("out.csv")), plain_records(CAPTURE))

    def test_a_closed_standard_output_takes_no_records(self):
        """Its number would else go to a file of the run."""
        closed = ["sh", "-c", '"$@" >&-', "sh", COMMAND, "-q", "-f", CAPTURE, "-c"]
        done = subprocess.run([*closed, "-"], env=ENVIRONMENT, stderr=subprocess.PIPE, check=False, timeout=120)
        self.assertEqual((done.returncode, done.stderr.decode().splitlines()[0]),
                         (1, f'cicflowmeter: {CAPTURE}: cannot write "standard output": Bad file descriptor'))
        subprocess.run([*closed, self.path("out.csv")], env=ENVIRONMENT, check=True, timeout=120)
        self.assertEqual(read(self.path("out.csv")), plain_records(CAPTURE))

    def test_wrong_values_are_wrong_usage(self):
        path = self.old_file()
        for options, word in ((["--fields", "src_ip,dst_prot"], "dst_port"), (["--idle-timeout", "soon"], "soon"),
                              (["--dialect", "best"], "standard"), (["--columns", "cicids2017"], "the dialect java"),
                              (["--columns", "published"], "cicids2017"), (["--tunnel", "both"], "outer"),
                              (["--extra", "flow_idd"], "flow_id"),
                              (["--fields", "src_ip,flow_id"], 'which "extra" appends'), (["--sequence", "256"], "255"),
                              (["--sequence", "many"], "0 to 255"),
                              (["--first-packets", "7", "--dialect", "java"], "the dialect standard"), (["-o", "cicflow.csv:x"], "this one --csv"),
                              (["-o", "cicflow.idle_timeout:3"], "this one --idle-timeout"), (["-o", "cicflow.stats:x"], "only tshark and Wireshark"),
                              (["-o", "cicflow.statz:x"], "no such preference"),
                              (["--nonsense"], "--nonsense"), (["--jsonl"], "OUTPUT"), (["second"], path)):
            with self.subTest(options=options):
                self.assertIn(word, self.fails(2, "-f", CAPTURE, "-c", *options, path))
                self.assertEqual(read(path), OLD)
        self.assertTrue(self.fails(2, "-c").endswith("-f FILE or -d DIR"))
        self.assertIn(f"-f FILE or -d DIR; '{path}' is OUTPUT", self.fails(2, path, "-c"))
        self.assertIn("captures are given by -f", self.fails(2, CAPTURE, path, "-c"))
        self.assertIn("-c", self.fails(2, "-f", CAPTURE, path))
        self.assertIn("OUTPUT", self.fails(2, "-f", CAPTURE, "-c"))

    def test_inputs_and_outputs_are_not_dropped_when_an_option_is_repeated(self):
        one, other = self.path("one"), self.path("other")
        for option, before in (("-c", ["-f", CAPTURE]), ("--jsonl", ["-f", CAPTURE]), ("-d", ["-c", self.path("out")]),
                               ("-i", ["-c", self.path("out")]), ("--labels", ["-f", CAPTURE, "-c", self.path("out")])):
            with self.subTest(option=option):
                self.assertIn(f"is given twice, and takes one value: '{one}' or '{other}'",
                              self.fails(2, *before, option, one, option, other))
        self.assertEqual(os.listdir(self.folder), [])
        self.succeeds("-q", "-f", CAPTURE, "-c", one, "-c", one, "--idle-timeout", "1", "--idle-timeout", "240")
        self.assertEqual(read(one), plain_records(CAPTURE))

    def test_no_capture_is_replaced(self):
        other = self.path("other.pcap")
        with open(other, "wb") as file:
            file.write(read(CAPTURE))
        for option in ("-c", "--jsonl", "--parquet"):
            self.assertIn(f"'{other}' is a capture, which would be lost", self.fails(2, "-f", CAPTURE, option, other))
        self.assertEqual(read(other), read(CAPTURE))

    def test_no_file_that_is_read_is_replaced(self):
        """A capture that -d found, compressed, and one of several files of definitions."""
        folder, packed = self.path("captures"), self.path("captures", "x.pcap.gz")
        os.mkdir(folder)
        with gzip.open(packed, "wb") as file:
            file.write(read(CAPTURE))
        before = read(packed)
        for more in ("--merge", "--continue"):
            self.assertIn(f"--csv would overwrite '{packed}', which is read", self.fails(2, "-d", folder, more, "-c", packed))
        self.assertEqual(read(packed), before)
        one, other = self.path("one.define"), self.path("other.define")
        for path in (one, other):
            with open(path, "w", encoding="ascii") as file:
                file.write(f"{os.path.basename(path)[:3]} = count(ip.ttl)\n")
        for output in (one, other):
            said = self.fails(2, "-f", CAPTURE, "--define", one, "--define", other, "-c", output)
            self.assertIn(f"--csv would overwrite '{output}', which --define reads", said)
            self.assertIn(b"count(ip.ttl)", read(output))

    def test_a_folder_for_a_file_and_a_file_for_a_folder(self):
        self.assertRegex(self.fails(1, "-f", self.folder, "-c", self.path("out.csv")), r"this is a folder; -d ")
        self.assertIn(f"'{CAPTURE}' is no folder; -f reads a file", self.fails(1, "-d", CAPTURE, "-c", self.path("out")))
        self.assertIn(self.path("missing"), self.fails(1, "-d", self.path("missing"), "-c", self.path("out")))
        self.assertEqual(os.listdir(self.folder), [])

    def test_names_of_published_columns(self):
        path = self.path("out.csv")
        self.succeeds("-f", CAPTURE, "-c", "--dialect", "java", "--columns", "cicids2017", "--label", "BENIGN", path)
        header, first = (line.split(b",") for line in read(path).split(b"\n")[:2])
        self.assertEqual((len(header), len(first)), (85, 85))
        self.assertEqual((header[1], header[-1], first[-1]), (b" Source IP", b" Label", b"BENIGN"))

    def long_capture(self):
        """Takes some seconds when everything is dissected."""
        path = CAPTURE
        for i in range(3):
            longer = self.path(f"{i}.pcap")
            subprocess.run(["mergecap", "-a", "-F", "pcap", "-w", longer, *[path] * 20], check=True, capture_output=True)
            path = longer
        return path

    def test_a_signal_while_a_file_is_read_leaves_the_old_file(self):
        path, slow = self.old_file(), self.long_capture()
        before = os.listdir(self.folder)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number):
                process = self.start("-f", slow, "-c", "--full-dissection", path)
                self.wait_for(lambda: len(os.listdir(self.folder)) == len(before) + 1)
                process.send_signal(number)
                self.assertEqual(process.wait(60), 1)
                self.assertIn(b"signal", process.stderr.read())
                self.assertEqual(read(path), OLD)
                self.assertEqual(sorted(os.listdir(self.folder)), sorted(before))

    def test_a_signal_ends_what_flows_in_with_what_came(self):
        os.mkfifo(self.path("in.pcap"))
        for source in ("-", self.path("in.pcap"), "/dev/stdin"):
            with self.subTest(source=source):
                is_standard = source != self.path("in.pcap")
                process = self.start("-f", source, "-c", self.path("out.csv"), stdin=subprocess.PIPE)
                with process.stdin if is_standard else open(source, "wb") as writer:
                    writer.write(read(CAPTURE))
                    writer.flush()
                    self.wait_for(lambda: "out.csv.partial" in os.listdir(self.folder))
                    time.sleep(2)
                    process.send_signal(signal.SIGINT)
                    self.assertEqual((process.wait(60), process.stderr.read()), (0, b""))
                self.assertEqual(read(self.path("out.csv")), plain_records(CAPTURE))
                os.remove(self.path("out.csv"))
                process.stdin.close()

    def readers_of(self, pid):
        """The processes that read captures for the command: children of its child."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
                with open(f"/proc/{parent}/stat", encoding="ascii", errors="replace") as file:
                    grandparent = int(file.read().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            if grandparent == pid:
                found.append(int(name))
        return found

    def test_a_crash_stays_in_its_capture(self):
        os.mkfifo(self.path("crash.pcap"))
        process = self.start("-q", "-f", self.path("crash.pcap"), "-f", CAPTURE, "-c", "-j", "1", self.path("out"),
                             env=CRASHING)
        with open(self.path("crash.pcap"), "wb") as writer:
            writer.write(read(CAPTURE))
            writer.flush()
            self.wait_for(lambda: self.readers_of(process.pid))
            os.kill(self.readers_of(process.pid)[0], signal.SIGSEGV)
            self.assertEqual(process.wait(60), 1)
        said = process.stderr.read().decode().splitlines()
        self.assertEqual(len(said), 1, said)
        self.assertIn(self.path("crash.pcap"), said[0])
        self.assertIn("signal 11", said[0])
        self.assertEqual(os.listdir(self.path("out")), ["first.pcap.csv"])
        self.assertEqual(read(self.path("out", "first.pcap.csv")), plain_records(CAPTURE))

    def test_process_substitution(self):
        script = f"'{COMMAND}' -f <(cat '{CAPTURE}') -c '{self.path('out.csv')}'"
        done = subprocess.run(["bash", "-c", script], env=ENVIRONMENT, capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(read(self.path("out.csv")), plain_records(CAPTURE))

    def test_nothing_is_left_in_the_folder_of_temporary_files(self):
        os.mkdir(self.path("tmp"))
        environment = dict(ENVIRONMENT, TMPDIR=self.path("tmp"))
        self.succeeds("-f", CAPTURE, "-c", self.path("out.csv"), env=environment)
        run("-f", self.path("nowhere.pcap"), "-c", self.path("out.csv"), env=environment)
        self.assertEqual(os.listdir(self.path("tmp")), [])


if __name__ == "__main__":
    main()
