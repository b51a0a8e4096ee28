"""Short conversations of protocols that few captures have, as frames, and the values of defined columns on them, worked out by hand; JA4 and JA3 are
computed from the composed Client Hello as their specifications say.

JA4: https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md
"""
import base64
import hashlib
import os
import pathlib
import struct
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[2] / "test-captures" / "composed")]
import files as f  # noqa: E402
import packets as p  # noqa: E402

IEEE802_11_RADIOTAP = 127


def mqtt(kind, body, flags=0):
    return bytes((kind << 4 | flags, len(body))) + body


def text16(text):
    return len(text).to_bytes(2, "big") + text.encode()


class Talk:
    """A TCP connection as frames, 10 ms apart; each message is a segment, which nobody acknowledges."""

    def __init__(self, port):
        self.port, self.frames, self.at = port, [], [1000, 5000]
        self.send(0, p.SYN, b"")
        self.send(1, p.SYN | p.ACK, b"")
        self.send(0, p.ACK, b"")

    def send(self, side, flags, data, window=1000):
        ends = [("10.0.0.1", 40000), ("10.0.0.2", self.port)]
        (source, sport), (destination, dport) = ends[side], ends[1 - side]
        segment = p.tcp(sport, dport, flags, data, seq=self.at[side], ack=self.at[1 - side] if flags & p.ACK else 0, window=window)
        self.frames.append(f.at(len(self.frames) * 10 * f.MS, p.ethernet(p.ipv4(source, destination, segment))))
        self.at[side] += len(data) + (flags & p.SYN != 0)

    def says(self, side, data):
        self.send(side, p.PSH | p.ACK, data)


def mqtt_talk():
    talk = Talk(1883)
    talk.says(0, mqtt(1, text16("MQTT") + bytes((4, 0x82, 0, 60)) + text16("sensor-7") + text16("anna")))
    talk.says(1, mqtt(2, bytes((0, 0))))
    talk.says(0, mqtt(8, bytes((0, 1)) + text16("a/b") + b"\1", 2))
    talk.says(1, mqtt(9, bytes((0, 1, 1))))
    talk.says(0, mqtt(3, text16("a/b") + b"12", 1) + mqtt(3, text16("c") + bytes((0, 2)) + b"3", 2) + mqtt(12, b""))
    return talk.frames, {
        "mqtt_messages": "7", "mqtt_connects": "1", "mqtt_publishes": "1", "mqtt_subscribes": "1", "mqtt_pings": "1",
        "mqtt_client_id": "sensor-7", "mqtt_username": "anna", "mqtt_version": "4", "mqtt_keep_alive": "60", "mqtt_connect_code": "0",
        "mqtt_topic": "a/b", "mqtt_topics": "2", "mqtt_qos_max": "1", "mqtt_retained": "1", "mqtt_length_max": "26"}


def modbus(transaction, unit, data):
    return transaction.to_bytes(2, "big") + bytes(2) + (len(data) + 1).to_bytes(2, "big") + bytes((unit,)) + data


def modbus_talk():
    talk = Talk(502)
    talk.says(0, modbus(1, 17, bytes((3, 0, 100, 0, 2))))      # read two registers from 100 on
    talk.says(1, modbus(1, 17, bytes((3, 4, 0, 1, 0, 2))))
    talk.says(0, modbus(2, 17, bytes((6, 0, 120, 0, 9))))      # write register 120
    talk.says(1, modbus(2, 17, bytes((6, 0, 120, 0, 9))))
    talk.says(0, modbus(3, 18, bytes((1, 255, 255, 0, 8))))    # read eight coils where there are none
    talk.says(1, modbus(3, 18, bytes((0x81, 2))))
    talk.says(0, modbus(4, 17, bytes((8, 0, 0, 1, 2))))        # diagnostics: send this back
    talk.says(1, modbus(4, 17, bytes((8, 0, 0, 1, 2))))
    return talk.frames, {
        "modbus_requests": "4", "modbus_responses": "4", "modbus_units": "2", "modbus_function": "3", "modbus_functions": "4",
        "modbus_reads": "2", "modbus_writes": "1", "modbus_diagnostics": "1", "modbus_exceptions": "1", "modbus_exception": "2",
        "modbus_reference_min": "100", "modbus_reference_max": "65535", "modbus_references": "3", "modbus_words_max": "2",
        "modbus_time_max": "0.01", "modbus_time_mean": "0.01"}


# The client's first packet of RFC 9001, A.2, as sent, and the Client Hello in it.
RFC9001_INITIAL = base64.b64decode("""
    wAAAAAEIg5TI8D5RVwgAAESee5rsNNGxyY3XaJ+47BHSQrEj3JvYurk2tH2S7DVsC6t99ZdtJ81En2MwAJnzmRwmDsTGDRezH4QpFXuzWhKCpkOo0iYsrWdQDK245zeMjrdTnsTUkF/t
    G+4fyKr7oXx1Dix6zgHmAF+A/LffYhIwyDcRs5ND+gKM6n9/tf+J6sIwgkmgIlIVXiNHtj1YxUV6/YTQXf/9sgOShEroEhVGgunPAS+QIabwvhfd0MIITc4l/5sGzeU10Pkgotsb82LC
    PlltEaT1ps85SIOKOuxOFdr4UApu9p7E4/62sdmOYQrIt+w/r2rXYLe60dtLo0heipTcJQrj/bQe0V+2qOXroPw91gvI4wxcQoflOAXbBZrgZI2y9kJk7V45vi4g2C31ZtqN1ZmMyr2u
    BTBgrmx7Q3joRtKfN+17TqnsXYLnlht/JakyOFH2gdWCNjql+Jk39aZyWL9jrW8aCx2W29T63fzvxSZrpmEXIjlckGVWvlKv4/VlY2rRsX1Qi3PYdD7rUkviKz3LwsdGjVQRnHRoRJoT
    2OO5WBGhmPNJHePn/pQrMwQHq/gqTtfBsxFmOsaYkPQVcBWFPZHpIwN8InozzdXsKByj95xEVGudkMoA8GTJnj3ZeRHTn+nF0LI6IpojTLNhhsSBnoucWSdyZjIpHWpBghHMKWLiD+R/
    6z7fMw8sYDqdSMD8tWmdv+WJZCXFusSu6C5XqFqvTiUT5PBXlrB7ou5H2AUG+NLCXlD9FN5x5sQYVZMC+Tmw4avVdvJ5xLLg/rhcHyj/GPWIkf/vEy7vL6CTRq7jPCjrEw/yj1t2aVMz
    QRMhGZbSABGhmOP8Qz+fJUEBCuF8G/ICWA9gR0cvs2hX/oQ7GfWYQAndwyQEToR6T0oKs09xlZXeNyUtYjU2XpuEOSsGEIU0nXMgOkoT6W9UMuwP1KHuZazN1eOQTfVMHaUQsP8g3MDH
    f8ssDg62BcsFBNuHYyzz2LTa5ucFdp0d41QnASPLEUUO/GCsR2g9e40PgRNlVl/ZjEyOuTa8q40Gn8M72AGwOt6i4fvFqkY9CMoZiW0r9ZoHG4UebCOQUhcvKWv7XnJAR5CiGBAU87lK
    TpfRF7Q4EwNozDnbstGYBlrjmGVHkmzSFi9Aop8MPIdFwPUPujhS5WbURXXCnTmgPwzachmEtvRAWR81XhLUOf8VCqt2E0mdvUmtq8hnbu8COxW2W/xcoGlIEJ8j81DbghI1NeuKdDO9
    q8uQknGm7Ly1i5NqiM1Ojy5v9YABdfETJT2PqcqIhcL1UuZX3GA/JS4ajjCPdvC+eeL7j11fu+LjDsrdIgcjyMCuqAeM38s4aCY/+PCUAFTaSHgYk6fkmtWv9K8wDNgEprYnmrP/Ovtk
    SRyFGUqrdg1YpgZlT59EAOizhZE1b79kJayibchSRCWf8rGcQbn5bzyp7B3eQ02n0tOSuQXd89H5r5PRr1lQvUk/WqcxtAVt8xvSZ7a5CgeYMar1eb4KOQExN6rG1AT1GM/UaEBkfni/
    5wbKTPXpxUU+n3z9K4tMjRaaROVciNSpp/lHQkHiIa9EhgAYqwhWly4ZTNk0
""")
RFC9001_HELLO = bytes.fromhex(
    "010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578616d706c652e636f6d"
    "ff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f"
    "1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff"
    "07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff")


def quic_initial(destination_id, source_id, size):
    """An Initial packet of version 1, whose protected bytes are of nobody's key; 10 + the ids + size bytes."""
    ids = b"".join(bytes((len(each),)) + each for each in (destination_id, source_id))
    return b"\xc3" + (1).to_bytes(4, "big") + ids + b"\0" + (0x4000 | size).to_bytes(2, "big") + bytes(range(256)) * (size // 256) + \
        bytes(size % 256)


def quic_talk():
    """The client chooses an id of 8 bytes for the server, which takes another one. quic_ja4 has no value before Wireshark 4.2."""
    client, server = ("10.0.0.1", 50000), ("10.0.0.2", 443)
    frames = []
    for number, (source, destination, data) in enumerate(((client, server, RFC9001_INITIAL),
                                                          (server, client, quic_initial(b"", b"mine", 1100)),
                                                          (client, server, quic_initial(b"mine", b"", 300)))):
        frames.append(f.at(number * f.MS, p.ethernet(p.ipv4(source[0], destination[0], p.udp(source[1], destination[1], data)))))
    return frames, {
        "quic_version": "1", "quic_versions": "1", "quic_packets": "3", "quic_long_headers": "3", "quic_connection_id": "8394c8f03e515708",
        "quic_connection_ids": "2", "quic_packet_length_max": "1200", "quic_packet_length_mean": "876.0", "quic_sni": "example.com",
        "quic_ja3": ja3(tls_record(RFC9001_HELLO)), "quic_ja4": ja4(tls_record(RFC9001_HELLO), "q")}


def wireless_frames():
    """Three datagrams from a station to its access point: signals of -40, -50 and -60 dBm, the second sent again and slower."""
    frames = []
    for number, (signal, rate, retry) in enumerate(((-40, 108, 0), (-50, 12, 8), (-60, 108, 0))):
        radiotap = bytes((0, 0, 15, 0)) + (1 << 2 | 1 << 3 | 1 << 5 | 1 << 6).to_bytes(4, "little") + bytes((rate, 0))
        radiotap += (2437).to_bytes(2, "little") + (0x00c0).to_bytes(2, "little") + bytes((signal & 255, -95 & 255))
        radiotap = radiotap[:2] + len(radiotap).to_bytes(2, "little") + radiotap[4:]
        header = bytes((0x08, 0x01 | retry, 0, 0)) + bytes.fromhex("020000000001 020000000002 020000000003") + (number << 4).to_bytes(2, "little")
        packet = p.ipv4("10.0.0.1", "10.0.0.2", p.udp(4000, 9, b"x"))
        frames.append(f.at(number * f.MS, radiotap + header + bytes.fromhex("aaaa030000000800") + packet))
    return frames, {
        "wlan_signal_min": "-60", "wlan_signal_mean": "-50.0", "wlan_signal_max": "-40", "wlan_noise_mean": "-95.0", "wlan_rate_min": "6.0",
        "wlan_rate_mean": "38.0", "wlan_rate_max": "54.0", "wlan_retries": "1", "wlan_protected": "0", "wlan_channel": "6",
        "wlan_channels": "1", "wlan_frequency": "2437", "wlan_bssid": "02:00:00:00:00:01", "wlan_bssids": "1"}


def zero_window_talk():
    """A receiver whose window is full, then 0, is probed twice, and opens its window; then the sender keeps the connection alive."""
    talk = Talk(4999)
    client, server = 0, 1
    talk.send(client, p.ACK, b"x" * 60)
    talk.send(server, p.ACK, b"", window=40)
    talk.send(client, p.ACK, b"x" * 40)                 # fills the window
    talk.send(server, p.ACK, b"", window=0)
    for _ in range(2):
        talk.send(client, p.ACK, b"x")                  # a byte that is not taken
        talk.at[client] -= 1
        talk.send(server, p.ACK, b"", window=0)
    talk.send(server, p.ACK, b"", window=1000)
    talk.send(client, p.ACK, b"x" * 200)
    talk.send(server, p.ACK, b"")
    talk.at[client] -= 1
    talk.send(client, p.ACK, b"")                       # keep-alive: the byte before the next one
    talk.at[client] += 1
    talk.send(server, p.ACK, b"")
    return talk.frames, {
        "tcp_zero_windows": "3", "tcp_zero_window_probes": "2", "tcp_windows_full": "1", "tcp_window_updates": "1", "tcp_keep_alives": "1",
        "tcp_retransmissions_fwd": "0", "tcp_retransmissions_bwd": "0", "tcp_out_of_order": "0", "tcp_lost_segments": "0",
        "tcp_initial_rtt": "0.02", "tcp_in_flight_max": "200", "tcp_window_max_fwd": "1000", "tcp_window_max_bwd": "1000"}


def is_grease(value):
    return value & 0x0f0f == 0x0a0a and value >> 8 == value & 0xff


def extension(kind, body):
    return kind, struct.pack("!HH", kind, len(body)) + body


def listed(values, length_bytes=2):
    body = b"".join(struct.pack("!H", value) for value in values)
    return len(body).to_bytes(length_bytes, "big") + body


CIPHERS = (0x4a4a, 0x1301, 0x1303, 0x1302, 0xc02b, 0xc02f, 0x009c, 0x0035)
GROUPS = (0x2a2a, 0x001d, 0x0017, 0x0018)
SIGNATURES = (0x0403, 0x0804, 0x0401, 0x0503)
VERSIONS = (0x8a8a, 0x0304, 0x0303)
EXTENSIONS = (
    extension(0xdada, b""), extension(0, b"\0\x0e\0\0\x0bexample.net"), extension(23, b""), extension(0xff01, b"\0"),
    extension(10, listed(GROUPS)), extension(11, b"\1\0"), extension(16, b"\0\x0c\2h2\x08http/1.1"), extension(13, listed(SIGNATURES)),
    extension(43, listed(VERSIONS, 1)), extension(51, b"\0\0"), extension(0xfafa, b"\0"))


def client_hello():
    body = b"\3\3" + bytes(32) + b"\0" + listed(CIPHERS) + b"\1\0"
    extensions = b"".join(data for _, data in EXTENSIONS)
    body += len(extensions).to_bytes(2, "big") + extensions
    handshake = b"\1" + len(body).to_bytes(3, "big") + body
    return tls_record(handshake)


def tls_record(handshake):
    return b"\x16\3\1" + len(handshake).to_bytes(2, "big") + handshake


def hello_of(record):
    """(version, ciphers, extensions as (type, body)) of a TLS record with a whole Client Hello; None if it is none."""
    if len(record) < 48 or record[0] != 0x16 or record[5] != 1 or len(record) < 9 + int.from_bytes(record[6:9], "big"):
        return None
    at = 9 + 2 + 32
    at += 1 + record[at]
    count = int.from_bytes(record[at:at + 2], "big")
    ciphers = struct.unpack(f"!{count // 2}H", record[at + 2:at + 2 + count])
    at += 2 + count
    at += 1 + record[at]
    end, extensions = min(at + 2 + int.from_bytes(record[at:at + 2], "big"), 9 + int.from_bytes(record[6:9], "big")), []
    at += 2
    while at + 4 <= end:
        kind, length = struct.unpack("!HH", record[at:at + 4])
        extensions.append((kind, record[at + 4:at + 4 + length]))
        at += 4 + length
    return int.from_bytes(record[9:11], "big"), ciphers, extensions


def numbers_in(body, skipped):
    return [value for (value,) in struct.iter_unpack("!H", body[skipped:len(body) - (len(body) - skipped) % 2])]


def ja4(record, transport="t"):
    """JA4 of the Client Hello in a TLS record over TCP, or q: QUIC."""
    version, ciphers, extensions = hello_of(record)
    bodies = dict(extensions)
    versions = [value for value in numbers_in(bodies.get(43, b""), 1) if not is_grease(value)] or [version]
    ciphers = [value for value in ciphers if not is_grease(value)]
    kinds = [kind for kind, _ in extensions if not is_grease(kind)]
    name = bodies[16][3:3 + bodies[16][2]].decode() if 16 in bodies else "00"
    hashed = lambda text: hashlib.sha256(text.encode()).hexdigest()[:12] if text else "0" * 12
    joined = lambda values: ",".join(f"{value:04x}" for value in values)
    signatures = joined(value for value in numbers_in(bodies.get(13, b""), 2) if not is_grease(value))
    shown = joined(sorted(kind for kind in kinds if kind not in (0, 16)))
    spoken = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3"}[max(versions)]
    return (f"{transport}{spoken}{'d' if 0 in bodies else 'i'}{min(len(ciphers), 99):02}{min(len(kinds), 99):02}{name[0]}{name[-1]}_"
            f"{hashed(joined(sorted(ciphers)))}_{hashed(shown + ('_' + signatures if signatures else ''))}")


def ja3(record):
    version, ciphers, extensions = hello_of(record)
    bodies = dict(extensions)
    some = lambda values: "-".join(str(value) for value in values if not is_grease(value))
    formats = bodies.get(11, b"\0")[1:]
    text = f"{version},{some(ciphers)},{some(kind for kind, _ in extensions)},{some(numbers_in(bodies.get(10, b''), 2))},{some(formats)}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def tls_talk():
    """tls_ja4 has no value before Wireshark 4.2."""
    talk = Talk(443)
    talk.says(0, client_hello())
    talk.says(1, b"\x15\3\3\0\2\2\x28")                # a fatal alert: no common parameters
    return talk.frames, {
        "tls_client_hellos": "1", "tls_alerts": "1", "tls_alert": "40",
        "tls_sni": "example.net", "tls_alpn": "h2", "tls_ja3": ja3(client_hello()), "tls_ja4": ja4(client_hello()),
        "tls_ciphers_offered": str(len(CIPHERS)), "tls_client_version": str(0x0303), "tls_records": "2", "tls_certificates": "0"}


def dns_talk():
    """A question whose answer is too long for a datagram."""
    question = b"\4long\7example\0\0\x10\0\1"
    messages = [struct.pack("!6H", 7, flags, 1, 0, 0, 0) + question for flags in (0x0100, 0x8380)]
    frames = [f.at(0, p.ethernet(p.ipv4("10.0.0.1", "10.0.0.2", p.udp(40000, 53, messages[0])))),
              f.at(5 * f.MS, p.ethernet(p.ipv4("10.0.0.2", "10.0.0.1", p.udp(53, 40000, messages[1]))))]
    return frames, {
        "dns_queries": "1", "dns_responses": "1", "dns_name": "long.example", "dns_type": "16", "dns_answers": "0", "dns_ttl_min": "",
        "dns_addresses": "0", "dns_rcode": "0", "dns_nxdomain": "0", "dns_truncated": "1", "dns_time_max": "0.005"}


COMPOSED = {"dns": (dns_talk, f.ETHERNET), "mqtt": (mqtt_talk, f.ETHERNET), "modbus": (modbus_talk, f.ETHERNET), "quic": (quic_talk, f.ETHERNET),
            "wireless": (wireless_frames, IEEE802_11_RADIOTAP), "tcp-analysis": (zero_window_talk, f.ETHERNET), "tls": (tls_talk, f.ETHERNET)}


def compose(folder, name):
    """(path, values by hand)"""
    make, link = COMPOSED[name]
    frames, expected = make()
    path = os.path.join(folder, f"{name}.pcapng")
    with open(path, "wb") as file:
        file.write(f.pcapng_section(frames, [f.Interface(link, 9)]))
    return path, expected
