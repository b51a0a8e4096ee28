/*
 * carriers.h - which TCP and UDP packets Wireshark may find further packets in.
 *
 * By their ports: all but those of protocols known to be the end of the road. By their payload: the few protocols that
 * Wireshark recognises on any port and that carry packets, tested here as loosely as is useful. On a TCP connection
 * on which one begins everything that follows belongs to it, because a carrier's messages span segments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_CARRIERS_H
#define CICFLOW_CARRIERS_H

#include <stdbool.h>

#include "../../flow/observation.h"
#include "../../flow/raw_frame.h"

typedef struct carriers carriers;

/* Reads off epan what is registered and enabled. */
carriers *carriers_new(void);
void carriers_free(carriers *c);

/* Whether this TCP or UDP packet may carry others. To be asked for every packet in order. */
bool carriers_may_carry(carriers *c, const observation *packet, const raw_frame *frame, size_t payload_at);

#endif
