/*
 * definitions.h - columns that the user defines: texts of lines `NAME = EXPRESSION`, understood.
 *
 * The grammar is definition_parser.h's. Which fields and filters there are, Wireshark knows: a catalog is asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_DEFINITIONS_H
#define CICFLOW_DEFINITIONS_H

#include "../dialect.h"
#include "expression.h"

typedef struct {
    char *name;
    expression *expression;
    value_type type;    /* once resolved */
    const char *origin; /* the file and line, for messages */
} definition;

typedef struct {
    GPtrArray *list; /* of definition */
    measure_plan *plan;
    GArray *types; /* value_type of each */
    GStringChunk *origins;
    const dialect *dialect;                     /* whose columns expressions look at */
    const dialect_column *column[CIC_FEATURES]; /* the dialect's of each feature; NULL: none */
    dialect own;                                /* the same with the definitions as further columns */
    dialect_column *columns;                    /* its */
} definitions;

/* What Wireshark knows. */
typedef struct {
    /* The kind of a field's values; VALUES_UNKNOWN with Wireshark's message, the caller's, for a name that is none. */
    values_kind (*kind_of)(void *user, const char *field, char **problem);
    /* What is wrong with a display filter, the caller's; NULL: nothing. */
    char *(*check_filter)(void *user, const char *text);
    void *user;
} field_catalog;

/* No definitions, over the columns of the dialect, which is borrowed. Free with definitions_free(). */
definitions *definitions_new(const dialect *d);
void definitions_free(definitions *d);

/* The definition's index; -1: there is none of this name. */
int definitions_find(const definitions *d, const char *name);

/* Once all are read: the dialect with a column for each. */
const dialect *definitions_dialect(definitions *d);

/* Finds out the types. False with one line that names the file and line. */
bool definitions_resolve(definitions *d, const field_catalog *catalog, GError **error);

/* Whether any of them, or of NULL, looks at this feature. */
bool definitions_use(const definitions *d, feature_id id);

/* The values of a flow that ended, one a definition, the caller's; texts are the flow's or the state's. */
feature_value *definitions_values(const definitions *d, const flow *f, const measure_state *state);

#endif
