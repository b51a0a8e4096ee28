/*
 * dissection.h - how tshark dissects: application protocols off unless something that was asked for needs them.
 *
 * What the user has switched off, and all other preferences, keep their effect.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_DISSECTION_H
#define CICFLOWMETER_DISSECTION_H

#include "options.h"

/* Whether a column, label, filter or the user asks for application protocols. */
gboolean dissection_is_needed(const struct options *options);

/* Adds the options of tshark that leave out what is not needed. */
void dissection_add_arguments(GPtrArray *argv, const struct options *options);

#endif
