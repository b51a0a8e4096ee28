#!/usr/bin/env python3
"""Makes a large capture of many protocols, out of the test captures in Debian's source packages of nDPI, Wireshark and tcpdump.

usage: make_protocol_mix.py FOLDER [--packets 650412]

FOLDER keeps what was downloaded and unpacked, and has protocols.pcap in the end, whose path is printed; what is there already is not
made again. The packages are those of Debian 12, whatever system this is, so that the mix is the same everywhere. Captures of
../shared/captures are added where they are. Only Ethernet captures are used (make_capture.py).
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "captures"
ENDINGS = (".pcap", ".pcapng", ".cap", ".pcap.gz", ".pcapng.gz", ".cap.gz")
PACKAGES = ("ndpi", "wireshark", "tcpdump")
# A port scan alone would make half of the flows; copies of bundles make the dissector of Wireshark 4.0 crash.
LEFT_OUT = ("synscan", "dtn_")


def download(folder):
    """The packages' original archives, by apt with lists of its own."""
    archives = sorted(folder.glob("*.orig.tar.*[z2]"))
    if len(archives) >= len(PACKAGES):
        return archives
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (folder / "sources.list").write_text("deb-src http://deb.debian.org/debian bookworm main\n")
    (folder / "apt.conf").write_text(f'Dir::State::Lists "{folder}/lists";\nDir::Etc::SourceList "{folder}/sources.list";\n'
                                     'Dir::Etc::SourceParts "-";\nAcquire::AllowInsecureRepositories "false";\n')
    environment = dict(os.environ, APT_CONFIG=str(folder / "apt.conf"))
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=True)
    for package in PACKAGES:
        subprocess.run(["apt-get", "source", "-qq", "--download-only", "--tar-only", package], cwd=folder, env=environment, check=True,
                       stderr=subprocess.DEVNULL)
    return sorted(folder.glob("*.orig.tar.*[z2]"))


def unpack(archive, folder):
    """The captures in an archive, each under a name of its own."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.isfile() or not member.name.endswith(ENDINGS):
                continue
            path = folder / f"{archive.name.split('_')[0]}_{member.name.split('/', 1)[1].replace('/', '_')}"
            path.write_bytes(tar.extractfile(member).read())


def captures(folder):
    unpacked = folder / "captures"
    if not unpacked.is_dir():
        archives = download(folder)
        unpacked.mkdir()
        for archive in archives:
            unpack(archive, unpacked)
    found = [*unpacked.iterdir(), *(SHARED.glob("*.pcap*") if SHARED.is_dir() else ())]
    return sorted(str(path) for path in found if not any(part in path.name for part in LEFT_OUT))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--packets", type=int, default=650_412)
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    result, partial = folder / "protocols.pcap", folder / "protocols.pcap.partial"
    if not result.exists():
        subprocess.run([sys.executable, HERE / "make_capture.py", partial, "--packets", str(options.packets), *captures(folder)],
                       check=True, stderr=subprocess.DEVNULL)
        partial.rename(result)
    print(result)


if __name__ == "__main__":
    main()
