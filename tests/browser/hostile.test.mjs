// Names that mean harm, wherever people and machines may choose one: they are text on every page, and no page is wider for them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { accessibilityFaults, openPage, shot, signIn } from './support/browser.mjs';
import { password, repository } from './support/fleet.mjs';
import { stage } from './support/stage.mjs';
import { waitUntil } from './support/wait.mjs';

const image = '<img src=x onerror=window.hacked=1>';
const host = `${'W'.repeat(60)}.-_9`;
const settings = { 'alerts.hold_seconds': 0 };

let fleet;
let browser;
let base;

const check = stage('hostile', async (...started) => {
  [fleet, browser] = started;
  await fleet.choosePorts(1);
  ({ base } = fleet.setup({ slug: 'evil', name: `"><script>window.hacked=1</script>`, title: `${image}${'W'.repeat(50)}`, color: '#ff0055', settings, flags: ['--report-interval', '1'] }));
  await fleet.up();
  const config = join(fleet.root, 'hostile.json');
  fleet.cli(['agent-config', 'evil', '--host', host, '-o', config]);
  fleet.run('/usr/bin/python3', [join(repository, 'tests/browser/support/hostile_host.py'), config], 'hostile-host');
  const token = fleet.cli(['token', 'api', 'evil', '--role', 'admin']).trim();
  const send = async (method, path, body) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const answer = await fetch(`${base}/api/v1/${path}`, { method, headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.text()}`);
  };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9000 9"><script>parent.hacked=1</script><rect width="9000" height="9" onload="parent.hacked=1"/></svg>`;
  await send('PATCH', 'settings', { branding: { logo_url: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}` } });
  await send('POST', 'silences', { tag: image, rule: 'offline', until: Date.now() + 3_600_000, comment: `${image}${'W'.repeat(150)}` });
  await send('PATCH', `hosts/${host}`, { note: `${image}\n${'W'.repeat(500)}`, tags: [image, 'W'.repeat(64)] });
  await send('POST', 'tokens', { role: 'viewer', label: image });
  const raised = await waitUntil(async () => {
    const answer = await fetch(`${base}/api/v1/alerts`, { headers: { Authorization: `Bearer ${token}` } });
    const { alerts } = await answer.json();
    return alerts.length > 8 && alerts;
  }, 'its disks are full', { show: () => fleet.tails() });
  const { id, since } = raised.find((one) => one.instance.includes(image));
  pages.alert = { hash: `#/alerts/at/${encodeURIComponent(id)}/${since}`, ready: (page) => page.getByText(image).first().waitFor() };
});

const pages = {
  'fleet-cards': { hash: '#/?view=cards', ready: (page) => page.locator('[data-host]').first().waitFor() },
  'fleet-table': { hash: '#/?view=table&group=tag', ready: (page) => page.locator('[data-host]').first().waitFor() },
  'fleet-heat': { hash: '#/?view=heat&group=os', ready: (page) => page.locator('[data-heat]').first().waitFor() },
  alerts: { hash: '#/alerts', ready: (page) => page.getByText(host).first().waitFor() },
  history: { hash: '#/alerts/history', ready: () => {} },
  silences: { hash: '#/alerts/silences', ready: (page) => page.getByText(image).first().waitFor() },
  host: {
    hash: `#/host/${host}`,
    ready: async (page) => {
      await page.locator('[data-chart="Disk usage"] canvas').waitFor();
      await page.getByRole('button', { name: 'Show processes' }).click();
      await page.getByTestId('processes').getByText(image).first().waitFor();
    },
  },
  wall: { hash: '#/wall', ready: (page) => page.locator('[data-heat]').first().waitFor() },
  ...Object.fromEntries(
    ['branding', 'alerts', 'notifications', 'people', 'tokens', 'sessions', 'audit', 'service'].map((section) => [
      `settings-${section}`,
      { hash: `#/settings/${section}`, ready: (page) => page.getByText('Loading …').waitFor({ state: 'detached' }) },
    ]),
  ),
};

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const [look, size, scheme] of Object.entries(sizes).flatMap(([name, each]) => ['light', 'dark'].map((one) => [`${name}-${one}`, each, one]))) {
  check(`are text on every page, which axe has nothing against (${look})`, async () => {
    const { page, complaints } = await openPage(browser, { base, size, scheme });
    const faults = [];
    const inspect = async (name) => {
      if (await page.evaluate(() => window.hacked)) faults.push(`${name}: something of it runs`);
      if ((await page.locator('img[src="x"], svg[onload], main script').count()) > 0) faults.push(`${name}: it is not text`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wider > 0) faults.push(`${name}: ${wider} px wider than the screen`);
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${name}: ${fault}`));
      await shot(page, `hostile-${name}-${look}`, { fullPage: true });
    };
    await page.goto(`${base}/dashboard`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await inspect('login');
    await signIn(page, base, 'admin', password);
    await page.locator('[data-host]').first().waitFor();
    for (const [name, { hash, ready }] of Object.entries(pages)) {
      await page.goto(`${base}/dashboard${hash}`);
      await ready(page);
      await inspect(name);
    }
    assert.deepEqual([...faults, ...complaints], []);
  });
}
