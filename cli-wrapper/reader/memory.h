/*
 * memory.h - how the memory of a reader grows: in steps that cost little.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

/* To be called before there are threads. */
void memory_prepare(void);

/* To be called before much is allocated: it then comes in large pages, where the system has them. */
void memory_use_large_pages(void);
