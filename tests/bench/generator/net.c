/* Sockets and WebSocket frames (RFC 6455), as far as a client of these servers needs them. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1 << 18, EVENTS = 512, MAX_SOCKS = 20000 };

uint64_t now;

static int poller;
static bool stdin_ready;
static char *chunk; /* what is read now; only the rest of an unfinished frame is kept for each socket */
static struct sock *dirty[MAX_SOCKS];
static uint32_t dirty_count;

uint64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void net_init(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    poller = epoll_create1(0);
    chunk = malloc(2 * CHUNK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poller, EPOLL_CTL_ADD, 0, &event);
}

bool net_stdin_ready(void)
{
    bool ready = stdin_ready;
    stdin_ready = false;
    return ready;
}

static void watch(struct sock *s, int how)
{
    struct epoll_event event = {.events = EPOLLIN | (s->writing ? EPOLLOUT : 0u), .data.ptr = s};
    epoll_ctl(poller, how, s->fd, &event);
}

void net_open(struct sock *s)
{
    int one = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (s->fd < 0) { perror("socket"); exit(2); }
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    s->state = CONNECTING;
    s->in_len = s->out_len = 0;
    s->writing = true;
    opening_count++;
    if (connect(s->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) { perror("connect"); exit(2); }
    watch(s, EPOLL_CTL_ADD);
}

void net_close(struct sock *s)
{
    if (s->fd < 0) return;
    on_closed(s);
    close(s->fd);
    s->fd = -1;
    s->state = CLOSED;
    free(s->in);
    free(s->out);
    s->in = s->out = NULL;
    s->in_len = s->out_len = s->out_cap = 0;
}

static void queue(struct sock *s, const void *bytes, size_t n)
{
    if (s->out_len + n > s->out_cap) {
        s->out_cap = (s->out_len + n) * 2;
        s->out = realloc(s->out, s->out_cap);
    }
    memcpy(s->out + s->out_len, bytes, n);
    s->out_len += n;
    if (!s->dirty && dirty_count < MAX_SOCKS) {
        s->dirty = true;
        dirty[dirty_count++] = s;
    }
}

static void queue_frame(struct sock *s, int opcode, const char *payload, size_t n)
{
    static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    static unsigned char out[8192];
    size_t at = 0;
    if (n > 8000) { fprintf(stderr, "a frame too large\n"); exit(2); }
    out[at++] = (unsigned char)(0x80 | opcode);
    if (n < 126) out[at++] = (unsigned char)(0x80 | n);
    else {
        out[at++] = 0x80 | 126;
        out[at++] = (unsigned char)(n >> 8);
        out[at++] = (unsigned char)n;
    }
    memcpy(out + at, mask, 4);
    at += 4;
    for (size_t i = 0; i < n; i++) out[at + i] = (unsigned char)payload[i] ^ mask[i & 3];
    queue(s, out, at + n);
}

void net_text(struct sock *s, const char *payload, size_t n) { queue_frame(s, 1, payload, n); }

static void flush(struct sock *s)
{
    if (s->fd < 0 || s->state == CONNECTING) return;
    size_t done = 0;
    while (done < s->out_len) {
        ssize_t n = send(s->fd, s->out + done, s->out_len - done, MSG_NOSIGNAL);
        if (n <= 0) {
            if (errno != EAGAIN) { net_close(s); return; }
            break;
        }
        done += (size_t)n;
    }
    s->out_len -= done;
    if (s->out_len) memmove(s->out, s->out + done, s->out_len);
    else if (s->out_cap > 4096) { free(s->out); s->out = NULL; s->out_cap = 0; }
    if (s->writing != (s->out_len > 0)) {
        s->writing = s->out_len > 0;
        watch(s, EPOLL_CTL_MOD);
    }
}

/* The headers that a browser sends: a server that keeps them pays for it, so every server gets the same. */
static void ask_for_upgrade(struct sock *s)
{
    char path[256], who[512] = "", out[2048];
    codec->path(path, sizeof path, s);
    if (s->cookie) snprintf(who, sizeof who, "Cookie: sessionid=%s\r\n", s->secret);
    else snprintf(who, sizeof who, "Authorization: Bearer %s\r\n", s->secret);
    int n = snprintf(out, sizeof out,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nPragma: no-cache\r\n"
                     "Cache-Control: no-cache\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, "
                     "like Gecko) Chrome/140.0.0.0 Safari/537.36\r\nUpgrade: websocket\r\nOrigin: http://127.0.0.1:%d\r\n"
                     "Sec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
                     "Accept-Language: en-US,en;q=0.9\r\n%sSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                     path, port, port, who,
                     codec->has_seq && strcmp(codec->name, "socketio") ? "Sec-WebSocket-Protocol: chat.v1\r\n" : "");
    s->state = UPGRADING;
    queue(s, out, (size_t)n);
}

/* The length of the upgrade's answer; 0 if it is not whole yet. */
static size_t take_upgrade(struct sock *s, const char *p, size_t n)
{
    const char *end = memmem(p, n, "\r\n\r\n", 4);
    if (!end) return 0;
    if (n < 12 || memcmp(p + 9, "101", 3)) {
        on_error(s, p, n);
        net_close(s);
        return 0;
    }
    s->state = SIGNING_IN;
    codec->opened(s);
    return (size_t)(end + 4 - p);
}

/* The length of one frame, taken; 0 if it is not whole yet. */
static size_t take_frame(struct sock *s, const char *p, size_t n)
{
    const unsigned char *u = (const unsigned char *)p;
    if (n < 2) return 0;
    size_t head = 2, length = u[1] & 127;
    if (length == 126) {
        if (n < 4) return 0;
        length = (size_t)u[2] << 8 | u[3];
        head = 4;
    } else if (length == 127) {
        if (n < 10) return 0;
        length = 0;
        for (int i = 2; i < 10; i++) length = length << 8 | u[i];
        head = 10;
    }
    if (n < head + length) return 0;
    int opcode = u[0] & 15;
    if (opcode == 9) queue_frame(s, 10, p + head, length);
    else if (opcode == 8) {
        static int told;
        if (told++ < 3) fprintf(stderr, "%s: closed with %d\n", s->user, length >= 2 ? u[head] << 8 | u[head + 1] : 0);
        net_close(s);
    } else if (opcode == 1) codec->frame(s, p + head, length);
    return head + length;
}

static void take(struct sock *s, size_t n)
{
    size_t done = 0;
    while (done < n && s->fd >= 0) {
        size_t took = s->state == UPGRADING ? take_upgrade(s, chunk + done, n - done)
                                            : take_frame(s, chunk + done, n - done);
        if (!took) break;
        done += took;
    }
    if (s->fd < 0) return;
    size_t rest = n - done;
    if (rest) s->in = realloc(s->in, rest);
    else if (s->in) { free(s->in); s->in = NULL; }
    if (rest) memcpy(s->in, chunk + done, rest);
    s->in_len = rest;
}

static void read_some(struct sock *s)
{
    if (s->in_len > CHUNK) { fprintf(stderr, "a frame too large\n"); exit(2); }
    if (s->in_len) memcpy(chunk, s->in, s->in_len);
    ssize_t n = recv(s->fd, chunk + s->in_len, CHUNK, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        if (s->state != READY) fprintf(stderr, "%s: %s before it was signed in\n", s->user, n ? strerror(errno) : "closed");
        net_close(s);
        return;
    }
    if (n < 0) return;
    now = clock_ns();
    take(s, s->in_len + (size_t)n);
}

static void flush_all(void)
{
    for (uint32_t i = 0; i < dirty_count; i++) {
        dirty[i]->dirty = false;
        flush(dirty[i]);
    }
    dirty_count = 0;
}

void net_pump(int64_t wait_ns)
{
    flush_all(); /* what was sent must not wait for what comes */
    struct epoll_event events[EVENTS];
    struct timespec wait = {.tv_sec = wait_ns / 1000000000, .tv_nsec = wait_ns % 1000000000};
    int n = epoll_pwait2(poller, events, EVENTS, &wait, NULL);
    for (int i = 0; i < n; i++) {
        struct sock *s = events[i].data.ptr;
        if (!s) { stdin_ready = true; continue; }
        if (s->fd < 0) continue;
        if (s->state == CONNECTING && events[i].events & EPOLLOUT) ask_for_upgrade(s);
        else if (events[i].events & EPOLLOUT) flush(s);
        if (s->fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_some(s);
    }
    clients_top_up();
    flush_all();
}
