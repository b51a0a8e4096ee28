/*
 * options_check.h - checks which options go together, once all of them are known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_OPTIONS_CHECK_H
#define CICFLOWMETER_OPTIONS_CHECK_H

#include "options.h"

/* FALSE with a one-line error when the options do not go together. */
gboolean options_check(const struct options *options, GError **error);

/* Sets an error of wrong usage; always returns FALSE. */
gboolean options_wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
