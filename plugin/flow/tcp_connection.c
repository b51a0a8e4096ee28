/*
 * tcp_connection.c - initial sequence numbers; see tcp_connection.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tcp_connection.h"

typedef enum { UNKNOWN, INFERRED, FROM_SYN } tcp_initial_known;

static void
infer(tcp_connection *connection, unsigned end, uint32_t sequence)
{
    if (connection->known[end] != UNKNOWN)
        return;
    connection->initial_sequence[end] = sequence;
    connection->known[end] = INFERRED;
}

void
tcp_connection_note(tcp_connection *connection, const observation *packet, unsigned end)
{
    if (!(packet->tcp_flags & TCP_SYN)) {
        infer(connection, end, packet->tcp_sequence - 1);
        return;
    }
    connection->initial_sequence[end] = packet->tcp_sequence;
    connection->known[end] = FROM_SYN;
    if (packet->tcp_flags & TCP_ACK)
        infer(connection, !end, packet->tcp_acknowledgement - 1);
}

bool
tcp_connection_is_other(const tcp_connection *connection, const observation *packet, unsigned end)
{
    return tcp_asks(packet) &&
           (connection->known[end] == UNKNOWN || connection->initial_sequence[end] != packet->tcp_sequence);
}
