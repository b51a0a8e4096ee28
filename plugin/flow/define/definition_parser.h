/*
 * definition_parser.h - parses definitions, by recursive descent.
 *
 *     file        lines; # and what is after it is a comment at a line's beginning and after a blank
 *     line        NAME = expression
 *     expression  sum { else sum }
 *     sum         product { (+ | -) product }
 *     product     factor { (* | /) factor }
 *     factor      - factor | NUMBER | ( expression ) | NAME | measure
 *     measure     FUNCTION ( (* | [?] FIELD [# LAYER]) { , (fwd | bwd | if DISPLAY_FILTER) } )
 *
 * A display filter extends to the parenthesis that closes the measure; quotes and brackets in the filter are skipped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "definitions.h"

/* Adds the definitions in the text. False with a one-line error that names the file, the line and the problem. */
bool definition_parse(definitions *into, const char *text, const char *path, GError **error);
