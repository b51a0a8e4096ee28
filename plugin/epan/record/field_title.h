/*
 * field_title.h - readable titles made from column names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

/* "fwd_iat_tot" becomes "Forward inter-arrival time total". Free with g_free(). */
char *field_title(const char *column);
