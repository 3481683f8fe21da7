import { text } from './text';
import type { Alert, Branding, HistoryPoint, HostDetail, IsolationReport, Me, NotifyChannel, NotifyOutcome, NewSilence } from './types';

export class ApiError extends Error {
  // `status` 0: no answer at all. `retryAfter`: seconds to wait before the next attempt.
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter = 1,
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
    const problem = (await response.json().catch(() => null)) as { title?: string; detail?: string } | null;
    const retryAfter = Number(response.headers.get('Retry-After')) || 1;
    throw new ApiError(response.status, problem?.detail ?? problem?.title ?? response.statusText, retryAfter);
  }
  if (response.status === 204) return undefined as T;
  const body = await response.text();
  return (body ? JSON.parse(body) : undefined) as T;
}

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

export const api = {
  branding: () => request<Branding>('branding', {}, true),
  me: () => request<Me>('me', {}, true),
  login: (user: string, password: string) => request<Me | undefined>('login', post({ user, password }), true),
  logout: () => request<void>('logout', post({}), true),
  acknowledge: (id: string) => request<Alert>(`alerts/${encodeURIComponent(id)}/ack`, post({})),
  silence: (terms: NewSilence) => request<{ id: string }>('silences', post(terms)),
  notifyChannels: async (): Promise<NotifyChannel[]> => (await request<{ channels: NotifyChannel[] }>('settings/notify')).channels,
  notifyTest: async (channel: string): Promise<NotifyOutcome[]> =>
    (await request<{ results: NotifyOutcome[] }>('settings/notify-test', post({ channel }))).results,
  isolation: () => request<IsolationReport>('isolation'),
  host: (id: string) => request<HostDetail>(`hosts/${encodeURIComponent(id)}`),
  history: async (id: string, metric: string, from: number, to: number, points: number): Promise<HistoryPoint[]> => {
    const query = new URLSearchParams({ metric, from: String(Math.floor(from)), to: String(Math.ceil(to)), points: String(points) });
    const answer = await request<{ points: HistoryPoint[] }>(`hosts/${encodeURIComponent(id)}/history?${query}`);
    return answer.points;
  },
};
