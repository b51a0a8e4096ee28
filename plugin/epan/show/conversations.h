/*
 * conversations.h - the tab "CIC Flow" in Wireshark's Conversations and Endpoints dialogs, and -z conv,cicflow.
 *
 * Each conversation is a flow, so that the dialog's filters select the packets of a flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

/* Registers both tables under the protocol; once, when protocols are registered. */
void conversations_register(int protocol);
