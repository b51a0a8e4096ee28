/*
 * dialect.c - the dialects there are; see dialect.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dialect.h"

#include <string.h>

/* The standard dialect has the features under their own names. */
static const dialect_column standard_columns[] = {
#define FEATURE(id, name, type, unit, validity, source, description) {FEATURE_##id, name},
#define EXTRA_FEATURE(...)
#include "../features.def"
#undef FEATURE
#undef EXTRA_FEATURE
};

static const dialect dialects[] = {
    {"standard", standard_columns, G_N_ELEMENTS(standard_columns), "\n"},
};

const dialect *
dialect_at(size_t index)
{
    return index < G_N_ELEMENTS(dialects) ? &dialects[index] : NULL;
}

const dialect *
dialect_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(dialects); i++) {
        if (strcmp(dialects[i].name, name) == 0)
            return &dialects[i];
    }
    return NULL;
}

size_t
dialect_find_column(const dialect *d, const char *header)
{
    size_t i = 0;
    while (i < d->column_count && strcmp(d->columns[i].header, header) != 0)
        i++;
    return i;
}
