// Routes live in the fragment, so that the server has one page: #/  #/wall  #/alerts  #/alerts/history  #/alerts/silences
// #/alerts/at/<alert>/<since>  #/host/<id>  #/settings/<section>, each with ?<what the view shows>
export const alertTabs = ['active', 'history', 'silences'] as const;
export type AlertTab = (typeof alertTabs)[number];
export const settingsSections = ['branding', 'alerts', 'agents', 'notifications', 'people', 'tokens', 'sessions', 'audit', 'service'] as const;
export type SettingsSection = (typeof settingsSections)[number];

export type Route =
  | { view: 'fleet' }
  | { view: 'wall' }
  | { view: 'alerts'; tab: AlertTab }
  | { view: 'alert'; id: string; since: number }
  | { view: 'host'; id: string }
  | { view: 'settings'; section: SettingsSection };

function decoded(part = ''): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

export function parseRoute(hash: string): Route {
  const [, view, id, ...more] = hash.replace(/^#|\?.*$/gs, '').split('/');
  if (view === 'alerts' && id === 'at' && /^\d{1,15}$/.test(more[1] ?? '')) {
    const alert = decoded(more[0]);
    if (alert) return { view: 'alert', id: alert, since: Number(more[1]) };
  }
  if (view === 'alerts') return { view: 'alerts', tab: alertTabs.find((tab) => tab === id) ?? 'active' };
  if (view === 'settings') return { view: 'settings', section: settingsSections.find((one) => one === id) ?? 'branding' };
  const host = view === 'host' ? decoded(id) : '';
  if (host) return { view: 'host', id: host };
  return { view: view === 'wall' ? 'wall' : 'fleet' };
}

export const alertPath = (tab: AlertTab) => (tab === 'active' ? '#/alerts' : `#/alerts/${tab}`);
// One time that an alert fired.
export const alertPagePath = (alert: { id: string; since: number }) => `#/alerts/at/${encodeURIComponent(alert.id)}/${alert.since}`;
export const queryOf = (hash: string): string => /\?(.*)$/.exec(hash)?.[1] ?? '';

export const hostPath = (id: string) => `#/host/${encodeURIComponent(id)}`;

class Router {
  route = $state.raw<Route>(parseRoute(typeof location === 'undefined' ? '' : location.hash));
  query = $state(queryOf(typeof location === 'undefined' ? '' : location.hash));

  constructor() {
    if (typeof window === 'undefined') return;
    window.addEventListener('hashchange', () => {
      this.route = parseRoute(location.hash);
      this.query = queryOf(location.hash);
    });
  }

  // What the present view shows, for a link to it: no new entry in the browser's history.
  replaceQuery(query: string): void {
    if (query === this.query) return;
    history.replaceState(history.state, '', `${location.hash.replace(/\?.*$/s, '') || '#/'}${query && '?'}${query}`);
    this.query = query;
  }
}

export const router = new Router();
