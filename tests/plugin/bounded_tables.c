/*
 * bounded_tables.c - the tables other than the flow table that senders of packets can fill stay within their bounds:
 * fragments, and connections that look like tunnels.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../plugin/flow/fragment_table.h"
#include "../../plugin/flow/tunnels.h"

enum { FLOOD = 3 * 65536, CONNECTIONS_MAX = 65536, PIECE_BYTES = 100 };

/* 0 where a sanitizer has its own malloc: then there is nothing to compare. */
static size_t
allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* One piece of a datagram that is never complete. */
static void
add_piece(fragment_table *table, uint32_t number, uint32_t offset)
{
    static const uint8_t header[8] = {0, 1, 0, 2, 0, 16};
    datagram_piece piece = {
        .identification = number,
        .offset_bytes = offset,
        .length_bytes = 8,
        .has_more = true,
        .inner_protocol = TRANSPORT_UDP,
        .packet = {.ip_version = 4, .protocol = TRANSPORT_UDP, .ip_header_bytes = 20},
    };
    piece_frame frame = {.number = number + 1, .frames = 1, .length_bytes = PIECE_BYTES};
    datagram done;

    datagram_piece_set_bytes(&piece, header, sizeof header);
    assert_false(fragment_table_add(table, &piece, &frame, &done));
}

/* How many datagrams ended, of which so many early; the first that ended in *first. */
static unsigned
take_all(fragment_table *table, bool all, unsigned *early, datagram *first)
{
    datagram done;
    unsigned count = 0;

    *early = 0;
    for (; fragment_table_take(table, 0, all, &done); count++) {
        *early += done.is_early;
        if (count == 0)
            *first = done;
    }
    return count;
}

static void
full_fragment_table_ends_the_oldest(void **state G_GNUC_UNUSED)
{
    fragment_table *table = fragment_table_new();
    datagram first;
    unsigned early;

    for (uint32_t number = 0; number < FRAGMENT_DATAGRAMS_MAX; number++)
        add_piece(table, number, 0);
    assert_int_equal(take_all(table, false, &early, &first), 0);
    add_piece(table, FRAGMENT_DATAGRAMS_MAX, 0);
    assert_int_equal(take_all(table, false, &early, &first), 1);
    assert_int_equal(early, 1);
    assert_int_equal(first.fate, FRAME_USED);
    assert_int_equal(first.packet.frame, 1);
    assert_int_equal(first.packet.length_bytes, PIECE_BYTES);
    assert_int_equal(take_all(table, true, &early, &first), FRAGMENT_DATAGRAMS_MAX);
    assert_int_equal(early, 0);
    fragment_table_free(table);
}

static void
fragment_table_stays_within_13_mib(void **state G_GNUC_UNUSED)
{
    size_t before = allocated(), most = 0;
    fragment_table *table = fragment_table_new();
    datagram first;
    unsigned early;

    for (uint32_t number = 0; number < FLOOD; number++) {
        add_piece(table, number, 16 + 16 * (number % 2));
        take_all(table, false, &early, &first);
        if (number % 1024 == 0)
            most = MAX(most, allocated() - before);
    }
    print_message("datagrams: at most %zu bytes\n", most);
    assert_true(most <= 13 * 1024 * 1024);
    fragment_table_free(table);
}

/* Pieces of one datagram that touch nowhere. */
static void
islands_stay_within_9_mib(void **state G_GNUC_UNUSED)
{
    enum { PIECES = 4000 };
    size_t before = allocated(), most = 0;
    fragment_table *table = fragment_table_new();
    datagram first;
    unsigned early, ended = 0;

    for (uint32_t number = 0; number < FLOOD; number++) {
        add_piece(table, number / PIECES, 16 * (1 + number % PIECES));
        ended += take_all(table, false, &early, &first);
        if (number % 1024 == 0)
            most = MAX(most, allocated() - before);
    }
    print_message("islands: at most %zu bytes\n", most);
    assert_true(most <= 9 * 1024 * 1024);
    assert_true(ended > 0);
    fragment_table_free(table);
}

/* Of the heuristics only that for remote packet capture is on, and ports are ignored. */
static tunnels *
tunnels_of_remote_capture(void)
{
    tunnels *c = tunnels_new();
    tunnels_add_heuristic(c, TUNNEL_IN_TCP, "rpcap_tcp");
    return c;
}

static bool
connection_carries(tunnels *c, guint32 number, bool begins_one)
{
    static const guint8 capture_message[8] = {0, 4, 0, 0}, text[8] = {'G', 'E', 'T', ' ', '/', 'a', 'b', 'c'};
    observation packet = {
        .protocol = TRANSPORT_TCP, .ip_version = 4, .src_port = 1024, .dst_port = 1025, .payload_bytes = 8};
    raw_frame frame = {.bytes = begins_one ? capture_message : text, .captured_bytes = 8, .wire_bytes = 8};

    memcpy(packet.src.bytes, &number, sizeof number);
    return tunnels_may_carry(c, &packet, &frame, 0);
}

static void
full_set_of_tunnels_takes_all_for_tunnels(void **state G_GNUC_UNUSED)
{
    tunnels *c = tunnels_of_remote_capture();

    for (guint32 number = 1; number < CONNECTIONS_MAX; number++)
        assert_true(connection_carries(c, number, true));
    assert_false(connection_carries(c, FLOOD, false));
    assert_true(connection_carries(c, CONNECTIONS_MAX, true));
    assert_true(connection_carries(c, FLOOD, false));
    tunnels_free(c);
}

static void
set_of_tunnels_stays_within_9_mib(void **state G_GNUC_UNUSED)
{
    size_t before = allocated();
    tunnels *c = tunnels_of_remote_capture();

    for (guint32 number = 1; number < FLOOD; number++)
        assert_true(connection_carries(c, number, true));
    size_t bytes = allocated() - before;
    print_message("tunnels: %zu bytes\n", bytes);
    assert_true(bytes <= 9 * 1024 * 1024);
    tunnels_free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_fragment_table_ends_the_oldest),
        cmocka_unit_test(fragment_table_stays_within_13_mib),
        cmocka_unit_test(islands_stay_within_9_mib),
        cmocka_unit_test(full_set_of_tunnels_takes_all_for_tunnels),
        cmocka_unit_test(set_of_tunnels_stays_within_9_mib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
