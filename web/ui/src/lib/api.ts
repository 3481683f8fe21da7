import type { AgentFiles } from './install-line';
import { text } from './text';
import type { Settings, SettingsPatch } from './settings.svelte';
import type {
  Alert, AuditPage, Branding, DryRunQuestion, DryRunReport, EnrolmentToken, HistoryPoint, HostDetail, HostEvents, HostLabel, IsolationReport, LoginSession, Me, NewToken, NotifyChannel,
  NotifyOutcome, NewSilence, PastAlerts, Person, ProcessList, Role, Silence, Token,
} from './types';

export class ApiError extends Error {
  // `status` 0: no answer at all. `retryAfter`: seconds to wait before the next attempt.
  // `parameter`: the part of the request that is to blame, such as `alerts.cpu_threshold`; '' for none.
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter = 1,
    readonly parameter = '',
  ) {
    super(message);
  }
}

type Listener = () => void;
let onUnauthorized: Listener = () => {};

// Called when any request but login finds that the session is gone.
export function whenUnauthorized(listener: Listener): void {
  onUnauthorized = listener;
}

const patience = 15_000;

async function request<T>(path: string, init: RequestInit = {}, quiet = false): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, {
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
      ...init,
      headers: { Accept: 'application/json', ...init.headers },
    });
  } catch {
    throw new ApiError(0, text.noAnswer);
  }
  if (!response.ok) {
    if (response.status === 401 && !quiet) onUnauthorized();
    const problem = (await response.json().catch(() => null)) as { title?: string; detail?: string; parameter?: string } | null;
    const retryAfter = Number(response.headers.get('Retry-After')) || 1;
    throw new ApiError(response.status, problem?.detail ?? problem?.title ?? response.statusText, retryAfter, problem?.parameter);
  }
  if (response.status === 204) return undefined as T;
  const body = await response.text();
  return (body ? JSON.parse(body) : undefined) as T;
}

const send = (method: 'POST' | 'PATCH', body: unknown): RequestInit => ({
  method,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

const post = (body: unknown) => send('POST', body);
const patch = (body: unknown) => send('PATCH', body);
const remove: RequestInit = { method: 'DELETE' };
const named = (path: string, name: string) => `${path}/${encodeURIComponent(name)}`;

export const api = {
  branding: () => request<Branding>('branding', {}, true),
  me: () => request<Me>('me', {}, true),
  login: (user: string, password: string) => request<Me | undefined>('login', post({ user, password }), true),
  logout: () => request<void>('logout', post({}), true),
  acknowledge: (id: string) => request<Alert>(`alerts/${encodeURIComponent(id)}/ack`, post({})),
  silence: (terms: NewSilence) => request<{ id: string }>('silences', post(terms)),
  silences: async (): Promise<Silence[]> => (await request<{ silences: Silence[] }>('silences')).silences,
  endSilence: (id: string) => request<void>(`silences/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  alerts: async (): Promise<Alert[]> => (await request<{ alerts: Alert[] }>('alerts')).alerts,
  pastAlerts: (query: Record<string, string>) => request<PastAlerts>(`alerts?${new URLSearchParams({ state: 'resolved', ...query })}`),
  notifyChannels: async (): Promise<NotifyChannel[]> => (await request<{ channels: NotifyChannel[] }>('settings/notify')).channels,
  notifyTest: async (channel: string): Promise<NotifyOutcome[]> =>
    (await request<{ results: NotifyOutcome[] }>('settings/notify-test', post({ channel }))).results,
  settings: () => request<Settings>('settings'),
  changeSettings: (changes: SettingsPatch) => request<Settings>('settings', patch(changes)),
  dryRun: (question: DryRunQuestion) => request<DryRunReport>('settings/dry-run', post(question)),
  people: async (): Promise<Person[]> => (await request<{ users: Person[] }>('users')).users,
  addPerson: (name: string, role: Role, password: string) => request<void>('users', post({ name, role, password })),
  changePerson: (name: string, change: { role?: Role; password?: string }) => request<void>(named('users', name), patch(change)),
  removePerson: (name: string) => request<void>(named('users', name), remove),
  changePassword: (current: string, next: string) => request<void>('me/password', post({ current, new: next })),
  tokens: async (): Promise<Token[]> => (await request<{ tokens: Token[] }>('tokens')).tokens,
  makeToken: async (terms: NewToken): Promise<string> => (await request<{ token: string }>('tokens', post(terms))).token,
  makeEnrolmentToken: (terms: { uses: number; expires: number }) => request<EnrolmentToken>('tokens', post({ kind: 'enroll', ...terms })),
  agentFiles: () => request<AgentFiles>('agent'),
  revokeToken: (id: string) => request<void>(named('tokens', id), remove),
  sessions: async (): Promise<LoginSession[]> => (await request<{ sessions: LoginSession[] }>('sessions')).sessions,
  endSession: (id: string) => request<void>(named('sessions', id), remove),
  audit: (before: number | null, limit = 50) => request<AuditPage>(`audit?limit=${limit}${before === null ? '' : `&before=${before}`}`),
  isolation: () => request<IsolationReport>('isolation'),
  host: (id: string) => request<HostDetail>(`hosts/${encodeURIComponent(id)}`),
  labelHost: (id: string, label: HostLabel) => request<HostDetail>(named('hosts', id), patch(label)),
  hostEvents: (id: string, from: number, to: number) =>
    request<HostEvents>(`hosts/${encodeURIComponent(id)}/events?${new URLSearchParams({ from: String(Math.floor(from)), to: String(Math.ceil(to)) })}`),
  processes: (id: string) => request<ProcessList>(`hosts/${encodeURIComponent(id)}/processes`),
  history: async (id: string, metric: string, from: number, to: number, points: number): Promise<HistoryPoint[]> => {
    const query = new URLSearchParams({ metric, from: String(Math.floor(from)), to: String(Math.ceil(to)), points: String(points) });
    const answer = await request<{ points: HistoryPoint[] }>(`hosts/${encodeURIComponent(id)}/history?${query}`);
    return answer.points;
  },
};
