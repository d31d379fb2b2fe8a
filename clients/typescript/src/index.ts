// The SDK of Madang: what a program needs to be a citizen.
export { socketUrl } from "./address.ts";
export { ballotId } from "./ballot.ts";
export { Cards } from "./cards.ts";
export { type AskOptions, Client, connect, type Options } from "./client.ts";
export { Lost, Parted, ProtocolError, type RefusalCode, Refused, Unreachable } from "./faults.ts";
export { type BringOptions, type Brought, Files } from "./files.ts";
export type * as Words from "./generated/words.ts";
export type {
  Avatar,
  AvatarCard,
  CitizenCard,
  CityCard,
  Commands,
  Counts,
  DistrictCard,
  ExhibitCard,
  Facts,
  Goodbye,
  Limits,
  Place,
  PortalCard,
  Text,
  Welcome,
  ZoneCard,
} from "./generated/words.ts";
export { FINGERPRINT, PROTOCOL, REFUSALS } from "./generated/words.ts";
export type { Halls, Seat } from "./halls.ts";
export type { Fact, Heard, State, StateChange } from "./listeners.ts";
export { Crowd, type Other, Picture } from "./picture.ts";
export { type Pose, STANCE, type Tile } from "./poses.ts";
export type { Backoff, SocketConstructor, SocketLike, Surroundings } from "./surroundings.ts";
export { POSE_HZ, RUNNING_M_S, WALKING_M_S, type WalkEnd, Walker } from "./walker.ts";
