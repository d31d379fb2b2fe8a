/* What the probes see: every entry of every frame, matched with what its citizen truly sent.
 *
 * Move-to-seen: a pose counts from its sending until this one or a newer one of the same citizen is shown to the
 * probe, for citizens in the 3 x 3 cells around the probe's own. Where a place fits several poses the oldest is
 * taken, so that doubt makes the figure worse, never better. */
#ifndef SIGHT_H
#define SIGHT_H

#include "crowd.h"
#include "wire.h"

/* One citizen as one probe sees it. */
typedef struct {
    int64_t near_since;        /* when its being near began to be known, ns */
    int64_t shown_at;
    int64_t near_at;           /* when it was first found truly near; 0: it is not; ns */
    uint32_t shown;            /* the number of the place last shown */
    int32_t cell;
    bool known;
} glimpse;

typedef struct {
    int who, cell;
    glimpse *glimpses;         /* one per citizen */
    int64_t *listed;           /* per cell: when it was last complete, or came into view; 0: out of view; ns */
    uint32_t *listed_tick;     /* per cell: the tick of that list; 0: none yet */
    uint8_t *begun;
    int64_t last_frame;
    uint32_t last_tick;
    uint16_t speaker_x, speaker_z;
    uint64_t speaker_moves;
} probe;

static probe *probes;
static int probe_count;
static int *probe_of;          /* citizen -> probe, or -1 */
static bool measuring;
static int speaker = -1;

static times move_to_seen, frame_gaps;
static times speaker_seen[2];  /* in the speaker's own hall, and in the others */
static struct {
    uint64_t contradictions;   /* shown where it never was */
    uint64_t strangers;        /* slots of nobody here */
    uint64_t malformed, entries, missed_ticks;
    uint64_t unseen;           /* near ones of whom nothing or nothing newer was shown for over a second */
    double unseen_ms, list_gap_ms, list_age_ms;
} seen;

/* Whether one may be shown to the other at all. */
static bool shares_hall(const citizen *one, int other) { return crowd[other].hall == one->hall || other == speaker; }

static void sight_open(int citizens) {
    probes = calloc((size_t)asked.probes + 1, sizeof *probes);
    probe_of = malloc(sizeof(int) * (size_t)citizens);
    /* Spread over all who come, as the last ones may be in another hall. */
    int ordinary = 0, passed = 0;
    for (int i = 0; i < citizens; i++) ordinary += crowd[i].kind == ORDINARY && i != speaker;
    int every = asked.probes && ordinary > asked.probes ? ordinary / asked.probes : 1;
    for (int i = 0; i < citizens; i++) {
        probe_of[i] = -1;
        if (crowd[i].kind != ORDINARY || i == speaker || probe_count == asked.probes) continue;
        if (passed++ % every) continue;
        crowd[i].is_probe = true, probe_of[i] = probe_count;
        probes[probe_count].who = i, probes[probe_count].cell = -1;
        probes[probe_count++].glimpses = calloc((size_t)citizens, sizeof(glimpse));
    }
}

static void sight_of_ground(void) {
    size_t cells = (size_t)(ground.columns * ground.rows);
    for (int p = 0; p < probe_count; p++) {
        probes[p].listed = calloc(cells, sizeof(int64_t));
        probes[p].listed_tick = calloc(cells, sizeof(uint32_t));
        probes[p].begun = calloc(cells, 1);
    }
}

/* The probe has walked: whom it is no longer near to starts afresh when they are near again. */
static void probe_walked(probe *p) {
    int cell = cell_of(crowd[p->who].x, crowd[p->who].z);
    if (cell == p->cell) return;
    p->cell = cell;
    for (int i = 0; i < asked.citizens; i++)
        if (!near_cells(p->glimpses[i].cell, cell)) p->glimpses[i].known = false, p->glimpses[i].near_at = 0;
}

/* The number of the oldest place not before `from` that fits, or -1. */
static int64_t find_place(const trace *t, uint32_t from, uint16_t x, uint16_t z) {
    uint32_t oldest = t->next > TRACE ? t->next - TRACE : 0;
    for (uint32_t n = from > oldest ? from : oldest; n < t->next; n++)
        if (t->places[n % TRACE].x == x && t->places[n % TRACE].z == z) return n;
    return -1;
}

static void see_entry(probe *p, int cell, const uint8_t *entry, int64_t now) {
    int who = of_slot[little16(entry)];
    uint16_t x = little16(entry + 2), z = little16(entry + 4);
    seen.entries++;
    if (who < 0) {
        seen.strangers++;
        return;
    }
    if (who == p->who || crowd[who].kind == FLOODING || crowd[who].stage != WALKING) return;
    if (!shares_hall(&crowd[p->who], who)) {
        seen.strangers++, seen.contradictions += measuring;
        return;
    }
    if (who == speaker && measuring && (x != p->speaker_x || z != p->speaker_z)) {
        trace *said = &traces[who];
        int64_t place = find_place(said, 0, x, z);
        p->speaker_moves++, p->speaker_x = x, p->speaker_z = z;
        if (place >= 0) times_add(&speaker_seen[crowd[p->who].hall != crowd[who].hall], (double)(now - said->places[place % TRACE].at) / 1e6);
    }
    glimpse *g = &p->glimpses[who];
    trace *t = &traces[who];
    g->cell = cell;
    if (!near_cells(cell, p->cell)) {
        g->known = false, g->near_at = 0;
        return;
    }
    int64_t place = find_place(t, g->known ? g->shown : 0, x, z);
    if (place < 0) {
        seen.contradictions += measuring;
        g->known = false;
        return;
    }
    if (!g->known) g->known = true, g->near_since = now, g->shown = (uint32_t)place;
    bool counts = measuring && now - g->near_since >= ns(asked.moment);
    for (uint32_t n = g->shown + 1; n <= (uint32_t)place; n++) {
        if (!counts) break;
        uint32_t kept = n + TRACE < t->next ? t->next - TRACE : n;  /* one that fell out of the trace is at least as late as its oldest */
        times_add(&move_to_seen, (double)(now - t->places[kept % TRACE].at) / 1e6);
    }
    g->shown = (uint32_t)place, g->shown_at = now;
}

static void see_list(probe *p, int cell, uint32_t tick, int64_t now) {
    if (measuring && p->listed_tick[cell] && p->listed[cell] && (double)(tick - p->listed_tick[cell]) > seen.list_gap_ms)
        seen.list_gap_ms = (double)(tick - p->listed_tick[cell]);
    p->listed[cell] = now, p->listed_tick[cell] = tick;
}

static void see_frame(probe *p, const mp_value *frame, int64_t now) {
    const uint8_t *at = frame->bytes + 4, *end = frame->bytes + frame->length;
    uint32_t tick = little32(frame->bytes);
    if (measuring && p->last_tick && tick != p->last_tick) {
        times_add(&frame_gaps, (double)(now - p->last_frame) / 1e6);
        double ticks = (double)(tick - p->last_tick) * ground.tick_hz / 1000;
        if (ticks > 1.5) seen.missed_ticks += (uint64_t)(ticks - 0.5);
    }
    if (tick != p->last_tick) p->last_frame = now, p->last_tick = tick;
    while (end - at >= 4) {
        int cell = little16(at), flags = at[2], count = at[3];
        long size = (long)count * (flags & BLOCK_GONE ? 2 : ENTRY_BYTES);
        at += 4;
        if (end - at < size || cell >= ground.columns * ground.rows) break;
        if (!(flags & BLOCK_GONE)) {
            for (int i = 0; i < count; i++) see_entry(p, cell, at + i * ENTRY_BYTES, now);
            if (flags & BLOCK_BEGINS) p->begun[cell] = 1;
            if (flags & BLOCK_ENDS && p->begun[cell]) p->begun[cell] = 0, see_list(p, cell, tick, now);
        }
        at += size;
    }
    seen.malformed += at != end;
}

/* How far the probe is from the nearest point of a cell, metres. */
static double way_to_cell(const citizen *c, int cell) {
    double x0 = cell % ground.columns * ground.cell_m, z0 = cell / ground.columns * ground.cell_m;
    double dx = c->x - clamp(c->x, x0, x0 + ground.cell_m), dz = c->z - clamp(c->z, z0, z0 + ground.cell_m);
    return sqrt(dx * dx + dz * dz);
}

/* For how long a near one has been somewhere else than it is shown, or not been shown at all, ms. */
static double unseen_for(const glimpse *g, const trace *t, int64_t now) {
    int64_t since = g->shown_at > g->near_at ? g->shown_at : g->near_at;
    if (g->known) {
        uint32_t next = g->shown + 1;
        if (next >= t->next) return 0;
        since = t->places[(next + TRACE < t->next ? t->next - TRACE : next) % TRACE].at;
    }
    return (double)(now - since) / 1e6;
}

/* Once a second: who is truly near and not, or no longer, shown; which visible cell has not been listed. */
static void sight_check(int64_t now) {
    for (int k = 0; k < probe_count; k++) {
        probe *p = &probes[k];
        const citizen *me = &crowd[p->who];
        if (me->stage != WALKING || !p->listed) continue;
        for (int i = 0; i < asked.citizens; i++) {
            const citizen *c = &crowd[i];
            glimpse *g = &p->glimpses[i];
            bool near = i != p->who && c->kind != FLOODING && c->stage == WALKING && shares_hall(me, i) &&
                        near_cells(cell_of(c->x, c->z), p->cell);
            if (near && g->near_at && measuring) {
                double age = unseen_for(g, &traces[i], now);
                if (age > seen.unseen_ms) seen.unseen_ms = age;
                if (age > 1000) seen.unseen++;
            }
            g->near_at = !near ? 0 : g->near_at ? g->near_at : now;
        }
        for (int cell = 0; cell < ground.columns * ground.rows; cell++) {
            if (way_to_cell(me, cell) > ground.view_m) {
                p->listed[cell] = 0, p->listed_tick[cell] = 0;
            } else if (!p->listed[cell]) {
                p->listed[cell] = now;
            } else if (measuring) {
                double age = (double)(now - p->listed[cell]) / 1e6;
                if (age > seen.list_age_ms) seen.list_age_ms = age;
            }
        }
    }
}

#endif
