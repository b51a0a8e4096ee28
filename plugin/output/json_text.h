/*
 * json_text.h - text as a JSON string.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

/* Appends the text in quotes. Everything that JSON or a terminal could misunderstand is escaped; bytes that are not
 * UTF-8 become the replacement character. */
void json_append_text(GString *json, const char *text);
