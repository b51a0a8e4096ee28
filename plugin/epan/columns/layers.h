/*
 * layers.h - the protocols of a frame: the application above the flow's transport, and the encapsulations around its IP
 * header.
 *
 * Both are taken from pinfo->layers, so no tree is needed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../compat.h"

typedef struct layers layers;

layers *layers_new(void);
void layers_free(layers *l);

/* The name (static) of the highest protocol above the transport, and its height above it; the transport's own name and
 * 0 if nothing is above it. `depth` is the number of layers up to the flow's transport; 0: the first transport. NULL if
 * there is no transport. */
const char *layers_application(const layers *l, packet_info *pinfo, guint depth, unsigned *height);

/* Writes the names of the encapsulations around the IP header of the transport at `depth`, outermost first, separated
 * by |; an empty string if there are none. Names that do not fit are left out. Depth 0: around the innermost IP header.
 */
void layers_write_tunnel(const layers *l, packet_info *pinfo, guint depth, char *out, size_t size);
