#!/usr/bin/env python3
"""cicflowmeter -u with real servers on loopback: slow, busy, broken, untrusted, absent. No record is lost silently.

usage: delivery.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import command
from command import COMMAND, IS_SANITIZED, SOURCE, CommandTest, main
from http_server import IGNORE, RESET, Answer, Server

sys.path.insert(0, os.path.join(SOURCE, "tests", "dialects"))
import pcap  # noqa: E402
import wire  # noqa: E402

FLOWS = 40
START_NS = 1_600_000_000 * pcap.NS_PER_SECOND
# A proxy of the machine would stand between the command and the servers here.
ENVIRONMENT = {name: value for name, value in command.ENVIRONMENT.items() if not name.lower().endswith("_proxy")}
# The sanitizer keeps freed memory for a while: not what is measured here.
ENVIRONMENT["ASAN_OPTIONS"] = "detect_leaks=0:quarantine_size_mb=1:malloc_context_size=0"


def frame(number):
    """The single packet of a UDP flow, with an address and port of its own."""
    addresses = f"10.1.{number >> 14}.{number >> 7 & 0x7F}", "10.0.0.1"
    return wire.ethernet(wire.ipv4(addresses, wire.UDP, wire.udp((1000 + (number & 0x7F), 53), b"x")))


def write_capture(path, flows):
    pcap.write(path, (pcap.record(START_NS + number * 1000, frame(number)) for number in range(flows)))


def peak_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s*(\d+)", status.read()).group(1))


class DeliveryTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.capture = self.path("in.pcap")
        self.spool = self.path("spool.jsonl")
        write_capture(self.capture, FLOWS)

    def arguments(self, url, *options):
        return ["-f", self.capture, "-u", "--extra", "flow_id", "--spool", self.spool, *options, url]

    def post(self, url, *options, **more):
        return command.run(*self.arguments(url, *options), env=ENVIRONMENT, **more)

    def spooled(self):
        if not os.path.exists(self.spool):
            return []
        with open(self.spool, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def assert_all_there(self, records, flows=FLOWS):
        self.assertEqual(sorted(record["flow_id"] for record in records), list(range(1, flows + 1)))

    def assert_all_delivered(self, done, server, flows=FLOWS):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_all_there(server.accepted(), flows)
        self.assertFalse(os.path.exists(self.spool))

    def assert_all_spooled(self, done, reason):
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assert_all_there(self.spooled())
        self.assertIn(reason, done.stderr)
        self.assertIn(f"{FLOWS} of {FLOWS} records were not delivered".encode(), done.stderr)


class GoodServer(DeliveryTest):
    def test_each_record_is_an_object(self):
        with Server() as server:
            done = self.post(server.url())
            self.assert_all_delivered(done, server)
        self.assertEqual(done.stderr, b"")
        lines = self.succeeds("-f", self.capture, "--jsonl", "--extra", "flow_id", "-").stdout.splitlines()
        by_id = {record["flow_id"]: record for record in server.bodies}
        self.assertEqual([by_id[number] for number in range(1, FLOWS + 1)], [json.loads(line) for line in lines])
        self.assertEqual({headers["Content-Type"] for *_, headers in server.requests}, {"application/json"})

    def test_connections_are_kept(self):
        with Server() as server:
            self.post(server.url(), "--in-flight", "3")
            self.assertLessEqual(len(server.connections), 3)

    def test_several_are_in_flight(self):
        with Server(lambda number, body: Answer(200, delay=0.05)) as server:
            self.assert_all_delivered(self.post(server.url(), "--in-flight", "5"), server)
            self.assertEqual(server.most_busy, 5)

    def test_batches_are_arrays(self):
        with Server() as server:
            self.assert_all_delivered(self.post(server.url(), "--batch", "15"), server)
            self.assertEqual(sorted(len(body) for body in server.bodies), [10, 15, 15])

    def test_batch_of_one_record_is_an_array_too(self):
        write_capture(self.capture, 1)
        with Server() as server:
            self.assert_all_delivered(self.post(server.url(), "--batch", "15"), server, 1)
            self.assertIsInstance(server.bodies[0], list)

    def test_captures_read_side_by_side_share_the_server(self):
        others = [self.path("second.pcap"), self.path("third.pcap")]
        for other in others:
            write_capture(other, FLOWS)
        with Server() as server:
            done = self.post(server.url(), "-q", "-f", others[0], "-f", others[1], "--jobs", "3")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(sorted(record["flow_id"] for record in server.bodies),
                         sorted([*range(1, FLOWS + 1)] * 3))

    def test_headers_and_credentials(self):
        with Server(lambda number, body: Answer(400)) as server:
            done = self.post(server.url("user:secret@127.0.0.1"), "--header", "X-Probe: north")
            headers = server.requests[0][3]
        self.assertEqual(headers["X-Probe"], "north")
        self.assertEqual(headers["Authorization"], "Basic dXNlcjpzZWNyZXQ=")
        self.assertNotIn(b"secret", done.stderr)

    def test_headers_in_a_file(self):
        with open(self.path("headers"), "w", encoding="utf-8") as file:
            file.write("Authorization: Bearer secret\r\n\nX-Probe: south\n")
        with Server() as server:
            self.assert_all_delivered(self.post(server.url(), "--header", "@" + self.path("headers")), server)
            headers = server.requests[0][3]
        self.assertEqual((headers["Authorization"], headers["X-Probe"]), ("Bearer secret", "south"))
        done = self.post("http://127.0.0.1:9/", "--header", "@/nowhere/headers")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"--header: ", done.stderr)
        self.assertIn(b"/nowhere/headers", done.stderr)

    def test_what_is_no_header(self):
        for header in ("Authorization", ": x", "a b: x", ""):
            done = self.post("http://127.0.0.1:9/", "--header", header)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"--header: '{header}' is not of the form NAME: VALUE".encode(), done.stderr)

    def test_wrong_address(self):
        for url in ("ftp://127.0.0.1/", "flows.csv", "http://"):
            done = self.post(url)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"is not a URL that begins with http:// or https://", done.stderr)


class BusyServer(DeliveryTest):
    def test_unavailable_then_well(self):
        with Server(lambda number, body: Answer(503 if number <= 5 else 200)) as server:
            done = self.post(server.url())
            self.assert_all_delivered(done, server)
            self.assertEqual(len(server.requests), FLOWS + 5)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertIn(b"answered with status 503; trying again", done.stderr)

    def test_too_many_requests_says_when(self):
        limited = {"Retry-After": "2"}
        with Server(lambda number, body: Answer(429, limited) if number == 1 else Answer(200)) as server:
            self.assert_all_delivered(self.post(server.url(), "--in-flight", "1"), server)
            self.assertGreaterEqual(server.requests[1][0] - server.requests[0][0], 1.9)

    def test_pauses_grow(self):
        write_capture(self.capture, 1)
        with Server(lambda number, body: Answer(200 if number > 3 else 500)) as server:
            self.assert_all_delivered(self.post(server.url()), server, 1)
            times = [when for when, *_ in server.requests]
        pauses = [later - earlier for earlier, later in zip(times, times[1:])]
        # 0.25, 0.5 and 1 s, of which up to a half is left out at random.
        for pause, least in zip(pauses, (0.125, 0.25, 0.5)):
            self.assertGreaterEqual(pause, least - 0.01)

    def test_reset_connections(self):
        with Server(lambda number, body: RESET if number % 4 == 0 else Answer(200)) as server:
            done = self.post(server.url())
            self.assert_all_delivered(done, server)
        self.assertIn(b"trying again", done.stderr)

    def test_refused_records_are_not_tried_again(self):
        refuses = lambda number, body: Answer(422 if body["flow_id"] % 4 == 0 else 200)  # noqa: E731
        with Server(refuses) as server:
            done = self.post(server.url())
            self.assertEqual(len(server.requests), FLOWS)
            self.assert_all_there(server.accepted() + self.spooled())
        self.assertEqual(done.returncode, 1)
        self.assertEqual({record["flow_id"] % 4 for record in self.spooled()}, {0})
        self.assertEqual(done.stderr.count(b"answered with status 422"), 1)
        self.assertIn(f"10 of {FLOWS} records were not delivered; 10 of them are in".encode(), done.stderr)

    def test_never_available(self):
        with Server(lambda number, body: Answer(503)) as server:
            done = self.post(server.url(), "--retries", "1", "--in-flight", "2")
            # Both slots try twice; then the server is down and the rest is not tried.
            self.assertLessEqual(len(server.requests), 6)
        self.assert_all_spooled(done, b"answered with status 503; what is not delivered goes to the spool file")

    def test_slow_answers_are_given_up(self):
        with Server(lambda number, body: IGNORE) as server:
            done = self.post(server.url(), "--retries", "0", "--request-timeout", "0.3")
        self.assert_all_spooled(done, b"timed out")

    @unittest.skipIf(IS_SANITIZED, "sanitizers need memory of their own")
    def test_memory_is_bounded(self):
        """55 MB of records for a server that is slower than reading, against the command with a few records: it has Wireshark's
        libraries in its memory."""
        few, many = self.peak_with(FLOWS), self.peak_with(25000)
        print(f"peak memory with a slow server: {many} KiB, with few records: {few} KiB", file=sys.stderr)
        self.assertLess(many - few, 16 * 1024)

    def peak_with(self, flows):
        write_capture(self.capture, flows)
        with Server(lambda number, body: Answer(200, delay=0.1)) as server:
            child = subprocess.Popen([COMMAND, *self.arguments(server.url(), "--batch", "200")], env=ENVIRONMENT,
                                     stderr=subprocess.PIPE)
            peak = 0
            while child.poll() is None:
                try:
                    peak = max(peak, peak_kib(child.pid))
                except (AttributeError, OSError):
                    pass  # it has just ended
                time.sleep(0.05)
            error = child.stderr.read()
            child.stderr.close()
            self.assertEqual((child.returncode, error), (0, b""))
            self.assert_all_there(server.accepted(), flows)
        return peak


class NoServer(DeliveryTest):
    def test_not_there(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = "http://127.0.0.1:%d/" % unused.getsockname()[1]
            done = self.post(url, "--retries", "1")
        self.assert_all_spooled(done, b"Failed to connect")

    def test_unknown_name(self):
        done = self.post("http://no-such-host.invalid/", "--retries", "0")
        self.assert_all_spooled(done, b"no-such-host.invalid")

    def test_vanishes_on_the_way(self):
        flows = 3000
        write_capture(self.capture, flows)
        server = Server()

        def answer(number, body):
            return Answer(200) if number <= 500 else RESET
        server.answers = answer
        with server:
            done = self.post(server.url(), "--retries", "1")
            delivered = server.accepted()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(delivered), 500)
        self.assert_all_there(delivered + self.spooled(), flows)
        self.assertIn(b"2500 of 3000 records were not delivered; 2500 of them are in", done.stderr)

    def test_comes_back(self):
        """Records go to the spool file while the server is down, and to the server again afterwards."""
        idle_ns = 300 * pcap.NS_PER_SECOND  # each packet ends the flow before it
        is_well = threading.Event()
        with Server(lambda number, body: Answer(200 if is_well.is_set() else 503)) as server:
            arguments = self.arguments(server.url(), "--retries", "0")
            arguments[1] = "-"
            child = subprocess.Popen([COMMAND, *arguments], env=ENVIRONMENT, stdin=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
            child.stdin.write(pcap.header())
            flows = 0
            while len(server.accepted()) < 5 and flows < 300:
                child.stdin.write(pcap.record(START_NS + flows * idle_ns, frame(flows)))
                child.stdin.flush()
                flows += 1
                if os.path.exists(self.spool) and os.path.getsize(self.spool) > 0:  # the last line may be under way
                    is_well.set()
                time.sleep(0.05)
            error = child.communicate()[1]
        self.assertEqual(child.returncode, 1)
        self.assertGreaterEqual(len(server.accepted()), 5)
        self.assert_all_there(server.accepted() + self.spooled(), flows)
        self.assertIn(f"{len(self.spooled())} of {flows} records were not delivered".encode(), error)


class Signals(DeliveryTest):
    """A server that stops answering after some requests, and a user who does not want to wait."""

    def begin(self, answered, flows):
        write_capture(self.capture, flows)
        server = Server(lambda number, body: Answer(200) if number <= answered else IGNORE)
        self.addCleanup(server.close)
        child = subprocess.Popen([COMMAND, *self.arguments(server.url())], env=ENVIRONMENT, stderr=subprocess.PIPE)
        until = time.monotonic() + 30
        while server.busy < 4 and time.monotonic() < until:
            time.sleep(0.05)
        return server, child

    def assert_nothing_lost(self, server, child, error):
        self.assertEqual(child.returncode, 1, error)
        counts = re.search(rb"(\d+) of (\d+) records were not delivered; (\d+) of them are in '[^']*'\n", error)
        undelivered, records, spooled = (int(count) for count in counts.groups())
        self.assertEqual((undelivered, len(self.spooled())), (spooled, spooled))
        self.assertEqual(len(server.accepted()), records - undelivered)
        self.assert_all_there(server.accepted() + self.spooled(), records)
        return records

    def test_while_the_reader_waits(self):
        server, child = self.begin(answered=20, flows=20000)
        child.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        child.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        error = child.communicate(timeout=30)[1]
        self.assertLess(time.monotonic() - begin, 3)
        records = self.assert_nothing_lost(server, child, error)
        # What the memory bound lets wait, and no more: reading was held up.
        self.assertTrue(100 < records < 5000, records)

    def test_the_second_one_is_obeyed_at_once(self):
        """Everything was read long ago, and only the server is still being waited for."""
        server, child = self.begin(answered=10, flows=FLOWS)
        time.sleep(1)
        child.send_signal(signal.SIGINT)
        time.sleep(0.5)
        self.assertIsNone(child.poll())
        begin = time.monotonic()
        child.send_signal(signal.SIGINT)
        error = child.communicate(timeout=30)[1]
        self.assertLess(time.monotonic() - begin, 3)
        self.assertEqual(self.assert_nothing_lost(server, child, error), FLOWS)


class Mixtures(DeliveryTest):
    def test_whatever_a_server_does_nothing_is_lost(self):
        flows = 400
        write_capture(self.capture, flows)
        kinds = [Answer(200), Answer(503), RESET, Answer(400), Answer(429, {"Retry-After": "1"})]
        for seed, batch in enumerate(("1", "7", "100")):
            choose = random.Random(seed)
            with Server(lambda number, body: choose.choices(kinds, [20, 3, 3, 1, 0.1])[0]) as server:
                done = self.post(server.url(), "--batch", batch, "--retries", "1", "--in-flight", "3")
                spooled = self.spooled()
                self.assertEqual(done.returncode, 1 if spooled else 0, done.stderr)
                self.assert_all_there(server.accepted() + spooled, flows)
            if spooled:
                self.assertIn(f"{len(spooled)} of {flows} records were not delivered".encode(), done.stderr)
                os.remove(self.spool)


def missing_capture():
    """Why packets cannot be captured on the loopback interface here, or None."""
    probe = subprocess.run(["dumpcap", "-q", "-i", "lo", "-a", "duration:1", "-w", os.devnull], capture_output=True,
                           text=True, check=False)
    return None if probe.returncode == 0 else "no capture on the interface lo: " + probe.stderr.strip()


class Live(DeliveryTest):
    def test_open_flows_reach_a_slow_server_or_the_spool(self):
        """A signal ends the capture while every flow is open, and there are more flows than the server takes in time."""
        reason = missing_capture()
        if reason:
            self.skipTest(reason)
        flows = 300
        server = Server(lambda number, body: Answer(200, delay=0.2))
        self.addCleanup(server.close)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
            receiver.bind(("127.0.0.1", 0))
            port = receiver.getsockname()[1]
            arguments = ["-i", "lo", "--capture-filter", f"udp dst port {port}", "-u", "--extra", "flow_id", "--spool",
                         self.spool, "--active-timeout", "0.5", server.url()]
            child = subprocess.Popen([COMMAND, *arguments], env=ENVIRONMENT, stderr=subprocess.PIPE)
            self.send_until(receiver.getsockname(), lambda: server.accepted())
            first = len(server.accepted())
            for _ in range(flows):
                self.send_one(receiver.getsockname())
            time.sleep(1)
            child.send_signal(signal.SIGINT)
            error = child.communicate(timeout=60)[1]
        self.assertEqual(child.returncode, 1, error)
        self.assertGreaterEqual(first, 1)
        self.assertGreater(len(self.spooled()), 50)
        # What was under way at the end may have arrived without an answer: the spool file has it too.
        by_id = {record["flow_id"]: record for record in server.accepted() + self.spooled()}
        records = int(re.search(rb"of (\d+) records were not delivered", error).group(1))
        self.assert_all_there(by_id.values(), records)
        self.assertGreaterEqual(sum(record["tot_fwd_pkts"] for record in by_id.values()), flows)

    @staticmethod
    def send_one(address):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", address)

    @staticmethod
    def send_until(address, condition):
        """Sends one flow, which the active timeout cuts every half second, to show that the capture has begun."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            until = time.monotonic() + 30
            while not condition() and time.monotonic() < until:
                sender.sendto(b"x", address)
                time.sleep(0.05)


class Certificates(DeliveryTest):
    def certificate(self, name, subject_names):
        key, certificate = self.path(f"{name}.key"), self.path(f"{name}.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=test", "-addext", f"subjectAltName={subject_names}", "-keyout", key,
                        "-out", certificate], check=True, capture_output=True)
        return certificate, key

    def test_unknown_authority_is_refused(self):
        with Server(certificate=self.certificate("own", "IP:127.0.0.1")) as server:
            done = self.post(server.url())
            self.assertEqual(server.requests, [])
        self.assert_all_spooled(done, b"certificate")
        # One line about it and one with the counts: the server is asked once and not again.
        self.assertEqual(done.stderr.count(b"\n"), 2, done.stderr)

    def test_unknown_authority_with_insecure(self):
        with Server(certificate=self.certificate("own", "IP:127.0.0.1")) as server:
            self.assert_all_delivered(self.post(server.url(), "--insecure"), server)

    def test_named_authority(self):
        certificate = self.certificate("own", "IP:127.0.0.1")
        with Server(certificate=certificate) as server:
            self.assert_all_delivered(self.post(server.url(), "--ca", certificate[0]), server)

    def test_name_of_another_host_is_refused(self):
        certificate = self.certificate("other", "DNS:other.example")
        with Server(certificate=certificate) as server:
            done = self.post(server.url(), "--ca", certificate[0])
            self.assertEqual(server.requests, [])
        self.assert_all_spooled(done, b"127.0.0.1")

    def test_unreadable_authorities(self):
        done = self.post("https://127.0.0.1:9/", "--ca", self.path("no.pem"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"--ca: cannot read", done.stderr)
        self.assertFalse(os.path.exists(self.spool))


if __name__ == "__main__":
    main()
