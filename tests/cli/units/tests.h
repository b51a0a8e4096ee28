/*
 * tests.h - the tests of the command's parts, a function for each file of them that appends its own to the list.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_TESTS_H
#define CICFLOWMETER_TESTS_H

#include "test_list.h"

void pipeline_tests(GArray *tests);
void plot_tests(GArray *tests);
void spool_tests(GArray *tests);
void summary_tests(GArray *tests);

#endif
