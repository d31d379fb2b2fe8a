// The plaza on Colyseus 0.18: one room, a map of players, patches every 100 ms.
//   node server.mjs all    every client is sent the whole map (one encoding, shared by all)
//   node server.mjs view   every client has a StateView of the players near it
// Prints the port it listens on, and ends with its parent's pipe.
import { defineRoom, defineServer, Room } from "@colyseus/core";
import { Encoder, schema, StateView, t } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { createServer } from "node:http";

const mode = process.argv[2];
if (mode !== "all" && mode !== "view") {
  console.error("usage: node server.mjs all|view");
  process.exit(2);
}

const PATCH_MS = 100;
const UNITS_PER_METRE = 100; // as Madang's wire: centimetres in a u16
const NEAR_CM = 25 * UNITS_PER_METRE; // about the area of Madang's nine near cells
const LEAVE_CM = 28 * UNITS_PER_METRE; // so that nobody flickers at the edge
const VIEW_ROUNDS = 5; // a fifth of the clients per patch: each view is renewed twice a second
const SQUARE_CM = LEAVE_CM; // side of the squares in which neighbours are looked up

// Both warned about and asked for by the library when the state outgrows its 16 KiB.
Encoder.BUFFER_SIZE = 4 * 1024 * 1024;

const Player = schema({ x: t.uint16(), z: t.uint16(), yaw: t.uint8(), stance: t.uint8() }, "Player");
const players = t.map(Player);
const Plaza = schema({ players: mode === "view" ? players.view() : players }, "Plaza");

class PlazaRoom extends Room {
  state = new Plaza();
  patchRate = PATCH_MS;

  onCreate() {
    this.onMessageBytes("pose", (client, bytes) => {
      const player = client.userData;
      player.x = Math.round(bytes.readFloatLE(0) * UNITS_PER_METRE);
      player.z = Math.round(bytes.readFloatLE(8) * UNITS_PER_METRE);
      player.yaw = bytes[13]; // the high byte of a u16, as on Madang's wire
      player.stance = bytes[14];
    });
    if (mode === "view") {
      this.round = 0;
      this.setSimulationInterval(() => this.renewViews(), PATCH_MS);
    }
  }

  onJoin(client, options) {
    const player = new Player().assign({ x: options.x, z: options.z, yaw: 0, stance: 0 });
    client.userData = player;
    this.state.players.set(client.sessionId, player);
    if (mode === "view") {
      client.view = new StateView();
      client.view.add(player);
      client.near = new Set();
    }
  }

  onLeave(client) {
    this.state.players.delete(client.sessionId);
    client.view?.dispose();
  }

  // Who came near is added and who left is removed, found by squares rather than by every pair.
  renewViews() {
    const squares = new Map();
    for (const client of this.clients) {
      const { x, z } = client.userData;
      const square = Math.floor(x / SQUARE_CM) * 1000 + Math.floor(z / SQUARE_CM);
      const members = squares.get(square);
      if (members) members.push(client.userData);
      else squares.set(square, [client.userData]);
    }
    this.round = (this.round + 1) % VIEW_ROUNDS;
    for (let i = this.round; i < this.clients.length; i += VIEW_ROUNDS) {
      this.renewView(this.clients[i], squares);
    }
  }

  renewView(client, squares) {
    const { userData: own, near, view } = client;
    const seen = new Set();
    const column = Math.floor(own.x / SQUARE_CM);
    const row = Math.floor(own.z / SQUARE_CM);
    for (let c = column - 1; c <= column + 1; c++) {
      for (let r = row - 1; r <= row + 1; r++) {
        for (const other of squares.get(c * 1000 + r) ?? []) {
          if (other === own) continue;
          const distance = Math.hypot(other.x - own.x, other.z - own.z);
          if (distance <= NEAR_CM || (distance <= LEAVE_CM && near.has(other))) seen.add(other);
        }
      }
    }
    for (const other of near) if (!seen.has(other)) view.remove(other);
    for (const other of seen) if (!near.has(other)) view.add(other);
    client.near = seen;
  }
}

const http = createServer();
const server = defineServer({
  rooms: { plaza: defineRoom(PlazaRoom) },
  transport: new WebSocketTransport({ server: http }),
  greet: false,
});
await server.listen(0, "127.0.0.1");
console.log(`port ${http.address().port}`);
process.stdin.on("end", () => process.exit(0)).resume();
