#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""From a folder of captures to a model and back to the packets, with a million flows; prints what each step takes.

usage: full_size.py FOLDER [--flows N] [--quick]

FOLDER receives ten captures and their flows as Parquet. Needs cicflowmeter, tshark with the plugin, and a Python with duckdb,
pandas and scikit-learn. --quick: 20,000 flows. Ends with status 1 when the records are not the flows that were made.
"""
import argparse
import glob
import os
import random
import struct
import subprocess
import sys
import time
from collections import Counter
from shutil import rmtree

HERE = os.path.dirname(os.path.abspath(__file__))
CAPTURES = 10
BEGIN_S = 1_700_000_000
FLOW_US = 36_000         # a flow begins every 36 ms and is over before the next
SYN, RST, ACK, PUSH, FIN = 0x02, 0x14, 0x10, 0x18, 0x11
TCP, UDP = 6, 17
# Column names that say who, where and when, and the way back: nothing for a model.
APART = ("src_ip", "dst_ip", "src_port", "dst_port", "timestamp", "flow_id", "first_frame", "last_frame", "capture", "label")


class Writer:
    """A capture; ends are (address as a number, port)."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))

    def packet(self, time_us, source, destination, protocol, flags=0, size=0, ttl=64, seq=0):
        if protocol == TCP:
            segment = struct.pack("!HHIIBBHHH", source[1], destination[1], seq, 1, 0x50, flags, 64240, 0, 0) + bytes(size)
        else:
            segment = struct.pack("!HHHH", source[1], destination[1], 8 + size, 0) + bytes(size)
        ip = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(segment), 0, 0, ttl, protocol, 0, source[0], destination[0])
        frame = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + ip + segment
        seconds, micros = divmod(time_us, 1_000_000)
        self.file.write(struct.pack("<IIII", BEGIN_S + seconds, micros, len(frame), len(frame)) + frame)


def web(out, now, client, server, dice):
    ttl, gap = 64, dice.randrange(500, 4000)
    steps = [(0, SYN, 0), (1, 0x12, 0), (0, ACK, 0), (0, PUSH, dice.randrange(80, 600)), (1, PUSH, dice.randrange(200, 1400)),
             (1, FIN, 0), (0, FIN, 0), (1, ACK, 0)]
    for number, (back, flags, size) in enumerate(steps):
        ends = (server, client) if back else (client, server)
        out.packet(now + number * gap, *ends, TCP, flags, size, ttl - 3 * back, seq=now % 2**32)


def dns(out, now, client, server, dice):
    server = (server[0], 53)
    out.packet(now, client, server, UDP, size=dice.randrange(30, 60))
    out.packet(now + dice.randrange(200, 20000), server, client, UDP, size=dice.randrange(60, 400), ttl=61)


def refused(out, now, client, server, dice):
    """Also every probe of a scan: one flow does not show which it is."""
    out.packet(now, client, server, TCP, SYN, seq=now % 2**32)
    out.packet(now + dice.randrange(100, 3000), server, client, TCP, RST, ttl=61, seq=0)


def flood(out, now, client, server, dice):
    for number in range(3):
        out.packet(now + number * 1000, client, server, TCP, SYN if number == 0 else PUSH, 0 if number == 0 else 20,
                   dice.randrange(30, 200), seq=now % 2**32)


def attempt(out, now, client, server, dice):
    out.packet(now, client, server, TCP, SYN, 0, dice.randrange(30, 200), seq=now % 2**32)


# Label, share of the flows, packets, network of the client, and how many clients it has.
KINDS = (("Benign", 0.30, web, 0x0A400000, 500), ("Benign", 0.45, dns, 0x0A400000, 500), ("Benign", 0.10, refused, 0x0A400000, 500),
         ("Scan", 0.08, refused, 0x0A090000, 1), ("Flood", 0.05, flood, 0xC6120000, 60000),
         ("Flood - Attempted", 0.02, attempt, 0xC6120000, 60000))


def make(folder, flows):
    """Writes the captures; returns how many flows of each label are in them."""
    made = Counter()
    os.makedirs(folder, exist_ok=True)
    for capture in range(CAPTURES):
        dice = random.Random(capture)
        out = Writer(os.path.join(folder, f"hour{capture}.pcap"))
        kinds = dice.choices(KINDS, [kind[1] for kind in KINDS], k=flows // CAPTURES)
        for number, (label, _, write, network, clients) in enumerate(kinds):
            client = (network + capture * 65536 * (label == "Benign") + 256 + number % clients + capture * (clients == 1),
                      1024 + number % 60000)
            server = (0xC0000200 + 1 + number % 50, dice.choice((80, 443)) if write is web else 1 + number % 1000)
            write(out, (capture * 3600 * 1_000_000) + number * FLOW_US, client, server, dice)
            made[label] += 1
        out.file.close()
    return made


def step(what, action, *arguments):
    begin = time.monotonic()
    result = action(*arguments)
    print(f"{time.monotonic() - begin:7.1f} s  {what}", flush=True)
    return result


def records(captures, flows):
    subprocess.run(["cicflowmeter", "-q", "-d", captures, "--parquet", flows, "--extra", "flow_id,first_frame,last_frame,capture",
                    "--labels", os.path.join(HERE, "full_size.rules"), "--label", "Benign",
                    "--define", os.path.join(HERE, "full_size.define")], check=True)


def counts(database, files):
    return dict(database.execute(f"SELECT label, count(*) FROM '{files}' GROUP BY label").fetchall())


def prepared(database, files):
    """Every flow with the number of flows that its source opened in the same minute; a twentieth of the first half to train."""
    database.execute(f"""CREATE TABLE flows AS SELECT *,
        count(*) OVER (PARTITION BY capture, src_ip, date_trunc('minute', timestamp)) AS flows_of_source FROM '{files}'""")
    half = f"CAST(regexp_extract(capture, 'hour(\\d+)', 1) AS INTEGER) < {CAPTURES // 2}"
    return (database.execute(f"SELECT * FROM flows WHERE {half} AND flow_id % 20 = 0 ORDER BY capture, flow_id").df(),
            database.execute(f"SELECT * FROM flows WHERE NOT {half} ORDER BY capture, flow_id").df())


def judged(train, test, without=()):
    """(macro F1, the test flows that were taken for something else)."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import f1_score
    columns = [name for name in train if name not in APART + tuple(without)]
    model = RandomForestClassifier(n_estimators=20, min_samples_leaf=2, random_state=1, n_jobs=2)
    predicted = model.fit(train[columns].fillna(-1), train["label"]).predict(test[columns].fillna(-1))
    wrong = test[predicted != test["label"]].assign(predicted=predicted[predicted != test["label"]])
    return f1_score(test["label"], predicted, average="macro"), wrong


def packets(folder, flow):
    command = ["tshark", "-2", "-r", os.path.join(folder, os.path.basename(flow.capture)), "-Y", f"cicflow.flow_id == {flow.flow_id}",
               "-T", "fields", "-e", "frame.number", "-e", "ip.src", "-e", "tcp.dstport", "-e", "tcp.flags"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout.splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--flows", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    import duckdb
    captures, flows = (os.path.join(options.folder, name) for name in ("captures", "flows"))
    files = f"{flows}/**/*.parquet"
    rmtree(flows, ignore_errors=True)  # those of an earlier run
    made = step("captures made", make, captures, 20_000 if options.quick else options.flows)
    step("cicflowmeter: records as Parquet, with a defined column and rules", records, captures, flows)
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    found = step("DuckDB: flows by label", counts, database, files)
    size = sum(os.path.getsize(path) for path in glob.glob(files, recursive=True))
    print(f"           {found}, {size / 1e6:.0f} MB")
    train, test = step("DuckDB: flows of the same source in the same minute, beside each flow", prepared, database, files)
    bare, wrong = step("a forest of the first five hours, judged by the others", judged, train, test, ["flows_of_source"])
    print(f"           macro F1 {bare:.3f}, {len(wrong)} of {len(test)} wrong")
    better, rest = step("the same with the number of flows of the source", judged, train, test)
    print(f"           macro F1 {better:.3f}, {len(rest)} of {len(test)} wrong")
    flow = wrong[wrong["label"] == "Scan"].iloc[0] if len(wrong[wrong["label"] == "Scan"]) else wrong.iloc[0]
    lines = step("tshark: a flow that the first model got wrong, as packets", packets, captures, flow)
    print(f"           {os.path.basename(flow.capture)}, flow {flow.flow_id}: {flow.label}, taken for {flow.predicted}", *lines, sep="\n           ")
    same = found == dict(made) and len(lines) == flow.tot_fwd_pkts + flow.tot_bwd_pkts and lines[0].startswith(f"{flow.first_frame}\t")
    if not same or better <= bare:
        sys.exit(f"full_size.py: made {dict(made)}, found {found}, F1 {bare} and {better}, packets {lines}")


if __name__ == "__main__":
    main()
