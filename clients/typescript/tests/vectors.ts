// The byte vectors that were made by hand for the wire, as the Python tests read them.
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../../../tests/protocol/vectors/", import.meta.url);

export interface Vector {
  name: string;
  from: "client" | "server";
  bytes: Uint8Array;
  items: Record<string, unknown>[];
}

export const VECTORS: Vector[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((file) => {
    const { from, hex, value } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
    const digits = hex.map((line: string) => line.split("|")[0]).join("");
    return {
      name: file.replace(/\.json$/, ""),
      from,
      bytes: Uint8Array.from(Buffer.from(digits.replace(/\s/g, ""), "hex")),
      items: Array.isArray(value) ? value : [value],
    };
  });
