/*
 * scene.h - a folder with what the tests of output files need in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "output/output_file.h"

typedef struct {
    char *folder, *target, *partial, *second_partial, *victim;
} scene;

/* Of a test; the state is a scene whose victim is a file that holds "precious". */
int scene_set_up(void **state);
int scene_tear_down(void **state);

/* Creates a file with the text. */
void put(const char *path, const char *text);

/* These fail the test if the condition does not hold. */
void holds(const char *path, const char *expected);
void is_missing(const char *path);

/* A file to which "new" has been written. */
output_file *begun(const char *path, output_kind kind);

/* Completes and closes the file. */
void finish(output_file *file);
