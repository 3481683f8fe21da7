import { api, ApiError, whenUnauthorized } from './api';
import { Fleet } from './fleet.svelte';
import { LiveFeed, type Socket } from './live';
import type { Branding, Me } from './types';

function openSocket(): Socket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return new WebSocket(`${scheme}://${location.host}/api/v1/live`) as unknown as Socket;
}

// A number: too many attempts, the next one after so many seconds.
export type LoginFailure = 'wrong' | 'unavailable' | 'unreachable' | number;

// Who is signed in, to which organisation, and the feed that follows from it.
class Session {
  phase = $state<'starting' | 'login' | 'in'>('starting');
  branding = $state.raw<Branding | null>(null);
  me = $state.raw<Me | null>(null);
  expired = $state(false);
  readonly fleet = new Fleet();

  readonly feed = new LiveFeed(openSocket, {
    snapshot: (frame) => {
      if (frame.org) this.branding = frame.org;
      this.fleet.snapshot(frame);
    },
    delta: (frame) => this.fleet.delta(frame),
    status: (status) => this.fleet.setStatus(status),
    checkSession: async () => {
      try {
        this.me = await api.me();
        return 'in';
      } catch (problem) {
        return problem instanceof ApiError && problem.status === 401 ? 'out' : 'unreachable';
      }
    },
    expired: () => this.leave(true),
  });

  async start(): Promise<void> {
    whenUnauthorized(() => this.leave(true));
    window.addEventListener('online', () => this.feed.wake());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.feed.wake();
    });
    const branding = this.loadBranding();
    const me = api.me().catch((problem: unknown) => problem);
    await branding;
    const answer = await me;
    if (answer instanceof Error) {
      if (answer instanceof ApiError && answer.status === 401) this.phase = 'login';
      // The page came from somewhere: behave as signed in, the feed says what is wrong and mends itself.
      else this.enter(null);
    } else {
      this.enter(answer as Me);
    }
  }

  async login(name: string, password: string): Promise<LoginFailure | null> {
    try {
      const answer = await api.login(name, password);
      this.enter(answer?.role ? answer : await api.me());
      return null;
    } catch (problem) {
      const status = problem instanceof ApiError ? problem.status : 0;
      if (status === 0) return 'unreachable';
      if (problem instanceof ApiError && status === 429) return problem.retryAfter;
      return status >= 500 ? 'unavailable' : 'wrong';
    }
  }

  async logout(): Promise<void> {
    await api.logout().catch(() => {});
    this.leave(false);
  }

  private enter(me: Me | null): void {
    this.me = me;
    this.expired = false;
    this.phase = 'in';
    this.feed.start();
  }

  private leave(expired: boolean): void {
    if (this.phase === 'login') return;
    this.feed.stop();
    this.fleet.clear();
    this.me = null;
    this.expired = expired;
    this.phase = 'login';
  }

  private async loadBranding(): Promise<void> {
    try {
      this.branding = await api.branding();
    } catch {
      // The page stays neutral until the first snapshot.
    }
  }
}

export const session = new Session();
