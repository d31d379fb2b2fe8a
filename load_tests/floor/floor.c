/* The floor: the least that a server of these bytes can cost. A bare epoll loop on one core takes every pose off the
 * wire and writes one message of `--bytes` bytes to everyone `--hz` times a second; it decides nothing and finds nobody. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../driver/wire.h"
#include "handshake.h"

enum { MOST_FDS = 32768, MOST_MESSAGE = 65536, READ_BYTES = 65536, EVENTS = 1024, EXT_HEAD = 6 };

typedef struct {
    bool open, upgraded, walking;
    uint16_t slot;
    float x, y, z;
    uint8_t *waiting;          /* the rest of a message that the line did not take */
    size_t waits;
    uint8_t kept[1024];        /* the head of a message that has not come whole */
    size_t keeps;
} client;

static client clients[MOST_FDS];
static int highest, queue, listener;
static uint16_t slots;
static uint64_t poses;
static double hz = 10;
static uint8_t frame[MOST_MESSAGE];
static size_t frame_bytes, tick_at;

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void end(int fd) {
    free(clients[fd].waiting);
    memset(&clients[fd], 0, sizeof clients[fd]);
    close(fd);
}

/* Sends now what the line takes; the rest of a message that was begun waits, a message not begun is left out. */
static void send_message(int fd, const uint8_t *bytes, size_t size) {
    client *c = &clients[fd];
    if (c->waits) {
        ssize_t n = send(fd, c->waiting, c->waits, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) memmove(c->waiting, c->waiting + n, c->waits -= (size_t)n);
        if (c->waits) return;
    }
    ssize_t n = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 || n == (ssize_t)size) return;
    c->waits = size - (size_t)n;
    c->waiting = realloc(c->waiting, MOST_MESSAGE);
    memcpy(c->waiting, bytes + n, c->waits);
}

/* A frame of blocks full of slots that nobody has, `bytes` long with its heads (even, as entries are). */
static void lay_frame(size_t bytes) {
    size_t head = bytes - 2 < 126 ? 2 : 4, body = (bytes - head - EXT_HEAD) & ~(size_t)1, at;
    at = ws_write_head(frame, OP_BINARY, EXT_HEAD + body, NULL);
    frame[at] = 0xc9, frame[at + 1] = 0, frame[at + 2] = 0, frame[at + 3] = (uint8_t)(body >> 8), frame[at + 4] = (uint8_t)body, frame[at + 5] = EXT_FRAME;
    at += EXT_HEAD, tick_at = at, at += 4;
    for (size_t left = body - 4; left >= 4;) {
        size_t entries = (left - 4) / ENTRY_BYTES < 255 ? (left - 4) / ENTRY_BYTES : 255;
        if (left - 4 - entries * ENTRY_BYTES == 2 && entries) entries--;  /* no block fits in two bytes */
        size_t gone = entries ? 0 : (left - 4) / 2;
        frame[at] = 0, frame[at + 1] = 0, frame[at + 2] = entries ? 0 : BLOCK_GONE, frame[at + 3] = (uint8_t)(entries ? entries : gone);
        size_t size = 4 + entries * ENTRY_BYTES + gone * 2;
        memset(frame + at + 4, 0xff, size - 4);
        at += size, left -= size;
    }
    frame_bytes = at;
}

static void tick(int64_t now) {
    uint32_t ms = (uint32_t)(now / 1000000);
    memcpy(frame + tick_at, &ms, 4);
    for (int fd = 0; fd <= highest; fd++)
        if (clients[fd].walking) send_message(fd, frame, frame_bytes);
}

static void answer(int fd, const mp_message *m) {
    uint8_t out[sizeof m->bytes + 10];
    size_t head = ws_write_head(out, OP_BINARY, m->length, NULL);
    memcpy(out + head, m->bytes, m->length);
    send_message(fd, out, head + m->length);
}

static void welcome(int fd) {
    mp_message m = {.length = 0};
    mp_put_map(&m, 3);
    mp_put_text(&m, "type"), mp_put_text(&m, "welcome");
    mp_put_text(&m, "protocol"), mp_put_int(&m, 1);
    mp_put_text(&m, "session"), mp_put_text(&m, "floor");
    answer(fd, &m);
}

static void let_in(int fd, const mp_value *map, const uint8_t *end) {
    mp_value at = {0}, id = {0}, x = {0}, z = {0};
    mp_message m = {.length = 0};
    client *c = &clients[fd];
    mp_find(map, end, "id", &id);
    if (mp_find(map, end, "at", &at)) mp_find(&at, end, "x", &x), mp_find(&at, end, "z", &z);
    if (!c->walking) c->slot = slots++;
    const struct { const char *name; double value; } place[] = {
        {"slot", c->slot}, {"x", x.real}, {"y", 0}, {"z", z.real}, {"yaw", 0}, {"width", 600}, {"depth", 600},
        {"cell_m", 12.5}, {"columns", 48}, {"view_m", 100}, {"precision", 0.01}, {"tick_hz", hz}};
    mp_put_map(&m, 3);
    mp_put_text(&m, "type"), mp_put_text(&m, "done");
    mp_put_text(&m, "id"), mp_put_int(&m, id.integer);
    mp_put_text(&m, "result"), mp_put_map(&m, sizeof place / sizeof *place);
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) mp_put_text(&m, place[i].name), mp_put_real(&m, place[i].value);
    answer(fd, &m);
    c->walking = true;
}

static void hear(int fd, const uint8_t *bytes, size_t length) {
    client *c = &clients[fd];
    mp_reader r = {bytes, bytes + length};
    mp_value v, type;
    if (!mp_read(&r, &v)) return;
    if (v.kind == MP_EXT && v.ext == EXT_POSE && v.length == 16) {
        memcpy(&c->x, v.bytes, 4), memcpy(&c->y, v.bytes + 4, 4), memcpy(&c->z, v.bytes + 8, 4);
        poses++;
    } else if (v.kind == MP_MAP && mp_find(&v, bytes + length, "type", &type)) {
        if (mp_is(&type, "hello")) welcome(fd);
        if (mp_is(&type, "district.enter")) let_in(fd, &v, bytes + length);
    }
}

static size_t read_frames(int fd, uint8_t *bytes, size_t size) {
    size_t at = 0;
    ws_frame f;
    while (ws_read_head(bytes + at, size - at, &f) && f.whole <= size - at) {
        uint8_t *payload = bytes + at + (f.whole - f.length);
        if (f.mask) ws_mask(payload, payload, f.length, f.mask);
        if (f.opcode == OP_BINARY) hear(fd, payload, f.length);
        at += f.whole;
    }
    return at;
}

static void listen_to(int fd) {
    static uint8_t inbox[READ_BYTES + sizeof clients->kept];
    client *c = &clients[fd];
    size_t read, size = c->keeps;
    memcpy(inbox, c->kept, size);
    ssize_t n = recv(fd, inbox + size, READ_BYTES, MSG_DONTWAIT);
    if (n <= 0) {
        if (n == 0 || errno != EAGAIN) end(fd);
        return;
    }
    size += (size_t)n;
    if (c->upgraded) {
        read = read_frames(fd, inbox, size);
    } else {
        char reply[512];
        inbox[size] = 0;
        int length = strstr((char *)inbox, "\r\n\r\n") ? answer_upgrade((char *)inbox, reply, sizeof reply) : 0;
        if (length) send_message(fd, (uint8_t *)reply, (size_t)length);
        c->upgraded = length, read = length ? size : 0;
    }
    c->keeps = size - read;
    if (c->keeps > sizeof c->kept) end(fd);
    else memcpy(c->kept, inbox + read, c->keeps);
}

static void let_knock(void) {
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (fd >= MOST_FDS) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(queue, EPOLL_CTL_ADD, fd, &event);
        clients[fd].open = true;
        if (fd > highest) highest = fd;
    }
}

static void open_door(void) {
    struct sockaddr_in door = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof door;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&door, size) || listen(listener, 4096) || getsockname(listener, (struct sockaddr *)&door, &size)) {
        perror("floor");
        exit(3);
    }
    queue = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event);
    printf("http://127.0.0.1:%d\n", ntohs(door.sin_port));
    fflush(stdout);
}

int main(int count, char **words) {
    size_t bytes = 2000;
    for (int i = 1; i + 1 < count; i += 2) {
        if (!strcmp(words[i], "--hz")) hz = atof(words[i + 1]);
        else if (!strcmp(words[i], "--bytes")) bytes = (size_t)atof(words[i + 1]);
        else count = 0;
    }
    if (count % 2 == 0 || hz <= 0 || bytes < 32 || bytes >= MOST_MESSAGE) {
        fprintf(stderr, "floor: --hz messages a second to each, --bytes of each (32 to 65535)\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);  /* never outlive who asked */
    lay_frame(bytes);
    open_door();
    int64_t period = (int64_t)(1e9 / hz), next = now_ns() + period;
    for (;;) {
        struct epoll_event ready[EVENTS];
        int64_t now = now_ns();
        int n = epoll_wait(queue, ready, EVENTS, next > now ? (int)((next - now) / 1000000) + 1 : 0);
        for (int i = 0; i < n; i++) {
            if (ready[i].data.fd == listener) let_knock();
            else if (clients[ready[i].data.fd].open) listen_to(ready[i].data.fd);
        }
        if ((now = now_ns()) >= next) tick(now), next += period;
    }
}
