/*
 * documents.h - the generated documents: each function writes one.
 *
 * The documents on the command come from options.def and help.c alone, the plugin's manual page from the plugin's
 * tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdio.h>

void document_manual(FILE *out);        /* cicflowmeter(1), troff man macros */
void document_plugin_manual(FILE *out); /* cicflow(4) */
void document_markdown(FILE *out);      /* docs/command-options.md */
void document_bash(FILE *out);          /* completions */
void document_zsh(FILE *out);
void document_fish(FILE *out);
