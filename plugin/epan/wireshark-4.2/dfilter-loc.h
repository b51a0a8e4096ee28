/*
 * dfilter-loc.h - stands in for a header of Wireshark 4.2 that its own dfilter.h includes and its packages lack.
 *
 * Used only where the header is missing. The type's layout is Wireshark's: it is the end of what a filter that does not
 * compile is reported in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_DFILTER_LOC_H
#define CICFLOW_DFILTER_LOC_H

#include <stddef.h>

typedef struct {
    long col_start;
    size_t col_len;
} df_loc_t;

#endif
