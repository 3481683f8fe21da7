// Routes live in the fragment, so that the server has one page: #/  #/alerts  #/host/<id>
export type Route = { view: 'fleet' } | { view: 'alerts' } | { view: 'host'; id: string };

export function parseRoute(hash: string): Route {
  const [, view, id] = hash.replace(/^#/, '').split('/');
  if (view === 'alerts') return { view: 'alerts' };
  if (view === 'host' && id) {
    try {
      return { view: 'host', id: decodeURIComponent(id) };
    } catch {
      return { view: 'fleet' };
    }
  }
  return { view: 'fleet' };
}

export const hostPath = (id: string) => `#/host/${encodeURIComponent(id)}`;

class Router {
  route = $state.raw<Route>(parseRoute(typeof location === 'undefined' ? '' : location.hash));

  constructor() {
    if (typeof window === 'undefined') return;
    window.addEventListener('hashchange', () => (this.route = parseRoute(location.hash)));
  }
}

export const router = new Router();
