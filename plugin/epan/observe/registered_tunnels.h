/*
 * registered_tunnels.h - which packets may carry others by what epan has registered and enabled, with whatever the
 * user changed: Decode As, preferences, heuristics and protocols that are on or off.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_REGISTERED_TUNNELS_H
#define CICFLOW_REGISTERED_TUNNELS_H

#include "../../flow/tunnels.h"

tunnels *registered_tunnels_new(void);

#endif
