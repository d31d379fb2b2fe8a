/* The bytes of the wire: WebSocket heads, MessagePack read in place, MessagePack written; shared by the driver and the floor. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { OP_CONTINUED = 0, OP_TEXT = 1, OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };
enum { EXT_POSE = 1, EXT_FRAME = 2 };
enum { BLOCK_BEGINS = 1, BLOCK_ENDS = 2, BLOCK_GONE = 4, ENTRY_BYTES = 10 };

static inline uint16_t big16(const uint8_t *b) { return (uint16_t)(b[0] << 8 | b[1]); }
static inline uint32_t big32(const uint8_t *b) { return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]; }
static inline uint64_t big64(const uint8_t *b) { return (uint64_t)big32(b) << 32 | big32(b + 4); }
static inline uint16_t little16(const uint8_t *b) { uint16_t v; memcpy(&v, b, 2); return v; }
static inline uint32_t little32(const uint8_t *b) { uint32_t v; memcpy(&v, b, 4); return v; }

/* ---- WebSocket ---- */

typedef struct {
    uint8_t opcode;
    bool fin;
    const uint8_t *mask;      /* four bytes, or NULL */
    const uint8_t *payload;
    uint64_t length;
    uint64_t whole;           /* head and payload together */
} ws_frame;

/* The frame at the head of `size` bytes; false while its head is not whole (`whole` then says nothing). */
static inline bool ws_read_head(const uint8_t *bytes, uint64_t size, ws_frame *frame) {
    if (size < 2) return false;
    uint64_t head = 2, length = bytes[1] & 0x7f;
    if (length == 126) {
        if (size < 4) return false;
        length = big16(bytes + 2), head = 4;
    } else if (length == 127) {
        if (size < 10) return false;
        length = big64(bytes + 2), head = 10;
    }
    frame->mask = NULL;
    if (bytes[1] & 0x80) {
        if (size < head + 4) return false;
        frame->mask = bytes + head, head += 4;
    }
    frame->fin = bytes[0] & 0x80;
    frame->opcode = bytes[0] & 0x0f;
    frame->payload = bytes + head;
    frame->length = length;
    frame->whole = head + length;
    return true;
}

/* Writes a head for `length` bytes; `key` is the mask of a client, NULL for a server. Returns the head's size. */
static inline size_t ws_write_head(uint8_t *out, uint8_t opcode, size_t length, const uint8_t *key) {
    size_t head = 2;
    uint8_t masked = key ? 0x80 : 0;
    out[0] = 0x80 | opcode;
    if (length < 126) {
        out[1] = masked | (uint8_t)length;
    } else if (length < 65536) {
        out[1] = masked | 126, out[2] = (uint8_t)(length >> 8), out[3] = (uint8_t)length, head = 4;
    } else {
        out[1] = masked | 127, head = 10;
        for (int i = 0; i < 8; i++) out[2 + i] = (uint8_t)((uint64_t)length >> (56 - 8 * i));
    }
    if (key) memcpy(out + head, key, 4), head += 4;
    return head;
}

static inline void ws_mask(uint8_t *out, const uint8_t *in, size_t length, const uint8_t *key) {
    for (size_t i = 0; i < length; i++) out[i] = in[i] ^ key[i & 3];
}

/* ---- MessagePack, read ---- */

typedef enum { MP_NIL, MP_BOOL, MP_INT, MP_FLOAT, MP_TEXT, MP_ARRAY, MP_MAP, MP_EXT } mp_kind;

typedef struct {
    mp_kind kind;
    int64_t integer;
    double real;              /* of an integer too */
    const uint8_t *bytes;     /* of text, binary, ext; of an array or a map: its first item */
    uint32_t length;          /* bytes, or items, or pairs */
    int8_t ext;
} mp_value;

typedef struct {
    const uint8_t *at, *end;
} mp_reader;

static inline bool mp_take(mp_reader *r, size_t n, const uint8_t **bytes) {
    if ((size_t)(r->end - r->at) < n) return false;
    *bytes = r->at, r->at += n;
    return true;
}

static inline bool mp_number(mp_reader *r, int size, bool is_signed, mp_value *v) {
    const uint8_t *b;
    if (!mp_take(r, (size_t)size, &b)) return false;
    uint64_t raw = 0;
    for (int i = 0; i < size; i++) raw = raw << 8 | b[i];
    v->integer = (int64_t)raw;
    if (is_signed && size < 8 && raw >> (8 * size - 1)) v->integer = (int64_t)(raw - (1ULL << (8 * size)));
    v->kind = MP_INT, v->real = (double)v->integer;
    return true;
}

static inline bool mp_sized(mp_reader *r, int size, uint32_t *length) {
    const uint8_t *b;
    if (!mp_take(r, (size_t)size, &b)) return false;
    *length = size == 1 ? b[0] : size == 2 ? big16(b) : big32(b);
    return true;
}

static inline bool mp_bytes(mp_reader *r, mp_kind kind, uint32_t length, mp_value *v) {
    v->kind = kind, v->length = length;
    return mp_take(r, length, &v->bytes);
}

static inline bool mp_ext(mp_reader *r, uint32_t length, mp_value *v) {
    const uint8_t *type;
    if (!mp_take(r, 1, &type)) return false;
    v->ext = (int8_t)*type;
    return mp_bytes(r, MP_EXT, length, v);
}

static inline bool mp_items(mp_reader *r, mp_kind kind, uint32_t count, mp_value *v) {
    v->kind = kind, v->length = count, v->bytes = r->at;
    return true;
}

/* Reads one value; of an array or a map only its head, its items follow. False: the bytes are no MessagePack. */
static inline bool mp_read(mp_reader *r, mp_value *v) {
    const uint8_t *head;
    if (!mp_take(r, 1, &head)) return false;
    uint8_t h = *head;
    uint32_t n;
    if (h < 0x80) { v->kind = MP_INT, v->integer = h, v->real = h; return true; }
    if (h < 0x90) return mp_items(r, MP_MAP, h & 15, v);
    if (h < 0xa0) return mp_items(r, MP_ARRAY, h & 15, v);
    if (h < 0xc0) return mp_bytes(r, MP_TEXT, h & 31, v);
    if (h >= 0xe0) { v->kind = MP_INT, v->integer = (int8_t)h, v->real = (double)v->integer; return true; }
    switch (h) {
    case 0xc0: v->kind = MP_NIL; return true;
    case 0xc2: case 0xc3: v->kind = MP_BOOL, v->integer = h & 1; return true;
    case 0xc4: case 0xc5: case 0xc6: return mp_sized(r, 1 << (h - 0xc4), &n) && mp_bytes(r, MP_TEXT, n, v);
    case 0xc7: case 0xc8: case 0xc9: return mp_sized(r, 1 << (h - 0xc7), &n) && mp_ext(r, n, v);
    case 0xca: {
        if (!mp_number(r, 4, false, v)) return false;
        uint32_t bits = (uint32_t)v->integer;
        float f;
        memcpy(&f, &bits, 4), v->kind = MP_FLOAT, v->real = f;
        return true;
    }
    case 0xcb: {
        if (!mp_number(r, 8, false, v)) return false;
        memcpy(&v->real, &v->integer, 8), v->kind = MP_FLOAT;
        return true;
    }
    case 0xcc: case 0xcd: case 0xce: case 0xcf: return mp_number(r, 1 << (h - 0xcc), false, v);
    case 0xd0: case 0xd1: case 0xd2: case 0xd3: return mp_number(r, 1 << (h - 0xd0), true, v);
    case 0xd4: case 0xd5: case 0xd6: case 0xd7: case 0xd8: return mp_ext(r, 1u << (h - 0xd4), v);
    case 0xd9: case 0xda: case 0xdb: return mp_sized(r, 1 << (h - 0xd9), &n) && mp_bytes(r, MP_TEXT, n, v);
    case 0xdc: case 0xdd: return mp_sized(r, 2 << (h - 0xdc), &n) && mp_items(r, MP_ARRAY, n, v);
    case 0xde: case 0xdf: return mp_sized(r, 2 << (h - 0xde), &n) && mp_items(r, MP_MAP, n, v);
    default: return false;
    }
}

/* Passes over one whole value, whatever it nests (at most 16 deep, as the language has it). */
static inline bool mp_skip(mp_reader *r, int depth) {
    mp_value v;
    if (depth > 16 || !mp_read(r, &v)) return false;
    uint64_t items = v.kind == MP_MAP ? 2ULL * v.length : v.kind == MP_ARRAY ? v.length : 0;
    for (; items; items--)
        if (!mp_skip(r, depth + 1)) return false;
    return true;
}

/* The value under `key` in `map`; when it is itself a map or an array, `value->bytes` is where its items begin. */
static inline bool mp_find(const mp_value *map, const uint8_t *end, const char *key, mp_value *value) {
    mp_reader r = {map->bytes, end};
    size_t size = strlen(key);
    for (uint32_t i = 0; i < map->length; i++) {
        mp_value name;
        if (!mp_read(&r, &name)) return false;
        if (name.kind == MP_TEXT && name.length == size && !memcmp(name.bytes, key, size)) return mp_read(&r, value);
        if (!mp_skip(&r, 0)) return false;
    }
    return false;
}

static inline bool mp_is(const mp_value *v, const char *text) {
    return v->kind == MP_TEXT && v->length == strlen(text) && !memcmp(v->bytes, text, v->length);
}

/* ---- MessagePack, written ---- */

typedef struct {
    uint8_t bytes[8192];
    size_t length;
} mp_message;

static inline void mp_put(mp_message *m, const void *bytes, size_t n) {
    if (m->length + n <= sizeof m->bytes) memcpy(m->bytes + m->length, bytes, n), m->length += n;
}

static inline void mp_put_byte(mp_message *m, uint8_t b) { mp_put(m, &b, 1); }
static inline void mp_put_map(mp_message *m, int pairs) { mp_put_byte(m, 0x80 | (uint8_t)pairs); }

static inline void mp_put_text(mp_message *m, const char *text) {
    size_t n = strlen(text);
    if (n < 32) mp_put_byte(m, 0xa0 | (uint8_t)n);
    else mp_put_byte(m, 0xda), mp_put_byte(m, (uint8_t)(n >> 8)), mp_put_byte(m, (uint8_t)n);
    mp_put(m, text, n);
}

static inline void mp_put_wide(mp_message *m, uint8_t head, uint64_t bits) {
    mp_put_byte(m, head);
    for (int shift = 56; shift >= 0; shift -= 8) mp_put_byte(m, (uint8_t)(bits >> shift));
}

static inline void mp_put_int(mp_message *m, int64_t value) {
    if (value >= 0 && value < 128) mp_put_byte(m, (uint8_t)value);
    else mp_put_wide(m, 0xd3, (uint64_t)value);
}

static inline void mp_put_real(mp_message *m, double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    mp_put_wide(m, 0xcb, bits);
}

#endif
