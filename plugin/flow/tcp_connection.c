/*
 * tcp_connection.c - initial sequence numbers; see tcp_connection.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tcp_connection.h"

static void
infer(tcp_connection *connection, unsigned end, uint32_t sequence)
{
    if (connection->known[end] != TCP_INITIAL_UNKNOWN)
        return;
    connection->initial_sequence[end] = sequence;
    connection->known[end] = TCP_INITIAL_INFERRED;
}

void
tcp_connection_learn(tcp_connection *connection, const observation *packet, unsigned end)
{
    if (!(packet->tcp_flags & TCP_SYN)) {
        infer(connection, end, packet->tcp_sequence - 1);
        return;
    }
    connection->initial_sequence[end] = packet->tcp_sequence;
    connection->known[end] = TCP_INITIAL_FROM_SYN;
    if (packet->tcp_flags & TCP_ACK)
        infer(connection, !end, packet->tcp_acknowledgement - 1);
}

bool
tcp_connection_is_other(const tcp_connection *connection, const observation *packet, unsigned end)
{
    return connection->known[end] == TCP_INITIAL_UNKNOWN || connection->initial_sequence[end] != packet->tcp_sequence;
}
