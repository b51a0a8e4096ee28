/*
 * plain_decoder.c - which frames need no dissection; see plain_decoder.h.
 *
 * What epan finds in a frame must be found here too. So every frame that is not plain, and every packet that may carry
 * others (carriers.h), is left to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plain_decoder.h"

#include <epan/proto.h>

#include "../../flow/plain_frame.h"
#include "registered_carriers.h"

struct plain_decoder {
    const flow_rules *rules;
    carriers *carriers;
};

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

/* Decode As can put any dissector in any place. */
static bool
all_in_place(void)
{
    static const struct {
        const char *table;
        guint32 key;
    } places[] = {
        {"wtap_encap", WTAP_ENCAP_ETHERNET},
        {"wtap_encap", WTAP_ENCAP_SLL},
        {"wtap_encap", WTAP_ENCAP_RAW_IP},
        {"ethertype", 0x0800},
        {"ethertype", 0x86dd},
        {"ethertype", 0x8100},
        {"ip.proto", TRANSPORT_TCP},
        {"ip.proto", TRANSPORT_UDP},
        {"ip.proto", TRANSPORT_ICMP},
        {"ip.proto", TRANSPORT_ICMPV6},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        dissector_handle_t handle = dissector_get_uint_handle(find_dissector_table(places[i].table), places[i].key);
        if (handle != dissector_get_default_uint_handle(places[i].table, places[i].key))
            return false;
    }
    return true;
}

static plain_decoder *
decoder_with(const flow_rules *rules, carriers *known)
{
    plain_decoder *decoder = g_new0(plain_decoder, 1);
    decoder->rules = rules;
    decoder->carriers = known;
    return decoder;
}

plain_decoder *
plain_decoder_new(const flow_rules *rules)
{
    return all_enabled() && all_in_place() ? decoder_with(rules, registered_carriers_new()) : NULL;
}

plain_decoder *
plain_decoder_new_usual(const flow_rules *rules)
{
    return decoder_with(rules, carriers_new_default());
}

bool
plain_decoder_decode(plain_decoder *decoder, const raw_frame *frame, observation *packet)
{
    size_t payload_at;

    if (frame->captured_bytes == 0)
        return false;
    if (decoder->rules->decode)
        return decoder->rules->decode(frame, packet);
    return plain_frame_decode(frame, packet, &payload_at) &&
           (observation_is_icmp(packet) || !carriers_may_carry(decoder->carriers, packet, frame, payload_at));
}

void
plain_decoder_free(plain_decoder *decoder)
{
    if (!decoder)
        return;
    carriers_free(decoder->carriers);
    g_free(decoder);
}
