/*
 * test_tunnels.c - which payloads are taken for tunnelled packets by their first bytes, and which only look similar.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow/tunnels.h"

#include "tests.h"

typedef struct {
    const char *name;
    const char *bytes; /* of the payload's beginning */
    size_t captured, length;
    uint8_t transport;
    bool carries;
} payload_row;

#define BYTES(text) (text), sizeof(text) - 1

/* Values of a Redback header; a packet follows the end mark. */
#define SEQUENCE "\x01\x04\x00\x00\x00\x07"
#define INTERCEPT "\x02\x04\x00\x00\x00\x08"
#define SESSION "\x03\x04\x00\x00\x00\x09"
#define LABEL                                                                                                          \
    "\x14\x03"                                                                                                         \
    "abc"
#define END "\x00\x00"

static const payload_row rows[] = {
    {"/tunnels/random_complements", BYTES("\xba\xdc\x45\x23\x70\xa2\x08\xb9"), 1400, TRANSPORT_TCP, false},
    {"/tunnels/black_and_white", BYTES("\x00\x00\xff\xff\x00\x00\xff\xff"), 1400, TRANSPORT_TCP, false},
    {"/tunnels/fcip", BYTES("\x01\x01\xfe\xfe\x01\x01\xfe\xfe"), 1400, TRANSPORT_TCP, true},
    {"/tunnels/ifcp", BYTES("\x02\x01\xfd\xfe\x00\x00\x00\x00"), 1400, TRANSPORT_TCP, true},
    {"/tunnels/rpcap_error", BYTES("\x00\x01\x00\x05\x00\x00\x00\x10"), 24, TRANSPORT_TCP, true},
    {"/tunnels/rpcap_error_of_another_length", BYTES("\x00\x01\x69\x30\xe0\x23\x3e\xf2"), 1400, TRANSPORT_TCP, false},
    {"/tunnels/rpcap_request", BYTES("\x00\x02\x00\x00\x00\x00\x00\x00"), 8, TRANSPORT_TCP, true},
    {"/tunnels/rpcap_request_with_a_value", BYTES("\x00\x02\x00\x01\x00\x00\x00\x00"), 8, TRANSPORT_TCP, false},
    {"/tunnels/rpcap_unknown_message", BYTES("\x00\x0c\x00\x00\x00\x00\x00\x00"), 8, TRANSPORT_TCP, false},
    {"/tunnels/rpcap_version", BYTES("\x01\x02\x00\x00\x00\x00\x00\x00"), 8, TRANSPORT_TCP, false},
    {"/tunnels/rpcap_interfaces", BYTES("\x00\x82\x00\x03\x00\x00\x00\x5c"), 100, TRANSPORT_TCP, true},
    /* 60 bytes of a packet, its header of 20 before them; the segment may have more, or only a part. */
    {"/tunnels/rpcap_packet", BYTES("\x00\x07\x00\x00\x00\x00\x00\x50\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x3c"),
     400, TRANSPORT_TCP, true},
    {"/tunnels/rpcap_packet_of_another_length",
     BYTES("\x00\x07\x00\x00\x00\x00\x00\x50\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x3d"), 400, TRANSPORT_TCP,
     false},
    {"/tunnels/rpcap_packet_cut", BYTES("\x00\x07\x00\x00\x00\x00\x00\x50"), 400, TRANSPORT_TCP, true},
    {"/tunnels/rpcap_packet_without_header", BYTES("\x00\x07\x00\x00\x00\x00\x00\x13"), 400, TRANSPORT_TCP, false},
    {"/tunnels/rpcap_datagram",
     BYTES("\x00\x07\x00\x00\x00\x00\x00\x50\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x3c"), 88, TRANSPORT_UDP,
     true},
    {"/tunnels/rpcap_datagram_of_another_length",
     BYTES("\x00\x07\x00\x00\x00\x00\x00\x50\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x01\x3c"), 88, TRANSPORT_UDP,
     false},
    {"/tunnels/redback", BYTES(SEQUENCE INTERCEPT SESSION END "\x45\x00"), 60, TRANSPORT_UDP, true},
    {"/tunnels/redback_in_another_order", BYTES(LABEL SESSION INTERCEPT SEQUENCE END "\x45\x00"), 60, TRANSPORT_UDP,
     true},
    {"/tunnels/redback_begins",
     BYTES("\x28\x20"
           "account, of which much is missing"),
     60, TRANSPORT_UDP, true},
    {"/tunnels/redback_without_a_session", BYTES(SEQUENCE INTERCEPT LABEL END "\x45\x00"), 60, TRANSPORT_UDP, false},
    {"/tunnels/redback_whole_without_a_session", BYTES(SEQUENCE INTERCEPT LABEL LABEL), 22, TRANSPORT_UDP, false},
    {"/tunnels/redback_length", BYTES("\x01\x05\x00\x00\x00\x00\x07" INTERCEPT SESSION END), 60, TRANSPORT_UDP, false},
    {"/tunnels/redback_end_first", BYTES(END SEQUENCE INTERCEPT SESSION END), 60, TRANSPORT_UDP, false},
    {"/tunnels/redback_long_end", BYTES(SEQUENCE INTERCEPT SESSION "\x00\x02\x45\x00"), 60, TRANSPORT_UDP, false},
    {"/tunnels/redback_unknown_value", BYTES(SEQUENCE INTERCEPT "\x05\x01x" SESSION END), 60, TRANSPORT_UDP, false},
    {"/tunnels/redback_short", BYTES(SEQUENCE INTERCEPT SESSION), 18, TRANSPORT_UDP, false},
    {"/tunnels/name_query",
     BYTES("\x28\xd9\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x05"
           "alexa\x06"
           "amazon"),
     25, TRANSPORT_UDP, false},
};

static void
looks_like_a_tunnel(void **state)
{
    const payload_row *row = *state;
    const observation packet = {
        .protocol = row->transport,
        .src_port = 40000,
        .dst_port = 40001,
        .payload_bytes = (uint32_t)row->length,
    };
    const raw_frame frame = {
        .bytes = (const uint8_t *)row->bytes, .captured_bytes = row->captured, .wire_bytes = row->length};
    tunnels *known = tunnels_new_default();

    assert_int_equal(tunnels_may_carry(known, &packet, &frame, 0), row->carries);
    tunnels_free(known);
}

/* One segment decides for the connection, whose messages begin anywhere. */
static void
a_connection_stays_a_tunnel(void **state G_GNUC_UNUSED)
{
    const observation packet = {.protocol = TRANSPORT_TCP, .src_port = 40000, .dst_port = 40001, .payload_bytes = 8};
    const raw_frame fcip = {
        .bytes = (const uint8_t *)"\x01\x01\xfe\xfe\x01\x01\xfe\xfe", .captured_bytes = 8, .wire_bytes = 8};
    const raw_frame text = {.bytes = (const uint8_t *)"anything", .captured_bytes = 8, .wire_bytes = 8};
    tunnels *known = tunnels_new_default();

    assert_false(tunnels_may_carry(known, &packet, &text, 0));
    assert_true(tunnels_may_carry(known, &packet, &fcip, 0));
    assert_true(tunnels_may_carry(known, &packet, &text, 0));
    tunnels_free(known);
}

void
tunnels_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, looks_like_a_tunnel, &rows[i]);
    test_list_add(tests, "/tunnels/a_connection_stays_a_tunnel", a_connection_stays_a_tunnel, NULL);
}
