/*
 * tests.h - the groups of this program's tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "test_list.h"

void number_tests(GArray *tests);
void timestamp_tests(GArray *tests);
void layout_tests(GArray *tests);
void writer_tests(GArray *tests);
void failure_tests(GArray *tests);
void output_file_tests(GArray *tests);
void output_users_tests(GArray *tests);
void parquet_tests(GArray *tests);
void value_range_tests(GArray *tests);
