/*
 * vlan_tags.h - the VLAN numbers of a frame.
 *
 * Hooks the "ethertype" dissector table in front of VLAN tags, as transport_hooks.h does for transports, so that no
 * tree is needed. The hooks are installed by the first run that needs them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../flow/observation.h"
#include "../compat.h"

/* Creates our table; once, when protocols are registered. */
void vlan_tags_register(int protocol);

/* Notes tags from now on, for this capture and all later ones. */
void vlan_tags_install(void);

/* The tags seen so far in the frame, as in observation.vlans; 0 if tags are not noted. */
uint32_t vlan_tags_combined(const packet_info *pinfo);

/* Writes the VLAN numbers in the first `depth` layers (0: all) of the frame just dissected, outermost first, separated
 * by |; an empty string if there are none. */
void vlan_tags_write(const packet_info *pinfo, guint depth, char *out, size_t size);
