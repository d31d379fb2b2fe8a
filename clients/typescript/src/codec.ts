// Bytes to what they say, and back: MessagePack, with the pose lane's exts left as bytes.
import { decode, ExtData, ExtensionCodec, encode } from "@msgpack/msgpack";
import { ProtocolError } from "./faults.ts";

/** A message of the control lane. */
export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A message of the pose lane, still as its bytes. */
export interface Ext {
  readonly ext: number;
  readonly data: Uint8Array;
}

export const POSE_EXT = 1;
export const FRAME_EXT = 2;
export const TILES_EXT = 3;

// Without this the library would read ext -1 as a date, which is no word of the language.
const plain = new ExtensionCodec();
plain.register({ type: -1, encode: () => null, decode: (data) => new ExtData(-1, data) });

export function pack(message: object): Uint8Array<ArrayBuffer> {
  return encode(message, { ignoreUndefined: true });
}

/** What one WebSocket message says, in its order; raises ProtocolError. */
export function unpack(data: Uint8Array): (Message | Ext)[] {
  let value: unknown;
  try {
    value = decode(data, { extensionCodec: plain });
  } catch (error) {
    throw new ProtocolError(`no single MessagePack value: ${error}`);
  }
  return (Array.isArray(value) ? value : [value]).map(read);
}

function read(value: unknown): Message | Ext {
  if (value instanceof ExtData) return { ext: value.type, data: bytesOf(value) };
  if (typeof value === "object" && value !== null && typeof (value as Message).type === "string")
    return value as Message;
  throw new ProtocolError("neither a message nor an ext");
}

function bytesOf(value: ExtData): Uint8Array {
  if (value.data instanceof Uint8Array) return value.data;
  throw new ProtocolError("an ext without bytes");
}

export function isExt(value: Message | Ext): value is Ext {
  return !("type" in value);
}
