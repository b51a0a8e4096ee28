/*
 * conversations.h - the tab "CIC Flow" of Wireshark's Conversations and Endpoints windows, and -z conv,cicflow.
 *
 * A row of Conversations is a flow, so that the window's filters lead from it to its packets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_CONVERSATIONS_H
#define CICFLOW_CONVERSATIONS_H

/* Registers both tables under the protocol; once, when protocols are registered. */
void conversations_register(int protocol);

#endif
