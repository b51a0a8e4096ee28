/*
 * vlan_tags.h - the VLAN numbers of a frame.
 *
 * Stands in the "ethertype" dissector table in front of VLAN tags, like transport_hooks.h in front of transports, so
 * that no tree is needed; and only from the first run on that wants them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_VLAN_TAGS_H
#define CICFLOW_VLAN_TAGS_H

#include "../../flow/observation.h"
#include "../compat.h"

/* Creates our table; once, when protocols are registered. */
void vlan_tags_register(int protocol);

/* Notes the tags of the capture that begins, and of all later ones. */
void vlan_tags_install(void);

/* The tags that were met in the frame so far, as observation.vlans; 0 where they are not noted. */
uint32_t vlan_tags_combined(const packet_info *pinfo);

/* Writes the numbers of the tags in the first `depth` layers (0: in all) of the frame just dissected, from the outside
 * in, separated by |; nothing when there are none. */
void vlan_tags_write(const packet_info *pinfo, guint depth, char *out, size_t size);

#endif
