/*
 * dfilter-loc.h - replaces a header that dfilter.h of Wireshark 4.2 includes but its packages lack.
 *
 * Used only if the header is missing. The layout must match Wireshark's, as the type is the last member of df_error_t.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stddef.h>

typedef struct {
    long col_start;
    size_t col_len;
} df_loc_t;
