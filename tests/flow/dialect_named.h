/*
 * dialect_named.h - a dialect by its name, for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <string.h>

#include "flow/dialect.h"

/* NULL when there is none of this name. */
static inline const dialect *
dialect_named(const char *name)
{
    const dialect *d = NULL;

    for (size_t i = 0; (d = dialect_at(i)) && strcmp(d->name, name) != 0; i++)
        continue;
    return d;
}
