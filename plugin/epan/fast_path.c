/*
 * fast_path.c - plain frames without dissecting them; see fast_path.h.
 *
 * What the ordinary way finds in a frame must be found here too. So a frame is left to it when one of its ports belongs
 * to a protocol not known to be the end of the road, or when its payload looks like one of the few that Wireshark
 * recognises on any port and that carry packets. A TCP connection on which that happens is left to it for good, because
 * a carrier's messages span segments.
 *
 * Dissectors get no context, so the state stands in static variables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fast_path.h"

#include <epan/frame_data.h>
#include <epan/proto.h>
#include <epan/tap.h>
#include <string.h>
#include <wiretap/wtap.h>

#include "../flow/flow_key.h"
#include "../flow/plain_frame.h"
#include "raw_observer.h"

#define LINK_TABLE "wtap_encap"
#define OUR_TABLE "cicflow.link"

enum { PORTS = 65536, HEAD_BYTES = 4 };

/* Protocols on ports that carry no IP packets. Any other on a port has its frames dissected. */
static const char *const plain_protocols[] = {
    "bgp",   "bittorrent", "bootp", "cassandra",    "coap",  "dhcp",   "dhcpv6", "diameter", "dns",  "dtls",
    "ftp",   "ftp-data",   "http",  "http2",        "imap",  "irc",    "isakmp", "kerberos", "ldap", "llmnr",
    "mdns",  "memcache",   "mongo", "mqtt",         "mysql", "nbdgm",  "nbns",   "nbss",     "nntp", "ntp",
    "pgsql", "pop",        "quic",  "radius",       "redis", "rip",    "rtmpt",  "rtsp",     "sip",  "smb",
    "smtp",  "snmp",       "ssdp",  "ssh",          "stun",  "syslog", "tds",    "telnet",   "tftp", "tls",
    "tpkt",  "vnc",        "whois", "ws-discovery", "xmpp",
};

static struct {
    dissector_table_t originals;
    bool installed;
    bool on;
    fast_path_take take;           /* NULL: nobody wants packets */
    guint8 dissect[2][PORTS];      /* whether a port's frames are to be dissected, TCP and UDP */
    bool guesses_tcp, guesses_udp; /* Wireshark looks for carriers on any port */
    GHashTable *carriers;          /* TCP connections left to the dissector, set of flow_key */
    hash_secret secret;
} fast;

static bool
is_plain_protocol(dissector_handle_t handle)
{
    int protocol = dissector_handle_get_protocol_index(handle);
    const char *name = protocol < 0 ? "" : proto_get_protocol_filter_name(protocol);

    for (size_t i = 0; i < G_N_ELEMENTS(plain_protocols); i++) {
        if (strcmp(plain_protocols[i], name) == 0)
            return true;
    }
    return false;
}

static bool
is_enabled(dissector_handle_t handle)
{
    int protocol = dissector_handle_get_protocol_index(handle);
    return protocol < 0 || proto_is_protocol_enabled(find_protocol_by_id(protocol));
}

static void
mark_port(const gchar *table, ftenum_t type, gpointer key, gpointer entry, gpointer user)
{
    guint port = GPOINTER_TO_UINT(key);
    dissector_handle_t handle = dtbl_entry_get_handle(entry);

    (void)table;
    (void)type;
    if (handle && port < PORTS && is_enabled(handle) && !is_plain_protocol(handle))
        ((guint8 *)user)[port] = 1;
}

/* OpenFlow is recognised by its ports, but has no place in the table of ports. */
static void
mark_ports(void)
{
    static const guint16 openflow_ports[] = {6633, 6634, 6653};

    memset(fast.dissect, 0, sizeof fast.dissect);
    dissector_table_foreach("tcp.port", mark_port, fast.dissect[0]);
    dissector_table_foreach("udp.port", mark_port, fast.dissect[1]);
    for (size_t i = 0; i < G_N_ELEMENTS(openflow_ports); i++)
        fast.dissect[0][openflow_ports[i]] = 1;
}

static bool
is_guessed(const char *heuristic)
{
    const heur_dtbl_entry_t *entry = find_heur_dissector_by_unique_short_name(heuristic);
    return entry && entry->enabled && proto_is_protocol_enabled(entry->protocol);
}

/* The heuristics that find carriers of packets on any port. */
static void
note_guesses(void)
{
    static const char *const udp[] = {"rpcap_udp", "redbackli_udp", "mp2t_udp",
                                      "rftap",     "teredo_udp",    "peekremote_udp"};

    fast.guesses_tcp = is_guessed("rpcap_tcp");
    fast.guesses_udp = false;
    for (size_t i = 0; i < G_N_ELEMENTS(udp); i++)
        fast.guesses_udp = fast.guesses_udp || is_guessed(udp[i]);
}

/* Remote packet capture: version 0, a known message type, and no value unless the type has one. */
static bool
may_be_rpcap(const guint8 *head)
{
    guint type = head[1] & 0x7f;
    bool has_value = head[1] == 0x01 || head[1] == 0x82;
    return head[0] == 0 && type >= 1 && type <= 11 && (has_value || (head[2] == 0 && head[3] == 0));
}

/* Carriers in UDP by the first byte: small numbers (remote capture, lawful intercept), MPEG-TS, RFtap, IPv6 in Teredo.
 */
static bool
may_be_udp_carrier(const guint8 *head)
{
    return head[0] <= 0x20 || head[0] == 0x47 || head[0] == 0x52 || head[0] >> 4 == 6;
}

static bool
is_carrier_connection(const observation *packet, bool begins_carrier)
{
    flow_key key;

    if (!begins_carrier && g_hash_table_size(fast.carriers) == 0)
        return false;
    flow_key_init(&key, packet, &fast.secret);
    bool known = g_hash_table_contains(fast.carriers, &key);
    if (begins_carrier && !known)
        g_hash_table_add(fast.carriers, g_memdup2(&key, sizeof key));
    return known || begins_carrier;
}

/* Whether Wireshark could find further packets in this one. */
static bool
may_carry_packets(const observation *packet, const raw_frame *frame, size_t payload_at)
{
    if (observation_is_icmp(packet))
        return false;
    bool is_udp = packet->protocol == TRANSPORT_UDP;
    bool has_head = payload_at + HEAD_BYTES <= frame->captured_bytes && packet->payload_bytes >= HEAD_BYTES;
    const guint8 *head = frame->bytes + payload_at;

    if (fast.dissect[is_udp][packet->src_port] || fast.dissect[is_udp][packet->dst_port])
        return true;
    if (is_udp)
        return fast.guesses_udp && has_head && may_be_udp_carrier(head);
    return fast.guesses_tcp && is_carrier_connection(packet, has_head && may_be_rpcap(head));
}

/* Whether the frame needs no dissection. */
static bool
take_frame(tvbuff_t *tvb, packet_info *pinfo)
{
    observation packet;
    size_t payload_at;
    raw_frame frame;

    if (!fast.take)
        return true;
    raw_frame_init(&frame, tvb, pinfo);
    if (frame.captured_bytes == 0 || !plain_frame_decode(&frame, &packet, &payload_at) ||
        may_carry_packets(&packet, &frame, payload_at))
        return false;
    fast.take(&packet);
    return true;
}

static int
dissect_link(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (fast.on && !tree && !pinfo->cinfo && !PINFO_FD_VISITED(pinfo) && take_frame(tvb, pinfo))
        return (int)tvb_captured_length(tvb);
    return compat_try_uint(fast.originals, (guint32)pinfo->rec->rec_header.packet_header.pkt_encap, tvb, pinfo, tree,
                           data);
}

void
fast_path_register(int protocol)
{
    fast.originals = register_dissector_table(OUR_TABLE, "CIC flow: link layer", protocol, FT_UINT32, BASE_DEC);
}

static void
install(void)
{
    static const int links[] = {WTAP_ENCAP_ETHERNET, WTAP_ENCAP_SLL, WTAP_ENCAP_RAW_IP};
    dissector_table_t table = find_dissector_table(LINK_TABLE);

    for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
        dissector_handle_t original = dissector_get_uint_handle(table, (guint32)links[i]);
        if (!original)
            continue;
        dissector_add_uint(OUR_TABLE, (guint32)links[i], original);
        dissector_handle_t handle = create_dissector_handle_with_name_and_description(
            dissect_link, dissector_handle_get_protocol_index(original), NULL, "Link layer, plain frames by CIC Flow");
        dissector_add_uint(LINK_TABLE, (guint32)links[i], handle);
    }
    fast.installed = true;
}

/* Other listeners than to frames as such want what dissectors tell them. */
static bool
others_listen(void)
{
    GList *names = get_tap_names();
    bool found = false;

    for (const GList *name = names; name; name = name->next) {
        const char *tap = name->data;
        if (strcmp(tap, "frame") != 0 && strcmp(tap, "cicflow") != 0 && have_tap_listener(find_tap_id(tap)))
            found = true;
    }
    g_list_free(names);
    return found;
}

/* What the user turned off must not be decoded here. */
static bool
all_enabled(void)
{
    static const char *const protocols[] = {"eth", "sll", "raw", "vlan", "ip", "ipv6", "tcp", "udp", "icmp", "icmpv6"};

    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        int id = proto_get_id_by_filter_name(protocols[i]);
        if (id < 0 || !proto_is_protocol_enabled(find_protocol_by_id(id)))
            return false;
    }
    return true;
}

void
fast_path_begin(fast_path_take take)
{
    fast_path_end();
    if (others_listen() || !all_enabled())
        return;
    if (!fast.installed)
        install();
    mark_ports();
    note_guesses();
    hash_secret_init(&fast.secret);
    fast.carriers = g_hash_table_new_full(flow_key_hash, flow_key_equal, g_free, NULL);
    fast.take = take;
    fast.on = true;
}

void
fast_path_end(void)
{
    fast.on = false;
    g_clear_pointer(&fast.carriers, g_hash_table_destroy);
}
