/*
 * safe_text.h - makes untrusted text, such as host names in packets, safe for files, terminals and spreadsheets.
 *
 * - What is not UTF-8, control characters and characters that change the direction or the lines of text become the
 *   replacement character U+FFFD.
 * - What a spreadsheet would take for a formula, because = + - or @ is at the beginning or after a semicolon, gets a '
 *   in front.
 * - What does not fit is cut off, between characters.
 * Quotes, commas and the like are unchanged: escaping them is up to the output format.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stddef.h>

/* Writes at most size - 1 bytes and a NUL. */
void safe_text_write(char *out, size_t size, const char *text);
