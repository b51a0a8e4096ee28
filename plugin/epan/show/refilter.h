/*
 * refilter.h - reapplies Wireshark's display filter when all records are known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

/* To be called when every flow of the open capture has its record. A display filter on our fields was applied before
 * that, so it is applied again as soon as Wireshark is idle. No effect in other programs. */
void refilter(void);
