/*
 * layers.h - what the protocols of a frame say of the flow in it: the application above its transport, and the
 * encapsulations around its IP header.
 *
 * Both are read off the list of layers that epan keeps for every frame; no tree is needed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_LAYERS_H
#define CICFLOW_LAYERS_H

#include "../compat.h"

typedef struct layers layers;

layers *layers_new(void);
void layers_free(layers *l);

/* The name of the highest protocol above the transport, and how high it is; the transport's own name, and 0, when there
 * is none. `depth` is the number of layers up to the flow's
 * transport; 0: the first one. NULL when there is no transport. Static text. */
const char *layers_application(const layers *l, packet_info *pinfo, guint depth, unsigned *height);

/* Writes the names of the encapsulations around the IP header below the transport, from the outside in, separated by |;
 * nothing when there are none. What does not fit is left out. Depth 0: around the innermost IP header. */
void layers_write_tunnel(const layers *l, packet_info *pinfo, guint depth, char *out, size_t size);

#endif
