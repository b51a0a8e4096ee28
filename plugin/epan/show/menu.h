/*
 * menu.h - our entries in Wireshark's Statistics menu, in one place and under one name.
 *
 * Tables are opened through their -z option, so that all entries are together: in a submenu since 4.6, in older
 * versions with a common prefix. Wireshark puts stats_tree entries, such as the distribution, at the end of the
 * Statistics menu; they cannot be opened through an option.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

/* Adds an entry that opens the window of -z OPTION; both strings have to live as long as the program. */
void menu_add(const char *entry, const char *option);

/* Adds an entry that calls the function with the data. */
void menu_add_action(const char *entry, void (*action)(void *data), void *data);
