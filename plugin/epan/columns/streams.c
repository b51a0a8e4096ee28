/*
 * streams.c - results of epan's TCP and UDP analysis; see streams.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "streams.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/dissectors/packet-udp.h>

/* TCP_A_RETRANSMISSION, TCP_A_FAST_RETRANSMISSION and TCP_A_SPURIOUS_RETRANSMISSION of packet-tcp.c, which no header
 * exports. tcp.analysis.retransmission is present if any of them is set. */
enum { RETRANSMISSION_FLAGS = 0x0001 | 0x0400 | 0x4000 };

static void *
find_data(packet_info *pinfo, const observation *packet, conversation_type type, const char *protocol)
{
    bool is_v6 = packet->ip_version == 6;
    address src, dst;

    set_address(&src, is_v6 ? AT_IPv6 : AT_IPv4, is_v6 ? 16 : 4, packet->src.bytes);
    set_address(&dst, is_v6 ? AT_IPv6 : AT_IPv4, is_v6 ? 16 : 4, packet->dst.bytes);
    conversation_t *conversation =
        find_conversation(pinfo->num, &src, &dst, type, packet->src_port, packet->dst_port, 0);
    return conversation ? conversation_get_proto_data(conversation, proto_get_id_by_filter_name(protocol)) : NULL;
}

void
streams_look_up(packet_info *pinfo, const observation *packet, int64_t *stream, bool *is_retransmission)
{
    *stream = -1;
    *is_retransmission = false;
    if (packet->protocol == TRANSPORT_TCP) {
        const struct tcp_analysis *tcp = find_data(pinfo, packet, CONVERSATION_TCP, "tcp");
        *stream = tcp ? (int64_t)tcp->stream : -1;
        *is_retransmission = tcp && tcp->ta && (tcp->ta->flags & RETRANSMISSION_FLAGS) != 0;
    } else if (packet->protocol == TRANSPORT_UDP) {
        const struct udp_analysis *udp = find_data(pinfo, packet, CONVERSATION_UDP, "udp");
        *stream = udp ? (int64_t)udp->stream : -1;
    }
}
