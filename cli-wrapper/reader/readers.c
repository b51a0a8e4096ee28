/*
 * readers.c - see readers.h. Orders and their descriptors come through a socket that keeps message boundaries; the
 * SIGCHLD handler writes to a pipe when a reader has exited.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "readers.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "messages.h"

enum order_kind { ORDER_START, ORDER_SIGNAL };

struct order {
    guint32 kind, number;
    gint32 signal;
};

/* One reader, as seen by the process it is forked from. */
struct child {
    pid_t pid;    /* 0: none */
    int messages; /* our end of its pipe */
};

struct readers {
    int orders; /* our end of the socket */
    pid_t origin;
    guint count;
    void *memory;
    gsize memory_bytes;
};

static int child_ended[2];

static struct reader_shared *
shared_of(const struct readers *readers)
{
    return readers->memory;
}

static struct reader_numbers *
numbers_of(const struct readers *readers, guint number)
{
    return (struct reader_numbers *)(void *)((char *)readers->memory + sizeof(struct reader_numbers)) + number;
}

static void
die_with_parent(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
}

static void
note_ended_child(int signal G_GNUC_UNUSED)
{
    int kept = errno;
    if (write(child_ended[1], "", 1) < 0)
        errno = kept;
    errno = kept;
}

static void
send_exit(struct child *child, int status)
{
    message_send(child->messages, MESSAGE_EXIT, &status, sizeof status);
    close(child->messages);
    *child = (struct child){0};
}

static void
reap(struct child *children, guint count)
{
    char drained[64];
    int status;
    pid_t pid;

    while (read(child_ended[0], drained, sizeof drained) > 0)
        continue;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (guint i = 0; i < count; i++) {
            if (children[i].pid == pid)
                send_exit(&children[i], status);
        }
    }
}

static void
run_reader(const struct readers *readers, const struct reader_work *work, guint number, const int fds[READER_FDS],
           pid_t parent)
{
    struct reader_task task = {.number = number, .numbers = numbers_of(readers, number), .shared = shared_of(readers)};

    die_with_parent(parent);
    signal(SIGCHLD, SIG_DFL);
    close(child_ended[0]);
    close(child_ended[1]);
    memcpy(task.fds, fds, sizeof task.fds);
    work->read(work->data, &task);
    _exit(0);
}

/* The child gets the descriptors; its message pipe stays open here until the child has exited. */
static void
start_child(const struct readers *readers, const struct reader_work *work, struct child *child, guint number,
            const int fds[READER_FDS])
{
    pid_t parent = getpid();

    work->prepare(work->data, shared_of(readers));
    pid_t pid = fork();
    if (pid == 0) {
        close(readers->orders);
        run_reader(readers, work, number, fds, parent);
    }
    for (int i = 0; i < READER_FDS; i++) {
        if (i != READER_MESSAGES && fds[i] >= 0)
            close(fds[i]);
    }
    *child = (struct child){.pid = pid, .messages = fds[READER_MESSAGES]};
    if (pid < 0)
        send_exit(child, -errno);
}

/* An order on its way, beside its descriptors. */
struct order_body {
    struct order order;
    gint32 has[READER_FDS];
};

union order_control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int) * READER_FDS)];
};

/* The order's descriptors; those that were not sent are -1. */
static gboolean
receive_order(int socket, struct order *order, int fds[READER_FDS])
{
    union order_control control = {0};
    struct order_body body;
    struct iovec part = {&body, sizeof body};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    int sent[READER_FDS] = {0};
    gsize count = 0, next = 0;

    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) < (gssize)sizeof body)
        return FALSE;
    const struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    if (rights && rights->cmsg_type == SCM_RIGHTS) {
        count = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(sent, CMSG_DATA(rights), count * sizeof(int));
    }
    for (int i = 0; i < READER_FDS; i++)
        fds[i] = body.has[i] && next < count ? sent[next++] : -1;
    *order = body.order;
    return TRUE;
}

static gboolean
send_order(int socket, const struct order *order, const int fds[READER_FDS])
{
    union order_control control = {0};
    struct order_body body = {.order = *order};
    struct iovec part = {&body, sizeof body};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    int sent[READER_FDS], count = 0;

    for (int i = 0; i < READER_FDS; i++) {
        body.has[i] = fds && fds[i] >= 0;
        if (body.has[i])
            sent[count++] = fds[i];
    }
    if (count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (gsize)count);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        *rights = (struct cmsghdr){
            .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int) * (gsize)count)};
        memcpy(CMSG_DATA(rights), sent, sizeof(int) * (gsize)count);
    }
    gssize length;
    do
        length = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (length < 0 && errno == EINTR);
    return length >= 0;
}

static void
obey(const struct readers *readers, const struct reader_work *work, struct child *children, const struct order *order,
     const int fds[READER_FDS])
{
    struct child *child = &children[order->number];

    if (order->kind == ORDER_START)
        start_child(readers, work, child, order->number, fds);
    else if (child->pid > 0)
        kill(child->pid, order->signal);
}

/* The loop of the process that readers are forked from, until the command has ended. */
static void
serve(const struct readers *readers, const struct reader_work *work)
{
    struct child *children = g_new0(struct child, readers->count);
    struct sigaction action = {.sa_handler = note_ended_child, .sa_flags = SA_RESTART};
    struct order order;
    int fds[READER_FDS];

    if (!g_unix_open_pipe(child_ended, FD_CLOEXEC, NULL))
        _exit(1);
    g_unix_set_fd_nonblocking(child_ended[0], TRUE, NULL);
    g_unix_set_fd_nonblocking(child_ended[1], TRUE, NULL);
    sigaction(SIGCHLD, &action, NULL);
    for (;;) {
        struct pollfd waits[] = {{.fd = readers->orders, .events = POLLIN}, {.fd = child_ended[0], .events = POLLIN}};
        if (poll(waits, G_N_ELEMENTS(waits), -1) < 0)
            continue;
        if (waits[1].revents)
            reap(children, readers->count);
        if (!waits[0].revents)
            continue;
        if (!receive_order(readers->orders, &order, fds))
            break;
        obey(readers, work, children, &order, fds);
    }
    for (guint i = 0; i < readers->count; i++) {
        if (children[i].pid > 0)
            kill(children[i].pid, SIGKILL);
    }
    _exit(0);
}

static gboolean
share_memory(struct readers *readers)
{
    readers->memory_bytes = sizeof(struct reader_numbers) * (readers->count + 1U);
    readers->memory = mmap(NULL, readers->memory_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return readers->memory != MAP_FAILED;
}

struct readers *
readers_new(const struct reader_work *work, guint count, GError **error)
{
    _Static_assert(sizeof(struct reader_shared) <= sizeof(struct reader_numbers), "it is in front of them");
    struct readers *readers = g_new0(struct readers, 1);
    pid_t parent = getpid();
    int ends[2];

    readers->count = count;
    if (share_memory(readers) && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) {
        readers->origin = fork();
        if (readers->origin == 0) {
            /* Ctrl-C on the terminal is for the command alone. */
            setpgid(0, 0);
            die_with_parent(parent);
            close(ends[0]);
            readers->orders = ends[1];
            serve(readers, work);
        }
        close(ends[1]);
        readers->orders = ends[0];
    }
    if (readers->origin > 0)
        return readers;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot start a process to read captures: %s",
                g_strerror(errno));
    g_free(readers);
    return NULL;
}

gboolean
readers_start(struct readers *readers, guint number, const int fds[READER_FDS], GError **error)
{
    struct order order = {.kind = ORDER_START, .number = number};

    if (send_order(readers->orders, &order, fds))
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the process that starts the readers has ended: %s",
                g_strerror(errno));
    return FALSE;
}

void
readers_signal(struct readers *readers, guint number, int signal)
{
    struct order order = {.kind = ORDER_SIGNAL, .number = number, .signal = signal};
    send_order(readers->orders, &order, NULL);
}

const struct reader_numbers *
readers_numbers(const struct readers *readers, guint number)
{
    return numbers_of(readers, number);
}

void
readers_free(struct readers *readers)
{
    if (!readers)
        return;
    close(readers->orders);
    while (waitpid(readers->origin, NULL, 0) < 0 && errno == EINTR)
        continue;
    munmap(readers->memory, readers->memory_bytes);
    g_free(readers);
}
