/*
 * test_flow_table.c - when flows begin and end, and in what order their records come out.
 *
 * A row is a scenario and the records expected of it, as scenario_summary() writes them: who, packets forward+backward,
 * why it ended, and the frame at which the record came out (0: at the end of the capture).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow/flow_table.h"

#include <string.h>

#include "scenario.h"
#include "table_row.h"
#include "tests.h"

#define UP "tcp 10.0.0.1:1 > 10.0.0.2:2 "
#define DOWN "tcp 10.0.0.2:2 > 10.0.0.1:1 "
#define UPWARD "10.0.0.1:1>10.0.0.2:2 "
#define DOWNWARD "10.0.0.2:2>10.0.0.1:1 "
#define ASK "icmp 10.0.0.1 > 10.0.0.2 type=8 id=9 "
#define ANSWER "icmp 10.0.0.2 > 10.0.0.1 type=0 id=9 "
#define ASKING "10.0.0.1>10.0.0.2 "
#define OTHER "udp 10.0.0.8:8 > 10.0.0.9:9 "
#define OTHERS "10.0.0.8:8>10.0.0.9:9 "
#define THIRD "udp 10.0.0.6:6 > 10.0.0.7:7 "
#define THIRDS "10.0.0.6:6>10.0.0.7:7 "

static const table_row rows[] = {
#define TABLE(name) "/flow_table/" name
    {TABLE("nothing"), "", "", ""},
    {TABLE("other_frames_make_no_flow"), "0 other\n999 other\n", "", ""},
    {TABLE("both_directions_are_one_flow"), "0 " UP "\n1 " DOWN "\n2 " UP, "FBF", UPWARD "2+1 eof @0\n"},
    {TABLE("reply_seen_first_is_forward"), "0 " DOWN "\n1 " UP, "FB", DOWNWARD "1+1 eof @0\n"},
    {TABLE("icmp_reply_seen_first_is_forward"), "0 " ANSWER "\n1 " ASK, "FB", "10.0.0.2>10.0.0.1 1+1 eof @0\n"},
    {TABLE("icmp_to_oneself_is_forward"),
     "0 icmp 10.0.0.1 > 10.0.0.1 type=8 id=9\n1 icmp 10.0.0.1 > 10.0.0.1 type=0 id=9", "FF",
     "10.0.0.1>10.0.0.1 2+0 eof @0\n"},
    {TABLE("ports_to_oneself_have_directions"), "0 udp 10.0.0.1:1 > 10.0.0.1:2\n1 udp 10.0.0.1:2 > 10.0.0.1:1", "FB",
     "10.0.0.1:1>10.0.0.1:2 1+1 eof @0\n"},

    {TABLE("idle_timeout_exactly_continues"), "0 " UP "\n240 " UP, "FF", UPWARD "2+0 eof @0\n"},
    {TABLE("idle_timeout_splits"), "0 " UP "\n240.000000001 " UP, "FF", UPWARD "1+0 idle @2\n" UPWARD "1+0 eof @0\n"},
    {TABLE("idle_timeout_turns_direction"), "0 " UP "\n240.000000001 " DOWN, "FF",
     UPWARD "1+0 idle @2\n" DOWNWARD "1+0 eof @0\n"},
    {TABLE("idle_timeout_counts_from_last_packet"), "0 " UP "\n200 " DOWN "\n440 " UP, "FBF", UPWARD "2+1 eof @0\n"},
    {TABLE("idle_timeout_set"), "set idle_timeout 0.5\n0 " UP "\n0.5 " UP "\n1.000000001 " UP, "FFF",
     UPWARD "2+0 idle @3\n" UPWARD "1+0 eof @0\n"},
    {TABLE("idle_timeout_udp_is_that_of_tcp"), "0 " OTHER "\n240 " OTHER "\n480.000000001 " OTHER, "FFF",
     OTHERS "2+0 idle @3\n" OTHERS "1+0 eof @0\n"},
    {TABLE("icmp_idle_timeout_exactly_continues"), "0 " ASK "\n60 " ANSWER, "FB", ASKING "1+1 eof @0\n"},
    {TABLE("icmp_idle_timeout_splits"), "0 " ASK "\n60.000000001 " ASK, "FF",
     ASKING "1+0 idle @2\n" ASKING "1+0 eof @0\n"},
    {TABLE("icmpv6_idle_timeout_is_that_of_icmp"),
     "0 icmpv6 fe80::1 > fe80::2 type=128\n60.000000001 icmpv6 fe80::1 > fe80::2 type=128", "FF",
     "fe80::1>fe80::2 1+0 idle @2\nfe80::1>fe80::2 1+0 eof @0\n"},
    {TABLE("icmp_idle_timeout_set"), "set icmp_idle_timeout 300\n0 " ASK "\n300 " ASK "\n0 " UP "\n300 " UP, "FFFF",
     UPWARD "1+0 idle @4\n" ASKING "2+0 eof @0\n" UPWARD "1+0 eof @0\n"},

    {TABLE("queue_waits_at_timeout_exactly"), "0 " UP "\n240 other", "F", UPWARD "1+0 eof @0\n"},
    {TABLE("queue_swept_by_other_frame"), "0 " UP "\n240.000000001 other\n241 " UP, "FF",
     UPWARD "1+0 idle @2\n" UPWARD "1+0 eof @0\n"},
    {TABLE("queue_swept_by_other_flow"), "0 " UP "\n240.000000001 " OTHER, "FF",
     UPWARD "1+0 idle @2\n" OTHERS "1+0 eof @0\n"},
    {TABLE("queue_of_icmp_swept_by_tcp"), "0 " ASK "\n60.000000001 " UP, "FF",
     ASKING "1+0 idle @2\n" UPWARD "1+0 eof @0\n"},
    {TABLE("queue_of_icmp_waits_at_timeout_exactly"), "0 " ASK "\n60 other", "F", ASKING "1+0 eof @0\n"},
    {TABLE("queue_of_tcp_swept_by_icmp"), "0 " UP "\n240.000000001 " ASK, "FF",
     UPWARD "1+0 idle @2\n" ASKING "1+0 eof @0\n"},
    {TABLE("queue_is_ordered_by_last_packets"), "0 " UP "\n1 " OTHER "\n2 " DOWN "\n241.000000001 other", "FFB",
     OTHERS "1+0 idle @4\n" UPWARD "1+1 eof @0\n"},
    /* An old packet puts its flow at the end of the queue without making it younger; the queue stops at THIRD, which
     * is not due, so the due UP behind it waits for its turn. */
    {TABLE("queue_stops_at_first_not_due"), "0 " UP "\n5 " THIRD "\n5 " THIRD "\n1 " UP "\n242 other\n246 other",
     "FFFF", UPWARD "2+0 idle @6\n" THIRDS "2+0 idle @6\n"},
    {TABLE("queue_is_no_matter_for_own_key"), "0 " UP "\n5 " THIRD "\n1 " UP "\n242 " UP, "FFFF",
     UPWARD "2+0 idle @4\n" THIRDS "1+0 eof @0\n" UPWARD "1+0 eof @0\n"},

    {TABLE("new_syn_after_fin_begins_anew"), "0 " UP "flags=S seq=5\n1 " UP "flags=FA seq=6\n2 " UP "flags=S seq=9",
     "FFF", UPWARD "2+0 tcp @3\n" UPWARD "1+0 eof @0\n"},
    {TABLE("new_syn_after_rst_begins_anew"), "0 " UP "flags=S seq=5\n1 " DOWN "flags=R\n2 " UP "flags=S seq=9", "FBF",
     UPWARD "1+1 tcp @3\n" UPWARD "1+0 eof @0\n"},
    {TABLE("new_syn_after_answer_begins_anew"),
     "0 " UP "flags=S seq=5\n1 " DOWN "flags=SA ack=6\n2 " UP "flags=A seq=6\n3 " UP "flags=S seq=9", "FBFF",
     UPWARD "2+1 tcp @4\n" UPWARD "1+0 eof @0\n"},
    {TABLE("new_syn_after_ack_alone_begins_anew"), "0 " UP "flags=A seq=5\n1 " UP "flags=S seq=9", "FF",
     UPWARD "1+0 tcp @2\n" UPWARD "1+0 eof @0\n"},
    {TABLE("new_syn_without_answer_continues"), "0 " UP "flags=S seq=5\n1 " UP "flags=S seq=6\n2 " UP "flags=S seq=7",
     "FFF", UPWARD "3+0 eof @0\n"},
    {TABLE("new_syn_after_data_without_flags_continues"), "0 " UP "flags=P seq=5\n1 " UP "flags=S seq=9", "FF",
     UPWARD "2+0 eof @0\n"},
    {TABLE("syn_again_after_fin_continues"), "0 " UP "flags=S seq=5\n1 " UP "flags=FA seq=6\n2 " UP "flags=S seq=5",
     "FFF", UPWARD "3+0 eof @0\n"},
    {TABLE("syn_again_after_rst_continues"), "0 " UP "flags=S seq=5\n1 " DOWN "flags=RA ack=6\n2 " UP "flags=S seq=5",
     "FBF", UPWARD "2+1 eof @0\n"},
    {TABLE("syn_again_after_handshake_continues"),
     "0 " UP "flags=S seq=5\n1 " DOWN "flags=SA seq=8 ack=6\n2 " UP "flags=A seq=6 ack=9\n3 " UP "flags=S seq=5",
     "FBFF", UPWARD "3+1 eof @0\n"},
    {TABLE("syn_after_its_answer_continues"), "0 " DOWN "flags=SA seq=8 ack=6\n1 " UP "flags=S seq=5", "BF",
     UPWARD "1+1 eof @0\n"},
    {TABLE("syn_after_another's_answer_begins_anew"), "0 " DOWN "flags=SA seq=8 ack=6\n1 " UP "flags=S seq=6", "BF",
     UPWARD "0+1 tcp @2\n" UPWARD "1+0 eof @0\n"},
    {TABLE("syn_after_its_third_packet_continues"), "0 " UP "flags=A seq=6\n1 " UP "flags=S seq=5", "FF",
     UPWARD "2+0 eof @0\n"},
    {TABLE("syn_of_end_not_seen_begins_anew"), "0 " UP "flags=A seq=6 ack=9\n1 " DOWN "flags=S seq=8", "FF",
     UPWARD "1+0 tcp @2\n" DOWNWARD "1+0 eof @0\n"},
    /* When an answer and a first packet disagree the one seen first counts. */
    {TABLE("syn_is_that_of_the_first_hint"), "0 " DOWN "flags=SA ack=6\n1 " UP "flags=A seq=9\n2 " UP "flags=S seq=5",
     "BFF", UPWARD "2+1 eof @0\n"},
    {TABLE("syn_is_not_that_of_the_second_hint"),
     "0 " UP "flags=A seq=9\n1 " DOWN "flags=SA ack=6\n2 " UP "flags=S seq=5", "FBF",
     UPWARD "1+1 tcp @3\n" UPWARD "1+0 eof @0\n"},
    {TABLE("syn_is_that_of_the_newest_syn"),
     "0 " UP "flags=S seq=5\n1 " UP "flags=S seq=7\n2 " DOWN "flags=SA ack=8\n3 " UP "flags=S seq=7\n4 " UP
     "flags=S seq=5",
     "FFBFF", UPWARD "3+1 tcp @5\n" UPWARD "1+0 eof @0\n"},
    {TABLE("answer_again_counts_as_syn"),
     "0 " UP "flags=S seq=5\n1 " DOWN "flags=SA seq=8 ack=6\n2 " DOWN "flags=S seq=8", "FBB", UPWARD "1+2 eof @0\n"},
    {TABLE("simultaneous_open_is_one_flow"),
     "0 " UP "flags=S seq=5\n1 " DOWN "flags=S seq=8\n2 " UP "flags=SA seq=5 ack=9\n3 " DOWN
     "flags=SA seq=8 ack=6\n4 " UP "flags=A seq=6 ack=9\n5 " DOWN "flags=S seq=8",
     "FBFBFB", UPWARD "3+3 eof @0\n"},
    {TABLE("sequence_numbers_wrap"), "0 " UP "flags=A seq=0\n1 " UP "flags=S seq=4294967295", "FF",
     UPWARD "2+0 eof @0\n"},
    {TABLE("acknowledgements_wrap"), "0 " DOWN "flags=SA ack=0\n1 " UP "flags=S seq=4294967295", "BF",
     UPWARD "1+1 eof @0\n"},
    {TABLE("syn_after_fin_turns_direction"), "0 " UP "flags=S seq=5\n1 " DOWN "flags=FA seq=8\n2 " DOWN "flags=S seq=8",
     "FBF", UPWARD "1+1 tcp @3\n" DOWNWARD "1+0 eof @0\n"},
    {TABLE("syn_with_ece_after_fin_begins_anew"), "0 " UP "flags=F\n1 " UP "flags=SEC", "FF",
     UPWARD "1+0 tcp @2\n" UPWARD "1+0 eof @0\n"},
    {TABLE("answer_first_was_asked_by_receiver"), "0 " DOWN "flags=SA seq=8 ack=6\n1 " UP "flags=A seq=6", "BF",
     UPWARD "1+1 eof @0\n"},
    {TABLE("answer_first_with_other_flags"), "0 " DOWN "flags=SAEP", "B", UPWARD "0+1 eof @0\n"},
    {TABLE("answer_after_idle_timeout"), "0 " UP "flags=S seq=5\n241 " DOWN "flags=SA ack=6", "FB",
     UPWARD "1+0 idle @2\n" UPWARD "0+1 eof @0\n"},
    {TABLE("answer_to_oneself_is_forward"), "0 tcp 10.0.0.1:1 > 10.0.0.1:1 flags=SA", "F",
     "10.0.0.1:1>10.0.0.1:1 1+0 eof @0\n"},
    {TABLE("syn_ack_after_fin_continues"), "0 " UP "flags=FA\n1 " DOWN "flags=SA", "FB", UPWARD "1+1 eof @0\n"},
    {TABLE("syn_again_without_fin_continues"), "0 " UP "flags=S\n1 " UP "flags=S", "FF", UPWARD "2+0 eof @0\n"},
    {TABLE("packets_after_fin_continue"), "0 " UP "flags=FA\n1 " DOWN "flags=FA\n2 " UP "flags=A", "FBF",
     UPWARD "2+1 eof @0\n"},
    {TABLE("syn_fin_then_syn_begins_anew"), "0 " UP "flags=SF seq=5\n1 " UP "flags=S seq=9", "FF",
     UPWARD "1+0 tcp @2\n" UPWARD "1+0 eof @0\n"},
    {TABLE("fin_is_forgotten_by_new_flow"), "0 " UP "flags=F\n1 " UP "flags=S\n2 " UP "flags=S seq=9", "FFF",
     UPWARD "1+0 tcp @2\n" UPWARD "2+0 eof @0\n"},
    {TABLE("idle_goes_before_syn"), "0 " UP "flags=F\n240.000000001 " UP "flags=S", "FF",
     UPWARD "1+0 idle @2\n" UPWARD "1+0 eof @0\n"},

    {TABLE("active_timeout_is_off"), "0 " UP "\n200 " UP "\n400 " UP "\n600 " UP, "FFFF", UPWARD "4+0 eof @0\n"},
    {TABLE("active_timeout_exactly_continues"), "set active_timeout 100\n0 " UP "\n100 " UP, "FF",
     UPWARD "2+0 eof @0\n"},
    {TABLE("active_timeout_cuts"), "set active_timeout 100\n0 " UP "\n60 " UP "\n100.000000001 " UP, "FFF",
     UPWARD "2+0 active @3\n" UPWARD "1+0 eof @0\n"},
    {TABLE("active_timeout_keeps_orientation"), "set active_timeout 100\n0 " UP "\n101 " DOWN "\n102 " UP, "FBF",
     UPWARD "1+0 active @2\n" UPWARD "1+1 eof @0\n"},
    {TABLE("active_timeout_keeps_orientation_of_answer"),
     "set active_timeout 100\n0 " UP "flags=S\n101 " UP "flags=SA\n102 " DOWN "flags=A", "FFB",
     UPWARD "1+0 active @2\n" UPWARD "1+1 eof @0\n"},
    {TABLE("active_timeout_keeps_icmp_orientation"), "set active_timeout 10\n0 " ASK "\n11 " ANSWER "\n22 " ANSWER,
     "FBB", ASKING "1+0 active @2\n" ASKING "0+1 active @3\n" ASKING "0+1 eof @0\n"},
    {TABLE("active_timeout_counts_from_continuation"),
     "set active_timeout 100\n0 " UP "\n101 " UP "\n201 " UP "\n201.000000001 " UP, "FFFF",
     UPWARD "1+0 active @2\n" UPWARD "2+0 active @4\n" UPWARD "1+0 eof @0\n"},
    {TABLE("active_timeout_needs_packet_of_flow"), "set active_timeout 100\n0 " UP "\n150 other", "F",
     UPWARD "1+0 eof @0\n"},
    {TABLE("syn_after_fin_goes_before_active"), "set active_timeout 100\n0 " UP "flags=F\n101 " DOWN "flags=S", "FF",
     UPWARD "1+0 tcp @2\n" DOWNWARD "1+0 eof @0\n"},
    {TABLE("idle_goes_before_active"), "set active_timeout 100\n0 " UP "\n240.000000001 " DOWN, "FF",
     UPWARD "1+0 idle @2\n" DOWNWARD "1+0 eof @0\n"},

    {TABLE("closed_timeout_is_off"), "0 " UP "flags=RA\n240 " UP, "FF", UPWARD "2+0 eof @0\n"},
    {TABLE("closed_timeout_waits_at_timeout_exactly"),
     "set closed_timeout 5\n0 " UP "flags=S\n1 " DOWN "flags=R\n6 other", "FB", UPWARD "1+1 eof @0\n"},
    {TABLE("closed_timeout_after_rst"), "set closed_timeout 5\n0 " UP "flags=S\n1 " DOWN "flags=R\n6.000000001 other",
     "FB", UPWARD "1+1 idle @3\n"},
    {TABLE("closed_timeout_after_both_fins"),
     "set closed_timeout 5\n0 " UP "flags=FA\n1 " DOWN "flags=FA\n2 " UP "flags=A\n7.000000001 other", "FBF",
     UPWARD "2+1 idle @4\n"},
    {TABLE("closed_timeout_not_after_one_fin"),
     "set closed_timeout 5\n0 " UP "flags=FA\n1 " UP "flags=FA\n2 " DOWN "flags=A\n9 other\n10 " DOWN, "FFBB",
     UPWARD "2+2 eof @0\n"},
    {TABLE("closed_timeout_not_of_udp"), "set closed_timeout 5\n0 " OTHER "\n100 " OTHER, "FF", OTHERS "2+0 eof @0\n"},
    {TABLE("closed_timeout_late_packet_begins_anew"), "set closed_timeout 5\n0 " UP "flags=R\n6 " UP "flags=A", "FF",
     UPWARD "1+0 idle @2\n" UPWARD "1+0 eof @0\n"},
    {TABLE("closed_timeout_may_be_the_longer_one"),
     "set idle_timeout 5\nset closed_timeout 50\n0 " UP "flags=R\n0 " OTHER "\n50 other", "FF",
     OTHERS "1+0 idle @3\n" UPWARD "1+0 eof @0\n"},
    /* The flow leaves the queue of those open for that of those closed, and its neighbours stay in theirs. */
    {TABLE("closed_timeout_moves_the_flow"),
     "set closed_timeout 5\n0 " OTHER "\n1 " UP "\n2 " THIRD "\n3 " UP "flags=R\n9 other\n240.5 other\n999 other",
     "FFFF", UPWARD "2+0 idle @5\n" OTHERS "1+0 idle @6\n" THIRDS "1+0 idle @7\n"},
    {TABLE("closed_timeout_rows_by_time_of_end"),
     "set closed_timeout 5\n0 " UP "flags=R\n1 " ASK "\n2 " OTHER "\n999 other", "FFF",
     UPWARD "1+0 idle @4\n" ASKING "1+0 idle @4\n" OTHERS "1+0 idle @4\n"},
    {TABLE("closed_timeout_not_of_the_continuation"),
     "set closed_timeout 5\nset active_timeout 3\n0 " UP "flags=R\n4 " UP "flags=A\n100 other", "FF",
     UPWARD "1+0 active @2\n" UPWARD "1+0 eof @0\n"},
    {TABLE("closed_timeout_lets_syn_begin_anew"), "set closed_timeout 5\n0 " UP "flags=R\n1 " UP "flags=S seq=9", "FF",
     UPWARD "1+0 tcp @2\n" UPWARD "1+0 eof @0\n"},

    {TABLE("vlans_are_no_matter"), "0 " UP "vlans=10\n1 " DOWN "vlans=20", "FB", UPWARD "1+1 eof @0\n"},
    {TABLE("vlan_flows_tell_vlans_apart"),
     "set vlan_flows on\n0 " UP "vlans=10\n1 " UP "vlans=20\n2 " DOWN "vlans=10\n3 " DOWN, "FFBF",
     UPWARD "1+1 eof @0\n" UPWARD "1+0 eof @0\n" DOWNWARD "1+0 eof @0\n"},
    {TABLE("vlan_flows_of_icmp"), "set vlan_flows on\n0 " ASK "vlans=10\n1 " ANSWER "vlans=20\n2 " ANSWER "vlans=10",
     "FFB", ASKING "1+1 eof @0\n10.0.0.2>10.0.0.1 1+0 eof @0\n"},

    {TABLE("max_flows_looks_at_closed_flows"),
     "set closed_timeout 9\nset max_flows 2\n0 " UP "flags=R\n1 " OTHER "\n2 " THIRD, "FFF",
     UPWARD "1+0 full @3\n" OTHERS "1+0 eof @0\n" THIRDS "1+0 eof @0\n"},
    {TABLE("max_flows_looks_past_closed_flows"),
     "set closed_timeout 9\nset max_flows 2\n0 " OTHER "\n1 " UP "flags=R\n2 " THIRD, "FFF",
     OTHERS "1+0 full @3\n" UPWARD "1+0 eof @0\n" THIRDS "1+0 eof @0\n"},
    {TABLE("max_flows_ends_longest_unseen"), "set max_flows 2\n0 " UP "\n1 " OTHER "\n2 " DOWN "\n3 " THIRD, "FFBF",
     OTHERS "1+0 full @4\n" UPWARD "1+1 eof @0\n" THIRDS "1+0 eof @0\n"},
    {TABLE("max_flows_looks_at_icmp_too"), "set max_flows 2\n0 " ASK "\n1 " UP "\n2 " OTHER, "FFF",
     ASKING "1+0 full @3\n" UPWARD "1+0 eof @0\n" OTHERS "1+0 eof @0\n"},
    {TABLE("max_flows_looks_past_icmp"), "set max_flows 2\n0 " UP "\n1 " ASK "\n2 " OTHER, "FFF",
     UPWARD "1+0 full @3\n" ASKING "1+0 eof @0\n" OTHERS "1+0 eof @0\n"},
    {TABLE("max_flows_of_equal_age_ends_first"), "set max_flows 2\n0 " ASK "\n0 " UP "\n0 " OTHER, "FFF",
     ASKING "1+0 full @3\n" UPWARD "1+0 eof @0\n" OTHERS "1+0 eof @0\n"},
    {TABLE("max_flows_one"), "set max_flows 1\n0 " UP "\n1 " DOWN "\n2 " OTHER "\n3 " UP, "FBFF",
     UPWARD "1+1 full @3\n" OTHERS "1+0 full @4\n" UPWARD "1+0 eof @0\n"},
    {TABLE("max_flows_leaves_room_after_idle"), "set max_flows 1\n0 " UP "\n240.000000001 " OTHER, "FF",
     UPWARD "1+0 idle @2\n" OTHERS "1+0 eof @0\n"},
    {TABLE("max_flows_leaves_room_for_continuation"), "set max_flows 2\n0 " UP "flags=F\n1 " OTHER "\n2 " UP "flags=S",
     "FFF", UPWARD "1+0 tcp @3\n" OTHERS "1+0 eof @0\n" UPWARD "1+0 eof @0\n"},

    {TABLE("rows_of_one_frame_by_time_of_end"), "0 " UP "\n100 " ASK "\n101 " OTHER "\n999 other", "FFF",
     ASKING "1+0 idle @4\n" UPWARD "1+0 idle @4\n" OTHERS "1+0 idle @4\n"},
    /* UP ends at 240, ASK at 185 + 60 = 245, OTHER at 10 + 240 = 250, whichever queue is looked at first. */
    {TABLE("rows_of_one_frame_mix_queues"), "0 " UP "\n10 " OTHER "\n185 " ASK "\n999 other", "FFF",
     UPWARD "1+0 idle @4\n" ASKING "1+0 idle @4\n" OTHERS "1+0 idle @4\n"},
    {TABLE("rows_that_end_at_one_time_by_first_packet"), "0 " UP "\n0 " OTHER "\n180 " ASK "\n999 other", "FFF",
     UPWARD "1+0 idle @4\n" OTHERS "1+0 idle @4\n" ASKING "1+0 idle @4\n"},
    {TABLE("rows_that_end_at_one_time_not_by_last_packet"), "0 " UP "\n0 " OTHER "\n0 " UP "\n999 other", "FFF",
     UPWARD "2+0 idle @4\n" OTHERS "1+0 idle @4\n"},
    /* OTHER ends at 240.5, before the frame's 241 that ends UP, the older flow. */
    {TABLE("rows_idle_before_tcp_of_one_frame"), "0 " UP "\n0.5 " OTHER "\n100 " UP "flags=F\n241 " UP "flags=S",
     "FFFF", OTHERS "1+0 idle @4\n" UPWARD "2+0 tcp @4\n" UPWARD "1+0 eof @0\n"},
    {TABLE("rows_at_finish_by_first_packet"), "0 " THIRD "\n1 " ASK "\n2 " UP "\n3 " OTHER "\n4 " THIRD, "FFFFF",
     THIRDS "2+0 eof @0\n" ASKING "1+0 eof @0\n" UPWARD "1+0 eof @0\n" OTHERS "1+0 eof @0\n"},

    {TABLE("time_backwards_stays_in_flow"), "100 " UP "\n0 " DOWN "\n340 " UP, "FBF", UPWARD "2+1 eof @0\n"},
    {TABLE("time_backwards_ends_nothing"), "1000 " UP "\n0 " OTHER "\n1000 " UP, "FFF",
     UPWARD "2+0 eof @0\n" OTHERS "1+0 eof @0\n"},
    {TABLE("time_before_1970"), "-300 " UP "\n-60 " UP "\n180.000000001 " UP, "FFF",
     UPWARD "2+0 idle @3\n" UPWARD "1+0 eof @0\n"},
#undef TABLE
};

static void
counts_every_flow(void **state G_GNUC_UNUSED)
{
    scenario *s = scenario_run("set max_flows 3\nset active_timeout 100\n"
                               "0 " ASK "\n"
                               "1 " UP "flags=F\n"
                               "2 " UP "flags=S\n"         /* tcp */
                               "3 " OTHER "\n"             /* three open */
                               "4 " THIRD "\n"             /* full: ASK */
                               "103 " OTHER "\n"           /* exactly 100: continues */
                               "103.000000001 " OTHER "\n" /* active */
                               "300 other\n",              /* idle: UP and THIRD */
                               NULL);

    assert_non_null(s);
    assert_int_equal(s->counts.ended[END_TCP], 1);
    assert_int_equal(s->counts.ended[END_FULL], 1);
    assert_int_equal(s->counts.ended[END_ACTIVE], 1);
    assert_int_equal(s->counts.ended[END_IDLE], 2);
    assert_int_equal(s->counts.ended[END_EOF], 1);
    assert_int_equal(s->counts.largest_open, 3);
    assert_int_equal(s->counts.open, 0);
    assert_int_equal(s->records->len, 6);
    scenario_free(s);
}

/* What continues a flow, or has no connection, does not begin without its SYN. */
static void
counts_how_connections_begin(void **state G_GNUC_UNUSED)
{
    scenario *s = scenario_run("set active_timeout 5\n"
                               "0 " UP "flags=S seq=1\n"
                               "6 " UP "flags=A seq=2\n" /* active */
                               "7 tcp 10.0.0.3:3 > 10.0.0.2:2 flags=A\n"
                               "8 tcp 10.0.0.2:2 > 10.0.0.4:4 flags=SA\n"
                               "8 tcp 10.0.0.2:2 > 10.0.0.5:5 flags=SA\n"
                               "9 " OTHER "\n"
                               "9 " ASK "\n",
                               NULL);

    assert_non_null(s);
    assert_true(s->counts.tells_openings);
    assert_int_equal(s->counts.begun_in_middle, 1);
    assert_int_equal(s->counts.begun_by_answer, 2);
    scenario_free(s);
}

static void
numbers_flows_and_frames(void **state G_GNUC_UNUSED)
{
    scenario *s = scenario_run("0 other\n1 " UP "\n2 " OTHER "\n3 other\n4 " DOWN "\n250 " OTHER, NULL);
    static const int64_t expected[][3] = {{2, 3, 3}, {1, 2, 5}, {3, 6, 6}};

    assert_non_null(s);
    assert_int_equal(s->records->len, 3);
    for (guint i = 0; i < 3; i++) {
        const record *r = scenario_record(s, i);
        assert_int_equal(r->value[FEATURE_FLOW_ID].integer, expected[i][0]);
        assert_int_equal(r->value[FEATURE_FIRST_FRAME].integer, expected[i][1]);
        assert_int_equal(r->value[FEATURE_LAST_FRAME].integer, expected[i][2]);
    }
    scenario_free(s);
}

/* Of the same VLANs in another order, of more of them, of one with a priority tag. */
static void
vlans_are_combined(void **state G_GNUC_UNUSED)
{
    uint32_t ten = observation_add_vlan(0, 10), in_ten = observation_add_vlan(ten, 20);
    uint32_t twenty = observation_add_vlan(0, 20), in_twenty = observation_add_vlan(twenty, 10);

    assert_int_not_equal(ten, twenty);
    assert_int_not_equal(in_ten, in_twenty);
    assert_int_not_equal(in_ten, ten);
    assert_int_not_equal(in_ten, twenty);
    assert_int_not_equal(observation_add_vlan(in_ten, 30), in_ten);
    assert_int_not_equal(observation_add_vlan(in_ten, 30), observation_add_vlan(in_twenty, 30));
    assert_int_equal(observation_add_vlan(0, 0), 0);
    assert_int_equal(observation_add_vlan(ten, 0), ten);
    assert_int_not_equal(observation_add_vlan(observation_add_vlan(0, 4095), 1), observation_add_vlan(0, 4095));
}

static int
take_ended(flow_table *table)
{
    flow *ended;
    int taken = 0;

    while ((ended = flow_table_take_ended(table))) {
        g_free(ended);
        taken++;
    }
    return taken;
}

static void
add_udp(flow_table *table, uint32_t address)
{
    observation packet = {.protocol = TRANSPORT_UDP, .ip_version = 4, .length_bytes = 60, .ip_header_bytes = 20};
    flow_direction direction;

    address = GUINT32_TO_BE(address);
    memcpy(packet.src.bytes, &address, sizeof address);
    flow_table_add(table, &packet, &direction);
}

/* What is not finished, or not taken, is freed with the table (that nothing leaks is for the sanitizers to see). */
static void
free_takes_all_flows_with_it(void **state G_GNUC_UNUSED)
{
    flow_table *table = flow_table_new(&flow_settings_default);

    for (uint32_t i = 0; i < 100; i++)
        add_udp(table, i);
    assert_int_equal(flow_table_counts(table)->open, 100);
    assert_int_equal(take_ended(table), 0);
    flow_table_free(table);
    table = flow_table_new(&flow_settings_default);
    add_udp(table, 1);
    flow_table_finish(table);
    flow_table_free(table);
    flow_table_free(NULL);
}

static void
finish_twice_ends_once(void **state G_GNUC_UNUSED)
{
    flow_table *table = flow_table_new(&flow_settings_default);

    add_udp(table, 1);
    flow_table_finish(table);
    flow_table_finish(table);
    assert_int_equal(take_ended(table), 1);
    assert_int_equal(take_ended(table), 0);
    add_udp(table, 1);
    assert_int_equal(flow_table_counts(table)->open, 1);
    flow_table_finish(table);
    assert_int_equal(take_ended(table), 1);
    flow_table_free(table);
}

/* Order and numbers hold for many flows, with a hash whose secret is another in every run. */
static void
many_flows_keep_order(void **state G_GNUC_UNUSED)
{
    enum { FLOWS = 20000 };
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < FLOWS; i++)
        g_string_append_printf(text, "%d.5 udp 10.%d.%d.1:5 > 10.0.0.1:53\n", i / 1000, i / 256, i % 256);
    scenario *s = scenario_run(text->str, NULL);
    assert_non_null(s);
    assert_int_equal(s->records->len, FLOWS);
    for (guint i = 0; i < FLOWS; i++)
        assert_int_equal(scenario_record(s, i)->value[FEATURE_FLOW_ID].integer, i + 1);
    scenario_free(s);
}

/* The aim of at most 1 KiB for each open flow: the flow, and the share of a hash table that is at worst a quarter full.
 */
static void
open_flow_is_small(void **state G_GNUC_UNUSED)
{
    enum { ENTRY_BYTES = sizeof(void *) + sizeof(guint), HEAP_BYTES = 16, EMPTIEST = 4 };

    assert_true(sizeof(flow) + HEAP_BYTES + EMPTIEST * ENTRY_BYTES <= 1024);
}

void
flow_table_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, table_row_run, &rows[i]);
    test_list_add(tests, "/flow_table/counts_how_connections_begin", counts_how_connections_begin, NULL);
    test_list_add(tests, "/flow_table/vlans_are_combined", vlans_are_combined, NULL);
    test_list_add(tests, "/flow_table/counts_every_flow", counts_every_flow, NULL);
    test_list_add(tests, "/flow_table/numbers_flows_and_frames", numbers_flows_and_frames, NULL);
    test_list_add(tests, "/flow_table/free_takes_all_flows_with_it", free_takes_all_flows_with_it, NULL);
    test_list_add(tests, "/flow_table/finish_twice_ends_once", finish_twice_ends_once, NULL);
    test_list_add(tests, "/flow_table/many_flows_keep_order", many_flows_keep_order, NULL);
    test_list_add(tests, "/flow_table/open_flow_is_small", open_flow_is_small, NULL);
}
