/*
 * menu.h - our entries of Wireshark's Statistics menu, all in one place and under one name.
 *
 * Tables are opened by their option -z, so that their entries stand beside the others: in a menu of our own where
 * plugins may have one in Statistics (from 4.6 on), else with the name in front. Statistics of the distribution's kind
 * are at the end of Statistics, and no option opens them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_MENU_H
#define CICFLOW_MENU_H

/* Adds an entry that opens the window of -z OPTION; both live as long as the program. */
void menu_add(const char *entry, const char *option);

/* Adds an entry that calls the function with the data. */
void menu_add_action(const char *entry, void (*action)(void *data), void *data);

#endif
