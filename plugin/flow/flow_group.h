/*
 * flow_group.h - the number that flows of one pair of addresses share for an hour, by which data sets are split.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FLOW_GROUP_H
#define CICFLOW_FLOW_GROUP_H

#include "flow.h"

/* The same for all flows of two addresses, either way round and whatever their ports, that begin in the same hour of
 * UTC; the same in every run and on every machine; exact in a double. */
int64_t flow_group_number(const flow *f);

#endif
