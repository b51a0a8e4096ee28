/*
 * table_row.h - a test of a flow table: a scenario, and which way its packets go and what records come out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

/* The directions and records as scenario.h writes them. */
typedef struct {
    const char *name, *packets, *directions, *records;
} table_row;

/* A cmocka test whose state is a row. */
void table_row_run(void **state);
