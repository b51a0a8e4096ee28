/*
 * filter_text.h - where a display filter in a definition ends, by its quotes and brackets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FILTER_TEXT_H
#define CICFLOW_FILTER_TEXT_H

/* The place after quoted text that begins here; NULL: it does not end. */
const char *filter_text_after_quotes(const char *text);

/* The place after a display filter: the parenthesis that is not the filter's own; NULL: there is none. */
const char *filter_text_end(const char *text);

#endif
