// Letting new machines in: the token that an administrator makes, and the machines that come with it.
import { api } from './api';
import type { AgentFiles } from './install-line';
import type { AuditEntry, EnrolmentToken } from './types';

export const lifetimes = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 } as const;
export type Lifetime = keyof typeof lifetimes;

// `reports`: its agent has been heard of.
export interface Newcomer {
  id: string;
  reports: boolean;
}

export type EnrolmentService = Pick<typeof api, 'audit' | 'agentFiles' | 'makeEnrolmentToken' | 'host'>;

const pause = 2_000;
const rowsAtOnce = 200;
const askedAtOnce = 10; // newcomers that have not reported

// The hosts that these rows of the audit log, the newest first, say have enrolled with the token, the first first.
export function enrolledWith(token: string, rows: readonly AuditEntry[]): string[] {
  const mark = ` (token ${token})`;
  return rows
    .filter((row) => row.action === 'host.enroll' && row.outcome === 'done' && row.object.endsWith(mark))
    .map((row) => row.object.slice(0, -mark.length))
    .reverse();
}

export class Enrolment {
  token = $state.raw<EnrolmentToken | null>(null);
  files = $state.raw<AgentFiles | null>(null);
  hosts = $state.raw<Newcomer[]>([]); // in the order in which they came
  failing = $state(false); // the service did not say who has come
  private read = 0; // the newest row of the audit log that has been looked at

  constructor(private readonly service: EnrolmentService = api) {}

  // Everyone has come whom the token lets in.
  get complete(): boolean {
    return this.token !== null && this.hosts.length >= this.token.uses && this.hosts.every((host) => host.reports);
  }

  async make(uses: number, expires: number): Promise<void> {
    const [files, newest] = await Promise.all([this.service.agentFiles(), this.service.audit(null, 1)]);
    const token = await this.service.makeEnrolmentToken({ uses, expires });
    this.read = newest.audit[0]?.id ?? 0;
    this.files = files;
    this.hosts = [];
    this.token = token;
  }

  // The token stays good; the page forgets it.
  forget(): void {
    this.token = null;
    this.hosts = [];
    this.failing = false;
  }

  // Looks for newcomers every other second, until the returned function is called.
  watch(): () => void {
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    const round = async (): Promise<void> => {
      this.failing = !(await this.look().then(
        () => true,
        () => false,
      ));
      next();
    };
    const next = (): void => {
      if (!over && !this.complete) timer = setTimeout(() => void round(), pause);
    };
    timer = setTimeout(() => void round(), pause);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }

  // One round: who has come since, and who has been heard of.
  async look(): Promise<void> {
    const token = this.token;
    if (!token) return;
    const rows = await this.newRows();
    if (this.token !== token) return;
    this.read = rows[0]?.id ?? this.read;
    const known = new Set(this.hosts.map((host) => host.id));
    const come = enrolledWith(token.id, rows).filter((id) => !known.has(id));
    this.hosts = [...this.hosts, ...come.map((id) => ({ id, reports: false }))];
    const asked = this.hosts.filter((host) => !host.reports).slice(0, askedAtOnce);
    const heard = await Promise.all(asked.map((host) => this.hasReported(host.id)));
    if (this.token !== token) return;
    const reporting = new Set(asked.filter((_, i) => heard[i]).map((host) => host.id));
    this.hosts = this.hosts.map((host) => (reporting.has(host.id) ? { ...host, reports: true } : host));
  }

  // Rows of the audit log that have not been looked at, the newest first.
  private async newRows(): Promise<AuditEntry[]> {
    const rows: AuditEntry[] = [];
    for (let before: number | null = null; ; ) {
      const page = await this.service.audit(before, rowsAtOnce);
      rows.push(...page.audit.filter((row) => row.id > this.read));
      before = page.next;
      if (before === null || before <= this.read) return rows;
    }
  }

  private async hasReported(id: string): Promise<boolean> {
    // It may not be known yet: the service notices a new host within a moment.
    return this.service.host(id).then(
      (host) => host.state !== 'unknown',
      () => false,
    );
  }
}
