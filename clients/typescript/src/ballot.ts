// What a secret ballot is called: 128 bits that are made here and nowhere else, as 26 letters that are the receipt.
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BYTES = 16;

/** A new id for one ballot, for `live_qa.cast`: base32 (RFC 4648) without padding. Keep it: it is the voter's receipt. */
export function ballotId(bytes: Uint8Array = crypto.getRandomValues(new Uint8Array(BYTES))): string {
  if (bytes.length !== BYTES) throw new RangeError(`an id is made of ${BYTES} bytes`);
  let id = "";
  let kept = 0;
  let bits = 0;
  for (const byte of bytes) {
    kept = (kept << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) id += LETTERS[(kept >> (bits - 5)) & 31];
    kept &= (1 << bits) - 1;
  }
  return id + LETTERS[(kept << (5 - bits)) & 31];
}
