#!/usr/bin/env python3
"""tshark's options on protocols, and names and keys in a capture, change records as they do in tshark with the plugin.

usage: protocols.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER

Each setting has to change the records, and to give tshark's bytes. The captures are made here; the encrypted one by OpenSSL.
"""
import os
import ssl
import struct
import subprocess
import sys

from command import ENVIRONMENT, PLUGIN, SOURCE, TSHARK, CommandTest, main, read, run

sys.path.insert(0, os.path.join(SOURCE, "tests", "dialects"))
import pcap  # pylint: disable=wrong-import-position
import wire  # pylint: disable=wrong-import-position

HOSTS = ("10.0.0.1", "10.0.0.2")
TEREDO = ("2001:0:102:304::1", "2001:0:102:304::2")
SECTION, INTERFACE, NAMES, SECRETS, PACKET = 0x0A0D0D0A, 1, 4, 10, 6
TLS_KEYS = 0x544C534B


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def write_pcapng(path, frames, *blocks):
    """Frames of Ethernet a millisecond apart, after the blocks."""
    with open(path, "wb") as file:
        file.write(block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(INTERFACE, struct.pack("<HHI", 1, 0, 0)))
        file.write(b"".join(blocks))
        for number, frame in enumerate(frames):
            time_us = 1_700_000_000_000_000 + number * 1000
            file.write(block(PACKET, struct.pack("<IIIII", 0, time_us >> 32, time_us & 0xFFFFFFFF, len(frame), len(frame)) + frame))


def datagram(payload, ports=(5000, 5001), vlan=None):
    return wire.ethernet(wire.ipv4(HOSTS, 17, wire.udp(ports, payload)), vlan=vlan)


def session(folder):
    """Flights of a TLS connection, (from the client?, bytes), that asks for a page, and its keys. Anonymous, so without certificates."""
    keys = os.path.join(folder, "keys")
    contexts = [ssl.SSLContext(kind) for kind in (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER)]
    for context in contexts:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AECDH-AES128-SHA:@SECLEVEL=0")
        context.options |= ssl.OP_NO_TICKET
    contexts[0].keylog_filename = keys
    memory = [(ssl.MemoryBIO(), ssl.MemoryBIO()) for _ in contexts]
    ends = [context.wrap_bio(*pair, server_side=side == 1) for side, (context, pair) in enumerate(zip(contexts, memory))]
    flights = []

    def carry(side):
        data = memory[side][1].read()
        if data:
            memory[1 - side][0].write(data)
            flights.append((side == 0, data))

    waiting = {0, 1}
    while waiting:
        for side in (0, 1):
            try:
                ends[side].do_handshake()
                waiting.discard(side)
            except ssl.SSLWantReadError:
                pass
            carry(side)
    ends[0].write(b"GET /page HTTP/1.1\r\nHost: x.example\r\n\r\n")
    carry(0)
    ends[1].write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    carry(1)
    return flights, read(keys)


def connection(flights):
    """Frames of a connection that carries the flights."""
    ports, numbers = (40000, 443), [1000, 5000]

    def segment(is_client, payload, flags):
        me = 0 if is_client else 1
        frame = wire.ethernet(wire.ipv4(HOSTS if is_client else HOSTS[::-1], 6,
                                        wire.tcp(ports if is_client else ports[::-1], payload, wire.flag_bits(flags), 60000,
                                                 numbers=(numbers[me], numbers[1 - me] if "A" in flags else 0))))
        numbers[me] += len(payload) + ("S" in flags)
        return frame

    return [segment(True, b"", "S"), segment(False, b"", "SA"), segment(True, b"", "A"),
            *(segment(is_client, data, "PA") for is_client, data in flights)]


class Protocols(CommandTest):
    def records(self, capture, ours=(), theirs=(), columns=(), **variables):
        """The records of the command and of tshark, which have to be the same."""
        environment = dict(ENVIRONMENT, XDG_CONFIG_HOME=self.path("config"), **variables)
        extra = ["--extra", ",".join(columns)] if columns else []
        done = run("-q", "-f", capture, "-c", *ours, *extra, self.path("ours"), env=environment)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        subprocess.run([TSHARK, "-n", "-X", f"lua_script:{PLUGIN}/cicflow.lua", "-q", "-r", capture, *theirs, "-o",
                        f"cicflow.csv:{self.path('theirs')}", *(["-o", f"cicflow.extra:{','.join(columns)}"] if columns else [])],
                       env=environment, capture_output=True, check=True)
        self.assertEqual(read(self.path("ours")), read(self.path("theirs")))
        return read(self.path("ours"))

    def changes(self, capture, options, before=()):
        """Checks that the options, which both programs have, change the records."""
        plain = self.records(capture, before, before)
        changed = self.records(capture, [*before, *options], [*before, *options])
        self.assertNotEqual(plain, changed)

    def profile(self, **files):
        folder = self.path("config", "wireshark", "profiles", "mine")
        os.makedirs(folder, exist_ok=True)
        for name, content in files.items():
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(content)

    def capture(self, *frames):
        path = self.path("x.pcap")
        pcap.write(path, [pcap.record(number * 1_000_000, frame) for number, frame in enumerate(frames)])
        return path

    def vlans(self):
        return self.capture(datagram(b"one"), datagram(b"two", (6000, 6001), vlan=7))

    def teredo(self):
        return self.capture(datagram(wire.ipv6(TEREDO, 17, wire.udp((7000, 7001), b"inside"))))

    def test_disabling_a_protocol(self):
        self.changes(self.vlans(), ["--disable-protocol", "vlan"])

    def test_a_profile(self):
        self.profile(disabled_protos="vlan\n")
        self.changes(self.vlans(), ["-C", "mine"])

    def test_enabling_a_protocol_that_is_off_by_default(self):
        """Of Community ID a filter finds the protocol until Wireshark 4.4, and its field from 4.6 on."""
        fields = subprocess.run([TSHARK, "-G", "fields"], env=ENVIRONMENT, capture_output=True, check=True).stdout
        wanted = "communityid.hash" if b"\tcommunityid.hash\t" in fields else "communityid"
        theirs = ["-o", f"cicflow.filter:{wanted}"]
        before = self.records(self.vlans(), ["--filter", wanted], theirs)
        enable = ["--enable-protocol", "communityid"]
        self.assertNotEqual(before, self.records(self.vlans(), ["--filter", wanted, *enable], [*theirs, *enable]))

    def test_preferences_and_decode_as_of_a_profile(self):
        self.profile(preferences="ip.tso_support: FALSE\n", decode_as_entries="decode_as_entry: udp.port,5001,(none),VXLAN\n")
        inner = wire.ethernet(wire.ipv4(HOSTS, 17, wire.udp((7000, 7001), b"inside")))
        self.changes(self.capture(datagram(wire.vxlan(inner))), ["-C", "mine"])

    def test_enabling_a_heuristic(self):
        self.changes(self.teredo(), ["--enable-heuristic", "teredo_udp"])

    def test_disabling_a_heuristic_that_the_profile_enables(self):
        self.profile(heuristic_protos="teredo_udp,1\n")
        self.changes(self.teredo(), ["--disable-heuristic", "teredo_udp"], before=["-C", "mine"])

    def test_a_name_that_wireshark_does_not_know(self):
        for option in ("--disable-protocol", "--enable-protocol", "--enable-heuristic", "--disable-heuristic"):
            done = run("-q", "-f", self.vlans(), "-c", "--full-dissection", option, "nosuchthing", "-")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(f"{option}".encode(), done.stderr)
            self.assertEqual(done.stderr.count(b"\n"), 1)

    def test_a_length_on_the_wire_that_no_buffer_has(self):
        frame = datagram(wire.vxlan(wire.ethernet(wire.ipv4(HOSTS, 17, wire.udp((7000, 7001), b"inside")))), ports=(5000, 4789))
        for length in (2**31 - 1, 2**31, 3 * 10**9, 2**32 - 2, 2**32 - 1):
            head = pcap.record(0, frame)
            pcap.write(self.path("x.pcap"), [head[:12] + struct.pack("<I", length) + head[16:], pcap.record(1, datagram(b"next"))])
            for options in ([], ["--full-dissection"]):
                self.assertEqual(self.records(self.path("x.pcap"), options).count(b"\n"), 3, (length, options))

    def test_names_in_a_capture_change_no_address(self):
        """Addresses are not resolved (tshark: -n), so a filter does not match the names in the capture."""
        record = struct.pack("<HH", 1, 17) + bytes([10, 0, 0, 1]) + b"host.example\0" + bytes(3) + bytes(4)
        path = self.path("x.pcapng")
        write_pcapng(path, [datagram(b"one")], block(NAMES, record))
        for host, count in (("host.example", 1), ("10.0.0.1", 2)):
            text = f'ip.host == "{host}"'
            records = self.records(path, ["--filter", text], ["-o", f"cicflow.filter:{text}"])
            self.assertEqual(records.count(b"\n"), count, host)

    def test_secrets_in_a_capture_decrypt_it(self):
        flights, keys = session(self.folder)
        frames = connection(flights)
        path = self.path("x.pcapng")
        found = {}
        for name, blocks in (("with", [block(SECRETS, struct.pack("<II", TLS_KEYS, len(keys)) + keys)]), ("without", [])):
            write_pcapng(path, frames, *blocks)
            found[name] = self.records(path, columns=["app_proto"]).splitlines()[1].rsplit(b",", 1)[1]
        self.assertEqual(found, {"with": b"HTTP", "without": b"TLS"})


if __name__ == "__main__":
    main()
