/*
 * plain_decoder.c - which frames need no dissection; see plain_decoder.h.
 *
 * The result must be the same as epan's. So every frame that is not plain, and every packet that may carry others
 * (tunnels.h), is left to epan.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plain_decoder.h"

#include <epan/proto.h>

#include "../../flow/flow_key.h"
#include "../../flow/plain_frame.h"
#include "registered_tunnels.h"

/* Datagrams whose first fragment was plain: fragments of others are left to epan, which may find packets in the whole.
 * If a datagram is forgotten here, its fragments are dissected, which is slower but never wrong. */
enum { DATAGRAMS = 1024 };

typedef struct {
    guint64 hash; /* hash of the datagram's identity; 0: free */
    gint64 time_ns;
} plain_datagram;

struct plain_decoder {
    const flow_rules *rules;
    tunnels *tunnels;
    plain_form form;
    plain_datagram datagrams[DATAGRAMS];
    hash_secret secret;
};

/* A protocol that the user has disabled must not be decoded here. */
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

/* Decode As can replace any of these dissectors. */
static bool
all_as_registered(void)
{
    static const struct {
        const char *table;
        guint32 key;
    } entries[] = {
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
        {"ip.proto", 0 /* hop-by-hop options */},
        {"ip.proto", 44 /* IPv6 fragments */},
        {"llc.dsap", 0x42 /* spanning tree */},
#define PLAIN_ETHERTYPE(number, name) {"ethertype", number},
#define PLAIN_IP_PROTOCOL(number, name) {"ip.proto", number},
#include "../../flow/plain_types.def"
    };
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        dissector_handle_t handle = dissector_get_uint_handle(find_dissector_table(entries[i].table), entries[i].key);
        if (handle != dissector_get_default_uint_handle(entries[i].table, entries[i].key))
            return false;
    }
    return true;
}

static plain_decoder *
decoder_with(const flow_rules *rules, tunnels *known)
{
    plain_decoder *decoder = g_new0(plain_decoder, 1);
    decoder->rules = rules;
    decoder->tunnels = known;
    hash_secret_init(&decoder->secret);
    return decoder;
}

plain_decoder *
plain_decoder_new(const flow_rules *rules)
{
    return all_enabled() && all_as_registered() ? decoder_with(rules, registered_tunnels_new()) : NULL;
}

plain_decoder *
plain_decoder_new_usual(const flow_rules *rules)
{
    return decoder_with(rules, tunnels_new_default());
}

static guint64
datagram_hash(const plain_decoder *decoder, const datagram_piece *piece)
{
    struct {
        flow_address src, dst;
        guint32 identification;
        guint16 vlan;
        guint8 version, protocol;
    } identity = {piece->key_src, piece->key_dst, piece->identification, piece->vlan, piece->packet.ip_version, 0};

    if (identity.version == 4)
        identity.protocol = piece->packet.protocol;
    return siphash(&decoder->secret, &identity, sizeof identity) | 1;
}

/* Whether enough of the UDP payload is there to recognise its protocol; UDP's own length says how long it is. */
static bool
begins_plain_datagram(plain_decoder *decoder, const observation *packet, const raw_frame *frame)
{
    enum { ENOUGH = 40 };
    size_t at = decoder->form.payload_at;

    return observation_is_icmp(packet) || (frame->captured_bytes >= at + MIN(ENOUGH, packet->payload_bytes) &&
                                           !tunnels_may_carry(decoder->tunnels, packet, frame, at));
}

static bool
is_plain_piece(plain_decoder *decoder, const observation *packet, const raw_frame *frame)
{
    const datagram_piece *piece = &decoder->form.piece;
    guint64 hash = datagram_hash(decoder, piece);
    plain_datagram *slot = &decoder->datagrams[hash / 2 % DATAGRAMS];
    bool is_plain = piece->offset_bytes == 0
                        ? begins_plain_datagram(decoder, packet, frame)
                        : slot->hash == hash && frame->time_ns - slot->time_ns <= FRAGMENT_TIMEOUT_NS;

    if (is_plain && piece->has_more)
        *slot = (plain_datagram){hash, frame->time_ns};
    else if (slot->hash == hash)
        slot->hash = 0;
    return is_plain;
}

bool
plain_decoder_decode(plain_decoder *decoder, const raw_frame *frame, frame_facts *facts)
{
    observation *packet = &facts->packet;

    *facts = (frame_facts){.fate = FRAME_USED, .is_plain = true};
    if (frame->captured_bytes == 0)
        return false;
    if (decoder->rules->decode)
        return decoder->rules->decode(frame, packet);
    if (!plain_frame_decode(frame, packet, &decoder->form))
        return false;
    facts->fate = decoder->form.fate;
    if (facts->fate == FRAME_USED)
        return observation_is_icmp(packet) ||
               !tunnels_may_carry(decoder->tunnels, packet, frame, decoder->form.payload_at);
    if (facts->fate != FRAME_FRAGMENT)
        return true;
    facts->pieces = &decoder->form.piece;
    facts->piece_count = 1;
    return is_plain_piece(decoder, packet, frame);
}

void
plain_decoder_free(plain_decoder *decoder)
{
    if (!decoder)
        return;
    tunnels_free(decoder->tunnels);
    g_free(decoder);
}
