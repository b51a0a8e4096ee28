/*
 * packet_text.h - packets as a line of text, so that a test reads like a capture.
 *
 *     TIME tcp|udp SOURCE:PORT > DESTINATION:PORT [NAME=VALUE ...]
 *     TIME icmp|icmpv6 SOURCE > DESTINATION [NAME=VALUE ...]
 *     TIME other
 *
 * TIME is seconds with up to nine decimals, taken exactly; IPv6 addresses with a port are in brackets. Names: len,
 * captured, ip, ttl, header (transport), payload (bytes), flags (letters of FSRPAUEC), win, seq, ack, type, code, id,
 * frame, vlans. Defaults: ip 20 or 40, header 20 for TCP and 8 otherwise, len 14 more than these and the payload.
 * "other" is a frame that is no flow packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "flow/observation.h"

typedef enum { TEXT_FLOW_PACKET, TEXT_OTHER_FRAME } packet_text_kind;

/* Reads one line. False with an error that tells the word that is wrong. */
bool packet_text_parse(const char *line, observation *packet, packet_text_kind *kind, GError **error);

/* Reads seconds with up to nine decimals and an optional sign, exactly. */
bool seconds_text_parse(const char *text, int64_t *ns);
