// A past that a fresh service does not have: the page asks for it, and is answered here.

// What the service would tell of a host with a past.
const pastOf = (host) => (asked) => {
  const [from, to] = ['from', 'to'].map((name) => Number(asked.searchParams.get(name)));
  const at = (share) => Math.round(from + (to - from) * share);
  return {
    host,
    presence: [[from, 'online'], [at(0.3), 'sleeping'], [at(0.4), 'online'], [at(0.6), 'lost'], [at(0.66), 'online'], [at(0.8), 'stopped'], [at(0.84), 'online']],
    restarts: [at(0.4), at(0.66), at(0.84)],
    alerts: [
      { id: `${host}:cpu`, rule: 'cpu', instance: '', severity: 'warning', from: at(0.1), until: at(0.25) },
      { id: `${host}:memory`, rule: 'memory', instance: '', severity: 'critical', from: at(0.7), until: null },
      { id: `${host}:offline`, rule: 'offline', instance: '', severity: 'critical', from: at(0.61), until: at(0.66) },
    ],
  };
};
// Condensed figures of any range, as a service has that has run for two years.
const figuresOf = (host) => (asked) => {
  const [from, to, count] = ['from', 'to', 'points'].map((name) => Number(asked.searchParams.get(name)));
  const metric = asked.searchParams.get('metric');
  const scale = /_bps$/.test(metric) ? 1e6 : /memory\.(used|swap)/.test(metric) ? 4e9 : /load/.test(metric) ? 2 : 60;
  const isFlag = metric === 'battery.charging';
  const points = Array.from({ length: count }, (_, i) => {
    if (isFlag) return [Math.round(from + ((to - from) * (i + 0.5)) / count), ...Array(3).fill(i % 120 < 50 ? 1 : 0)];
    const mean = scale * (0.5 + 0.3 * Math.sin(i / 17) + 0.1 * Math.sin(i / 3));
    return [Math.round(from + ((to - from) * (i + 0.5)) / count), mean * 0.7, mean, mean * 1.3];
  }).filter(([ts]) => ts <= Date.now());
  return { host, metric, points };
};
// What this machine may lack, and names that mean harm.
export const mount = '/mnt/a,"b"<img src=x onerror=alert(1)>';
const more = {
  temperatures: [{ name: 'cpu', celsius: 61 }, { name: '=cmd()', celsius: 48 }, { name: 'nvme', celsius: 39 }],
  battery: { percent: 71, charging: true },
  disks: [
    { mount: '/', device: '/dev/sda1', fs: 'ext4', total: 4e10, used: 2e10, percent: 50, read_bps: 5000, write_bps: 7000 },
    { mount, device: '/dev/sdb1', fs: 'xfs', total: 8e11, used: 6e11, percent: 75, read_bps: 9000, write_bps: 1000 },
  ],
  network: ['lo', 'eth0', 'wlan0'].map((name) => ({ name, rx_bps: 1000, tx_bps: 2000 })),
};
export const adorn = (page, host) =>
  page.routeWebSocket(/\/api\/v1\/live/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      const told = JSON.parse(frame);
      socket.send(JSON.stringify({ ...told, hosts: told.hosts?.map((one) => (one.id === host && one.cpu ? { ...one, ...more } : one)) }));
    });
  });
const answer = (page, pattern, of) => page.route(pattern, (route) => route.fulfill({ json: of(new URL(route.request().url())) }));
export const givePast = (page, host) => answer(page, '**/api/v1/hosts/*/events?*', pastOf(host));
export const giveFigures = (page, host) => answer(page, '**/api/v1/hosts/*/history?*', figuresOf(host));
