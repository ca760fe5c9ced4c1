/* The load generator: what its parts share.
 *
 * One process, one thread, epoll. It plays any number of clients of one server, each a WebSocket of its own in at
 * most one room, and checks what they get: nothing lost, nothing doubled, everything in order. The runner
 * (tests/bench/generator.py) drives it by lines on stdin; each command answers one line of JSON on stdout.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum state { CLOSED, CONNECTING, UPGRADING, SIGNING_IN, JOINING, READY };

struct room {
    char name[64];
    uint32_t online; /* sockets that are READY in it */
    uint32_t places; /* sockets that were ever named for it */
    uint64_t head;   /* the highest seq that any of its sockets has seen */
};

struct sock {
    int fd;
    enum state state;
    struct room *room; /* NULL: signed in, and in no room */
    uint32_t place;    /* its number within the room */
    uint32_t inflight; /* own messages that are not acknowledged and delivered to everyone yet */
    bool sender, dirty, joins, cookie, writing;
    uint64_t last;  /* seq of the last event seen; 0: none yet */
    uint64_t after; /* resume: cursor to subscribe with; 0: live only */
    char *user, *secret;
    char *in, *out; /* the rest of an unfinished frame; what the kernel has not taken yet */
    size_t in_len, out_len, out_cap;
    uint64_t *seen; /* servers without seq: the last message seen of each sender of the room */
};

struct message {
    uint64_t at;     /* when it was (to be) sent, ns */
    struct sock *by; /* NULL: not one of ours */
    uint32_t left;   /* deliveries still to come */
    bool acked;
};

struct counts {
    uint64_t sent, acked, delivered, expected, doubled, disordered, foreign, errors, closed;
};

/* A protocol: how to sign in, join and send, and what the server's frames mean. */
struct codec {
    const char *name;
    void (*path)(char *out, size_t size, const struct sock *s);
    void (*opened)(struct sock *s);                      /* the upgrade is done */
    void (*frame)(struct sock *s, const char *p, size_t n);
    size_t (*message)(char *out, const struct sock *s, uint64_t number); /* a send command */
    bool has_seq;
};

extern const struct codec *codec;
extern int port;
extern struct counts counts;
extern uint64_t now; /* CLOCK_MONOTONIC in ns, of the present read */
extern char nonce[24];  /* the first part of every client id of this process */
extern const char *body; /* what every message says */

/* codecs.c */
const struct codec *find_codec(const char *name);

/* net.c */
void net_init(void);
void net_open(struct sock *s);
void net_close(struct sock *s);
void net_text(struct sock *s, const char *payload, size_t n);
void net_pump(int64_t wait_ns); /* reads, handles and writes; returns after at most wait_ns without news */
bool net_stdin_ready(void);
uint64_t clock_ns(void);

/* clients.c: what a codec tells of a frame */
void on_signed_in(struct sock *s);
void on_joined(struct sock *s, uint64_t head);
void on_ack(struct sock *s, uint64_t number);
void on_event(struct sock *s, uint64_t number, uint64_t seq, bool ours);
void on_error(struct sock *s, const char *p, size_t n);
void on_closed(struct sock *s);

extern struct sock *socks;
extern uint32_t sock_count, ready_count, opening_count;
extern uint64_t outstanding; /* messages under way */
void clients_add(char *line);
void clients_send(struct sock *s, uint64_t at);
void clients_top_up(void); /* sends what the window of each sender allows */
void clients_forget(void); /* drop the records of messages that were under way */
uint64_t clients_missing(void);
extern uint32_t window; /* 0: nobody sends by itself */

/* stats.c */
struct histogram { uint64_t count[64 * 40]; uint64_t total; };
extern struct histogram ack_times, delivery_times;
extern bool measuring;
void histogram_clear(struct histogram *h);
void histogram_add(struct histogram *h, uint64_t ns);
double histogram_ms(const struct histogram *h, double share);
double cpu_seconds(void);
void watch_pids(char *list);
double server_cpu_seconds(void);

#endif
