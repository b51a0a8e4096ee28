/*
 * tests.h - the engine's tests. Each test file has a function that appends its tests to the list.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "test_list.h"

void capture_health_tests(GArray *tests);
void definitions_tests(GArray *tests);
void dialect_tests(GArray *tests);
void duration_tests(GArray *tests);
void series_tests(GArray *tests);
void flow_key_tests(GArray *tests);
void flow_tests(GArray *tests);
void flow_table_tests(GArray *tests);
void fragment_table_tests(GArray *tests);
void java_tests(GArray *tests);
void many_tests(GArray *tests);
void plain_frame_tests(GArray *tests);
void python_tests(GArray *tests);
void tunnels_tests(GArray *tests);
