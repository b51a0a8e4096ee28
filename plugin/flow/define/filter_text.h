/*
 * filter_text.h - finds the end of a display filter in a definition, by its quotes and brackets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

/* The position after the quoted string that begins here; NULL if it is not terminated. */
const char *filter_text_after_quotes(const char *text);

/* The position after a display filter, which is the first unmatched closing parenthesis; NULL if there is none. */
const char *filter_text_end(const char *text);
