/*
 * memory.c - see memory.h.
 *
 * By default, each thread gets a heap of its own, which grows by 4 KiB: dissectors and flows need tens of thousands of
 * system calls and page faults. Here all threads share one heap that grows in larger steps. The address space that it
 * grows into next can be reserved, so that the system is told to use large pages there; memory itself is taken only as
 * it is used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    STEP_BYTES = 1 << 20,
    RESERVED_BYTES = 256 << 20,
    KEPT_BYTES = 2 * RESERVED_BYTES, /* free memory at the heap's end that is not given back */
    MAPPED_BYTES = 32 << 20,         /* from this size on, memory is mapped by itself */
    MAPPED_MOST = 65536              /* the C library's default */
};

void
memory_prepare(void)
{
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, STEP_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
}

void
memory_use_large_pages(void)
{
    /* What is not mapped by itself extends the heap. Sanitizers have heaps of their own, and refuse. */
    if (!mallopt(M_MMAP_MAX, 0))
        return;
    char *reserved = malloc(RESERVED_BYTES);
    mallopt(M_MMAP_MAX, MAPPED_MOST);
    if (!reserved)
        return;
    uintptr_t page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
    char *first_page = reserved - (uintptr_t)reserved % page_bytes;
    madvise(first_page, RESERVED_BYTES, MADV_HUGEPAGE);
    free(reserved);
}
