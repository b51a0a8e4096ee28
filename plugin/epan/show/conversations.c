/*
 * conversations.c - flows as conversations; see conversations.h.
 *
 * A conversation is identified by its endpoints and a number, here the flow's. Wireshark builds its filter from the
 * names of fields to compare with the endpoints; the flow's number is put in front of the name of an address field.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "conversations.h"

#include "../compat.h"
#include "flow_tap.h"

#include <epan/conversation_table.h>

/* The names used for one filter have to be valid at the same time. */
enum { NAMES = 4, NAME_BYTES = 64 };

static const char *
address_field(const address *end, conv_filter_type_e type)
{
    static const char *const names[][2] = {
        [CONV_FT_SRC_ADDRESS] = {"ip.src", "ipv6.src"},
        [CONV_FT_DST_ADDRESS] = {"ip.dst", "ipv6.dst"},
        [CONV_FT_ANY_ADDRESS] = {"ip.addr", "ipv6.addr"},
    };
    return names[type][end->type == AT_IPv6];
}

static const char *
port_field(bool is_tcp, conv_filter_type_e type)
{
    static const char *const names[][2] = {
        [CONV_FT_SRC_PORT] = {"udp.srcport", "tcp.srcport"},
        [CONV_FT_DST_PORT] = {"udp.dstport", "tcp.dstport"},
        [CONV_FT_ANY_PORT] = {"udp.port", "tcp.port"},
    };
    return names[type][is_tcp];
}

static bool
is_address(conv_filter_type_e type)
{
    return type == CONV_FT_SRC_ADDRESS || type == CONV_FT_DST_ADDRESS || type == CONV_FT_ANY_ADDRESS;
}

static const char *
conversation_field(conv_item_t *item, conv_filter_type_e type)
{
    static char names[NAMES][NAME_BYTES];
    static unsigned next;

    if (!is_address(type))
        return port_field(item->ctype == CONVERSATION_TCP, type);
    char *name = names[next++ % NAMES];
    g_snprintf(name, NAME_BYTES, "cicflow.flow_id==%u && %s", item->conv_id, address_field(&item->src_address, type));
    return name;
}

static const char *
endpoint_field(endpoint_item_t *item, conv_filter_type_e type)
{
    return is_address(type) ? address_field(&item->myaddress, type)
                            : port_field(item->etype == (endpoint_type)CONVERSATION_TCP, type);
}

static conversation_type
type_of(const flow *f)
{
    switch (f->protocol) {
    case TRANSPORT_TCP:
        return CONVERSATION_TCP;
    case TRANSPORT_UDP:
        return CONVERSATION_UDP;
    default:
        return CONVERSATION_NONE;
    }
}

/* Source and destination of a packet. */
typedef struct {
    address end[2];
    guint32 port[2];
} packet_ends;

static packet_ends
ends_of(const frame_position *position)
{
    const flow *f = position->flow;
    const flow_address *addresses[] = {&f->src, &f->dst};
    const feature_id ports[] = {FEATURE_SRC_PORT, FEATURE_DST_PORT};
    int family = f->ip_version == 6 ? AT_IPv6 : AT_IPv4;
    packet_ends ends;

    for (int i = 0; i < 2; i++) {
        int which = position->direction == BACKWARD ? !i : i;
        int64_t port = feature_get(f, ports[which]).integer;
        set_address(&ends.end[i], family, f->ip_version == 6 ? 16 : 4, addresses[which]->bytes);
        ends.port[i] = port < 0 ? 0 : (guint32)port;
    }
    return ends;
}

/* Forged frames may claim lengths beyond an int: the rest is then added as bytes with no frame. */
static int
next_part(guint32 *bytes)
{
    guint32 part = MIN(*bytes, G_MAXINT);
    *bytes -= part;
    return (int)part;
}

static tap_packet_status
take_conversation(void *user, packet_info *pinfo, epan_dissect_t *edt G_GNUC_UNUSED, const void *data,
                  tap_flags_t flags)
{
    static ct_dissector_info_t info = {&conversation_field};
    const flow_tap_data *tapped = data;
    conv_hash_t *table = user;
    guint32 bytes = pinfo->fd->pkt_len;

    table->flags = flags;
    if (!tapped->is_flow_packet)
        return TAP_PACKET_DONT_REDRAW;
    const flow *f = tapped->position.flow;
    packet_ends ends = ends_of(&tapped->position);
    int frames = 1;
    do {
        add_conversation_table_data_with_conv_id(table, &ends.end[0], &ends.end[1], ends.port[0], ends.port[1],
                                                 (conv_id_t)f->id, frames, next_part(&bytes), &pinfo->rel_ts,
                                                 &pinfo->abs_ts, &info, type_of(f));
        frames = 0;
    } while (bytes > 0);
    return TAP_PACKET_REDRAW;
}

static tap_packet_status
take_endpoints(void *user, packet_info *pinfo, epan_dissect_t *edt G_GNUC_UNUSED, const void *data, tap_flags_t flags)
{
    static et_dissector_info_t info = {&endpoint_field};
    const flow_tap_data *tapped = data;
    conv_hash_t *table = user;

    table->flags = flags;
    if (!tapped->is_flow_packet)
        return TAP_PACKET_DONT_REDRAW;
    packet_ends ends = ends_of(&tapped->position);
    endpoint_type type = (endpoint_type)type_of(tapped->position.flow);
    for (int i = 0; i < 2; i++) {
        guint32 bytes = pinfo->fd->pkt_len;
        int frames = 1;
        do {
            add_endpoint_table_data(table, &ends.end[i], ends.port[i], i == 0, frames, next_part(&bytes), &info, type);
            frames = 0;
        } while (bytes > 0);
    }
    return TAP_PACKET_REDRAW;
}

void
conversations_register(int protocol)
{
    register_conversation_table(protocol, FALSE, take_conversation, take_endpoints);
}
