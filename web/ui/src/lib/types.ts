// The JSON of the HTTP API and the live feed, as docs/api.md and topics.md define it. Times are milliseconds
// since 1970 UTC, sizes bytes, rates bytes per second, `percent` 0 to 100.

export type Presence = 'unknown' | 'online' | 'sleeping' | 'stopped' | 'lost' | 'silent';

export interface Branding {
  name: string;
  id: string;
  title: string;
  primary_color: string;
  secondary_color?: string | null;
  logo_url?: string | null;
}

export interface Cpu {
  percent: number;
  cores?: number[];
  load?: [number, number, number];
  iowait?: number;
  steal?: number;
}

export interface Memory {
  percent: number;
  total?: number;
  used?: number;
  available?: number;
  swap_total?: number;
  swap_used?: number;
}

export interface Disk {
  mount: string;
  device?: string;
  fs?: string;
  total: number;
  used: number;
  percent: number;
  read_bps?: number;
  write_bps?: number;
}

export interface Interface {
  name: string;
  rx_bps: number;
  tx_bps: number;
}

export interface Temperature {
  name: string;
  celsius: number;
}

export interface Battery {
  percent: number;
  charging: boolean;
}

export interface HostInfo {
  os?: string;
  version?: string;
  kernel?: string;
  model?: string;
  arch?: string;
  cores?: number;
  memory?: number;
  agent_version?: string;
  hostname?: string;
  tags?: string[];
  addresses?: string[];
}

// A host: everything but `id` may be absent.
export interface Host {
  id: string;
  state?: Presence;
  since?: number;
  last_seen?: number;
  clock_offset?: number; // ms that its clock is ahead
  ts?: number;
  seq?: number;
  boot?: string;
  interval?: number;
  cpu?: Cpu;
  memory?: Memory;
  disks?: Disk[];
  network?: Interface[];
  temperatures?: Temperature[];
  battery?: Battery;
  uptime?: number;
  processes?: number;
  info?: HostInfo;
  note?: string;
  tags?: string[]; // people's, beside those in `info`
}

// What people write about a host; null takes it away.
export interface HostLabel {
  note?: string | null;
  tags?: string[] | null;
}

// A host of a delta: what is absent has not changed, what is null is reported no longer.
export type HostChange = { id: string } & { [Member in Exclude<keyof Host, 'id'>]?: Host[Member] | null };

export interface Alert {
  id: string;
  host: string;
  rule: 'cpu' | 'memory' | 'swap' | 'load' | 'disk' | 'disk_full' | 'temperature' | 'battery' | 'traffic' | 'offline' | 'duplicate' | 'isolation' | (string & {});
  instance?: string;
  severity: 'warning' | 'critical';
  state: 'pending' | 'firing' | 'acknowledged' | 'resolved';
  value: number;
  threshold: number;
  since: number;
  flapping?: boolean;
  silenced?: boolean;
  acknowledged_by?: string;
  acknowledged_at?: number;
}

// One time that an alert fired; `value` is that of then, `since` when it fired.
export interface PastAlert extends Alert {
  state: 'resolved';
  resolved: number;
  worst: number;
}

export interface PastAlerts {
  alerts: PastAlert[];
  next: number | null; // `before` of the page that follows
}

export interface Silence {
  id: string;
  host: string | null;
  tag: string | null;
  rule: string | null;
  from: number;
  until: number;
  repeat: string | null;
  comment: string | null;
  created: number;
  by: string;
  active: boolean;
}

// Whom nobody is told about, and when; `repeat` is an RFC 5545 rule.
export interface NewSilence {
  host?: string;
  tag?: string;
  rule?: string;
  from?: number;
  until: number;
  repeat?: string;
  comment?: string;
}

// What the page shows of the fleet: docs/api.md, "A view of the fleet".
export interface ViewRequest {
  q: string;
  sort: string;
  group: string;
  from: number;
  count: number;
  hold: boolean;
  heat: string;
}

export interface Summary {
  hosts: Record<Presence, number>;
  alerts: { critical: number; warning: number };
  trouble: number;
  total: number;
}

// A member that is absent has not changed.
export interface ViewFrame {
  type: 'view';
  seq: number;
  org?: Branding;
  summary?: Summary;
  rows?: { total: number; from: number; ids: string[] };
  groups?: [name: string, hosts: number, trouble: number][];
  trouble?: string[];
  heat?: { figure: string; values: string };
  hosts?: HostChange[];
  alerts?: Alert[];
  all_alerts?: boolean; // `alerts` are all that are raised
}

// [time, smallest, mean, largest]
export type HistoryPoint = [number, number, number, number];

// An alert as it was: `until` is null while it fires.
export interface AlertSpell {
  id: string;
  rule: Alert['rule'];
  instance: string;
  severity: Alert['severity'];
  from: number;
  until: number | null;
}

// What happened to a host within a range of time. The first presence is the state at the range's start.
export interface HostEvents {
  host: string;
  presence: [ts: number, state: Presence][];
  restarts: number[];
  alerts: AlertSpell[];
}

// What one process of a host needs: CPU in percent of one core, memory in bytes.
export interface Process {
  pid: number;
  name: string;
  user?: string;
  cpu: number;
  memory: number;
}

export interface ProcessList {
  host: string;
  ts: number;
  processes: Process[];
}

export interface HostDetail extends Host {
  alerts?: Alert[];
  metrics?: string[];
}

// What the service's canary found when it last tried what must fail at the broker.
export interface IsolationReport {
  state: 'passed' | 'failed' | 'unknown' | 'off';
  interval: number;
  last_tried: number | null;
  last_passed: number | null;
  detail: string;
  attempts: { name: string; aim: string; refused: boolean }[];
}

export type Role = 'viewer' | 'operator' | 'admin';

export interface Me {
  name: string;
  role: Role;
}

export interface Person extends Me {
  created: number;
}

// `expires` null: never.
export interface Token {
  id: string;
  kind: 'api' | 'enroll';
  role?: Role;
  label: string;
  created: number;
  expires: number | null;
}

export interface NewToken {
  role: Role;
  label: string;
  expires: number | null;
}

// `uses`: how many machines it lets in.
export interface EnrolmentToken {
  id: string;
  token: string;
  uses: number;
  expires: number;
}

export interface LoginSession {
  id: string;
  user: string;
  role: Role;
  created: number;
  last_seen: number;
  expires: number;
  address: string;
  user_agent: string;
  current: boolean;
}

export interface AuditEntry {
  id: number;
  at: number;
  who: string;
  from: string;
  action: string;
  object: string;
  outcome: string;
}

// `next` null: the last page.
export interface AuditPage {
  audit: AuditEntry[];
  next: number | null;
}

// What is left out is as it is set.
export interface DryRunQuestion {
  rule: string;
  warning?: number;
  critical?: number;
  hold_seconds?: number;
  margin?: number;
  days?: number;
}

// `until` null: it would fire still.
export interface DryRunFiring {
  host: string;
  instance: string;
  severity: Alert['severity'];
  from: number;
  until: number | null;
  worst: number;
}

// `fired` counts all, `firings` lists the first thousand.
export interface DryRunReport {
  fired: number;
  hosts: number;
  hosts_looked_at: number;
  firings: DryRunFiring[];
}

// A channel of notifications; times in ms, null: never.
export interface NotifyChannel {
  name: string;
  type: string;
  sent: number;
  waiting: number;
  dead: number;
  trouble: string;
  failing_since: number | null;
  last_sent: number | null;
}

export interface NotifyOutcome {
  channel: string;
  delivered: boolean;
  trouble: string;
}
