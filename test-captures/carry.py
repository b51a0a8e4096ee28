#!/usr/bin/python3
"""One end of a tunnel: carries what the kernel sends into a TUN or TAP device over another interface, and back.

For kernels without these tunnels and without VLANs; the packets inside are those of the kernel's own stacks.

usage: carry.py gre|ipip DEVICE LOCAL REMOTE       IPv4 and IPv6 in GRE, or in IPv4 (protocols 4 and 41)
       carry.py vlan DEVICE INTERFACE VLAN_ID      Ethernet frames with an 802.1Q tag
Runs until it is killed; DEVICE is there when it has printed "ready".
"""
# SPDX-License-Identifier: GPL-2.0-or-later
import errno
import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
ETH_P_ALL, PACKET_OUTGOING = 3, 4
SOL_PACKET, PACKET_AUXDATA, TP_STATUS_VLAN_VALID = 263, 8, 0x10
PROTOCOLS = {4: (socket.IPPROTO_IPIP, 0x0800), 6: (socket.IPPROTO_IPV6, 0x86DD)}
MOST = 65536


def open_device(name, kind):
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), kind | IFF_NO_PI))
    return device


def forward(device, sockets, send, receive):
    """Moves packets both ways; receive gives None for what is not the tunnel's."""
    print("ready", flush=True)
    while True:
        for source in select.select([device, *sockets], [], [])[0]:
            if source == device:
                send(os.read(device, MOST))
                continue
            packet = receive(source)
            if packet is not None:
                try:
                    os.write(device, packet)
                except OSError as error:  # the device is not up yet: as with a cable, what comes is lost
                    if error.errno != errno.EIO:
                        raise


def over_ip(kind, name, local, remote):
    numbers = [socket.IPPROTO_GRE] if kind == "gre" else [number for number, _ in PROTOCOLS.values()]
    sockets = {number: socket.socket(socket.AF_INET, socket.SOCK_RAW, number) for number in numbers}
    for end in sockets.values():
        end.bind((local, 0))

    def send(packet):
        number, ether_type = PROTOCOLS[packet[0] >> 4]
        if kind == "gre":
            sockets[socket.IPPROTO_GRE].sendto(struct.pack("!HH", 0, ether_type) + packet, (remote, 0))
        else:
            sockets[number].sendto(packet, (remote, 0))

    def receive(end):
        packet = end.recv(MOST)
        return packet[(packet[0] & 15) * 4 + (4 if kind == "gre" else 0):]

    forward(open_device(name, IFF_TUN), sockets.values(), send, receive)


def tagged(name, interface, vlan_id):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    end.bind((interface, ETH_P_ALL))
    end.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)

    def send(frame):
        end.send(frame[:12] + struct.pack("!HH", 0x8100, vlan_id) + frame[12:])

    def receive(_):
        frame, more, _, address = end.recvmsg(MOST, 128)
        if address[2] == PACKET_OUTGOING:
            return None
        for _, _, auxiliary in more:
            status, _, _, _, _, tag = struct.unpack_from("=IIIHHH", auxiliary)
            if status & TP_STATUS_VLAN_VALID and tag & 0xFFF == vlan_id:
                return frame
        return None

    forward(open_device(name, IFF_TAP), [end], send, receive)


def main():
    kind, name, *ends = sys.argv[1:]
    if kind == "vlan":
        tagged(name, ends[0], int(ends[1]))
    else:
        over_ip(kind, name, *ends)


if __name__ == "__main__":
    main()
