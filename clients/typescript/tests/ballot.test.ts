// A ballot's id is the same letters as the city's own code makes of these bits, and new each time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ballotId } from "../src/ballot.ts";

test("bits are written as base32 without padding, in the one way that the city takes", () => {
  assert.equal(ballotId(new Uint8Array(16)), "A".repeat(26));
  assert.equal(ballotId(new Uint8Array(16).fill(255)), `${"7".repeat(25)}4`);
  assert.equal(ballotId(new TextEncoder().encode("1234567890123456")), "GEZDGNBVGY3TQOJQGEZDGNBVGY");
});

test("an id is made of 16 bytes, and is another each time", () => {
  assert.throws(() => ballotId(new Uint8Array(15)), RangeError);
  const made = new Set(Array.from({ length: 100 }, () => ballotId()));
  assert.equal(made.size, 100);
  for (const id of made) assert.match(id, /^[A-Z2-7]{25}[AEIMQUY4]$/);
});
