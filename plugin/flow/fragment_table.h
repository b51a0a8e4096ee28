/*
 * fragment_table.h - fragmented IP datagrams: which fragments have been seen, and when a datagram counts. Fragments are
 * called pieces here.
 *
 * A datagram counts in the frame that completes it, by the lengths in the headers, however much of each piece was
 * captured. An incomplete one counts FRAGMENT_TIMEOUT_NS after its newest piece, but only if its first piece was seen.
 * Kept are lengths, the ranges seen and the transport header, but no payload.
 *
 * Memory is bounded by FRAGMENT_DATAGRAMS_MAX datagrams and FRAGMENT_ISLANDS_MAX separate ranges (about 13 MB),
 * whatever is sent: at these limits the datagrams whose newest piece is oldest end early.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "flow_extras.h"
#include "frame_fate.h"
#include "observation.h"
#include "transport_header.h"

enum { FRAGMENT_DATAGRAMS_MAX = 32768, FRAGMENT_ISLANDS_MAX = 65536 };

/* A piece that arrives exactly that long after the one before still belongs to the datagram. */
#define FRAGMENT_TIMEOUT_NS (30 * NS_PER_SECOND)

/* One fragment, as described by its IP header. */
typedef struct {
    flow_address key_src, key_dst; /* addresses in its own header */
    uint32_t identification;
    uint16_t vlan;
    uint32_t offset_bytes, length_bytes;
    bool has_more;          /* more fragments follow */
    bool is_whole;          /* epan has reassembled the datagram with this piece, and decoded its contents */
    observation packet;     /* addresses, IP version, protocol, TTL and length of the IP header */
    uint8_t inner_protocol; /* in the first piece: the protocol after the extension headers */
    uint32_t prefix_bytes;  /* in the first piece: the length of those extension headers */
    uint32_t byte_count;    /* first captured bytes; of the first piece after the extension headers */
    uint8_t bytes[TRANSPORT_HEADER_BYTES_MAX]; /* first bytes of the piece, in the first piece those after the extension
                                                  headers */
} datagram_piece;

/* The frame that a piece came in, or all frames of an outer fragmented datagram. */
typedef struct {
    int64_t time_ns;
    uint64_t number; /* number of the newest of them */
    uint64_t frames, length_bytes, captured_bytes;
    const packet_notes *notes; /* NULL: not wanted */
    bool is_filtered;
} piece_frame;

/* A datagram that counts or is skipped. */
typedef struct {
    frame_fate fate;
    observation packet; /* with time and number of the newest piece, and all lengths added up */
    uint64_t frames;    /* number of frames that it came in */
    bool is_early;      /* ended early, for lack of room */
    bool has_notes;
    packet_notes notes; /* of the first piece */
} datagram;

typedef struct fragment_table fragment_table;

fragment_table *fragment_table_new(void);
void fragment_table_free(fragment_table *table);

/* Makes the piece's VLAN part of its identity, since private IPv4 addresses may be reused in another VLAN. */
void datagram_piece_set_vlan(datagram_piece *piece, uint16_t vlan);

/* Stores bytes of the datagram from the start of the piece. */
void datagram_piece_set_bytes(datagram_piece *piece, const uint8_t *bytes, size_t captured);

/* Adds a piece. True if it completes its datagram, which is then returned in *done and removed. */
bool fragment_table_add(fragment_table *table, const datagram_piece *piece, const piece_frame *frame, datagram *done);

/* The next datagram whose waiting time is over at this time; all: any datagram. To be called before each frame and at
 * the end, until it returns false. */
bool fragment_table_take(fragment_table *table, int64_t now_ns, bool all, datagram *done);
