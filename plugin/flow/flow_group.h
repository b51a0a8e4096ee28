/*
 * flow_group.h - a number that all flows between two hosts within an hour share, for splitting data sets by groups.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "flow.h"

/* The same for all flows between two addresses, whatever their direction and ports, that begin in the same hour of UTC;
 * the same in every run and on every machine; exact in a double. */
int64_t flow_group_number(const flow *f);
