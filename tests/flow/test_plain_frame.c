/*
 * test_plain_frame.c - which Ethernet frames are known to have no packet in them, and which only look like that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow/plain_frame.h"

#include "tests.h"

enum { WIRE_BYTES = 60 };

typedef struct {
    const char *name;
    const char *bytes; /* of the frame's beginning */
    size_t captured;
    bool has_no_ip;
} frame_row;

#define BYTES(text) (text), sizeof(text) - 1
#define MACS "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01"

/* Cisco's header before a whole frame: a destination with the frame's type in its last byte, source and length. */
#define ISL "\x01\x00\x0c\x00\x00\x00\x02\x00\x00\x00\x00\x01\x00\x40"

static const frame_row rows[] = {
    {"/plain_frame/cut_in_an_address", BYTES("\x02\x00\x00\x00"), true},
    {"/plain_frame/cut_before_the_type", BYTES(MACS "\x08"), true},
    {"/plain_frame/type_alone", BYTES(MACS "\x08\x06"), true},
    {"/plain_frame/ip_cut", BYTES(MACS "\x08\x00\x45"), false},
    {"/plain_frame/cut_in_a_vlan_tag", BYTES(MACS "\x81\x00\x00\x01\x08"), false},
    {"/plain_frame/arp_in_a_short_vlan_frame", BYTES(MACS "\x81\x00\x00\x01\x08\x06"), true},
    {"/plain_frame/realtek", BYTES(MACS "\x88\x99\x25\x80\x00\x00"), true},
    {"/plain_frame/wlan_discovery", BYTES(MACS "\x89\x0d\x02\x0c\x0a\x01"), true},
    {"/plain_frame/wlan_teardown", BYTES(MACS "\x89\x0d\x02\x0c\x03\x01"), true},
    {"/plain_frame/wlan_setup", BYTES(MACS "\x89\x0d\x02\x0c\x02\x00"), false},
    {"/plain_frame/wlan_public_action", BYTES(MACS "\x89\x0d\x02\x04\x0a\x01"), false},
    {"/plain_frame/wlan_other_message", BYTES(MACS "\x89\x0d\x01\x0c\x0a\x01"), false},
    {"/plain_frame/wlan_cut", BYTES(MACS "\x89\x0d\x02\x0c"), false},
    {"/plain_frame/llc_identification", BYTES(MACS "\x00\x06\x00\x01\xaf\x81\x01\x00"), true},
    {"/plain_frame/llc_identification_polled", BYTES(MACS "\x00\x06\x04\x05\xbf\x81\x01\x00"), true},
    {"/plain_frame/llc_identification_of_another_format", BYTES(MACS "\x00\x06\x04\x04\xbf\x32\x01\x00"), false},
    {"/plain_frame/llc_identification_of_snap", BYTES(MACS "\x00\x06\xaa\xaa\xaf\x81\x01\x00"), false},
    {"/plain_frame/no_llc", BYTES(MACS "\x00\x06\xff\xff\xaf\x81\x01\x00"), false},
    {"/plain_frame/llc_information", BYTES(MACS "\x00\x20\x06\x06\x03\x45\x00\x00"), false},
    {"/plain_frame/llc_cut", BYTES(MACS "\x00\x06\x00\x01\xaf"), false},
    {"/plain_frame/spanning_tree", BYTES(MACS "\x00\x26\x42\x42\x03\x00"), true},
    {"/plain_frame/no_length", BYTES(MACS "\x00\x00\x42\x42\x03\x00"), false},
    {"/plain_frame/too_long_a_length", BYTES(MACS "\x05\xdd\x42\x42\x03\x00"), false},
    {"/plain_frame/cisco_discovery", BYTES(MACS "\x00\x26\xaa\xaa\x03\x00\x00\x0c\x20\x00"), true},
    {"/plain_frame/cisco_cut", BYTES(MACS "\x00\x26\xaa\xaa\x03\x00\x00\x0c\x20"), false},
    {"/plain_frame/cisco_isl", BYTES(ISL "\xaa\xaa\x03\x00\x00\x0c\x20\x00"), false},
};

static void
may_have_a_packet(void **state)
{
    const frame_row *row = *state;
    /* A copy of exactly these bytes: a memory checker finds what is read beyond. */
    guint8 *bytes = g_memdup2(row->bytes, row->captured);
    const raw_frame frame = {
        .bytes = bytes, .captured_bytes = row->captured, .wire_bytes = WIRE_BYTES, .link = LINK_ETHERNET};
    observation packet;
    plain_form form = {0};
    bool is_plain = plain_frame_decode(&frame, &packet, &form);

    assert_int_equal(is_plain, row->has_no_ip);
    if (is_plain)
        assert_int_equal(form.fate, FRAME_NO_IP);
    g_free(bytes);
}

void
plain_frame_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, may_have_a_packet, &rows[i]);
}
