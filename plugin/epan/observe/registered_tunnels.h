/*
 * registered_tunnels.h - which packets may carry others, by what is registered and enabled in epan, including the
 * user's changes: Decode As, preferences, and protocols and heuristics switched on or off.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../flow/tunnels.h"

tunnels *registered_tunnels_new(void);
