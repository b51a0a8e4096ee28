"""What tunnels carry: IP in IP, GRE, and the UDP tunnels, each opened to the next IP header or Ethernet frame.

A tunnel header that is cut or not understood is simply not opened; the packet around it keeps its own transport.
"""
import standard_links as links

IPPROTO_IPV4, IPPROTO_IPV6, IPPROTO_GRE, IPPROTO_MPLS = 4, 41, 47, 137
PORT_VXLAN, PORT_GENEVE, PORT_GTP_U, PORT_TEREDO = 4789, 6081, 2152, 3544

GRE_CHECKSUM, GRE_ROUTING, GRE_KEY, GRE_SEQUENCE, GRE_ACKNOWLEDGE = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
VXLAN_NETWORK_VALID = 0x08
GTP_USER_DATA = 255
TEREDO_ORIGIN, TEREDO_AUTHENTICATION = 0x0000, 0x0001


def gre(part, walk):
    """RFC 2784, 2890 and the routing field of RFC 1701; version 1 (RFC 2637) has an acknowledgement."""
    if not part.has(4):
        return
    flags, kind = part.number(0), part.number(2)
    size = 4 + 4 * sum(bool(flags & bit) for bit in (GRE_KEY, GRE_SEQUENCE, GRE_ACKNOWLEDGE))
    size += 4 if flags & (GRE_CHECKSUM | GRE_ROUTING) else 0
    part = part.skip(size)
    while flags & GRE_ROUTING and part.has(4):
        family, entry = part.number(0), part.data[3]
        part = part.skip(4 + entry)
        if family == 0 and entry == 0:
            break
    links.ethertype(kind, part, walk)


def vxlan(part, walk):
    if part.has(8) and part.data[0] & VXLAN_NETWORK_VALID:
        links.ethernet(part.skip(8), walk)


def geneve(part, walk):
    if part.has(8) and part.data[0] >> 6 == 0:
        links.ethertype(part.number(2), part.skip(8 + 4 * (part.data[0] & 0x3F)), walk)


def gtp_u(part, walk):
    """GTP version 1, user data only; extension headers give their length in units of four bytes."""
    if not part.has(8) or part.data[0] >> 4 != 3 or part.data[1] != GTP_USER_DATA:
        return
    optional = part.data[0] & 7
    part = part.limit(8 + part.number(2)).skip(8)
    if optional and part.has(4):
        following = part.data[3] if optional & 4 else 0
        part = part.skip(4)
        while following and part.has(1) and part.data[0] and part.has(4 * part.data[0]):
            size = 4 * part.data[0]
            following = part.data[size - 1]
            part = part.skip(size)
    links.by_version(part, walk)


def teredo(part, walk):
    """RFC 4380: an authentication and an origin indication may stand before the IPv6 packet."""
    if part.has(4) and part.number(0) == TEREDO_AUTHENTICATION:
        part = part.skip(13 + part.data[2] + part.data[3])
    if part.has(8) and part.number(0) == TEREDO_ORIGIN:
        part = part.skip(8)
    if part.has(40) and part.data[0] >> 4 == 6:
        walk.ipv6(part)


IP_TUNNELS = {
    IPPROTO_IPV4: lambda part, walk: walk.ipv4(part),
    IPPROTO_IPV6: lambda part, walk: walk.ipv6(part),
    IPPROTO_GRE: gre,
    IPPROTO_MPLS: links.mpls,
}
UDP_TUNNELS = {PORT_VXLAN: vxlan, PORT_GENEVE: geneve, PORT_GTP_U: gtp_u, PORT_TEREDO: teredo}


def over_ip(protocol, part, walk):
    """Opens the tunnel that an IP protocol number announces, if it is one."""
    if protocol in IP_TUNNELS:
        IP_TUNNELS[protocol](part, walk)


def over_udp(ports, part, walk):
    """Opens the tunnel on the lower of the two ports that is a tunnel's."""
    for port in sorted(ports):
        if port in UDP_TUNNELS:
            UDP_TUNNELS[port](part, walk)
            return
