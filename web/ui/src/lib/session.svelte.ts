import { api, ApiError, whenUnauthorized } from './api';
import { Fleet } from './fleet.svelte';
import { FleetView } from './fleet-view.svelte';
import { LiveFeed, type Socket } from './live';
import type { Branding, Me } from './types';

function openSocket(): Socket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return new WebSocket(`${scheme}://${location.host}/api/v1/live?feed=view`) as unknown as Socket;
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
  readonly view = new FleetView(() => this.fleet.summary?.total ?? 0);

  readonly feed = new LiveFeed(openSocket, {
    frame: (frame, first) => {
      if (frame.org) this.branding = frame.org;
      this.fleet.take(frame, first);
    },
    known: () => this.fleet.known(),
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

  // The host that somebody looks at closely, '' for none.
  lookAt(host: string): void {
    this.fleet.focused = host;
    this.feed.focus(host);
    if (!host || this.fleet.find(host)) return;
    // The feed says nothing of a host that there is not.
    api.host(host).catch((problem: unknown) => {
      if (problem instanceof ApiError && problem.status === 404) this.fleet.absent = host;
    });
  }

  private leave(expired: boolean): void {
    if (this.phase === 'login') return;
    this.feed.stop();
    this.fleet.clear();
    this.me = null;
    this.expired = expired;
    this.phase = 'login';
  }

  async loadBranding(): Promise<void> {
    try {
      this.branding = await api.branding();
    } catch {
      // The page stays neutral until the first snapshot.
    }
  }
}

export const session = new Session();
