/*
 * tcp_connection.h - which of the connections that use the same addresses and ports a SYN belongs to.
 *
 * A connection is distinguished from the next one on its ports by the initial sequence numbers of its two ends: a SYN
 * that is sent again, late or out of order carries that of its sender, a SYN that opens another connection does not.
 * Where a capture begins after an end's SYN, the first hint tells its number: an acknowledgement of that SYN, or the
 * end's first packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_TCP_CONNECTION_H
#define CICFLOW_TCP_CONNECTION_H

#include "observation.h"

enum { TCP_ENDS = 2 }; /* an end is the direction in which it sends */

typedef enum { TCP_INITIAL_UNKNOWN, TCP_INITIAL_INFERRED, TCP_INITIAL_FROM_SYN } tcp_initial_known;

/* Nothing is known when all is 0. */
typedef struct {
    uint32_t initial_sequence[TCP_ENDS];
    uint8_t known[TCP_ENDS]; /* tcp_initial_known */
} tcp_connection;

/* Whether a SYN without ACK, sent by this end, asks for another connection than this one: its sequence number is not
 * the end's initial one. */
bool tcp_connection_is_other(const tcp_connection *connection, const observation *packet, unsigned end);

/* Notes what a packet sent by this end tells, if it may tell anything new. */
void tcp_connection_learn(tcp_connection *connection, const observation *packet, unsigned end);

static inline void
tcp_connection_note(tcp_connection *connection, const observation *packet, unsigned end)
{
    if (packet->tcp_flags & TCP_SYN || connection->known[end] == TCP_INITIAL_UNKNOWN)
        tcp_connection_learn(connection, packet, end);
}

/* Whether the packet is a SYN without ACK, which asks for a connection. */
static inline bool
tcp_asks(const observation *packet)
{
    return (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

/* Whether the packet is a SYN with ACK: its receiver asked for the connection. */
static inline bool
tcp_answers(const observation *packet)
{
    return (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
}

#endif
