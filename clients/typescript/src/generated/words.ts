// The words of Madang's language. Made by `madang protocol typescript`; not edited by hand.

export const PROTOCOL = 1;

export const SUBPROTOCOL = "madang.v1";

export const FINGERPRINT = "13a3351680c844d3";

/** The client has every fact up to `n`. */
export interface Ack {
  type: "ack";
  n: number;
}

/** WGS84 degrees of the district's north-west corner. */
export interface Anchor {
  lat: number;
  lon: number;
}

/** What is announced; it stands until `until`, or until it was withdrawn. */
export interface Announcement {
  announcement: string;
  scope: string;
  level: "notice" | "warning" | "emergency";
  text: Text;
  at: number;
  until: number;
  withdrawn_at?: number | null | undefined;
}

/** A page of announcements, the newest first; `ready` stands on the first, for who may announce. */
export interface AnnouncementList {
  announcements: Announcement[];
  ready: ReadyAnnouncement[];
  next?: string | null | undefined;
}

/** The announcement's name. */
export interface AnnouncementMade {
  announcement: string;
}

/** Tell everyone in a scope. */
export interface AnnouncementsAnnounce {
  scope: string;
  level?: "notice" | "warning" | "emergency" | undefined;
  text: Text;
  until: number;
}

/** An announcement, as it is now: made, or withdrawn. */
export interface AnnouncementsChanged {
  type: "announcements.changed";
  n: number;
  at: number;
  announcement: Announcement;
}

/** What stands, in the whole city; or all that was ever announced. */
export interface AnnouncementsList {
  which?: "standing" | "all" | undefined;
  after?: string | null | undefined;
}

/** End an announcement before its time. */
export interface AnnouncementsWithdraw {
  announcement: string;
}

/** The appeal's number at the desk, and by when it is answered. */
export interface AppealNumber {
  appeal: string;
  answer_by: number;
}

/** An appeal; `answer_by` is when it is to be decided, `by` who did so, which only the desk is told. */
export interface AppealRow {
  state: "open" | "upheld" | "shortened" | "lifted";
  text: string;
  at: number;
  answer_by?: number | null | undefined;
  claimed_by?: string | null | undefined;
  claimed_until?: number | null | undefined;
  words?: string | null | undefined;
  by?: string | null | undefined;
  decided_at?: number | null | undefined;
}

/** Who asked. */
export interface AskerIdentity {
  citizen: string;
  name: string;
  level: number;
}

/** Arrive on the free public ground nearest to this place. */
export interface AtPlace {
  x: number;
  z: number;
}

/** Arrive where this portal of the district stands. */
export interface AtPortal {
  portal: string;
}

/** Arrive inside this zone. */
export interface AtZone {
  zone: string;
}

/** What an attendee is shown. */
export interface AudienceView {
  session: QuestionTime;
  now?: Question | null | undefined;
  next: Question[];
  questions: Question[];
  next_page?: string | null | undefined;
  mine: OwnQuestion[];
  hand?: OwnHand | null | undefined;
  floor?: Turn | null | undefined;
  poll?: Poll | null | undefined;
}

/** Acts, the newest first. */
export interface AuditPage {
  acts: AuditRow[];
  next?: string | null | undefined;
}

/** One act: who did what to whom, where, why, until when; `office` is by what right. */
export interface AuditRow {
  at: number;
  by: string;
  office?: string | null | undefined;
  act: string;
  citizen?: string | null | undefined;
  case?: string | null | undefined;
  scope?: string | undefined;
  kind?: string | null | undefined;
  reason?: string | null | undefined;
  words?: string | null | undefined;
  until?: number | null | undefined;
}

/** How a citizen looks: a model's name and a tint, which clients draw. */
export interface Avatar {
  model: string;
  tint?: number | null | undefined;
}

/** The citizen behind a slot; `away` where their connection broke and they may be back. */
export interface AvatarCard {
  slot: number;
  citizen: string;
  name: string;
  roles: string[];
  avatar?: Avatar | null | undefined;
  away?: boolean | null | undefined;
}

/** Those of the asked slots that the citizen can see. */
export interface AvatarCards {
  avatars: AvatarCard[];
}

/** Look different; those near are told by `avatar.changed`. */
export interface AvatarChange {
  avatar: Avatar;
}

/** Someone near looks different now, or holds other roles, which are told where they changed. */
export interface AvatarChanged {
  type: "avatar.changed";
  n: number;
  at: number;
  slot: number;
  name: string;
  avatar?: Avatar | null | undefined;
  roles?: string[] | null | undefined;
}

/** Make a gesture: it overrides the stance that others see for 3 s. */
export interface AvatarEmote {
  emote: number;
}

/** Your last step was not valid: you stand here. */
export interface AvatarMovedBack {
  type: "avatar.moved_back";
  x: number;
  y: number;
  z: number;
  yaw: number;
  reason: "too_fast" | "blocked" | "not_allowed" | "moderator";
}

/** How others see you from now on: plainly until `until`, as the shield has it; without `until` as you chose. */
export interface AvatarShown {
  type: "avatar.shown";
  n: number;
  at: number;
  avatar?: Avatar | null | undefined;
  until?: number | null | undefined;
}

/** Ask who is behind slots in view; at most twice a second. */
export interface AvatarWho {
  slots: number[];
}

/** Captions in a language, or sign language: then `where` says where it is to be seen. */
export interface CaptionChannel {
  channel: string;
  kind: "captions" | "sign";
  is_open: boolean;
  where?: Text | null | undefined;
}

/** A line of captions by its number in its channel; of one that was struck the words are gone. */
export interface CaptionLine {
  line: number;
  at: number;
  text: string;
  is_struck?: boolean | undefined;
}

/** A page of captions; with `last` the newest alone. */
export interface CaptionPage {
  lines: CaptionLine[];
  next?: string | null | undefined;
}

/** What a moderator wrote beside a case, for the desk alone. */
export interface CaseNote {
  by: string;
  at: number;
  text: string;
}

/** Where the petition stands after it. */
export interface Changed {
  petition: string;
  state: string;
  number?: string | null | undefined;
  due_at?: number | null | undefined;
}

/** The last lines of a channel. */
export interface ChannelLines {
  channel: string;
  lines: CaptionLine[];
}

/** A line of chat as it was seen. */
export interface ChatLine {
  citizen: string;
  name: string;
  text: string;
  at: number;
  message?: string | null | undefined;
}

/** Someone said a line. */
export interface ChatSaid {
  type: "chat.said";
  n: number;
  at: number;
  message: string;
  from: Speaker;
  to: "nearby" | "zone" | "district" | "citizen" | "staff";
  text: string;
}

/** Say a line of text. */
export interface ChatSay {
  text: string;
  to: "nearby" | "zone" | "district" | "citizen" | "staff";
  citizen?: string | null | undefined;
}

/** Who the city takes the client for; `id` is opaque and made by the city. */
export interface CitizenCard {
  id: string;
  name: string;
  roles: string[];
  grants: string[];
  level: number;
}

/** You hold other roles or grants than before: your card as in the welcome, which it replaces. `may_enter`: which zones of the district where you are let you in from now on. */
export interface CitizenChanged {
  type: "citizen.changed";
  n: number;
  at: number;
  citizen: CitizenCard;
  may_enter?: string[] | null | undefined;
}

/** The city as the welcome shows it. */
export interface CityCard {
  id: string;
  name: Text;
  districts: DistrictCard[];
  services: string[];
}

/** Until when the case is yours. */
export interface Claimed {
  until: number;
}

/** What everyone sees who has a part in it: the run sheet, and what alarms. */
export interface CrewView {
  session: QuestionTime;
  run_sheet: RunSheetLine[];
  sheet_version?: number | undefined;
  alarms: Text[];
}

/** A line of the run sheet as it is planned; `cue` names one that is there already. */
export interface CuePlan {
  cue?: number | null | undefined;
  at: number;
  lasts_s: number;
  text: Text;
  who: Text;
  is_public?: boolean | undefined;
}

/** A question at the moderation desk; commands carry its `version`. */
export interface DeskQuestion {
  question: number;
  version: number;
  state: "pending" | "held" | "open" | "merged" | "next" | "now" | "answered" | "deferred" | "answered_later" | "unanswered" | "dismissed" | "withdrawn";
  text: string;
  original?: string | null | undefined;
  by: Text;
  author: string;
  level: number;
  is_author_muted?: boolean | undefined;
  category?: string | null | undefined;
  language?: string | null | undefined;
  asked_at: number;
  backers: number;
  claimed_by?: string | null | undefined;
  claimed_until?: number | null | undefined;
  marks: string[];
  labels: QuestionLabel[];
  hold_reason?: string | null | undefined;
  dismissal?: string | null | undefined;
  merged_into?: number | null | undefined;
  members: number[];
  wants_split?: boolean | undefined;
  similar: SimilarQuestion[];
}

/** A district as the welcome lists it. */
export interface DistrictCard {
  id: string;
  name: Text;
  open: boolean;
  population: number;
}

/** For who runs the district: a mirror's people get seats in its other halls; it opens again when those are full. */
export interface DistrictCloseHall {
  district: string;
  hall: number;
}

/** How many are in the district, in each of its halls where it has several, and at how many frames a second. */
export interface DistrictCrowd {
  type: "district.crowd";
  district: string;
  population: number;
  tick_hz: number;
  halls?: number[] | null | undefined;
  hall_seats?: number | null | undefined;
}

/** Go into a district; without `at`, to one of its spawns. Into a hall, or beside someone who was near just now. */
export interface DistrictEnter {
  district: string;
  at?: AtPortal | AtZone | AtPlace | null | undefined;
  hall?: number | null | undefined;
  beside?: string | null | undefined;
}

/** You are inside this zone now. */
export interface DistrictEnteredZone {
  type: "district.entered_zone";
  n: number;
  at: number;
  zone: string;
}

/** You are no longer inside this zone. */
export interface DistrictLeftZone {
  type: "district.left_zone";
  n: number;
  at: number;
  zone: string;
}

/** You wait before a full district: your place in the line from 1, and how long it may take. */
export interface DistrictQueue {
  type: "district.queue";
  district: string;
  place: number;
  wait_ms?: number | null | undefined;
}

/** You are in another hall of the district now, where you stood: yours was closed. */
export interface DistrictReseated {
  type: "district.reseated";
  n: number;
  at: number;
  district: string;
  hall: number;
}

/** A place that is open only while enough of its staff are there: whether it is now, and why; to whom it admits. */
export interface DistrictSupervised {
  type: "district.supervised";
  n: number;
  at: number;
  place: string;
  name: Text;
  zones: string[];
  state: "open" | "closing" | "closed";
  may_enter: boolean;
  text: Text;
  until?: number | null | undefined;
}

/** A command was carried out. */
export interface Done {
  type: "done";
  id: number;
  result?: { [word: string]: unknown } | null | undefined;
}

/** Until when the draft is kept. */
export interface DraftSaved {
  petition: string;
  saved_until: number;
}

/** A due date with its cause: `receipt`, `supplement`, `extension`, a pause, `transfer`, `calendar`, `outage`. */
export interface DueCard {
  due_at: number;
  cause: string;
}

/** What the reporter had seen and heard when they reported. */
export interface EvidenceShown {
  report: string;
  lines: ChatLine[];
  tracks: Track[];
  avatar?: string | null | undefined;
  language?: string | null | undefined;
}

/** A thing that shows something. */
export interface ExhibitCard {
  id: string;
  name: Text;
  x: number;
  z: number;
  text: Text;
  link?: string | null | undefined;
}

/** Why a connection ends. */
export type Farewell = "bye" | "draining" | "handshake_timeout" | "bad_protocol" | "bad_message" | "too_long" | "bad_token" | "kicked" | "banned" | "idle" | "superseded" | "flooding" | "too_slow" | "full" | "internal";

/** A file that is attached: its name, what it is by its content, how long. Read it over HTTP. */
export interface FileCard {
  file: string;
  name: string;
  kind: string;
  bytes: number;
}

/** It has arrived: `receive_by` is the latest time of its receipt, `token` shows its state without a login. */
export interface Filed {
  petition: string;
  token: string;
  arrived_at: number;
  receive_by: number;
}

/** What one follows from now on, each with its last lines. */
export interface Following {
  channels: ChannelLines[];
}

/** An office that the reader may give where they asked; `longest_s`: for how long, None with the event. */
export interface GivableOffice {
  office: string;
  name: Text;
  longest_s?: number | null | undefined;
}

/** An office that was given; it stands while `ended_at` is missing and `until` is to come. `word`: the role, or the grant as `grant:NAME`, that it is in the citizen's card. `called`: by what name they were known when it was given, to those who give it. */
export interface GivenOffice {
  given: string;
  office: string;
  name: Text;
  word: string;
  scope: string;
  citizen: string;
  called?: string | null | undefined;
  by: string;
  at: number;
  until: number;
  is_of_event: boolean;
  words?: string | null | undefined;
  ended_at?: number | null | undefined;
  why?: "time" | "taken_back" | "laid_down" | null | undefined;
  ended_by?: string | null | undefined;
  end_words?: string | null | undefined;
}

/** Told before every close, by either side. */
export interface Goodbye {
  type: "goodbye";
  code: Farewell;
  message: string;
  retry?: "now" | "later" | "never" | undefined;
  after_ms?: number | null | undefined;
}

/** All that a form needs: kinds, departments, types, bodies, reasons and states, each with its names. */
export interface GuideShown {
  kinds: ({ [word: string]: unknown })[];
  departments: ({ [word: string]: unknown })[];
  types: ({ [word: string]: unknown })[];
  bodies: ({ [word: string]: unknown })[];
  reasons: { [word: string]: ({ [word: string]: unknown })[] };
  states: ({ [word: string]: unknown })[];
}

/** How many got other seats. */
export interface HallClosed {
  reseated: number;
}

/** A raised hand as hosts and floor managers see it; the queue's key is (times, lane, raised_at). */
export interface Hand {
  citizen: string;
  name: string;
  times: number;
  lane: "need" | "hall" | "away";
  raised_at: number;
  question?: number | null | undefined;
  language?: string | null | undefined;
  is_skipped?: boolean | undefined;
  is_away?: boolean | undefined;
  is_ready?: boolean | undefined;
  step?: "waiting" | "on_deck" | "invited" | "on_stage" | "lowered" | undefined;
}

/** A line that waits for a moderator; `history` counts the writer's earlier sanctions by kind. */
export interface HeldRow {
  held: string;
  citizen: string;
  name: string;
  text: string;
  to: "nearby" | "zone" | "district" | "citizen" | "staff";
  scope: string;
  marks: string[];
  reason: "sanction" | "words" | "link" | "phone" | "new" | "repeated" | "mentions";
  context: ChatLine[];
  history: { [word: string]: number };
  at: number;
  expires_at: number;
  state: "waiting" | "approved" | "edited" | "refused" | "expired";
  claimed_by?: string | null | undefined;
  claimed_until?: number | null | undefined;
}

/** The client's first message, within 5 s. */
export interface Hello {
  type: "hello";
  protocol: number;
  token?: string | null | undefined;
  ticket?: string | null | undefined;
  name?: string | null | undefined;
  locale?: string | null | undefined;
  avatar?: Avatar | null | undefined;
  client?: string | null | undefined;
  resume?: Resume | null | undefined;
}

/** One step of a case: what was done, when, by whom (`petitioner`, `signer`, `staff`, `timer`), told to people. `message` says it in the city's words; `about` holds the step's own values for programs, and what was written. `files`: what was attached to it. */
export interface HistoryCard {
  step: number;
  what: string;
  when: number;
  by: string;
  message: Text;
  about: { [word: string]: unknown };
  files?: FileCard[] | null | undefined;
}

/** A day that the operator makes a holiday, with its name. */
export interface Holiday {
  day: string;
  name: string;
}

/** What the one who leads sees. */
export interface HostView {
  session: QuestionTime;
  run_sheet: RunSheetLine[];
  hands: Hand[];
  floor?: Turn | null | undefined;
  invited?: string | null | undefined;
  on_deck?: string | null | undefined;
  is_deck_ready?: boolean | undefined;
  open?: number | undefined;
  pending?: number | undefined;
  held?: number | undefined;
  oldest_pending_s?: number | undefined;
  joint?: JointRequest | null | undefined;
  alarms: Text[];
  sheet_version?: number | undefined;
}

/** One thing that is missing, with the article that asks for it. */
export interface Item {
  what: string;
  article: string;
}

/** What one person asked for the whole venue, and until when a second may confirm it. */
export interface JointRequest {
  action: "stop" | "resume" | "end" | "mute" | "unmute";
  by: string;
  until: number;
}

/** `asked`: a second person has until `until` to ask the same; `done`: it is so. */
export interface JointState {
  state: "asked" | "done";
  until?: number | null | undefined;
}

/** What the ladder proposes next for someone; a person decides. */
export interface LadderStep {
  kind: "note" | "warn" | "slow" | "hold" | "mute" | "freeze" | "kick" | "ban";
  lasts_s: number;
}

/** The limits that a client should keep; 0 means no limit. */
export interface Limits {
  max_message_bytes: number;
  pose_hz: number;
  speed_m_s: number;
  commands_per_s: number;
  chat_length: number;
}

/** Stop, resume, end or mute the whole venue: done when two people ask for it. */
export interface LiveQaActJointly {
  session: string;
  action: "stop" | "resume" | "end" | "mute" | "unmute";
  reason: string;
}

/** Change how a session is run; screening on or off concerns later questions only. */
export interface LiveQaAdjust {
  session: string;
  options: QuestionTimeOptions;
}

/** Go on to a later phase, or to another mode while live. */
export interface LiveQaAdvance {
  session: string;
  phase: "scheduled" | "collecting" | "doors" | "live" | "closing" | "follow_up" | "archived";
  mode?: "opening" | "answering" | "floor" | "poll" | "break" | null | undefined;
}

/** Answered: live with the mark in time, or in writing for one that was deferred or promised an answer. */
export interface LiveQaAnswer {
  session: string;
  question: number;
  version: number;
  text?: string | undefined;
  office?: string | null | undefined;
  recording_offset_s?: number | null | undefined;
}

/** Publish a question, with another wording if need be. */
export interface LiveQaApprove {
  session: string;
  question: number;
  version: number;
  text?: string | null | undefined;
}

/** Ask a question; the audience sees a name per event, or the nickname. */
export interface LiveQaAsk {
  session: string;
  text: string;
  category?: string | null | undefined;
  nickname?: string | null | undefined;
  language?: string | null | undefined;
}

/** Say that one's question was joined with another that asks something else. */
export interface LiveQaAskSplit {
  session: string;
  question: number;
}

/** A line of the run sheet is on from now; the one before it is over. Without `cue` only that. */
export interface LiveQaBeginCue {
  session: string;
  cue?: number | null | undefined;
}

/** One line in the channel that one writes. */
export interface LiveQaCaption {
  session: string;
  channel: string;
  text: string;
}

/** To who follows the channel: a line, or that one was struck. */
export interface LiveQaCaptioned {
  type: "live_qa.captioned";
  n: number;
  at: number;
  session: string;
  channel: string;
  line: CaptionLine;
}

/** What was written in a channel, from its first line on; or only its last lines. */
export interface LiveQaCaptions {
  session: string;
  channel: string;
  last?: boolean | undefined;
  after?: string | null | undefined;
}

/** Take part in a poll, once and for good. The client makes `ballot` and keeps it: it is the receipt. */
export interface LiveQaCast {
  session: string;
  poll: number;
  ballot: string;
  choices: number[];
}

/** Take a question to work on, for a while that every further step renews; or give it back. */
export interface LiveQaClaim {
  session: string;
  question: number;
  version: number;
  on?: boolean | undefined;
  take_over?: boolean | undefined;
}

/** Nobody writes a channel for now. */
export interface LiveQaCloseChannel {
  session: string;
  channel: string;
}

/** Close a poll before its time; then it is counted. */
export interface LiveQaClosePoll {
  session: string;
  poll: number;
}

/** How many stand behind the first questions of the list, as [question, backers]; and how many there are. */
export interface LiveQaCounts {
  type: "live_qa.counts";
  session: string;
  backers: ([number, number])[];
  open: number;
  hands: number;
}

/** A department answers later: the question becomes a petition of its asker. */
export interface LiveQaDefer {
  session: string;
  question: number;
  version: number;
  department: string;
  kind?: "inquiry_law" | "inquiry_procedure" | undefined;
}

/** The desk: what waits, with claims and possible duplicates; what is on stage or next; what came of the others. */
export interface LiveQaDesk {
  session: string;
  which?: "pending" | "held" | "open" | "stage" | "done" | "dismissed" | "merged" | undefined;
  after?: string | null | undefined;
}

/** To moderators and the host: a question, as the desk sees it now. */
export interface LiveQaDeskChanged {
  type: "live_qa.desk_changed";
  n: number;
  at: number;
  session: string;
  question: DeskQuestion;
}

/** Do not publish a question. */
export interface LiveQaDismiss {
  session: string;
  question: number;
  version: number;
  reason: "off_topic" | "personal_data" | "insult" | "duplicate" | "unlawful" | "unclear";
}

/** Plan the run sheet anew; lines that keep their `cue` keep their times. `version` is that of the sheet seen. */
export interface LiveQaEditRunSheet {
  session: string;
  version: number;
  cues: CuePlan[];
}

/** Who speaks from the floor; without a turn nobody does. */
export interface LiveQaFloorChanged {
  type: "live_qa.floor_changed";
  n: number;
  at: number;
  session: string;
  turn?: Turn | null | undefined;
}

/** Hear these channels of a session, and no other of it, for as long as one's line holds; kept nowhere. */
export interface LiveQaFollow {
  session: string;
  channels: string[];
}

/** To hosts and floor managers: a hand, as it is now. */
export interface LiveQaHandChanged {
  type: "live_qa.hand_changed";
  n: number;
  at: number;
  session: string;
  hand: Hand;
}

/** Your hand is down. */
export interface LiveQaHandLowered {
  type: "live_qa.hand_lowered";
  n: number;
  at: number;
  session: string;
}

/** Keep a question for a closer look. */
export interface LiveQaHold {
  session: string;
  question: number;
  version: number;
  reason: "second_opinion" | "personal_data" | "legal";
}

/** To who runs the session: something for the whole venue waits for a second person. */
export interface LiveQaJointlyAsked {
  type: "live_qa.jointly_asked";
  n: number;
  at: number;
  session: string;
  request: JointRequest;
}

/** Put a label on a question, or take it off. */
export interface LiveQaLabel {
  session: string;
  question: number;
  version: number;
  label: string;
  is_public?: boolean | undefined;
  on?: boolean | undefined;
}

/** One view of a session, as it is now. */
export interface LiveQaLook {
  session: string;
  view?: "audience" | "presenter" | "host" | "screen" | "crew" | undefined;
}

/** Lower one's own hand; for who runs the queue: another's, or all. */
export interface LiveQaLowerHand {
  session: string;
  citizen?: string | null | undefined;
  all?: boolean | undefined;
}

/** Join a question with one that asks the same: who stands behind either stands behind both, once. */
export interface LiveQaMerge {
  session: string;
  question: number;
  version: number;
  into: number;
}

/** Add to the minutes; a correction only ever adds. */
export interface LiveQaMinute {
  session: string;
  kind: "mark" | "commitment" | "correction";
  text: string;
  question?: number | null | undefined;
  owner?: string | null | undefined;
  due_at?: number | null | undefined;
}

/** The minutes have a new entry. */
export interface LiveQaMinuted {
  type: "live_qa.minuted";
  n: number;
  at: number;
  session: string;
  minute: Minute;
}

/** Questions of this citizen wait to be looked at more closely, in this session; or no longer. */
export interface LiveQaMute {
  session: string;
  citizen: string;
  reason: string;
  on?: boolean | undefined;
}

/** Your questions wait to be looked at more closely, or no longer; your votes count. */
export interface LiveQaMuted {
  type: "live_qa.muted";
  n: number;
  at: number;
  session: string;
  on: boolean;
  reason: string;
}

/** Write a channel from now on, whoever wrote it before; for sign language say where it is to be seen. */
export interface LiveQaOpenChannel {
  session: string;
  channel: string;
  kind?: "captions" | "sign" | undefined;
  where?: Text | null | undefined;
}

/** Open a poll in mode `poll`; it closes after `lasts_s`. A binding one needs voters who are verified. */
export interface LiveQaOpenPoll {
  session: string;
  question: Text;
  answers: Text[];
  most?: number | undefined;
  is_binding?: boolean | undefined;
  eligible?: "present" | "verified" | "resident" | undefined;
  lasts_s?: number | null | undefined;
  min_ballots?: number | undefined;
  min_share?: number | undefined;
}

/** The order of the list was frozen: these questions, in this order, as far as one message holds them. */
export interface LiveQaOrderChanged {
  type: "live_qa.order_changed";
  n: number;
  at: number;
  session: string;
  order: number[];
}

/** Your question, as you see it now. */
export interface LiveQaOwnChanged {
  type: "live_qa.own_changed";
  n: number;
  at: number;
  session: string;
  question: OwnQuestion;
}

/** Put a question among the next, or make it the one that is answered now, by `office`; or back to the list. */
export interface LiveQaPin {
  session: string;
  question: number;
  version: number;
  to: "next" | "now" | "open";
  office?: string | null | undefined;
}

/** Your place in the queue. */
export interface LiveQaPlace {
  type: "live_qa.place";
  session: string;
  hand: OwnHand;
}

/** A poll is open, closed or counted. */
export interface LiveQaPollChanged {
  type: "live_qa.poll_changed";
  n: number;
  at: number;
  session: string;
  poll: Poll;
}

/** The polls of a session, the newest first. */
export interface LiveQaPolls {
  session: string;
  after?: string | null | undefined;
}

/** A published question, as the audience sees it now. */
export interface LiveQaQuestionChanged {
  type: "live_qa.question_changed";
  n: number;
  at: number;
  session: string;
  question: Question;
}

/** Questions of a session in the order of this citizen's list, or all of one's own. */
export interface LiveQaQuestions {
  session: string;
  which?: "open" | "done" | "mine" | undefined;
  after?: string | null | undefined;
}

/** Ask for the floor; once more with a hand up changes nothing. */
export interface LiveQaRaiseHand {
  session: string;
  lane?: "need" | "hall" | "away" | undefined;
  question?: number | null | undefined;
  language?: string | null | undefined;
}

/** The public record of a session that has ended. */
export interface LiveQaRecord {
  session: string;
  after?: string | null | undefined;
}

/** Sort the frozen list anew. */
export interface LiveQaRefreshOrder {
  session: string;
}

/** An answered question is asked again. */
export interface LiveQaReopen {
  session: string;
  question: number;
  version: number;
}

/** Reserve a seat, or give it back. */
export interface LiveQaReserve {
  session: string;
  on?: boolean | undefined;
}

/** Undo a dismissal: the question waits again. */
export interface LiveQaRestore {
  session: string;
  question: number;
  version: number;
}

/** Learn who asked; it is logged, and the asker is told after the event unless their safety forbids it. */
export interface LiveQaReveal {
  session: string;
  question: number;
  reason: string;
  tell?: boolean | undefined;
}

/** Who you are was looked up: for which of your questions, why and when. */
export interface LiveQaRevealed {
  type: "live_qa.revealed";
  n: number;
  at: number;
  session: string;
  question: number;
  reason: string;
  revealed_at: number;
}

/** To who has a part in running it: the run sheet, as it is now. */
export interface LiveQaRunSheetChanged {
  type: "live_qa.run_sheet_changed";
  n: number;
  at: number;
  session: string;
  run_sheet: RunSheetLine[];
  sheet_version: number;
}

/** Announce a question time. */
export interface LiveQaSchedule {
  title: Text;
  district: string;
  stage: string;
  starts_at: number;
  ends_at: number;
  collects_at?: number | null | undefined;
  doors_at?: number | null | undefined;
  options?: QuestionTimeOptions | undefined;
}

/** Your seat is reserved, or given back. */
export interface LiveQaSeatChanged {
  type: "live_qa.seat_changed";
  n: number;
  at: number;
  session: string;
  on: boolean;
}

/** A session is announced, or goes on. In `follow_up` all that was open, next or now is unanswered. */
export interface LiveQaSessionChanged {
  type: "live_qa.session_changed";
  n: number;
  at: number;
  session: QuestionTime;
}

/** Which question times there are, also past ones. */
export interface LiveQaSessions {
  after?: string | null | undefined;
}

/** Of a question that nobody came to: when it will be answered in writing, or why it will not. */
export interface LiveQaSettle {
  session: string;
  question: number;
  version: number;
  due_at?: number | null | undefined;
  reason?: string | null | undefined;
}

/** From the one who answers to the host: a department will answer, or more time is needed. */
export interface LiveQaSignal {
  session: string;
  wish: "department" | "more_time";
  department?: string | null | undefined;
}

/** To hosts: what the one who answers wishes. */
export interface LiveQaSignalled {
  type: "live_qa.signalled";
  n: number;
  at: number;
  session: string;
  wish: "department" | "more_time";
  department?: string | null | undefined;
}

/** Undo a merge. */
export interface LiveQaSplit {
  session: string;
  question: number;
  version: number;
}

/** Give the floor to someone or the first in the queue, pass over someone, add time, end a turn. */
export interface LiveQaSteerFloor {
  session: string;
  action: "give" | "skip" | "extend" | "end";
  citizen?: string | null | undefined;
}

/** Take the words of a line away: they tell what must not stand there. */
export interface LiveQaStrikeCaption {
  session: string;
  channel: string;
  line: number;
  reason: string;
}

/** Accept an invitation to the stage, or decline it; on deck: say that one's sound is ready. */
export interface LiveQaTakeFloor {
  session: string;
  accept?: boolean | undefined;
}

/** So much of the speaking time is left. */
export interface LiveQaTimeSignalled {
  type: "live_qa.time_signalled";
  n: number;
  at: number;
  session: string;
  left_s: number;
}

/** To you alone: you have taken part in a poll. What you chose nobody knows. */
export interface LiveQaTookPart {
  type: "live_qa.took_part";
  n: number;
  at: number;
  session: string;
  poll: number;
}

/** To you alone: you are on deck, invited, on the stage, on the way back, or seated again. */
export interface LiveQaTurnChanged {
  type: "live_qa.turn_changed";
  n: number;
  at: number;
  session: string;
  step: "on_deck" | "invited" | "on_stage" | "returning" | "seated";
  until?: number | null | undefined;
  ended?: "done" | "time" | "lost" | "declined" | "no_answer" | "stopped" | "phase" | null | undefined;
}

/** How many have taken part in a poll that is open. */
export interface LiveQaTurnout {
  type: "live_qa.turnout";
  session: string;
  poll: number;
  turnout: number;
}

/** Stand behind a question, or no longer. */
export interface LiveQaVote {
  session: string;
  question: number;
  on?: boolean | undefined;
}

/** Take back one's own question. */
export interface LiveQaWithdraw {
  session: string;
  question: number;
}

/** An entry of the minutes: a mark in time, a commitment with owner and date, a correction added later. */
export interface Minute {
  kind: "mark" | "commitment" | "correction";
  text: string;
  at: number;
  question?: number | null | undefined;
  owner?: string | null | undefined;
  due_at?: number | null | undefined;
}

/** The mode as it is now. */
export interface ModeNow {
  mode: VenueMode;
}

/** The row as it is after the command. */
export interface Moderated {
  row: DeskQuestion;
}

/** Say that one has read a warning: before that one writes nothing. */
export interface ModerationAcknowledge {
  sanction: string;
}

/** Stop a district, or let it go on: done when a second person asks for the same within 30 s. */
export interface ModerationActJointly {
  scope: string;
  action: "stop" | "resume";
  words: string;
}

/** A line of the audit, as it is written. */
export interface ModerationActed {
  type: "moderation.acted";
  n: number;
  at: number;
  act: AuditRow;
}

/** Something that moderators should look at now. */
export interface ModerationAlerted {
  type: "moderation.alerted";
  n: number;
  at: number;
  scope: string;
  kind: "raid" | "stop_asked" | "resume_asked" | "reports" | "lines";
  count: number;
  until?: number | null | undefined;
}

/** Write a note beside a sanction or a report, for the desk alone. */
export interface ModerationAnnotate {
  case: string;
  text: string;
}

/** Appeal against a sanction, once; somebody else decides. */
export interface ModerationAppeal {
  sanction: string;
  text: string;
}

/** The audit: by time, by the citizen concerned, or by who acted; as far as one's office reaches. */
export interface ModerationAudit {
  by?: "time" | "citizen" | "moderator" | undefined;
  who?: string | null | undefined;
  scope?: string | undefined;
  after?: string | null | undefined;
}

/** Neither hear someone nor be heard by them, or no longer; they are not told. */
export interface ModerationBlock {
  citizen: string;
  on?: boolean | undefined;
}

/** Let others fade who come too near. */
export interface ModerationBubble {
  on: boolean;
}

/** Take a report, a held line or an appeal to work on for 60 s; once more renews; or give it back. */
export interface ModerationClaim {
  case: string;
  on?: boolean | undefined;
}

/** Decide an appeal against somebody else's act. */
export interface ModerationDecideAppeal {
  sanction: string;
  outcome: "upheld" | "shortened" | "lifted";
  words: string;
  until?: number | null | undefined;
}

/** Let a held line through, in other words if need be, or refuse it with a reason. */
export interface ModerationDecideHeld {
  held: string;
  approve: boolean;
  text?: string | null | undefined;
  words?: string | undefined;
}

/** Close a report: acted, no action, escalated; or join it with another about the same. */
export interface ModerationDecideReport {
  report: string;
  outcome: "acted" | "no_action" | "escalated" | "merged";
  words?: string | undefined;
  sanctions?: string[] | undefined;
  into?: string | null | undefined;
}

/** What waits for a moderator within their scope. */
export interface ModerationDesk {
  which?: "reports" | "held" | "appeals" | "proposals" | "authority" | undefined;
  after?: string | null | undefined;
}

/** What waits, the most urgent first; sanctions where appeals or proposals were asked for. */
export interface ModerationDeskAnswer {
  reports: ReportRow[];
  held: HeldRow[];
  sanctions: SanctionRow[];
  waiting: { [word: string]: number };
  next?: string | null | undefined;
}

/** A row of the desk, as it is now. */
export interface ModerationDeskChanged {
  type: "moderation.desk_changed";
  n: number;
  at: number;
  report?: ReportRow | null | undefined;
  held?: HeldRow | null | undefined;
  sanction?: SanctionRow | null | undefined;
}

/** The evidence of a report; that it was looked at is kept. */
export interface ModerationEvidence {
  report: string;
}

/** The steps by which an officer ends a talk that is abusive or far too long: begin, warn, record, end, rest. */
export interface ModerationGuardTalk {
  citizen: string;
  step: "begin" | "warn" | "record" | "end" | "break";
  scope: string;
  words?: string | undefined;
}

/** Say that a case was told to the authority whose it is: which one, and under what number. */
export interface ModerationHandOver {
  report: string;
  words: string;
}

/** End a sanction before its time; within ten minutes by who gave it: undone, as if it had not been. */
export interface ModerationLift {
  sanction: string;
  words: string;
}

/** What became of your line that waited; `text` where it was told in other words. */
export interface ModerationLineDecided {
  type: "moderation.line_decided";
  n: number;
  at: number;
  held: string;
  state: "waiting" | "approved" | "edited" | "refused" | "expired";
  text?: string | null | undefined;
  words?: string | null | undefined;
}

/** One's own sanctions, reports and protection. */
export interface ModerationMine {
  after?: string | null | undefined;
}

/** How people may write and come in somewhere, as it is now. */
export interface ModerationMode {
  scope: string;
}

/** How people may write and come in here, now. */
export interface ModerationModeChanged {
  type: "moderation.mode_changed";
  n: number;
  at: number;
  mode: VenueMode;
}

/** Put a citizen's avatar elsewhere in its district. */
export interface ModerationMove {
  citizen: string;
  district: string;
  x: number;
  z: number;
  words: string;
}

/** Everything on one citizen, on one page. */
export interface ModerationPerson {
  citizen: string;
  reason?: string | null | undefined;
  after?: string | null | undefined;
}

/** Whom you block, and whether others fade who come too near. */
export interface ModerationProtectionChanged {
  type: "moderation.protection_changed";
  n: number;
  at: number;
  protection: Protection;
}

/** Report a person, a line of chat or a thing; what was seen and heard just now is kept with it. */
export interface ModerationReport {
  citizen?: string | null | undefined;
  message?: string | null | undefined;
  subject?: string | null | undefined;
  reason: string;
  words?: string | undefined;
}

/** What came of your report. */
export interface ModerationReportClosed {
  type: "moderation.report_closed";
  n: number;
  at: number;
  report: string;
  outcome: "acted" | "no_action" | "escalated";
}

/** Sanction one citizen or many, with reason, scope and end; more than ten at once are shown before `confirm`. */
export interface ModerationSanction {
  citizens: string[];
  kind: "note" | "warn" | "slow" | "hold" | "mute" | "freeze" | "kick" | "ban";
  reason: string;
  words: string;
  scope: string;
  lasts_s?: number | null | undefined;
  every_s?: number | null | undefined;
  reach?: "account" | "address" | undefined;
  reports?: string[] | undefined;
  confirm?: boolean | undefined;
}

/** A sanction on yourself began, changed or ended. */
export interface ModerationSanctionChanged {
  type: "moderation.sanction_changed";
  n: number;
  at: number;
  sanction: OwnSanction;
}

/** Agree as the second person to a sanction that takes two, or say no. */
export interface ModerationSecond {
  sanction: string;
  agree?: boolean | undefined;
}

/** Set how people may write and come in; what is left out stays. `shield` is one switch for all of it. */
export interface ModerationSetMode {
  scope: string;
  shield?: boolean | null | undefined;
  slow_s?: number | null | undefined;
  is_unique?: boolean | null | undefined;
  holds_links?: boolean | null | undefined;
  is_staff_only?: boolean | null | undefined;
  is_locked?: boolean | null | undefined;
  words?: string | undefined;
}

/** Counts per kind, reason and result, for everyone to read. */
export interface ModerationStatistics {
  days?: number | undefined;
}

/** An officer, told by the name of their office, took a step in a talk with you; the officer is told the same. */
export interface ModerationTalkGuarded {
  type: "moderation.talk_guarded";
  n: number;
  at: number;
  step: "begin" | "warn" | "record" | "end" | "break";
  text: Text;
  office?: Text | null | undefined;
  words?: string | null | undefined;
  until?: number | null | undefined;
  began_at?: number | null | undefined;
  warned_at?: number | null | undefined;
  recorded_at?: number | null | undefined;
}

/** The monthly check (Rule 7): how the petitions received in a month were treated. */
export interface MonthShown {
  month: string;
  received: number;
  ended: number;
  in_time: number;
  extended: number;
  extension_reasons: { [word: string]: number };
  overdue: number;
  returned: number;
  closed_repeat: number;
  rated: number;
  satisfaction?: number | null | undefined;
}

/** What the petitioner is told of one step: `message` is the sentence for people, `text` what the staff wrote. */
export interface NoticeCard {
  petition: string;
  notice: number;
  what: string;
  when: number;
  state: string;
  number?: string | null | undefined;
  due_at?: number | null | undefined;
  officer?: OfficerCard | null | undefined;
  message: Text;
  text?: string | null | undefined;
}

/** Notices not yet read, oldest first. */
export interface NoticePage {
  items: NoticeCard[];
  unread: number;
  next?: string | null | undefined;
}

/** A page of what was given, the newest first; `may_give` stands on the first. */
export interface OfficeList {
  offices: GivenOffice[];
  may_give: GivableOffice[];
  next?: string | null | undefined;
}

/** What was given is called so, and stands until then as it is known now. */
export interface OfficeMade {
  given: string;
  until: number;
}

/** Who answers for a case, as Decree 31 demands: department, name, contact. */
export interface OfficerCard {
  department: string;
  name?: string | null | undefined;
  contact: string;
}

/** An office as it is now: given, with another end, ended; to who holds it, and to who works there. */
export interface OfficesChanged {
  type: "offices.changed";
  n: number;
  at: number;
  office: GivenOffice;
}

/** Take an office back that one might have given, or lay down one's own. */
export interface OfficesEnd {
  given: string;
  words?: string | null | undefined;
}

/** Give an office to somebody else: in an event until a while after its end, elsewhere until `until`. */
export interface OfficesGive {
  office: string;
  citizen: string;
  scope: string;
  until?: number | null | undefined;
  words?: string | null | undefined;
}

/** What was given within a scope, for who works there; what stands, or all that ever did. */
export interface OfficesList {
  scope?: string | undefined;
  which?: "standing" | "all" | undefined;
  after?: string | null | undefined;
}

/** What was ever given to oneself, by whom, until when, and how it ended. */
export interface OfficesMine {
  after?: string | null | undefined;
}

/** The outage's number, by which its end is told. */
export interface OutageNumber {
  outage: number;
}

/** Your place in the queue, from 1, and when your turn may come. */
export interface OwnHand {
  place: number;
  of: number;
  estimate_s: number;
}

/** What concerns oneself. */
export interface OwnModeration {
  sanctions: OwnSanction[];
  reports: OwnReport[];
  protection: Protection;
  next?: string | null | undefined;
}

/** A page of one's own, the newest first. */
export interface OwnOffices {
  offices: GivenOffice[];
  next?: string | null | undefined;
}

/** A question as its asker sees it. */
export interface OwnQuestion {
  row: Question;
  original?: string | null | undefined;
  withdrawable_until?: number | null | undefined;
  hold_reason?: string | null | undefined;
  dismissed_because?: Text | null | undefined;
  hint?: Text | null | undefined;
  petition?: string | null | undefined;
}

/** A report as its writer sees it: the class of its result, never the sanction. */
export interface OwnReport {
  report: string;
  reason: string;
  at: number;
  state: "open" | "acted" | "no_action" | "escalated";
}

/** A sanction as the person concerned is told it: why, where, how long, and how to appeal. */
export interface OwnSanction {
  sanction: string;
  kind: "note" | "warn" | "slow" | "hold" | "mute" | "freeze" | "kick" | "ban";
  scope: string;
  reason: string;
  reason_name: Text;
  words: string;
  rules: string;
  at: number;
  until: number;
  every_s?: number | null | undefined;
  state: "proposed" | "in_force" | "ended" | "lifted" | "lapsed";
  is_acknowledged?: boolean | undefined;
  appeal_until: number;
  appeal?: AppealRow | null | undefined;
}

/** What there is on one citizen: sanctions with appeals and notes, points that fade, what the ladder proposes. */
export interface PersonShown {
  citizen: string;
  first_seen?: number | null | undefined;
  points: number;
  ladder: LadderStep;
  sanctions: SanctionRow[];
  reports_about: number;
  reports_by: number;
  next?: string | null | undefined;
}

/** A petition in a list: nothing that a citizen wrote. `proposed`: the department that the petitioner named. `origin`: to the petitioner and the staff, from where in another service it came. */
export interface PetitionCard {
  petition: string;
  number?: string | null | undefined;
  kind: string;
  state: string;
  department?: string | null | undefined;
  proposed?: string | null | undefined;
  gu?: string | null | undefined;
  arrived_at?: number | null | undefined;
  received_at?: number | null | undefined;
  due_at?: number | null | undefined;
  ended_at?: number | null | undefined;
  overdue?: boolean | undefined;
  officer?: OfficerCard | null | undefined;
  unread?: number | undefined;
  mine?: boolean | undefined;
  parent?: string | null | undefined;
  origin?: string | null | undefined;
}

/** What lies on a desk, where the next page begins, and whether you have your seat at your department's. */
export interface PetitionDesk {
  items: PetitionCard[];
  next?: string | null | undefined;
  seated: boolean;
}

/** Petitions, and where the next page begins. */
export interface PetitionPage {
  items: PetitionCard[];
  next?: string | null | undefined;
}

/** A petition whole; `written` and the `files` filed with it come first, `next` is the step of the next page. `marks`: for officials, with the first page: listed words in what was written. Nothing follows from them. */
export interface PetitionShown {
  card: PetitionCard;
  written?: Written | null | undefined;
  files?: FileCard[] | null | undefined;
  history: HistoryCard[];
  next?: number | null | undefined;
  dues: DueCard[];
  people: number;
  people_are_many: boolean;
  views: number;
  publish: boolean;
  pending?: string | null | undefined;
  until?: number | null | undefined;
  similar: SimilarCard[];
  marks?: string[] | null | undefined;
}

/** Answer once more, when it was asked for after rating. */
export interface PetitionsAddAnswer {
  petition: string;
  text: string;
  files?: string[] | undefined;
}

/** To examiners and to the civil service room: something was left lying. */
export interface PetitionsAlarm {
  type: "petitions.alarm";
  n: number;
  at: number;
  reason: string;
  card: PetitionCard;
}

/** Change what was written, before its end. */
export interface PetitionsAmend {
  petition: string;
  title?: string | null | undefined;
  text?: string | null | undefined;
  name?: string | null | undefined;
  address?: string | null | undefined;
  contact?: string | null | undefined;
  files?: string[] | undefined;
}

/** Answer an inquiry, a suggestion or a grievance. */
export interface PetitionsAnswer {
  petition: string;
  text: string;
  delivery?: "electronic" | "paper" | "sms" | "mail" | "phone" | undefined;
  urgent?: boolean | undefined;
  requested?: boolean | undefined;
  justified?: boolean | null | undefined;
  measure?: string | null | undefined;
  in_public?: boolean | undefined;
  files?: string[] | undefined;
}

/** Bring what was missing. */
export interface PetitionsAnswerSupplement {
  petition: string;
  text: string;
  files?: string[] | undefined;
}

/** Ask another department or body for what it knows, by a day. */
export interface PetitionsAskCooperation {
  petition: string;
  body: string;
  text: string;
  last_day: string;
}

/** Ask for more time to bring what is missing; at most twice. */
export interface PetitionsAskLonger {
  petition: string;
  days: number;
}

/** Ask for an additional answer, after rating; examiners may too. */
export interface PetitionsAskMore {
  petition: string;
  text: string;
}

/** Ask how it goes. */
export interface PetitionsAskProgress {
  petition: string;
}

/** Ask for what is missing, item by item, each with its article; within 8 working hours of receipt. */
export interface PetitionsAskSupplement {
  petition: string;
  items: Item[];
  days: number;
  found_on_site?: boolean | undefined;
  files?: string[] | undefined;
}

/** Ask for the last time, when the period has passed. */
export interface PetitionsAskSupplementAgain {
  petition: string;
  days: number;
}

/** The head of department gives a case to another officer. */
export interface PetitionsAssign {
  petition: string;
  officer: string;
}

/** To everyone: days became holidays, or working days. */
export interface PetitionsCalendarTold {
  type: "petitions.calendar_told";
  n: number;
  at: number;
  holidays: Holiday[];
  working_days: string[];
}

/** Make days holidays, or working days; what is open is counted anew. */
export interface PetitionsChangeCalendar {
  holidays?: Holiday[] | undefined;
  working_days?: string[] | undefined;
}

/** What the clock stood still for is done. */
export interface PetitionsClockIn {
  petition: string;
}

/** Stop the clock for a reason of Decree 20, to the end of a day; again to lengthen site work once. */
export interface PetitionsClockOut {
  petition: string;
  reason: "site_work" | "hearing" | "test" | "representatives" | "prerequisite" | "certificates" | "mediation";
  last_day: string;
  text?: string | null | undefined;
}

/** Close a repeated petition whose result was notified at least twice (Act 23). */
export interface PetitionsCloseRepeat {
  petition: string;
  earlier: string[];
  text: string;
  mediated?: boolean | undefined;
}

/** The paper was collected. */
export interface PetitionsCollect {
  petition: string;
}

/** The other body has received it, under its own number; or sends it back. */
export interface PetitionsConfirmTransfer {
  petition: string;
  accepted: boolean;
  other_number?: string | null | undefined;
  other_due_at?: number | null | undefined;
}

/** Agree to a proposed correction or second extension, or not. */
export interface PetitionsConsent {
  petition: string;
  to: "correction" | "extension";
  agrees: boolean;
}

/** Answer a request for co-operation, or ask once for longer. */
export interface PetitionsCooperate {
  petition: string;
  request: number;
  text?: string | null | undefined;
  last_day?: string | null | undefined;
}

/** To a department: it is asked for what it knows; it does not see the petition. */
export interface PetitionsCooperationAsked {
  type: "petitions.cooperation_asked";
  n: number;
  at: number;
  petition: string;
  request: number;
  department: string;
  text: string;
  until: number;
}

/** Propose to correct an obvious slip; it is done when the petitioner agrees. */
export interface PetitionsCorrect {
  petition: string;
  part: "title" | "text" | "name" | "address" | "contact" | "gu";
  text: string;
}

/** Decide an objection. */
export interface PetitionsDecideObjection {
  petition: string;
  upheld: boolean;
  text: string;
  mediated?: boolean | undefined;
  files?: string[] | undefined;
}

/** Demand that what is overdue be done. */
export interface PetitionsDemand {
  petition: string;
  text: string;
}

/** What lies on a department's desk, what is due first first; without one, what waits to be received or routed. */
export interface PetitionsDesk {
  department?: string | null | undefined;
  state?: string | null | undefined;
  overdue?: boolean | undefined;
  after?: string | null | undefined;
}

/** To the officials in charge: something on their desk changed. */
export interface PetitionsDeskChanged {
  type: "petitions.desk_changed";
  n: number;
  at: number;
  what: string;
  card: PetitionCard;
}

/** Save a draft, or change one; without `files` those that it has stay, with them it has these. */
export interface PetitionsDraft {
  petition?: string | null | undefined;
  kind: "statutory" | "certificate" | "inquiry_law" | "inquiry_procedure" | "suggestion" | "other" | "grievance" | "compound" | "prior_review" | "formal_petition";
  title: string;
  text: string;
  name?: string | undefined;
  address?: string | undefined;
  contact?: string | undefined;
  department?: string | null | undefined;
  statutory_type?: string | null | undefined;
  gu?: string | null | undefined;
  place?: Spot | null | undefined;
  publish?: boolean | undefined;
  joint?: boolean | undefined;
  repeats?: string | null | undefined;
  capacity?: "private" | "public_body" | "contract_party" | undefined;
  files?: string[] | null | undefined;
}

/** The examiner's letter to who is overdue. */
export interface PetitionsDun {
  petition: string;
  text: string;
}

/** Extend by at most the original period, in its own unit; a second time only with the petitioner's consent. */
export interface PetitionsExtend {
  petition: string;
  reason: "cooperation" | "facts_or_site" | "force_majeure" | "similar";
  amount: number;
  text: string;
}

/** Take ten more days to decide an objection, once. */
export interface PetitionsExtendObjection {
  petition: string;
  text: string;
}

/** File a petition at once; staff of the civil service room may enter what came another way. */
export interface PetitionsFile {
  kind: "statutory" | "certificate" | "inquiry_law" | "inquiry_procedure" | "suggestion" | "other" | "grievance" | "compound" | "prior_review" | "formal_petition";
  title: string;
  text: string;
  name?: string | undefined;
  address?: string | undefined;
  contact?: string | undefined;
  department?: string | null | undefined;
  statutory_type?: string | null | undefined;
  gu?: string | null | undefined;
  place?: Spot | null | undefined;
  publish?: boolean | undefined;
  joint?: boolean | undefined;
  repeats?: string | null | undefined;
  capacity?: "private" | "public_body" | "contract_party" | undefined;
  channel?: "online" | "question_time" | "visit" | "phone" | "mail" | "fax" | undefined;
  origin?: string | null | undefined;
  for_citizen?: string | null | undefined;
  arrived_at?: number | null | undefined;
  files?: string[] | undefined;
}

/** Grant what a statutory petition asks for. */
export interface PetitionsGrant {
  petition: string;
  text: string;
  paper?: boolean | undefined;
  files?: string[] | undefined;
}

/** All that a form needs. */
export type PetitionsGuide = { readonly [word: string]: never };

/** Sign a petition that was opened for signatures. */
export interface PetitionsJoin {
  petition: string;
  name: string;
  address: string;
}

/** Leave it unprocessed for a reason of Act 21. */
export interface PetitionsLeaveUnprocessed {
  petition: string;
  reason: "state_secret" | "investigation" | "appeal_or_suit" | "mediation" | "judgment" | "audit_decision" | "election_decision" | "private_dispute" | "personnel";
  text: string;
}

/** Published petitions, newest first. */
export interface PetitionsList {
  after?: string | null | undefined;
  department?: string | null | undefined;
}

/** A request could not be delivered; the second time the petition counts as withdrawn, by public notice. */
export interface PetitionsMarkUndeliverable {
  petition: string;
}

/** Receive as one what five or more people ask for; each keeps number, rights and notices. */
export interface PetitionsMerge {
  petition: string;
  members: string[];
}

/** Your own petitions and those you signed, newest first. */
export interface PetitionsMine {
  after?: string | null | undefined;
}

/** How a month's petitions were treated, as YYYY-MM. */
export interface PetitionsMonth {
  month: string;
}

/** Name up to three who speak for all; the body does when nobody answers in time. */
export interface PetitionsNameRepresentatives {
  petition: string;
  citizens: string[];
}

/** An officer's own note; the petitioner does not see it. */
export interface PetitionsNote {
  petition: string;
  text: string;
  files?: string[] | undefined;
}

/** To the petitioner: a step of theirs, or of the body. */
export interface PetitionsNoticed {
  type: "petitions.noticed";
  n: number;
  at: number;
  notice: NoticeCard;
}

/** What you have not read yet, oldest first. */
export interface PetitionsNotices {
  after?: string | null | undefined;
}

/** Object to a rejection, in writing, within 60 days. */
export interface PetitionsObject {
  petition: string;
  name: string;
  address: string;
  contact: string;
  rejected_on: string;
  decision: string;
  text: string;
  files?: string[] | undefined;
}

/** The information system is down, or was; without `ends_at` it still is, with `outage` it ends. */
export interface PetitionsOutage {
  outage?: number | null | undefined;
  begins_at?: number | null | undefined;
  ends_at?: number | null | undefined;
  note?: Text | null | undefined;
}

/** To everyone: the information system is down, and how to file meanwhile; or works again. */
export interface PetitionsOutageTold {
  type: "petitions.outage_told";
  n: number;
  at: number;
  outage: number;
  begins_at: number;
  ends_at?: number | null | undefined;
  message: Text;
}

/** To everyone: a petition that could not be delivered, by its number alone. */
export interface PetitionsPublicNotice {
  type: "petitions.public_notice";
  n: number;
  at: number;
  number: string;
  message: Text;
}

/** Agree that the public sees it without what would name you, or no longer. */
export interface PetitionsPublish {
  petition: string;
  agrees: boolean;
}

/** Rate the result once, 1 to 5. */
export interface PetitionsRate {
  petition: string;
  stars: number;
  text?: string | null | undefined;
}

/** The notices of a petition up to this one were read. */
export interface PetitionsReadNotice {
  petition: string;
  notice: number;
}

/** Receive it: it gets its number and its due date. A kind may be set right, and a department given at once. */
export interface PetitionsReceive {
  petition: string;
  kind?: "statutory" | "certificate" | "inquiry_law" | "inquiry_procedure" | "suggestion" | "other" | "grievance" | "compound" | "prior_review" | "formal_petition" | null | undefined;
  statutory_type?: string | null | undefined;
  missing?: string | null | undefined;
  site_visit?: boolean | undefined;
  department?: string | null | undefined;
}

/** Reject on the substance, with the reason; the remedies are told with it. */
export interface PetitionsReject {
  petition: string;
  text: string;
  files?: string[] | undefined;
}

/** Return it, as what was missing did not come; never after a review of substance. */
export interface PetitionsReturn {
  petition: string;
  text: string;
}

/** Give it to a department, and there to an officer: the named one, or who has least to do. */
export interface PetitionsRoute {
  petition: string;
  department: string;
  officer?: string | null | undefined;
  reason?: string | null | undefined;
}

/** Take your seat at your department's desk, or leave it; `contact` is what petitioners are told. */
export interface PetitionsServe {
  present: boolean;
  contact?: string | null | undefined;
}

/** A petition whole; staff give their reason, and the view is kept. `after`: the `next` of the page before. */
export interface PetitionsShow {
  petition: string;
  reason?: string | null | undefined;
  after?: number | null | undefined;
}

/** To who signed with others: where their common petition stands. */
export interface PetitionsSignersTold {
  type: "petitions.signers_told";
  n: number;
  at: number;
  petition: string;
  number?: string | null | undefined;
  state: string;
  what: string;
}

/** Begin the review; who begins becomes the officer in charge where there is none. */
export interface PetitionsStart {
  petition: string;
}

/** Where a petition stands, by its token, without a login. */
export interface PetitionsStatus {
  token: string;
}

/** Submit a draft. */
export interface PetitionsSubmit {
  petition: string;
}

/** Write the summary that the public sees; it names nobody. */
export interface PetitionsSummarise {
  petition: string;
  text: string;
}

/** Pass it on to the body that is competent. */
export interface PetitionsTransfer {
  petition: string;
  body: string;
  reason: string;
}

/** Take one out of those received as one. */
export interface PetitionsUnmerge {
  petition: string;
}

/** Take the petition back, before its end. */
export interface PetitionsWithdraw {
  petition: string;
  return_papers?: boolean | undefined;
}

/** The client asks how late it is; `t` is its own. */
export interface Ping {
  type: "ping";
  t: number;
}

/** What `district.enter` answers: where you are, and all that is needed to read frames here. */
export interface Place {
  district: string;
  slot: number;
  x: number;
  y: number;
  z: number;
  yaw: number;
  width: number;
  depth: number;
  cell_m: number;
  columns: number;
  tile_m: number;
  tile_columns: number;
  view_m: number;
  precision: number;
  tick_hz: number;
  anchor: Anchor;
  zones: ZoneCard[];
  portals: PortalCard[];
  exhibits: ExhibitCard[];
  services: { [word: string]: unknown };
  hall?: number | null | undefined;
  halls?: number[] | null | undefined;
  hall_seats?: number | null | undefined;
}

/** A secret poll: while it is open nobody sees more than how many took part. `most`: how many answers one may choose. `present`: people in the district when it was opened, of whom `min_share` is a percentage. `digest` is SHA-256 over the published list of ballots, one id a line. */
export interface Poll {
  poll: number;
  state: "open" | "closed" | "counted" | "no_quorum" | "too_few" | "unsound";
  question: Text;
  answers: PollAnswer[];
  most: number;
  is_binding: boolean;
  eligible: "present" | "verified" | "resident";
  opened_at: number;
  closes_at: number;
  closed_at?: number | null | undefined;
  turnout: number;
  ballots?: number | null | undefined;
  present: number;
  min_ballots?: number | undefined;
  min_share?: number | undefined;
  digest?: string | null | undefined;
  has_voted?: boolean | null | undefined;
}

/** One answer of a poll; its votes once it is counted, and not before. */
export interface PollAnswer {
  answer: number;
  text: Text;
  votes?: number | null | undefined;
}

/** A page of polls. */
export interface PollList {
  polls: Poll[];
  next?: string | null | undefined;
}

/** The new poll's number. */
export interface PollOpened {
  poll: number;
}

/** The answer to ping. */
export interface Pong {
  type: "pong";
  t: number;
  server_time: number;
}

/** A way to another district. */
export interface PortalCard {
  id: string;
  name: Text;
  x: number;
  z: number;
  radius: number;
  to: string;
  to_portal: string;
  open: boolean;
}

/** What stands before the one who answers: no names of askers, no numbers. */
export interface PresenterView {
  session: QuestionTime;
  now?: Prompt | null | undefined;
  next: Prompt[];
  who_answers?: string | null | undefined;
  floor_ends_at?: number | null | undefined;
  poll?: Poll | null | undefined;
}

/** Where in its run sheet a session is, as far as the audience is told: what is on, what comes next. */
export interface Programme {
  now?: Text | null | undefined;
  next?: Text | null | undefined;
  next_at?: number | null | undefined;
}

/** A question in large type, without its asker. */
export interface Prompt {
  question: number;
  text: string;
  category?: string | null | undefined;
  language?: string | null | undefined;
  labels: string[];
  pinned_at?: number | null | undefined;
  answers_until?: number | null | undefined;
  version?: number | null | undefined;
}

/** What a citizen has chosen for themselves: whom they block, and whether others fade inside `bubble_m`. */
export interface Protection {
  blocked: string[];
  bubble: boolean;
  bubble_m: number;
}

/** What the public may see of a petition whose petitioner agreed. */
export interface PublicCard {
  number: string;
  kind: string;
  department?: string | null | undefined;
  gu?: string | null | undefined;
  state: string;
  received_at: number;
  updated_at: number;
  due_at?: number | null | undefined;
  summary?: string | null | undefined;
  lat?: number | null | undefined;
  lon?: number | null | undefined;
  people?: number | undefined;
}

/** Published petitions, and where the next page begins. */
export interface PublicPage {
  items: PublicCard[];
  next?: string | null | undefined;
}

/** A question as the audience sees it; numbers of votes only in lists and views, where they are not hidden. */
export interface Question {
  question: number;
  state: "pending" | "held" | "open" | "merged" | "next" | "now" | "answered" | "deferred" | "answered_later" | "unanswered" | "dismissed" | "withdrawn";
  text: string;
  by?: Text | null | undefined;
  category?: string | null | undefined;
  language?: string | null | undefined;
  labels: string[];
  joined?: number | undefined;
  is_edited?: boolean | undefined;
  asked_at: number;
  pinned_at?: number | null | undefined;
  merged_into?: number | null | undefined;
  answer?: string | null | undefined;
  answered_by?: string | null | undefined;
  answered_at?: number | null | undefined;
  recording_offset_s?: number | null | undefined;
  department?: string | null | undefined;
  due_at?: number | null | undefined;
  no_answer_because?: string | null | undefined;
  backers?: number | null | undefined;
  has_voted?: boolean | null | undefined;
  is_new?: boolean | null | undefined;
}

/** `held` waits for a moderator; `open` is published. */
export interface QuestionAsked {
  question: number;
  state: "held" | "open";
  by: Text;
}

/** How many stand behind it now. */
export interface QuestionBackers {
  backers: number;
}

/** What became of the questions; a reason with fewer than five is not told by number (null). */
export interface QuestionCounters {
  asked: number;
  open: number;
  merged: number;
  answered: number;
  deferred: number;
  answered_in_time: number;
  answered_late: number;
  unanswered: number;
  withdrawn: number;
  dismissed: number;
  dismissed_by_reason: { [word: string]: number | null };
}

/** A page of the moderation desk. */
export interface QuestionDesk {
  questions: DeskQuestion[];
  next?: string | null | undefined;
}

/** A label on a question; internal ones are seen at the desk only. */
export interface QuestionLabel {
  label: string;
  is_public: boolean;
}

/** A page of questions. */
export interface QuestionList {
  questions: Question[];
  mine: OwnQuestion[];
  next?: string | null | undefined;
}

/** One question time, as everyone may know it. */
export interface QuestionTime {
  session: string;
  title: Text;
  district: string;
  stage: string;
  phase: "scheduled" | "collecting" | "doors" | "live" | "closing" | "follow_up" | "archived";
  mode?: "opening" | "answering" | "floor" | "poll" | "break" | null | undefined;
  is_stopped?: boolean | undefined;
  is_muted?: boolean | undefined;
  collects_at: number;
  doors_at: number;
  starts_at: number;
  ends_at: number;
  hands_open?: boolean | undefined;
  is_order_frozen?: boolean | undefined;
  is_screened?: boolean | undefined;
  seats?: number | undefined;
  reserved?: number | undefined;
  programme?: Programme | null | undefined;
  on_stage?: number | null | undefined;
  poll?: number | null | undefined;
  channels: CaptionChannel[];
}

/** How a session is run; what is left out stays as it is. */
export interface QuestionTimeOptions {
  order_before_vote?: "shuffled" | "recent" | "top" | null | undefined;
  hide_counts?: "until_voted" | "never" | null | undefined;
  tell_dismissed?: "immediate" | "after_event" | "never" | null | undefined;
  is_screened?: boolean | null | undefined;
  hands_open?: boolean | null | undefined;
  seats?: number | null | undefined;
}

/** The new session's name. */
export interface QuestionTimeScheduled {
  session: string;
}

/** Words that the city has ready, for when there is no time to find them. */
export interface ReadyAnnouncement {
  level: "notice" | "warning" | "emergency";
  text: Text;
  lasts_s: number;
}

/** Why a command was refused; the connection goes on. */
export type Refusal = "bad_message" | "unknown_type" | "not_allowed" | "not_found" | "not_here" | "conflict" | "closed" | "too_fast" | "too_long" | "full" | "muted" | "frozen" | "unavailable";

/** A command was refused. */
export interface Refused {
  type: "refused";
  id: number;
  code: Refusal;
  message: string;
  field?: string | null | undefined;
  retry_after_ms?: number | null | undefined;
}

/** The report's number. */
export interface ReportFiled {
  report: string;
}

/** A report as moderators see it; `claim_by` is when its priority wants somebody to have taken it up. `authority` is there where it is also the police's or another's, and `handed_over` says to whom it was told. */
export interface ReportRow {
  report: string;
  citizen?: string | null | undefined;
  message?: string | null | undefined;
  subject?: string | null | undefined;
  reason: string;
  words: string;
  by: string;
  scope: string;
  at: number;
  claim_by: number;
  is_minor?: boolean | undefined;
  state: "open" | "claimed" | "acted" | "no_action" | "merged" | "escalated";
  claimed_by?: string | null | undefined;
  claimed_until?: number | null | undefined;
  sanctions: string[];
  merged_into?: string | null | undefined;
  merged: string[];
  outcome?: string | null | undefined;
  authority?: "waiting" | "handed_over" | null | undefined;
  handed_over?: string | null | undefined;
  notes: CaseNote[];
}

/** Which session to take up again, and the last fact seen of it. */
export interface Resume {
  session: string;
  key: string;
  last: number;
  version?: number | null | undefined;
}

/** The run sheet's version from now on. */
export interface RunSheetEdited {
  sheet_version: number;
}

/** What comes when, and who sees to it; when it really began and ended. The audience is told of public ones. */
export interface RunSheetLine {
  at: number;
  text: Text;
  who: Text;
  cue?: number | null | undefined;
  lasts_s?: number | null | undefined;
  is_public?: boolean | null | undefined;
  began_at?: number | null | undefined;
  ended_at?: number | null | undefined;
}

/** The line's own number, by which it can be reported later; `held`: it waits for a moderator under this number. */
export interface Said {
  message: string;
  heard_by: number;
  state?: "held" | null | undefined;
  held?: string | null | undefined;
}

/** What came of it: in force, waiting for a second person, or only shown before it is done. */
export interface SanctionDone {
  state: "in_force" | "proposed" | "preview";
  sanctions: string[];
  touched: number;
  until: number;
}

/** A sanction as moderators see it, on one page with its appeal and its notes. */
export interface SanctionRow {
  sanction: string;
  citizen: string;
  kind: "note" | "warn" | "slow" | "hold" | "mute" | "freeze" | "kick" | "ban";
  scope: string;
  reason: string;
  words: string;
  rules: string;
  by: string;
  second_by?: string | null | undefined;
  at: number;
  until: number;
  propose_until?: number | null | undefined;
  every_s?: number | null | undefined;
  reach: "account" | "address";
  state: "proposed" | "in_force" | "ended" | "lifted" | "lapsed";
  reports: string[];
  appeal?: AppealRow | null | undefined;
  notes: CaseNote[];
}

/** What the hall and the stream show: nobody's identity. */
export interface ScreenView {
  title: Text;
  phase: "scheduled" | "collecting" | "doors" | "live" | "closing" | "follow_up" | "archived";
  mode?: "opening" | "answering" | "floor" | "poll" | "break" | null | undefined;
  is_stopped?: boolean | undefined;
  now?: Prompt | null | undefined;
  is_floor_taken?: boolean | undefined;
  poll?: Poll | null | undefined;
}

/** The view that was asked for, and no other. */
export interface Seen {
  audience?: AudienceView | null | undefined;
  presenter?: PresenterView | null | undefined;
  host?: HostView | null | undefined;
  screen?: ScreenView | null | undefined;
  crew?: CrewView | null | undefined;
}

/** This node will go away in `after_ms`. */
export interface ServerDraining {
  type: "server.draining";
  after_ms: number;
}

/** Sessions, the next first, and where the list goes on. */
export interface SessionList {
  sessions: QuestionTime[];
  next?: string | null | undefined;
}

/** A page of the public record; session, counters and minutes stand on the first. */
export interface SessionRecord {
  session: QuestionTime;
  counters?: QuestionCounters | null | undefined;
  minutes: Minute[];
  questions: Question[];
  polls: Poll[];
  next?: string | null | undefined;
}

/** An earlier petition of the same petitioner, with how alike it is, 0 to 1; it proposes and decides nothing. */
export interface SimilarCard {
  petition: string;
  number?: string | null | undefined;
  state: string;
  likeness: number;
}

/** A question that may ask the same: 0 nothing alike, 1 the same words. */
export interface SimilarQuestion {
  question: number;
  score: number;
  text: string;
}

/** Who said it; `slot` where the hearer can see them in the same district. */
export interface Speaker {
  citizen: string;
  name: string;
  slot?: number | null | undefined;
}

/** A place on earth, WGS84 degrees. */
export interface Spot {
  lat: number;
  lon: number;
}

/** How the rules are applied; null where it would be fewer than five. */
export interface Statistics {
  since: number;
  sanctions: { [word: string]: number | null };
  by_reason: { [word: string]: number | null };
  reports: { [word: string]: number | null };
  median_claim_s?: number | null | undefined;
  median_appeal_s?: number | null | undefined;
  appeals: { [word: string]: number | null };
}

/** Where a petition stands, for who holds its token. */
export interface StatusShown {
  number?: string | null | undefined;
  state: string;
  kind: string;
  department?: string | null | undefined;
  arrived_at?: number | null | undefined;
  received_at?: number | null | undefined;
  due_at?: number | null | undefined;
  overdue: boolean;
  message: Text;
}

/** A text in the city's two languages. */
export interface Text {
  ko: string;
  en: string;
}

/** Where someone near was in the minute before a report; a point is [seconds before it, x, z], in decimetres. */
export interface Track {
  citizen: string;
  name: string;
  points: number[][];
}

/** Who has the floor, by the name that everyone sees beside their avatar. */
export interface Turn {
  citizen: string;
  name: string;
  step: "on_deck" | "invited" | "on_stage" | "returning" | "seated";
  ends_at: number;
}

/** Whether it is done, or waits for a second person until then. */
export interface VenueActState {
  state: "asked" | "done";
  until?: number | null | undefined;
}

/** What goes for everyone in a scope; 0 or false is off. */
export interface VenueMode {
  scope: string;
  slow_s?: number | undefined;
  is_unique?: boolean | undefined;
  holds_links?: boolean | undefined;
  is_staff_only?: boolean | undefined;
  is_locked?: boolean | undefined;
  is_stopped?: boolean | undefined;
  shield_until?: number | null | undefined;
}

/** The server's answer to hello. */
export interface Welcome {
  type: "welcome";
  protocol: number;
  session: string;
  resume_key: string;
  resumed: boolean;
  resume_window_ms: number;
  citizen: CitizenCard;
  server_time: number;
  place: { [word: string]: unknown } | null;
  city: CityCard;
  limits: Limits;
}

/** What the petitioner wrote, as it stands now. */
export interface Written {
  title: string;
  text: string;
  name: string;
  address: string;
  contact: string;
}

/** A zone of the district; `polygon` in metres, `may_enter` for this citizen; `closed`: why, where it is for now. */
export interface ZoneCard {
  id: string;
  name: Text;
  kind: string;
  polygon: ([number, number])[];
  may_enter: boolean;
  closed?: Text | null | undefined;
}

/** Every command: what it asks, and what its `done` brings. */
export interface Commands {
  "announcements.announce": { asks: AnnouncementsAnnounce; answer: AnnouncementMade };
  "announcements.list": { asks: AnnouncementsList; answer: AnnouncementList };
  "announcements.withdraw": { asks: AnnouncementsWithdraw; answer: undefined };
  "avatar.change": { asks: AvatarChange; answer: undefined };
  "avatar.emote": { asks: AvatarEmote; answer: undefined };
  "avatar.who": { asks: AvatarWho; answer: AvatarCards };
  "chat.say": { asks: ChatSay; answer: Said };
  "district.close_hall": { asks: DistrictCloseHall; answer: HallClosed };
  "district.enter": { asks: DistrictEnter; answer: Place };
  "live_qa.act_jointly": { asks: LiveQaActJointly; answer: JointState };
  "live_qa.adjust": { asks: LiveQaAdjust; answer: undefined };
  "live_qa.advance": { asks: LiveQaAdvance; answer: undefined };
  "live_qa.answer": { asks: LiveQaAnswer; answer: Moderated };
  "live_qa.approve": { asks: LiveQaApprove; answer: Moderated };
  "live_qa.ask": { asks: LiveQaAsk; answer: QuestionAsked };
  "live_qa.ask_split": { asks: LiveQaAskSplit; answer: undefined };
  "live_qa.begin_cue": { asks: LiveQaBeginCue; answer: undefined };
  "live_qa.caption": { asks: LiveQaCaption; answer: undefined };
  "live_qa.captions": { asks: LiveQaCaptions; answer: CaptionPage };
  "live_qa.cast": { asks: LiveQaCast; answer: undefined };
  "live_qa.claim": { asks: LiveQaClaim; answer: Moderated };
  "live_qa.close_channel": { asks: LiveQaCloseChannel; answer: undefined };
  "live_qa.close_poll": { asks: LiveQaClosePoll; answer: undefined };
  "live_qa.defer": { asks: LiveQaDefer; answer: Moderated };
  "live_qa.desk": { asks: LiveQaDesk; answer: QuestionDesk };
  "live_qa.dismiss": { asks: LiveQaDismiss; answer: Moderated };
  "live_qa.edit_run_sheet": { asks: LiveQaEditRunSheet; answer: RunSheetEdited };
  "live_qa.follow": { asks: LiveQaFollow; answer: Following };
  "live_qa.hold": { asks: LiveQaHold; answer: Moderated };
  "live_qa.label": { asks: LiveQaLabel; answer: Moderated };
  "live_qa.look": { asks: LiveQaLook; answer: Seen };
  "live_qa.lower_hand": { asks: LiveQaLowerHand; answer: undefined };
  "live_qa.merge": { asks: LiveQaMerge; answer: Moderated };
  "live_qa.minute": { asks: LiveQaMinute; answer: undefined };
  "live_qa.mute": { asks: LiveQaMute; answer: undefined };
  "live_qa.open_channel": { asks: LiveQaOpenChannel; answer: undefined };
  "live_qa.open_poll": { asks: LiveQaOpenPoll; answer: PollOpened };
  "live_qa.pin": { asks: LiveQaPin; answer: Moderated };
  "live_qa.polls": { asks: LiveQaPolls; answer: PollList };
  "live_qa.questions": { asks: LiveQaQuestions; answer: QuestionList };
  "live_qa.raise_hand": { asks: LiveQaRaiseHand; answer: OwnHand };
  "live_qa.record": { asks: LiveQaRecord; answer: SessionRecord };
  "live_qa.refresh_order": { asks: LiveQaRefreshOrder; answer: undefined };
  "live_qa.reopen": { asks: LiveQaReopen; answer: Moderated };
  "live_qa.reserve": { asks: LiveQaReserve; answer: undefined };
  "live_qa.restore": { asks: LiveQaRestore; answer: Moderated };
  "live_qa.reveal": { asks: LiveQaReveal; answer: AskerIdentity };
  "live_qa.schedule": { asks: LiveQaSchedule; answer: QuestionTimeScheduled };
  "live_qa.sessions": { asks: LiveQaSessions; answer: SessionList };
  "live_qa.settle": { asks: LiveQaSettle; answer: Moderated };
  "live_qa.signal": { asks: LiveQaSignal; answer: undefined };
  "live_qa.split": { asks: LiveQaSplit; answer: Moderated };
  "live_qa.steer_floor": { asks: LiveQaSteerFloor; answer: undefined };
  "live_qa.strike_caption": { asks: LiveQaStrikeCaption; answer: undefined };
  "live_qa.take_floor": { asks: LiveQaTakeFloor; answer: undefined };
  "live_qa.vote": { asks: LiveQaVote; answer: QuestionBackers };
  "live_qa.withdraw": { asks: LiveQaWithdraw; answer: undefined };
  "moderation.acknowledge": { asks: ModerationAcknowledge; answer: undefined };
  "moderation.act_jointly": { asks: ModerationActJointly; answer: VenueActState };
  "moderation.annotate": { asks: ModerationAnnotate; answer: undefined };
  "moderation.appeal": { asks: ModerationAppeal; answer: AppealNumber };
  "moderation.audit": { asks: ModerationAudit; answer: AuditPage };
  "moderation.block": { asks: ModerationBlock; answer: undefined };
  "moderation.bubble": { asks: ModerationBubble; answer: undefined };
  "moderation.claim": { asks: ModerationClaim; answer: Claimed };
  "moderation.decide_appeal": { asks: ModerationDecideAppeal; answer: undefined };
  "moderation.decide_held": { asks: ModerationDecideHeld; answer: undefined };
  "moderation.decide_report": { asks: ModerationDecideReport; answer: undefined };
  "moderation.desk": { asks: ModerationDesk; answer: ModerationDeskAnswer };
  "moderation.evidence": { asks: ModerationEvidence; answer: EvidenceShown };
  "moderation.guard_talk": { asks: ModerationGuardTalk; answer: undefined };
  "moderation.hand_over": { asks: ModerationHandOver; answer: undefined };
  "moderation.lift": { asks: ModerationLift; answer: undefined };
  "moderation.mine": { asks: ModerationMine; answer: OwnModeration };
  "moderation.mode": { asks: ModerationMode; answer: ModeNow };
  "moderation.move": { asks: ModerationMove; answer: undefined };
  "moderation.person": { asks: ModerationPerson; answer: PersonShown };
  "moderation.report": { asks: ModerationReport; answer: ReportFiled };
  "moderation.sanction": { asks: ModerationSanction; answer: SanctionDone };
  "moderation.second": { asks: ModerationSecond; answer: undefined };
  "moderation.set_mode": { asks: ModerationSetMode; answer: ModeNow };
  "moderation.statistics": { asks: ModerationStatistics; answer: Statistics };
  "offices.end": { asks: OfficesEnd; answer: undefined };
  "offices.give": { asks: OfficesGive; answer: OfficeMade };
  "offices.list": { asks: OfficesList; answer: OfficeList };
  "offices.mine": { asks: OfficesMine; answer: OwnOffices };
  "petitions.add_answer": { asks: PetitionsAddAnswer; answer: Changed };
  "petitions.amend": { asks: PetitionsAmend; answer: Changed };
  "petitions.answer": { asks: PetitionsAnswer; answer: Changed };
  "petitions.answer_supplement": { asks: PetitionsAnswerSupplement; answer: Changed };
  "petitions.ask_cooperation": { asks: PetitionsAskCooperation; answer: Changed };
  "petitions.ask_longer": { asks: PetitionsAskLonger; answer: Changed };
  "petitions.ask_more": { asks: PetitionsAskMore; answer: Changed };
  "petitions.ask_progress": { asks: PetitionsAskProgress; answer: Changed };
  "petitions.ask_supplement": { asks: PetitionsAskSupplement; answer: Changed };
  "petitions.ask_supplement_again": { asks: PetitionsAskSupplementAgain; answer: Changed };
  "petitions.assign": { asks: PetitionsAssign; answer: Changed };
  "petitions.change_calendar": { asks: PetitionsChangeCalendar; answer: undefined };
  "petitions.clock_in": { asks: PetitionsClockIn; answer: Changed };
  "petitions.clock_out": { asks: PetitionsClockOut; answer: Changed };
  "petitions.close_repeat": { asks: PetitionsCloseRepeat; answer: Changed };
  "petitions.collect": { asks: PetitionsCollect; answer: Changed };
  "petitions.confirm_transfer": { asks: PetitionsConfirmTransfer; answer: Changed };
  "petitions.consent": { asks: PetitionsConsent; answer: Changed };
  "petitions.cooperate": { asks: PetitionsCooperate; answer: Changed };
  "petitions.correct": { asks: PetitionsCorrect; answer: Changed };
  "petitions.decide_objection": { asks: PetitionsDecideObjection; answer: Changed };
  "petitions.demand": { asks: PetitionsDemand; answer: Changed };
  "petitions.desk": { asks: PetitionsDesk; answer: PetitionDesk };
  "petitions.draft": { asks: PetitionsDraft; answer: DraftSaved };
  "petitions.dun": { asks: PetitionsDun; answer: Changed };
  "petitions.extend": { asks: PetitionsExtend; answer: Changed };
  "petitions.extend_objection": { asks: PetitionsExtendObjection; answer: Changed };
  "petitions.file": { asks: PetitionsFile; answer: Filed };
  "petitions.grant": { asks: PetitionsGrant; answer: Changed };
  "petitions.guide": { asks: PetitionsGuide; answer: GuideShown };
  "petitions.join": { asks: PetitionsJoin; answer: Changed };
  "petitions.leave_unprocessed": { asks: PetitionsLeaveUnprocessed; answer: Changed };
  "petitions.list": { asks: PetitionsList; answer: PublicPage };
  "petitions.mark_undeliverable": { asks: PetitionsMarkUndeliverable; answer: Changed };
  "petitions.merge": { asks: PetitionsMerge; answer: Changed };
  "petitions.mine": { asks: PetitionsMine; answer: PetitionPage };
  "petitions.month": { asks: PetitionsMonth; answer: MonthShown };
  "petitions.name_representatives": { asks: PetitionsNameRepresentatives; answer: Changed };
  "petitions.note": { asks: PetitionsNote; answer: Changed };
  "petitions.notices": { asks: PetitionsNotices; answer: NoticePage };
  "petitions.object": { asks: PetitionsObject; answer: Changed };
  "petitions.outage": { asks: PetitionsOutage; answer: OutageNumber };
  "petitions.publish": { asks: PetitionsPublish; answer: Changed };
  "petitions.rate": { asks: PetitionsRate; answer: Changed };
  "petitions.read_notice": { asks: PetitionsReadNotice; answer: Changed };
  "petitions.receive": { asks: PetitionsReceive; answer: Changed };
  "petitions.reject": { asks: PetitionsReject; answer: Changed };
  "petitions.return": { asks: PetitionsReturn; answer: Changed };
  "petitions.route": { asks: PetitionsRoute; answer: Changed };
  "petitions.serve": { asks: PetitionsServe; answer: undefined };
  "petitions.show": { asks: PetitionsShow; answer: PetitionShown };
  "petitions.start": { asks: PetitionsStart; answer: Changed };
  "petitions.status": { asks: PetitionsStatus; answer: StatusShown };
  "petitions.submit": { asks: PetitionsSubmit; answer: Filed };
  "petitions.summarise": { asks: PetitionsSummarise; answer: Changed };
  "petitions.transfer": { asks: PetitionsTransfer; answer: Changed };
  "petitions.unmerge": { asks: PetitionsUnmerge; answer: Changed };
  "petitions.withdraw": { asks: PetitionsWithdraw; answer: Changed };
}

/** Every fact, by its word. */
export interface Facts {
  "announcements.changed": AnnouncementsChanged;
  "avatar.changed": AvatarChanged;
  "avatar.shown": AvatarShown;
  "chat.said": ChatSaid;
  "citizen.changed": CitizenChanged;
  "district.entered_zone": DistrictEnteredZone;
  "district.left_zone": DistrictLeftZone;
  "district.reseated": DistrictReseated;
  "district.supervised": DistrictSupervised;
  "live_qa.captioned": LiveQaCaptioned;
  "live_qa.desk_changed": LiveQaDeskChanged;
  "live_qa.floor_changed": LiveQaFloorChanged;
  "live_qa.hand_changed": LiveQaHandChanged;
  "live_qa.hand_lowered": LiveQaHandLowered;
  "live_qa.jointly_asked": LiveQaJointlyAsked;
  "live_qa.minuted": LiveQaMinuted;
  "live_qa.muted": LiveQaMuted;
  "live_qa.order_changed": LiveQaOrderChanged;
  "live_qa.own_changed": LiveQaOwnChanged;
  "live_qa.poll_changed": LiveQaPollChanged;
  "live_qa.question_changed": LiveQaQuestionChanged;
  "live_qa.revealed": LiveQaRevealed;
  "live_qa.run_sheet_changed": LiveQaRunSheetChanged;
  "live_qa.seat_changed": LiveQaSeatChanged;
  "live_qa.session_changed": LiveQaSessionChanged;
  "live_qa.signalled": LiveQaSignalled;
  "live_qa.time_signalled": LiveQaTimeSignalled;
  "live_qa.took_part": LiveQaTookPart;
  "live_qa.turn_changed": LiveQaTurnChanged;
  "moderation.acted": ModerationActed;
  "moderation.alerted": ModerationAlerted;
  "moderation.desk_changed": ModerationDeskChanged;
  "moderation.line_decided": ModerationLineDecided;
  "moderation.mode_changed": ModerationModeChanged;
  "moderation.protection_changed": ModerationProtectionChanged;
  "moderation.report_closed": ModerationReportClosed;
  "moderation.sanction_changed": ModerationSanctionChanged;
  "moderation.talk_guarded": ModerationTalkGuarded;
  "offices.changed": OfficesChanged;
  "petitions.alarm": PetitionsAlarm;
  "petitions.calendar_told": PetitionsCalendarTold;
  "petitions.cooperation_asked": PetitionsCooperationAsked;
  "petitions.desk_changed": PetitionsDeskChanged;
  "petitions.noticed": PetitionsNoticed;
  "petitions.outage_told": PetitionsOutageTold;
  "petitions.public_notice": PetitionsPublicNotice;
  "petitions.signers_told": PetitionsSignersTold;
}

/** Every running number, by its word. */
export interface Counts {
  "avatar.moved_back": AvatarMovedBack;
  "district.crowd": DistrictCrowd;
  "district.queue": DistrictQueue;
  "live_qa.counts": LiveQaCounts;
  "live_qa.place": LiveQaPlace;
  "live_qa.turnout": LiveQaTurnout;
  "pong": Pong;
  "server.draining": ServerDraining;
}

/** Commands that only read. */
export const READING: ReadonlySet<string> = new Set([
  "announcements.list",
  "live_qa.captions",
  "live_qa.desk",
  "live_qa.follow",
  "live_qa.look",
  "live_qa.polls",
  "live_qa.questions",
  "live_qa.record",
  "live_qa.sessions",
  "moderation.audit",
  "moderation.desk",
  "moderation.mine",
  "moderation.mode",
  "moderation.person",
  "moderation.statistics",
  "offices.list",
  "offices.mine",
  "petitions.desk",
  "petitions.guide",
  "petitions.list",
  "petitions.mine",
  "petitions.month",
  "petitions.notices",
]);

/** What each refusal means. */
export const REFUSALS = {
  "bad_message": "a field is missing, of the wrong type or out of its bounds; `field` names it",
  "unknown_type": "this server knows no command of that type",
  "not_allowed": "the citizen's role, level, age or a sanction forbids it",
  "not_found": "what the command names does not exist",
  "not_here": "it can only be done in a place where the citizen is not",
  "conflict": "it contradicts what is already so, or the key was used for something else",
  "closed": "what the command names exists but is not open now",
  "too_fast": "too many in too short a time; `retry_after_ms` tells when it may be tried again",
  "too_long": "a text is longer than its limit",
  "full": "no place is left",
  "muted": "the citizen may not speak for now; `retry_after_ms` tells how long",
  "frozen": "the citizen may not move for now; `retry_after_ms` tells how long",
  "unavailable": "the city cannot decide it now; try again after `retry_after_ms`",
} as const;

/** What to do after each goodbye. */
export const ENDINGS = {
  "bye": {"retry": "never", "resumable": false},
  "draining": {"retry": "now", "resumable": true},
  "handshake_timeout": {"retry": "never", "resumable": false},
  "bad_protocol": {"retry": "never", "resumable": false},
  "bad_message": {"retry": "never", "resumable": false},
  "too_long": {"retry": "never", "resumable": false},
  "bad_token": {"retry": "never", "resumable": false},
  "kicked": {"retry": "later", "resumable": false},
  "banned": {"retry": "never", "resumable": false},
  "idle": {"retry": "now", "resumable": true},
  "superseded": {"retry": "never", "resumable": false},
  "flooding": {"retry": "later", "resumable": false},
  "too_slow": {"retry": "now", "resumable": true},
  "full": {"retry": "later", "resumable": false},
  "internal": {"retry": "later", "resumable": false},
} as const;
