/*
 * transport_header.h - what a packet's transport header says, wherever the header's bytes come from.
 *
 * Only the fixed part has to be there: a snaplen that cuts TCP options or payload changes no value, because lengths are
 * those that the headers tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_TRANSPORT_HEADER_H
#define CICFLOW_TRANSPORT_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "observation.h"

/* The longest fixed part, TCP's. */
enum { TRANSPORT_HEADER_BYTES_MAX = 20 };

/* Whether the protocol is one of those that make flows. */
bool transport_is_known(uint8_t protocol);

/* Reads a header of which `captured` bytes are there, in an IP payload of `length` bytes. The packet's protocol and IP
 * version are set before; ports or ICMP type, TCP's values, and the lengths are set here. False when the fixed header
 * is cut, or contradicts itself. */
bool transport_header_read(const uint8_t *p, size_t captured, size_t length, observation *packet);

#endif
