/*
 * tcp_connection.h - whether a SYN opens a new connection with the addresses and ports of the current one.
 *
 * Connections on the same ports are told apart by the initial sequence numbers of their two ends: a SYN that is
 * retransmitted, late or out of order has the sender's known number, a SYN that opens another connection does not. If a
 * capture begins after an end's SYN, its number is inferred from the acknowledgement of that SYN, or from the end's
 * first packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "observation.h"

enum { TCP_ENDS = 2 }; /* by the direction in which an end sends */

typedef enum { TCP_INITIAL_UNKNOWN, TCP_INITIAL_INFERRED, TCP_INITIAL_FROM_SYN } tcp_initial_known;

/* Zero-initialised, nothing is known. */
typedef struct {
    uint32_t initial_sequence[TCP_ENDS];
    uint8_t known[TCP_ENDS]; /* tcp_initial_known */
} tcp_connection;

/* Whether a SYN without ACK, sent by this end, opens another connection: its sequence number is not the end's initial
 * one. */
bool tcp_connection_is_other(const tcp_connection *connection, const observation *packet, unsigned end);

/* Learns initial sequence numbers from a packet that this end has sent. */
void tcp_connection_learn(tcp_connection *connection, const observation *packet, unsigned end);

static inline void
tcp_connection_note(tcp_connection *connection, const observation *packet, unsigned end)
{
    if (packet->tcp_flags & TCP_SYN || connection->known[end] == TCP_INITIAL_UNKNOWN)
        tcp_connection_learn(connection, packet, end);
}

/* Whether the packet is a SYN without ACK: its sender opens the connection. */
static inline bool
tcp_asks(const observation *packet)
{
    return (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

/* Whether the packet is a SYN with ACK: its receiver opened the connection. */
static inline bool
tcp_answers(const observation *packet)
{
    return (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
}
