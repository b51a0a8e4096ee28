/*
 * transport_header.h - reads the transport header of a packet.
 *
 * Only the fixed part has to be captured: a snaplen that cuts TCP options or payload changes no value, because lengths
 * are taken from the headers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "observation.h"

/* The longest fixed part is TCP's. */
enum { TRANSPORT_HEADER_BYTES_MAX = 20 };

/* Whether the protocol is one of those that make flows. */
bool transport_is_known(uint8_t protocol);

/* Reads a header of which `captured` bytes are available, in an IP payload of `length` bytes. Protocol and IP version
 * of the packet have to be set already; this sets ports or ICMP type, TCP's values, and the lengths. False if the fixed
 * header is truncated or inconsistent. */
bool transport_header_read(const uint8_t *p, size_t captured, size_t length, observation *packet);
