/*
 * test_fragment_table.c - when a fragmented datagram counts, and with which values.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow/fragment_table.h"

#include <string.h>

#include "tests.h"

enum { FRAME_BYTES = 100, HEADER_BYTES = 20 };

#define UDP_PORTS 0x03, 0xe8, 0x00, 0x50 /* 1000 to 80 */

static const uint8_t udp_header[8] = {UDP_PORTS, 0x00, 0x48, 0, 0}; /* of 72 bytes */
static const uint8_t tcp_header[20] = {UDP_PORTS, 0, 0, 0, 1, 0, 0, 0, 2, 0x60, TCP_ACK, 1, 0};

/* A piece from one byte of the datagram to another, in a frame of FRAME_BYTES at a time. */
typedef struct {
    int64_t second;
    uint32_t begin, end;
    bool has_more;
} step;

static bool
add(fragment_table *table, uint8_t protocol, const uint8_t *header, size_t header_bytes, step s, uint64_t frame,
    datagram *done)
{
    datagram_piece piece = {
        .key_src = {{10, 0, 0, 1}},
        .key_dst = {{10, 0, 0, 2}},
        .identification = 7,
        .offset_bytes = s.begin,
        .length_bytes = s.end - s.begin,
        .has_more = s.has_more,
        .inner_protocol = protocol,
        .packet = {.ip_version = 4, .protocol = protocol, .ip_header_bytes = HEADER_BYTES},
    };
    piece_frame in = {.time_ns = s.second * NS_PER_SECOND,
                      .number = frame,
                      .frames = 1,
                      .length_bytes = FRAME_BYTES,
                      .captured_bytes = FRAME_BYTES - 1};

    if (s.begin < header_bytes)
        datagram_piece_set_bytes(&piece, header + s.begin, MIN(header_bytes, s.end) - s.begin);
    return fragment_table_add(table, &piece, &in, done);
}

static bool
add_udp(fragment_table *table, step s, uint64_t frame, datagram *done)
{
    return add(table, TRANSPORT_UDP, udp_header, sizeof udp_header, s, frame, done);
}

static void
complete_in_any_order(void **state G_GNUC_UNUSED)
{
    static const step pieces[] = {{1, 0, 24, true}, {2, 24, 48, true}, {3, 48, 72, false}};
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        fragment_table *table = fragment_table_new();
        datagram done;
        assert_false(add_udp(table, pieces[orders[i][0]], 1, &done));
        assert_false(add_udp(table, pieces[orders[i][1]], 2, &done));
        assert_true(add_udp(table, pieces[orders[i][2]], 3, &done));
        assert_int_equal(done.fate, FRAME_USED);
        assert_int_equal(done.frames, 3);
        assert_int_equal(done.packet.length_bytes, 3 * FRAME_BYTES);
        assert_int_equal(done.packet.captured_bytes, 3 * (FRAME_BYTES - 1));
        assert_int_equal(done.packet.src_port, 1000);
        assert_int_equal(done.packet.payload_bytes, 64); /* 72 - 8 */
        assert_false(fragment_table_take(table, 0, true, &done));
        fragment_table_free(table);
    }
}

static void
overlaps_and_repetitions_complete_nothing_twice(void **state G_GNUC_UNUSED)
{
    static const step pieces[] = {{1, 16, 40, true}, {1, 16, 40, true}, {1, 56, 72, false},
                                  {1, 0, 8, true},   {1, 32, 64, true}, {1, 8, 24, true}};
    fragment_table *table = fragment_table_new();
    datagram done;

    for (size_t i = 0; i + 1 < G_N_ELEMENTS(pieces); i++)
        assert_false(add_udp(table, pieces[i], i + 1, &done));
    assert_true(add_udp(table, pieces[5], 6, &done));
    assert_int_equal(done.frames, 6);
    /* What comes later begins another. */
    assert_false(add_udp(table, pieces[5], 7, &done));
    assert_true(fragment_table_take(table, 0, true, &done));
    assert_int_equal(done.fate, FRAME_FRAGMENT);
    fragment_table_free(table);
}

static void
counts_30_s_after_its_newest_piece(void **state G_GNUC_UNUSED)
{
    fragment_table *table = fragment_table_new();
    datagram done;

    assert_false(add_udp(table, (step){100, 0, 24, true}, 1, &done));
    assert_false(add_udp(table, (step){110, 48, 72, false}, 2, &done));
    assert_false(add_udp(table, (step){105, 48, 72, false}, 3, &done)); /* an older one is not the newest */
    assert_false(fragment_table_take(table, 140 * NS_PER_SECOND, false, &done));
    assert_true(fragment_table_take(table, 140 * NS_PER_SECOND + 1, false, &done));
    assert_int_equal(done.fate, FRAME_USED);
    assert_int_equal(done.packet.time_ns, 110 * NS_PER_SECOND);
    assert_int_equal(done.packet.frame, 2);
    assert_int_equal(done.packet.length_bytes, 3 * FRAME_BYTES);
    assert_int_equal(done.packet.payload_bytes, 64); /* as UDP says */
    assert_false(done.is_early);
    fragment_table_free(table);
}

static void
a_piece_within_30_s_completes_and_a_later_one_does_not(void **state G_GNUC_UNUSED)
{
    fragment_table *table = fragment_table_new();
    datagram done;

    assert_false(add_udp(table, (step){0, 0, 24, true}, 1, &done));
    assert_true(add_udp(table, (step){30, 24, 72, false}, 2, &done));
    assert_false(add_udp(table, (step){60, 0, 24, true}, 3, &done));
    assert_false(add_udp(table, (step){91, 24, 72, false}, 4, &done));
    assert_true(fragment_table_take(table, 91 * NS_PER_SECOND, false, &done));
    assert_int_equal(done.packet.frame, 3);
    assert_true(fragment_table_take(table, 0, true, &done));
    assert_int_equal(done.fate, FRAME_FRAGMENT); /* frame 4 has no beginning */
    fragment_table_free(table);
}

/* Data offset 6: 24 bytes of header. */
static void
tcp_without_all_pieces_has_what_is_there(void **state G_GNUC_UNUSED)
{
    static const struct {
        step last;
        uint32_t payload_bytes;
    } rows[] = {
        {{0, 80, 120, true}, 40 + 40 - 24}, /* two ranges of 40 */
        {{0, 16, 48, true}, 48 - 24},       /* they overlap */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        fragment_table *table = fragment_table_new();
        datagram done;
        assert_false(add(table, TRANSPORT_TCP, tcp_header, 20, (step){0, 0, 40, true}, 1, &done));
        assert_false(add(table, TRANSPORT_TCP, tcp_header, 20, rows[i].last, 2, &done));
        assert_true(fragment_table_take(table, 0, true, &done));
        assert_int_equal(done.fate, FRAME_USED);
        assert_int_equal(done.packet.payload_bytes, rows[i].payload_bytes);
        assert_int_equal(done.packet.tcp_flags, TCP_ACK);
        fragment_table_free(table);
    }
}

static void
header_in_several_pieces(void **state G_GNUC_UNUSED)
{
    fragment_table *table = fragment_table_new();
    datagram done;

    assert_false(add(table, TRANSPORT_TCP, tcp_header, 20, (step){0, 8, 16, true}, 1, &done));
    assert_false(add(table, TRANSPORT_TCP, tcp_header, 20, (step){0, 16, 40, false}, 2, &done));
    assert_true(add(table, TRANSPORT_TCP, tcp_header, 20, (step){0, 0, 8, true}, 3, &done));
    assert_int_equal(done.fate, FRAME_USED);
    assert_int_equal(done.packet.tcp_acknowledgement, 2);
    assert_int_equal(done.packet.payload_bytes, 40 - 24);
    /* Without the middle piece there is no whole header. */
    assert_false(add(table, TRANSPORT_TCP, tcp_header, 20, (step){0, 0, 8, true}, 4, &done));
    assert_false(add(table, TRANSPORT_TCP, tcp_header, 20, (step){0, 16, 40, false}, 5, &done));
    assert_true(fragment_table_take(table, 0, true, &done));
    assert_int_equal(done.fate, FRAME_UNDECODABLE);
    fragment_table_free(table);
}

static void
other_transports_do_not_count(void **state G_GNUC_UNUSED)
{
    fragment_table *table = fragment_table_new();
    datagram done;

    assert_false(add(table, 89, tcp_header, 20, (step){0, 0, 40, true}, 1, &done));
    assert_true(add(table, 89, tcp_header, 20, (step){0, 40, 48, false}, 2, &done));
    assert_int_equal(done.fate, FRAME_OTHER_TRANSPORT);
    assert_int_equal(done.frames, 2);
    fragment_table_free(table);
}

void
fragment_table_tests(GArray *tests)
{
    test_list_add(tests, "/fragment_table/complete_in_any_order", complete_in_any_order, NULL);
    test_list_add(tests, "/fragment_table/overlaps", overlaps_and_repetitions_complete_nothing_twice, NULL);
    test_list_add(tests, "/fragment_table/timeout", counts_30_s_after_its_newest_piece, NULL);
    test_list_add(tests, "/fragment_table/timeout_edge", a_piece_within_30_s_completes_and_a_later_one_does_not, NULL);
    test_list_add(tests, "/fragment_table/incomplete_tcp", tcp_without_all_pieces_has_what_is_there, NULL);
    test_list_add(tests, "/fragment_table/header_in_pieces", header_in_several_pieces, NULL);
    test_list_add(tests, "/fragment_table/other_transports", other_transports_do_not_count, NULL);
}
