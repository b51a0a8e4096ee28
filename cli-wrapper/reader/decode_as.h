/*
 * decode_as.h - the rules of --decode-as, in the form of tshark's -d: TABLE==SELECTOR,PROTOCOL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

/* Makes epan follow the rule. FALSE with a one-line error when the rule is wrong. */
gboolean decode_as_apply(const char *text, GError **error);
