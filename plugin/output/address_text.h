/*
 * address_text.h - IP addresses as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../flow/feature.h"

enum { ADDRESS_TEXT_BYTES_MAX = 46 };

/* Writes an address at `out` and returns the number of bytes written; bytes after them may be overwritten too. */
size_t address_text_write(char *out, const feature_value *value);
