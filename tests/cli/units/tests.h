/*
 * tests.h - the unit tests of the command. Each test file has a function that appends its tests to the list.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "test_list.h"

void pipeline_tests(GArray *tests);
void plot_tests(GArray *tests);
void spool_tests(GArray *tests);
void summary_tests(GArray *tests);
