// What the server says and takes. It mirrors routing/fact/desk.go; times are RFC 3339 in UTC.

export type Status = 'available' | 'busy' | 'away' | 'offline';
export type Activity = 'idle' | 'ringing' | 'talking' | 'held' | 'wrap-up';
export type CallKind =
  | 'normal'
  | 'transferred'
  | 'returned'
  | 'consultation'
  | 'conference'
  | 'supervision'
  | 'callback'
  | 'personal-callback'
  | 'outbound';
export type ConversationStatus = 'open' | 'waiting' | 'solved' | 'closed';

export interface Me {
  user: string;
  name: string;
  role: string;
  agent: boolean;
  company?: string;
  /** The company's own names for statuses. */
  statuses?: { name: string; as: Status }[];
  crm?: Crm;
}

/** The company's own page of a call. */
export interface Crm {
  /** To be filled in. */
  url: string;
  open: 'click' | 'answer';
}

export interface PhoneLogin {
  uri: string;
  authUser: string;
  password: string;
  realm: string;
  path?: string;
}

export interface AgentView {
  user: string;
  name: string;
  status: Status;
  /** The company's own name for the status; empty: none was chosen. */
  label?: string;
  activity: Activity;
  since: string;
  phone: boolean;
}

export interface QueueView {
  name: string;
  waiting: number;
  longest: string | null;
  /** Grows with every change of the queue's voicemails. */
  messages: number;
  /** Customers who are to be called back; changed grows with every change of one of them. */
  callbacks?: { open: number; changed: number };
}

export interface EventView {
  at: string;
  kind: string;
  agent: string;
  queue: string;
  detail: string;
}

export interface CallView {
  id: string;
  state: 'ringing' | 'talking' | 'held' | 'ended';
  since: string;
  queue: string;
  kind: CallKind;
  number: string;
  name: string;
  entry: string;
  waited: number;
  ringUntil: string | null;
  recording: boolean;
  paused: boolean;
  /** All who are in the call or are called to it. */
  parties: PartyView[];
  timeline: EventView[] | null;
  endReason: string;
}

export interface PartyView {
  leg: string;
  role: 'customer' | 'agent' | 'consulted' | 'guest' | 'supervisor';
  state: 'ringing' | 'talking' | 'held' | 'listen' | 'whisper' | 'barge' | 'reconnecting';
  /** Of an agent; else empty. */
  user: string;
  name: string;
  number: string;
  muted: boolean;
  /** How good its connection is: weak is a MOS below 4, bad below 3.5. */
  line: 'good' | 'weak' | 'bad';
  /** The legs whose voices reach this one. */
  hears: string[];
}

/** Whom a call is to be connected with: exactly one of these. */
export type Destination = { user: string } | { queue: string } | { number: string };

export interface AgentTarget {
  user: string;
  name: string;
  status: Status;
  activity: Activity;
  since: string;
  /** Can take a call now. */
  free: boolean;
}

export interface QueueTarget extends QueueView {
  open: boolean;
}

/** Those to whom an agent can give a call. */
export interface Targets {
  agents: AgentTarget[];
  queues: QueueTarget[];
  /** A telephone number can be typed. */
  anyNumber: boolean;
}

export interface WrapUpView {
  call: string;
  began: string;
  until: string;
  extend: boolean;
  dispositions: string[] | null;
  required: boolean;
}

export interface DeskView {
  agent: AgentView;
  queues: QueueView[] | null;
  call: CallView | null;
  wrapUp: WrapUpView | null;
  notice: string;
  now: string;
}

export interface WrapUpResult {
  notes: string;
  disposition: string;
  status: ConversationStatus;
  lineRating: number;
}
