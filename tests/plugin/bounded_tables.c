/*
 * bounded_tables.c - what senders of packets can fill beside the flow table stays within its bound: the table of
 * fragments and the set of connections that look like carriers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../plugin/flow/carriers.h"
#include "../../plugin/epan/observe/fragments.h"

enum { FLOOD = 3 * 65536, CONNECTIONS_MAX = 65536, PIECE_BYTES = 100 };

/* 0 where a sanitizer has its own malloc: then there is nothing to compare. */
static size_t
allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static address
address_of(const guint32 *number)
{
    return (address){.type = AT_IPv4, .len = 4, .data = number};
}

static void
begin_datagram(fragment_table *table, guint32 number)
{
    static const guint32 destination = 1;
    ip_header header = {.version = 4, .protocol = 17, .identification = number};
    address src = address_of(&number), dst = address_of(&destination);

    fragment_table_add(table, &src, &dst, &header, number + 1, (fragment_sum){1, PIECE_BYTES, PIECE_BYTES});
}

static guint64
take_datagram(fragment_table *table, guint32 number)
{
    static const guint32 destination = 1;
    ip_header header = {.version = 4, .protocol = 17, .identification = number};
    address src = address_of(&number), dst = address_of(&destination);

    return fragment_table_take(table, &src, &dst, &header, FLOOD + number).bytes;
}

static void
full_fragment_table_forgets_the_oldest(void **state)
{
    fragment_table *table = fragment_table_new();

    (void)state;
    for (guint32 number = 0; number <= FRAGMENT_DATAGRAMS_MAX; number++)
        begin_datagram(table, number);
    assert_int_equal(take_datagram(table, 0), 0);
    assert_int_equal(take_datagram(table, 1), PIECE_BYTES);
    assert_int_equal(take_datagram(table, FRAGMENT_DATAGRAMS_MAX), PIECE_BYTES);
    fragment_table_free(table);
}

static void
taken_datagrams_make_room(void **state)
{
    fragment_table *table = fragment_table_new();

    (void)state;
    for (guint32 number = 0; number < FRAGMENT_DATAGRAMS_MAX; number++)
        begin_datagram(table, number);
    assert_int_equal(take_datagram(table, 5), PIECE_BYTES);
    begin_datagram(table, FRAGMENT_DATAGRAMS_MAX);
    assert_int_equal(take_datagram(table, 0), PIECE_BYTES);
    fragment_table_free(table);
}

static void
fragment_table_stays_within_9_mib(void **state)
{
    size_t before = allocated(), most = 0;
    fragment_table *table = fragment_table_new();

    (void)state;
    for (guint32 number = 0; number < FLOOD; number++) {
        begin_datagram(table, number);
        if (number % 1024 == 0)
            most = MAX(most, allocated() - before);
    }
    print_message("fragments: at most %zu bytes\n", most);
    assert_true(most <= 9 * 1024 * 1024);
    fragment_table_free(table);
}

/* Of what Wireshark recognizes by payload remote packet capture is on, and no port means anything. */
static carriers *
carriers_of_remote_capture(void)
{
    carriers *c = carriers_new();
    carriers_add_heuristic(c, CARRIER_IN_TCP, "rpcap_tcp");
    return c;
}

static bool
connection_carries(carriers *c, guint32 number, bool begins_one)
{
    static const guint8 capture_message[8] = {0, 4, 0, 0}, text[8] = {'G', 'E', 'T', ' ', '/', 'a', 'b', 'c'};
    observation packet = {
        .protocol = TRANSPORT_TCP, .ip_version = 4, .src_port = 1024, .dst_port = 1025, .payload_bytes = 8};
    raw_frame frame = {.bytes = begins_one ? capture_message : text, .captured_bytes = 8, .wire_bytes = 8};

    memcpy(packet.src.bytes, &number, sizeof number);
    return carriers_may_carry(c, &packet, &frame, 0);
}

static void
full_set_of_carriers_takes_all_for_carriers(void **state)
{
    carriers *c = carriers_of_remote_capture();

    (void)state;
    for (guint32 number = 1; number < CONNECTIONS_MAX; number++)
        assert_true(connection_carries(c, number, true));
    assert_false(connection_carries(c, FLOOD, false));
    assert_true(connection_carries(c, CONNECTIONS_MAX, true));
    assert_true(connection_carries(c, FLOOD, false));
    carriers_free(c);
}

static void
set_of_carriers_stays_within_9_mib(void **state)
{
    size_t before = allocated();
    carriers *c = carriers_of_remote_capture();

    (void)state;
    for (guint32 number = 1; number < FLOOD; number++)
        assert_true(connection_carries(c, number, true));
    size_t bytes = allocated() - before;
    print_message("carriers: %zu bytes\n", bytes);
    assert_true(bytes <= 9 * 1024 * 1024);
    carriers_free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_fragment_table_forgets_the_oldest),
        cmocka_unit_test(taken_datagrams_make_room),
        cmocka_unit_test(fragment_table_stays_within_9_mib),
        cmocka_unit_test(full_set_of_carriers_takes_all_for_carriers),
        cmocka_unit_test(set_of_carriers_stays_within_9_mib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
