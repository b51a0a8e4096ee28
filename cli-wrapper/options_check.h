/*
 * options_check.h - what of the options goes together, once all of them are known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_OPTIONS_CHECK_H
#define CICFLOWMETER_OPTIONS_CHECK_H

#include "options.h"

/* FALSE with one line that says what is wrong with the options. */
gboolean options_check(const struct options *options, GError **error);

/* FALSE; sets the error of wrong usage. */
gboolean options_wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
