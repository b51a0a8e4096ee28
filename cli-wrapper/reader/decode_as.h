/*
 * decode_as.h - the rules of --decode-as, in the form of tshark's -d: TABLE==SELECTOR,PROTOCOL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_DECODE_AS_H
#define CICFLOWMETER_DECODE_AS_H

#include <glib.h>

/* Has epan dissect by the rule in the text. FALSE with a line that says what is wrong with it. */
gboolean decode_as_apply(const char *text, GError **error);

#endif
