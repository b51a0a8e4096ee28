/*
 * flow_generations.h - the flows of one key, distinguished by a number, and which of them takes a packet.
 *
 * Generation n accepts packets up to n + 1 timeouts after its last one. A packet belongs to the lowest generation that
 * accepts it, or begins the lowest that is missing below that. With forged times a key can have very many generations,
 * so finding, adding and removing costs O(log n). Generation 0 is not kept here; flows are borrowed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../flow.h"

/* The timeout depends on the packet. */
typedef enum { TIMEOUT_PORTS, TIMEOUT_ICMP, TIMEOUTS } timeout_kind;

/* The key comes first, so that it is its own entry in a hash table. */
typedef struct flow_generations flow_generations;

/* No flows yet, under this key. Free with flow_generations_free(). */
flow_generations *flow_generations_new(const flow_key *key, const int64_t timeout_ns[TIMEOUTS]);
void flow_generations_free(void *generations);

bool flow_generations_is_empty(const flow_generations *generations);

/* The flow that a packet belongs to. NULL if a new flow has to be begun, with the number *generation. */
flow *flow_generations_find(const flow_generations *generations, int64_t time_ns, timeout_kind kind,
                            uint32_t *generation);

/* Adds a flow under its key's generation, which must be missing. */
void flow_generations_add(flow_generations *generations, flow *f);

/* To be called when the flow's last time has changed. */
void flow_generations_update(flow_generations *generations, flow *f);

/* Removes a flow that has been added. */
void flow_generations_remove(flow_generations *generations, const flow *f);
