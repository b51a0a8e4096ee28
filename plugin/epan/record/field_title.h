/*
 * field_title.h - readable titles made from column names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FIELD_TITLE_H
#define CICFLOW_FIELD_TITLE_H

/* "fwd_iat_tot" becomes "Forward inter-arrival time total". Free with g_free(). */
char *field_title(const char *column);

#endif
