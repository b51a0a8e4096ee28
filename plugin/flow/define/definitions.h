/*
 * definitions.h - user-defined columns, parsed from lines of the form `NAME = EXPRESSION`.
 *
 * The grammar is in definition_parser.h. Fields and filters are looked up in a catalog, which is Wireshark's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../dialect.h"
#include "expression.h"

typedef struct {
    char *name;
    expression *expression;
    value_type type;    /* set by definitions_resolve() */
    const char *origin; /* file and line, for messages */
} definition;

typedef struct {
    GPtrArray *list; /* of definition */
    measure_plan *plan;
    GArray *types; /* value_type of each */
    GStringChunk *origins;
    const dialect *dialect;                     /* the columns that expressions may use */
    const dialect_column *column[CIC_FEATURES]; /* its column for each feature; NULL: none */
    dialect own;                                /* the dialect plus the definitions as further columns */
    dialect_column *columns;                    /* columns of `own` */
} definitions;

/* Looks up fields and filters; implemented with Wireshark. */
typedef struct {
    /* The kind of a field's values. For an unknown field VALUES_UNKNOWN, and *problem is Wireshark's message, to be
     * freed by the caller. */
    values_kind (*kind_of)(void *user, const char *field, char **problem);
    /* What is wrong with a display filter, to be freed by the caller; NULL if it is valid. */
    char *(*check_filter)(void *user, const char *text);
    void *user;
} field_catalog;

/* Starts without definitions, over the columns of the dialect, which is borrowed. Free with definitions_free(). */
definitions *definitions_new(const dialect *d);
void definitions_free(definitions *d);

/* The definition's index; -1 if there is none of this name. */
int definitions_find(const definitions *d, const char *name);

/* The dialect with a column for each definition; to be called when all have been read. */
const dialect *definitions_dialect(definitions *d);

/* Determines the types. False with a one-line error that names the file and line. */
bool definitions_resolve(definitions *d, const field_catalog *catalog, GError **error);

/* Whether any definition uses this feature; `d` may be NULL. */
bool definitions_use(const definitions *d, feature_id id);

/* The values of a flow that has ended, one per definition, to be freed by the caller; strings belong to the flow or the
 * state. */
feature_value *definitions_values(const definitions *d, const flow *f, const measure_state *state);
