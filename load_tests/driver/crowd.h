/* The citizens: what each is, where it walks, which places it has sent, and the rotas by which they take turns. */
#ifndef CROWD_H
#define CROWD_H

#include <math.h>
#include <time.h>

#include "figures.h"
#include "options.h"

typedef enum { ORDINARY, SLOW, NEVER_READING, FLOODING, SILENT } kind;
typedef enum { WAITING, UPGRADING, GREETING, ENTERING, WALKING, GONE } stage;

typedef struct {
    int fd;
    kind kind;
    stage stage;
    uint16_t slot;
    uint8_t hall;                                  /* of a district with several; 0 is the main one */
    bool is_probe, retrying, told_goodbye, was_in;
    int attempts;
    int64_t due;                                   /* when to come back, or to ask again to enter, ns */
    double home_x, home_z, x, z, y, to_x, to_z;    /* metres */
    uint16_t yaw;
    uint8_t seq;
    int64_t moved_at;                              /* ns */
    uint8_t *stash;                                /* the head of a message that is not whole */
    uint32_t stashed, stash_size;
    int64_t facts, acked, acked_at;
    int command;
    uint32_t last_tick;
    uint64_t bytes, messages, frames, put_back;    /* in the measured window */
} citizen;

/* The places a citizen has sent, newest last, a place that repeats the one before left out. */
enum { TRACE = 64 };
typedef struct {
    struct { uint16_t x, z; int64_t at; } places[TRACE];
    uint32_t next;                                 /* the number of the next place */
} trace;

/* What the district is, told by the first answer to `district.enter`. */
static struct {
    double width, depth, cell_m, view_m, tick_hz, precision;
    int columns, rows;
} ground;

static citizen *crowd;
static trace *traces;
static int of_slot[65536];                         /* slot -> citizen, or -1 */

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t ns(double seconds) { return (int64_t)(seconds * 1e9); }

static uint64_t chance(void) {
    asked.seed ^= asked.seed << 13, asked.seed ^= asked.seed >> 7, asked.seed ^= asked.seed << 17;
    return asked.seed;
}

static double between(double low, double high) { return low + (high - low) * ((double)(chance() >> 11) / 9007199254740992.0); }

static double clamp(double v, double low, double high) { return v < low ? low : v > high ? high : v; }

static int cell_of(double x, double z) {
    int column = (int)clamp(x / ground.cell_m, 0, ground.columns - 1), row = (int)clamp(z / ground.cell_m, 0, ground.rows - 1);
    return row * ground.columns + column;
}

/* Whether one cell is among the 3 x 3 around the other. */
static bool near_cells(int a, int b) {
    int columns = abs(a % ground.columns - b % ground.columns), rows = abs(a / ground.columns - b / ground.columns);
    return columns <= 1 && rows <= 1;
}

enum { STROLL_M = 30 };

static void choose_waypoint(citizen *c) {
    if (c == crowd && asked.has_speaker) {
        c->to_x = c->home_x + between(-1, 1), c->to_z = c->home_z + between(-1, 1);
    } else if (asked.sway > 0) {
        c->to_x = clamp(c->home_x + between(-asked.sway, asked.sway), asked.x0, asked.x1);
        c->to_z = clamp(c->home_z + between(-asked.sway, asked.sway), asked.z0, asked.z1);
    } else {
        /* Somewhere not far: whoever crosses the whole area meets everyone else in its middle. */
        do c->to_x = c->x + between(-STROLL_M, STROLL_M); while (c->to_x < asked.x0 || c->to_x > asked.x1);
        do c->to_z = c->z + between(-STROLL_M, STROLL_M); while (c->to_z < asked.z0 || c->to_z > asked.z1);
    }
    c->yaw = (uint16_t)lround(atan2(c->to_x - c->x, c->to_z - c->z) / (2 * M_PI) * 65536);
}

/* Walks on for as long as it has been since the last step. */
static void step(citizen *c, int64_t now) {
    double left = asked.speed * (double)(now - c->moved_at) / 1e9;
    c->moved_at = now;
    if (asked.still > 0 && (double)(c - crowd) >= asked.citizens * (1 - asked.still)) return;
    for (int turns = 0; turns < 4; turns++) {
        double dx = c->to_x - c->x, dz = c->to_z - c->z, way = sqrt(dx * dx + dz * dz);
        if (way > left) {
            c->x += dx / way * left, c->z += dz / way * left;
            return;
        }
        c->x = c->to_x, c->z = c->to_z, left -= way;
        choose_waypoint(c);
    }
}

static void remember(trace *t, uint16_t x, uint16_t z, int64_t now) {
    uint32_t last = (t->next - 1) % TRACE;
    if (t->next && t->places[last].x == x && t->places[last].z == z) return;
    t->places[t->next % TRACE].x = x, t->places[t->next % TRACE].z = z, t->places[t->next % TRACE].at = now;
    t->next++;
}

/* A rota: each of its citizens once a period, at a moment of its own. */
typedef struct {
    int *turns;
    double *phases;            /* seconds into the period, ascending */
    int count, cursor;
    double period;
    int64_t round;             /* when this period began, ns */
} rota;

static rota rota_of(bool (*belongs)(const citizen *), double hz) {
    rota r = {.period = 1 / hz, .round = now_ns()};
    r.turns = malloc(sizeof(int) * (size_t)asked.citizens), r.phases = malloc(sizeof(double) * (size_t)asked.citizens);
    for (int i = 0; i < asked.citizens; i++)
        if (belongs(&crowd[i])) r.phases[r.count] = between(0, r.period), r.turns[r.count++] = i;
    qsort(r.phases, (size_t)r.count, sizeof(double), by_size);
    for (int i = r.count - 1; i > 0; i--) {
        int j = (int)(chance() % (uint64_t)(i + 1)), swapped = r.turns[i];
        r.turns[i] = r.turns[j], r.turns[j] = swapped;
    }
    return r;
}

/* Whose turn has come, or -1; `late` is by how much, ns. */
static int rota_next(rota *r, int64_t now, int64_t *late) {
    if (!r->count) return -1;
    int64_t due = r->round + ns(r->phases[r->cursor]);
    if (due > now) return -1;
    *late = now - due;
    int who = r->turns[r->cursor];
    if (++r->cursor == r->count) r->cursor = 0, r->round += ns(r->period);
    return who;
}

#endif
