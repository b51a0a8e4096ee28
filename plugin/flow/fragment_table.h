/*
 * fragment_table.h - datagrams that come in IP fragments: which pieces are there, and when a datagram counts.
 *
 * A datagram counts in the frame that completes it, by what the headers say, however much of each piece was captured.
 * One that is never completed counts FRAGMENT_TIMEOUT_NS after its newest piece, if its first piece is there; one
 * without its first piece never does. No payload is kept: lengths, the ranges that are there, and the transport header.
 *
 * Whoever sends pieces forever fills it no further than to FRAGMENT_DATAGRAMS_MAX datagrams and FRAGMENT_ISLANDS_MAX
 * separate ranges (about 13 MB): the datagrams whose newest piece came longest ago then end early.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FRAGMENT_TABLE_H
#define CICFLOW_FRAGMENT_TABLE_H

#include "flow_extras.h"
#include "frame_fate.h"
#include "observation.h"
#include "transport_header.h"

enum { FRAGMENT_DATAGRAMS_MAX = 32768, FRAGMENT_ISLANDS_MAX = 65536 };

/* A piece that comes exactly that long after the one before still belongs to the datagram. */
#define FRAGMENT_TIMEOUT_NS (30 * NS_PER_SECOND)

/* One piece, as its IP header tells. */
typedef struct {
    flow_address key_src, key_dst; /* as in the header */
    uint32_t identification;
    uint16_t vlan;
    uint32_t offset_bytes, length_bytes;
    bool has_more;          /* it is not the datagram's last */
    bool is_whole;          /* the host has the datagram whole with this piece, and tells what is in it */
    observation packet;     /* addresses, IP version, protocol, TTL and length of the IP header */
    uint8_t inner_protocol; /* of the first piece: what follows the extension headers in it */
    uint32_t prefix_bytes;  /* and their length */
    uint32_t byte_count;    /* those below that are captured */
    uint8_t bytes[TRANSPORT_HEADER_BYTES_MAX]; /* the piece's first ones; of the first piece those after the prefix */
} datagram_piece;

/* The frame, or the frames of a datagram around, that a piece came in. */
typedef struct {
    int64_t time_ns;
    uint64_t number; /* the newest one's */
    uint64_t frames, length_bytes, captured_bytes;
    const packet_notes *notes; /* NULL: none are wanted */
    bool is_filtered;
} piece_frame;

/* A datagram that counts, or is skipped. */
typedef struct {
    frame_fate fate;
    observation packet; /* with the time and number of the newest piece, and the lengths of all */
    uint64_t frames;    /* that it came in */
    bool is_early;      /* there was no room to wait for the other pieces */
    bool has_notes;
    packet_notes notes; /* of the first piece */
} datagram;

typedef struct fragment_table fragment_table;

fragment_table *fragment_table_new(void);
void fragment_table_free(fragment_table *table);

/* Sets the VLAN that the piece came in as part of its identity: private IPv4 addresses may be used again in another. */
void datagram_piece_set_vlan(datagram_piece *piece, uint16_t vlan);

/* Notes bytes of the datagram that begin with the piece. */
void datagram_piece_set_bytes(datagram_piece *piece, const uint8_t *bytes, size_t captured);

/* Adds a piece. True when that completes its datagram, which then is in *done and forgotten. */
bool fragment_table_add(fragment_table *table, const datagram_piece *piece, const piece_frame *frame, datagram *done);

/* The next datagram that is not waited for any longer at this time; all: at no time. To be called until it is false,
 * before each frame and at the end. */
bool fragment_table_take(fragment_table *table, int64_t now_ns, bool all, datagram *done);

#endif
