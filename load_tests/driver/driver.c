/* The mass driver: thousands of citizens on one core, each on its own WebSocket, who walk, count and measure.
 *
 * It looks at its sockets once a millisecond instead of sleeping in epoll, so that the server is not charged for
 * waking it at every message; what a probe is shown is therefore timed up to 1 ms late, never early. The result is one
 * JSON object on stdout; `settling`, `measuring` and `measured` are told on stderr as they begin. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sight.h"

enum { READ_BYTES = 1 << 18, EVENTS = 256, FACTS_PER_ACK = 64, SMALL_BUFFER = 4096, TURNS_PER_LOOK = 64 };

static int everyone, observers;        /* epoll: the crowd; the probes, who are read first */
static uint8_t inbox[READ_BYTES];
static tally refusals, goodbyes, faults;
static times lateness;
static uint64_t poses_sent, poses_unsent, flood_poses;
static int entered, lost;
static char **tokens;
static int token_count;

static void leave(citizen *c, const char *fault) {
    if (c->stage == GONE) return;
    if (c->fd >= 0) close(c->fd);
    if (fault) tally_add(&faults, (const uint8_t *)fault, strlen(fault));
    if (c->stage == WALKING && of_slot[c->slot] == c - crowd) of_slot[c->slot] = -1;
    bool was_in = c->stage == WALKING;
    free(c->stash);
    c->fd = -1, c->stash = NULL, c->stashed = c->stash_size = 0;
    c->stage = (c->retrying && !was_in) || c->kind == FLOODING ? WAITING : GONE;
    if (c->kind == FLOODING) c->due = now_ns() + ns(1);  /* who floods comes back a second later */
    if (c->stage == GONE && (c->kind == ORDINARY || c->kind == SLOW)) lost++;
}

/* ---- What a citizen says ---- */

/* False: the line took it only in part, or is broken. A full line (nothing taken) is no fault of a pose. */
static bool say(citizen *c, const uint8_t *bytes, size_t size, bool may_drop) {
    ssize_t n = send(c->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n == (ssize_t)size) return true;
    if (n < 0 && errno == EAGAIN && may_drop) {
        poses_unsent++;
        return true;
    }
    leave(c, n < 0 && errno != EAGAIN ? "line broken" : "line stuck");
    return false;
}

static bool say_frame(citizen *c, uint8_t opcode, const uint8_t *payload, size_t length) {
    uint8_t out[8192 + 14], key[4];
    uint32_t word = (uint32_t)chance();
    memcpy(key, &word, 4);
    size_t head = ws_write_head(out, opcode, length, key);
    ws_mask(out + head, payload, length, key);
    return say(c, out, head + length, false);
}

static bool say_message(citizen *c, const mp_message *m) { return say_frame(c, OP_BINARY, m->bytes, m->length); }

static void say_hello(citizen *c) {
    mp_message m = {.length = 0};
    char name[32];
    const char *token = c - crowd < token_count ? tokens[c - crowd] : NULL;
    snprintf(name, sizeof name, "walker %d", (int)(c - crowd));
    mp_put_map(&m, token ? 5 : 4);
    mp_put_text(&m, "type"), mp_put_text(&m, "hello");
    mp_put_text(&m, "protocol"), mp_put_int(&m, 1);
    mp_put_text(&m, "name"), mp_put_text(&m, name);
    mp_put_text(&m, "client"), mp_put_text(&m, "load driver");
    if (token) mp_put_text(&m, "token"), mp_put_text(&m, token);
    c->stage = GREETING;
    say_message(c, &m);
}

static void say_enter(citizen *c) {
    mp_message m = {.length = 0};
    mp_put_map(&m, 4);
    mp_put_text(&m, "type"), mp_put_text(&m, "district.enter");
    mp_put_text(&m, "id"), mp_put_int(&m, ++c->command);
    mp_put_text(&m, "district"), mp_put_text(&m, asked.district);
    mp_put_text(&m, "at"), mp_put_map(&m, 2);
    mp_put_text(&m, "x"), mp_put_real(&m, c->home_x);
    mp_put_text(&m, "z"), mp_put_real(&m, c->home_z);
    c->stage = ENTERING, c->due = 0;
    say_message(c, &m);
}

static void say_ack(citizen *c, int64_t now) {
    mp_message m = {.length = 0};
    mp_put_map(&m, 2);
    mp_put_text(&m, "type"), mp_put_text(&m, "ack");
    mp_put_text(&m, "n"), mp_put_int(&m, c->facts);
    c->acked = c->facts, c->acked_at = now;
    say_message(c, &m);
}

/* The pose, masked in its frame, whose place is whole centimetres, so that what is shown can be matched exactly. */
static size_t write_pose(citizen *c, uint8_t *out, uint16_t *at_x, uint16_t *at_z) {
    uint8_t pose[18] = {0xd8, EXT_POSE}, key[4];
    uint32_t word = (uint32_t)chance();
    *at_x = (uint16_t)lrint(c->x / ground.precision), *at_z = (uint16_t)lrint(c->z / ground.precision);
    float x = (float)(*at_x * ground.precision), y = (float)c->y, z = (float)(*at_z * ground.precision);
    memcpy(pose + 2, &x, 4), memcpy(pose + 6, &y, 4), memcpy(pose + 10, &z, 4), memcpy(pose + 14, &c->yaw, 2);
    pose[16] = asked.speed > 0, pose[17] = c->seq++;
    memcpy(key, &word, 4);
    size_t head = ws_write_head(out, OP_BINARY, sizeof pose, key);
    ws_mask(out + head, pose, sizeof pose, key);
    return head + sizeof pose;
}

static void say_pose(citizen *c, int64_t now) {
    uint8_t out[32];
    uint16_t x, z;
    step(c, now);
    size_t size = write_pose(c, out, &x, &z);
    remember(&traces[c - crowd], x, z, now_ns());
    if (!say(c, out, size, true)) return;
    poses_sent += measuring;
    if (c->is_probe) probe_walked(&probes[probe_of[c - crowd]]);
    if (c->facts - c->acked >= FACTS_PER_ACK || (c->facts > c->acked && now - c->acked_at > ns(5))) say_ack(c, now);
}

/* A hundredth of a second's worth of poses at once. */
static void say_flood(citizen *c, int64_t now) {
    uint8_t out[32 * 256];
    uint16_t x, z;
    size_t size = 0;
    int count = (int)(asked.flood_hz / 100) < 256 ? (int)(asked.flood_hz / 100) : 256;
    step(c, now);
    for (int i = 0; i < count; i++) size += write_pose(c, out + size, &x, &z);
    flood_poses += (uint64_t)count;
    say(c, out, size, true);
}

/* ---- What a citizen hears ---- */

static double real_of(const mp_value *map, const uint8_t *end, const char *key, double otherwise) {
    mp_value v;
    return mp_find(map, end, key, &v) && (v.kind == MP_INT || v.kind == MP_FLOAT) ? v.real : otherwise;
}

static void learn_ground(const mp_value *place, const uint8_t *end) {
    ground.width = real_of(place, end, "width", 0), ground.depth = real_of(place, end, "depth", 0);
    ground.cell_m = real_of(place, end, "cell_m", 10), ground.view_m = real_of(place, end, "view_m", 100);
    ground.tick_hz = real_of(place, end, "tick_hz", 10), ground.precision = real_of(place, end, "precision", 0.01);
    ground.columns = (int)real_of(place, end, "columns", 1), ground.rows = (int)ceil(ground.depth / ground.cell_m);
    if (ground.columns < 1 || ground.rows < 1 || ground.columns * ground.rows > 65536) {
        fprintf(stderr, "driver: the answer to district.enter makes no sense\n");
        exit(3);
    }
    sight_of_ground();
}

static void stand_at(citizen *c, const mp_value *place, const uint8_t *end) {
    int64_t now = now_ns();
    c->x = real_of(place, end, "x", c->home_x), c->y = real_of(place, end, "y", 0), c->z = real_of(place, end, "z", c->home_z);
    c->moved_at = now;
    remember(&traces[c - crowd], (uint16_t)lrint(c->x / ground.precision), (uint16_t)lrint(c->z / ground.precision), now);
    choose_waypoint(c);
}

static void hear_place(citizen *c, const mp_value *place, const uint8_t *end) {
    if (!ground.columns) learn_ground(place, end);
    int slot = (int)real_of(place, end, "slot", -1);
    if (slot < 0 || slot > 65535) {
        leave(c, "no slot");
        return;
    }
    c->slot = (uint16_t)slot, of_slot[slot] = (int)(c - crowd), c->stage = WALKING;
    c->hall = (uint8_t)real_of(place, end, "hall", 0);
    stand_at(c, place, end);
    c->home_x = c->x, c->home_z = c->z;
    entered += !c->was_in, c->was_in = true;
    if (c->is_probe) probe_walked(&probes[probe_of[c - crowd]]);
    if (c->kind == SLOW || c->kind == NEVER_READING) epoll_ctl(everyone, EPOLL_CTL_DEL, c->fd, NULL);
}

static void hear_refusal(citizen *c, const mp_value *map, const uint8_t *end) {
    mp_value code = {0};
    if (mp_find(map, end, "code", &code)) tally_add(&refusals, code.bytes, code.length);
    if (c->stage != ENTERING) return;
    double after_ms = real_of(map, end, "retry_after_ms", 1000);
    if (mp_is(&code, "full") || mp_is(&code, "too_fast") || mp_is(&code, "unavailable")) c->due = now_ns() + ns(after_ms / 1000 * between(1, 1.5));
    else leave(c, "may not enter");
}

static void hear_goodbye(citizen *c, const mp_value *map, const uint8_t *end) {
    mp_value code = {0};
    if (mp_find(map, end, "code", &code)) tally_add(&goodbyes, code.bytes, code.length);
    c->told_goodbye = true;
    if (!mp_is(&code, "full") || c->stage == WALKING) return;
    double after = real_of(map, end, "after_ms", 1000) / 1000 * between(1, 1.5) * (double)(1 << (c->attempts < 4 ? c->attempts : 4));
    c->retrying = true, c->attempts++, c->due = now_ns() + ns(after);
}

static void hear_map(citizen *c, const mp_value *map, const uint8_t *end) {
    mp_value type, result;
    int64_t n = (int64_t)real_of(map, end, "n", 0);
    if (n > c->facts) c->facts = n;
    if (!mp_find(map, end, "type", &type)) seen.malformed++;
    else if (mp_is(&type, "welcome") && c->stage == GREETING) say_enter(c);
    else if (mp_is(&type, "done") && c->stage == ENTERING && mp_find(map, end, "result", &result)) hear_place(c, &result, end);
    else if (mp_is(&type, "refused")) hear_refusal(c, map, end);
    else if (mp_is(&type, "goodbye")) hear_goodbye(c, map, end);
    else if (mp_is(&type, "avatar.moved_back")) stand_at(c, map, end), c->put_back += measuring;
}

static void hear_frame(citizen *c, const mp_value *frame, int64_t now) {
    if (frame->length < 4) {
        seen.malformed++;
        return;
    }
    uint32_t tick = little32(frame->bytes);
    if (tick != c->last_tick) c->frames += measuring, c->last_tick = tick;
    if (c->is_probe && c->stage == WALKING) see_frame(&probes[probe_of[c - crowd]], frame, now);
}

static void hear_message(citizen *c, const uint8_t *bytes, uint64_t length, int64_t now) {
    mp_reader r = {bytes, bytes + length};
    mp_value v;
    uint32_t items = 1;
    if (length && ((*bytes & 0xf0) == 0x90 || *bytes == 0xdc || *bytes == 0xdd)) items = mp_read(&r, &v) ? v.length : 0;
    for (; items && c->stage != GONE && c->fd >= 0; items--) {
        mp_reader start = r;
        if (!mp_read(&r, &v)) break;
        if (v.kind == MP_EXT && v.ext == EXT_FRAME) hear_frame(c, &v, now);
        if (v.kind != MP_MAP) continue;
        r = start;
        if (!mp_skip(&r, 0)) break;
        hear_map(c, &v, r.at);
    }
    if (c->fd >= 0 && (items || r.at != r.end)) seen.malformed++;
}

/* Reads what is whole of the bytes; returns how many were read. */
static uint64_t hear(citizen *c, const uint8_t *bytes, uint64_t size, int64_t now) {
    uint64_t at = 0;
    ws_frame f;
    while (c->fd >= 0 && c->stage == UPGRADING) {
        const uint8_t *end = memmem(bytes, size, "\r\n\r\n", 4);
        if (!end) return 0;
        if (size < 12 || memcmp(bytes + 8, " 101", 4)) {
            leave(c, "upgrade refused");
            return size;
        }
        at = (uint64_t)(end + 4 - bytes);
        if (c->kind == SILENT) c->stage = GREETING;
        else say_hello(c);
    }
    while (c->fd >= 0 && ws_read_head(bytes + at, size - at, &f) && f.whole <= size - at) {
        c->messages += measuring;
        if (f.opcode == OP_BINARY && f.fin && !f.mask) hear_message(c, f.payload, f.length, now);
        else if (f.opcode == OP_PING) say_frame(c, OP_PONG, f.payload, f.length);
        else if (f.opcode == OP_CLOSE) leave(c, c->told_goodbye ? NULL : "closed without goodbye");
        else if (f.opcode != OP_PONG) seen.malformed++;
        at += f.whole;
    }
    return at;
}

/* Reads at most `most` bytes; what is left of a message that is not whole is kept for the next time. */
static void listen_to(citizen *c, size_t most) {
    while (c->fd >= 0) {
        size_t kept = c->stashed;
        if (kept) memcpy(inbox, c->stash, kept);
        ssize_t n = recv(c->fd, inbox + kept, most < READ_BYTES - kept ? most : READ_BYTES - kept, MSG_DONTWAIT);
        if (n <= 0) {
            if (n == 0 || errno != EAGAIN) leave(c, c->told_goodbye ? NULL : "closed without goodbye");
            return;
        }
        c->bytes += measuring ? (uint64_t)n : 0;
        uint64_t size = kept + (uint64_t)n, read = hear(c, inbox, size, now_ns());
        if (c->fd < 0) return;
        c->stashed = (uint32_t)(size - read);
        if (c->stashed > c->stash_size) c->stash = realloc(c->stash, c->stash_size = c->stashed + 2048);
        if (c->stashed) memcpy(c->stash, inbox + read, c->stashed);
        if (size < READ_BYTES) return;
    }
}

static void look(int queue) {
    struct epoll_event ready[EVENTS];
    int n = epoll_wait(queue, ready, EVENTS, 0);
    for (int i = 0; i < n; i++) {
        if (queue == everyone && i % 64 == 63) look(observers);
        citizen *c = &crowd[ready[i].data.u32];
        if (c->fd >= 0) listen_to(c, READ_BYTES);
    }
    if (n == EVENTS && queue == observers) look(observers);
}

/* ---- Coming in ---- */

static void come(citizen *c) {
    static struct sockaddr_in door = {.sin_family = AF_INET};
    static char request[256];
    if (!door.sin_port) {
        door.sin_port = htons((uint16_t)asked.port), door.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        snprintf(request, sizeof request,
                 "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Key: bWFkYW5nIGxvYWQgdGVzdA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: madang.v1\r\n\r\n",
                 asked.port);
    }
    int yes = 1, small = SMALL_BUFFER;
    c->retrying = c->told_goodbye = false, c->due = c->facts = c->acked = 0;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0) {
        leave(c, "no socket");
        return;
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (c->kind == SLOW || c->kind == NEVER_READING) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (asked.addresses) {
        struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl((127u << 24 | 1u << 16) + 1 + (uint32_t)((c - crowd) % asked.addresses))};
        setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
        if (bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0) {
            leave(c, "no address");
            return;
        }
    }
    if (connect(c->fd, (struct sockaddr *)&door, sizeof door) < 0) {
        leave(c, "connect refused");
        return;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)(c - crowd)};
    epoll_ctl(c->is_probe ? observers : everyone, EPOLL_CTL_ADD, c->fd, &event);
    c->stage = UPGRADING;
    say(c, (const uint8_t *)request, strlen(request), false);
}

/* Lets in as many as the ramp allows by now, and those again who were asked to wait. */
static void ramp(int64_t began, int64_t now) {
    static int next;
    static double returned;
    double allowed = (double)(now - began) / 1e9 * asked.ramp;
    while (next < asked.citizens && next < allowed) come(&crowd[next++]);
    static int64_t swept;
    if (now - swept < ns(0.02)) return;
    double turns = asked.ramp * 0.02;
    swept = now, returned = 0;
    for (int i = 0; i < next; i++) {
        citizen *c = &crowd[i];
        if (!c->due || c->due > now || returned >= turns) continue;
        returned++;
        if (c->stage == WAITING) come(c);
        else if (c->stage == ENTERING) say_enter(c);
    }
}

static void read_tokens(void) {
    FILE *file = asked.tokens ? fopen(asked.tokens, "r") : NULL;
    if (asked.tokens && !file) wrong_use("--tokens: cannot be read");
    if (!file) return;
    char *line = NULL;
    size_t size = 0;
    tokens = calloc((size_t)asked.citizens, sizeof *tokens);
    while (token_count < asked.citizens && getline(&line, &size, file) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        if (strlen(line) > 4000) wrong_use("--tokens: a token is too long");
        tokens[token_count++] = strdup(line);
    }
    free(line), fclose(file);
}

static void people(void) {
    crowd = calloc((size_t)asked.citizens, sizeof *crowd), traces = calloc((size_t)asked.citizens, sizeof *traces);
    memset(of_slot, 0xff, sizeof of_slot);
    if (asked.has_speaker) speaker = 0;
    int last = asked.citizens;
    const struct { kind kind; double share; } shares[] = {
        {SLOW, asked.slow}, {NEVER_READING, asked.never_read}, {FLOODING, asked.flood}, {SILENT, asked.silent}};
    for (int s = 0; s < 4; s++)
        for (int n = (int)lround(shares[s].share * asked.citizens); n > 0 && last > 1; n--) crowd[--last].kind = shares[s].kind;
    for (int i = 0; i < asked.citizens; i++) {
        crowd[i].fd = -1;
        crowd[i].home_x = i == speaker ? asked.speaker_x : between(asked.x0, asked.x1);
        crowd[i].home_z = i == speaker ? asked.speaker_z : between(asked.z0, asked.z1);
    }
    sight_open(asked.citizens);
}

/* ---- The report ---- */

static void row_tell(const char *name, double *row, int n, double low) {
    qsort(row, (size_t)n, sizeof *row, by_size);
    printf("\"%s\":{\"min\":%.2f,\"p1\":%.2f,\"median\":%.2f,\"mean\":%.2f,\"p99\":%.2f,\"max\":%.2f},\n", name, row_part(row, n, 0), row_part(row, n, low),
           row_part(row, n, 0.5), row_mean(row, n), row_part(row, n, 0.99), row_part(row, n, 1));
}

static void report(double seconds, double busy, int speaking) {
    double *frames = calloc((size_t)asked.citizens, sizeof(double)), *bytes = calloc((size_t)asked.citizens, sizeof(double));
    double *speech = calloc((size_t)probe_count + 1, sizeof(double)), messages = 0, all_bytes = 0, put_back = 0;
    int n = 0, speech_n = 0;
    for (int i = 0; i < asked.citizens; i++) {
        citizen *c = &crowd[i];
        if (c->kind != ORDINARY || c->stage != WALKING) continue;
        frames[n] = (double)c->frames / seconds, bytes[n++] = (double)c->bytes / seconds;
        messages += (double)c->messages, all_bytes += (double)c->bytes, put_back += (double)c->put_back;
    }
    for (int p = 0; p < probe_count; p++)
        if (crowd[probes[p].who].stage == WALKING) speech[speech_n++] = (double)probes[p].speaker_moves / seconds;
    printf("{\"citizens\":%d,\"entered\":%d,\"ordinary\":%d,\"lost\":%d,\"probes\":%d,\"seconds\":%.3f,\n", asked.citizens, entered, n, lost, probe_count, seconds);
    row_tell("frames_per_s", frames, n, 0.01);
    row_tell("bytes_per_s", bytes, n, 0.01);
    if (speaking) row_tell("speaker_hz", speech, speech_n, 0.01);
    printf("\"messages_per_s\":%.1f,\"bytes_per_message\":%.1f,\"poses_per_s\":%.1f,\"flood_poses\":%llu,\"poses_unsent\":%llu,\n", messages / seconds,
           messages > 0 ? all_bytes / messages : 0, (double)poses_sent / seconds, (unsigned long long)flood_poses, (unsigned long long)poses_unsent);
    times_tell("move_to_seen_ms", &move_to_seen);
    if (speaking) times_tell("speaker_seen_ms", &speaker_seen[0]), times_tell("speaker_seen_in_mirrors_ms", &speaker_seen[1]);
    times_tell("frame_gap_ms", &frame_gaps);
    printf("\"missed_ticks\":%llu,\"list_gap_ms\":%.0f,\"list_age_ms\":%.0f,\"moved_back\":%.0f,\n", (unsigned long long)seen.missed_ticks, seen.list_gap_ms,
           seen.list_age_ms, put_back);
    printf("\"contradictions\":%llu,\"unseen_near\":%llu,\"unseen_near_ms\":%.0f,\"strangers\":%llu,\"malformed\":%llu,\"entries\":%llu,\n",
           (unsigned long long)seen.contradictions, (unsigned long long)seen.unseen, seen.unseen_ms, (unsigned long long)seen.strangers,
           (unsigned long long)seen.malformed, (unsigned long long)seen.entries);
    tally_tell("refused", &refusals);
    tally_tell("goodbyes", &goodbyes);
    tally_tell("faults", &faults);
    times_tell("pose_lateness_ms", &lateness);
    printf("\"driver_cpu\":%.3f}\n", busy);
}

static void tell_phase(const char *phase) { fprintf(stderr, "{\"phase\":\"%s\",\"entered\":%d,\"lost\":%d}\n", phase, entered, lost); }

static double cpu_seconds(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* Those who read slowly, ten times a second; those who are still coming in read as everyone does. */
static void listen_slowly(citizen *c) {
    if (c->stage == WALKING) listen_to(c, (size_t)asked.slow_bytes / 10);
}

static bool walks(const citizen *c) { return c->kind != FLOODING && c->kind != SILENT; }
static bool floods(const citizen *c) { return c->kind == FLOODING; }
static bool lags(const citizen *c) { return c->kind == SLOW; }

int main(int count, char **words) {
    read_options(count, words);
    prctl(PR_SET_PDEATHSIG, SIGKILL);  /* never outlive who asked */
    signal(SIGPIPE, SIG_IGN);
    everyone = epoll_create1(EPOLL_CLOEXEC), observers = epoll_create1(EPOLL_CLOEXEC);
    read_tokens();
    people();
    rota walking = rota_of(walks, asked.pose_hz), flooding = rota_of(floods, 100), lagging = rota_of(lags, 10);
    int expected = 0;
    for (int i = 0; i < asked.citizens; i++) expected += crowd[i].kind != SILENT;

    int64_t began = now_ns(), settled = 0, start = 0, checked = 0, late = 0;
    double cpu = 0;
    for (;;) {
        int64_t now = now_ns();
        ramp(began, now);
        look(observers);
        look(everyone);
        now = now_ns();
        int who, turns = 0;
        while (turns < TURNS_PER_LOOK && (who = rota_next(&walking, now, &late)) >= 0) {
            if (crowd[who].stage != WALKING) continue;
            if (measuring) times_add(&lateness, (double)late / 1e6);
            say_pose(&crowd[who], now);
            turns++;
        }
        while ((who = rota_next(&flooding, now, &late)) >= 0)
            if (crowd[who].stage == WALKING && !crowd[who].told_goodbye) say_flood(&crowd[who], now);
        while ((who = rota_next(&lagging, now, &late)) >= 0) listen_slowly(&crowd[who]);
        if (now - checked > ns(1) && ground.columns) checked = now, sight_check(now);

        if (!settled && (entered + lost >= expected || now - began > ns(asked.patience))) settled = now, tell_phase("settling");
        if (settled && !start && now - settled > ns(asked.settle)) start = now, cpu = cpu_seconds(), measuring = true, tell_phase("measuring");
        if (start && now - start > ns(asked.seconds)) {
            double seconds = (double)(now - start) / 1e9;
            measuring = false, cpu = (cpu_seconds() - cpu) / seconds;
            tell_phase("measured");
            struct pollfd reader = {.fd = 0, .events = POLLIN};
            poll(&reader, 1, 10000);  /* who watches the server looks at it now, before all leave */
            report(seconds, cpu, asked.has_speaker);
            return 0;
        }
        if (turns < TURNS_PER_LOOK && now_ns() - now < 500000) nanosleep(&(struct timespec){.tv_nsec = 1000000 - now % 1000000}, NULL);
    }
}
