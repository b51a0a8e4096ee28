/*
 * refilter.h - Wireshark's display filter, applied once more when records are known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_REFILTER_H
#define CICFLOW_REFILTER_H

/* To be called when every flow of the capture that is open has its record. A filter that is in force and asks for our
 * fields has seen the packets before that, and is applied again once Wireshark has nothing else to do. In other
 * programs nothing happens. */
void refilter(void);

#endif
