// The charts of a host in a real browser: ranges, zoom, pan, crosshair, marks, links and files.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe } from 'node:test';
import { accessibilityFaults, openPage, shot, signIn } from './support/browser.mjs';
import { password } from './support/fleet.mjs';
import { adorn, giveFigures, givePast, mount } from './support/past.mjs';
import { stage } from './support/stage.mjs';
import { waitUntil } from './support/wait.mjs';

const host = 'delta-web-1';
// Everything is above this memory threshold.
const settings = { 'alerts.clear_margin': 0.5, 'alerts.memory_threshold': 1, 'alerts.hold_seconds': 1 };
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const ranges = { '5m': 5 * minute, '15m': 15 * minute, '1h': hour, '6h': 6 * hour, '24h': day, '7d': 7 * day, '30d': 30 * day, '90d': 90 * day, '1y': 365 * day, '2y': 730 * day };

let fleet;
let org;
let browser;

const check = stage('charts', async (...started) => {
  [fleet, browser] = started;
  await fleet.choosePorts(1);
  org = fleet.setup({ slug: 'delta', name: 'Delta Works', title: 'Delta Fleet', color: '#3b82f6', settings, flags: ['--report-interval', '1'] });
  await fleet.up();
  fleet.agent('delta', host);
});

async function openHost(query = '', { past = true, figures = false, adorned = false, ...options } = {}) {
  const opened = await openPage(browser, { base: org.base, ...options });
  const { page } = opened;
  const asked = [];
  page.on('request', (request) => request.url().includes('/history?') && asked.push(new URL(request.url()).searchParams));
  // Histories that are on their way.
  const waiting = new Set();
  page.on('request', (request) => request.url().includes('/history?') && waiting.add(request));
  for (const event of ['requestfinished', 'requestfailed']) page.on(event, (request) => waiting.delete(request));
  const loaded = () => waitUntil(() => waiting.size === 0, 'every history is there');
  if (past) await givePast(page, host);
  if (figures) await giveFigures(page, host);
  if (adorned) await adorn(page, host);
  await signIn(page, org.base, 'admin', password);
  await page.locator('[data-host]').first().waitFor();
  await page.goto(`${org.base}/dashboard#/host/${host}${query}`);
  // With its first sample a host has all of its charts.
  await page.locator('[data-chart="Disk usage"] canvas').waitFor();
  return { ...opened, asked, loaded };
}

const surface = (page, chart = 'CPU') => page.locator(`[data-chart="${chart}"]`).getByRole('application');
const query = (page) => new URLSearchParams(new URL(page.url()).hash.split('?')[1] ?? '');
// The fixed window that the link names.
const windowOf = (page) => ['from', 'to'].map((name) => Number(query(page).get(name)));
const isFixed = (page) => waitUntil(() => query(page).has('from'), 'the link names a fixed window');
const isLive = (page, range) => waitUntil(() => query(page).get('range') === range, `the link names the range ${range}`);
const hasFigures = (page, chart = 'CPU') => waitUntil(async () => /\d/.test(await page.locator(`[data-chart="${chart}"] .value`).first().textContent()), 'there are figures', { seconds: 30, show: () => fleet.tails() });
// So many further samples have come.
const moves = async (page, times) => {
  const seen = new Set();
  await waitUntil(async () => seen.add(await page.locator('[data-chart="CPU"] .time').textContent()).size > times, `${times} samples`);
};
// Where the charts stand: nothing that is read moves them.
const places = (page) => page.$$eval('[data-chart]', (charts) => charts.map((chart) => `${chart.dataset.chart} ${chart.offsetTop} ${chart.offsetHeight}`).join('\n'));
const drag = async (page, chart, from, to) => {
  const box = await surface(page, chart).boundingBox();
  const [x, y] = [(share) => box.x + box.width * share, box.y + box.height / 2];
  await page.mouse.move(x(from), y);
  await page.mouse.down();
  await page.mouse.move(x((from + to) / 2), y, { steps: 4 });
  await page.mouse.move(x(to), y, { steps: 4 });
  await page.mouse.up();
};
const noComplaints = (complaints) => assert.deepEqual(complaints, []);

describe('the range', () => {
  check('is anything from five minutes to two years', async () => {
    const { page, context, complaints, asked } = await openHost('', { figures: true });
    await hasFigures(page);
    const stand = await places(page);
    const offered = page.getByRole('group', { name: 'Time range' }).getByRole('button');
    assert.equal(await offered.count(), Object.keys(ranges).length);
    for (const [i, [range, span]] of Object.entries(ranges).entries()) {
      asked.length = 0;
      await offered.nth(i).click();
      await isLive(page, range);
      const spanned = (search) => search.get('metric') === 'memory.used' && Math.abs(Number(search.get('to')) - Number(search.get('from')) - span) < 5000;
      await waitUntil(() => asked.some(spanned), `the history of ${range} is asked for`);
      await hasFigures(page);
      assert.equal(await places(page), stand, range);
    }
    // Condensed points have a band, which the legend tells too.
    assert.match(await page.locator('[data-chart="CPU"] .range').textContent(), /\d.* to \d/);
    assert.match(await page.locator('[data-chart="Network"] .range').first().textContent(), /B\/s to \d/);
    await shot(page, 'charts-two-years', { fullPage: true });
    await page.reload();
    await page.locator('[data-chart="CPU"] canvas').waitFor();
    await isLive(page, '2y');
    assert.equal(await offered.last().getAttribute('aria-pressed'), 'true');
    // Where there is less room it is a list.
    await page.setViewportSize({ width: 390, height: 844 });
    const select = page.getByRole('combobox', { name: 'Time range' });
    assert.deepEqual(await select.locator('option').evaluateAll((options) => options.map((option) => option.value)), Object.keys(ranges));
    await select.selectOption('5m');
    await isLive(page, '5m');
    noComplaints(complaints);
    await context.close();
  });
});

describe('a window', () => {
  check('is dragged out on any chart, moves them all, and leads back to live', async () => {
    const { page, context, complaints, asked, loaded } = await openHost('?range=5m');
    await hasFigures(page);
    await loaded();
    asked.length = 0;
    const before = Date.now();
    await drag(page, 'Memory', 0.4, 0.8);
    await isFixed(page);
    const [from, to] = windowOf(page);
    const late = Date.now() - before;
    assert.ok(Math.abs(to - from - 2 * minute) < 5000 + late, `two of five minutes: ${to - from}`);
    assert.ok(Math.abs(to - (before - minute)) < 10_000 + late, `ends a minute ago: ${before - to}`);
    for (const metric of ['cpu.percent', 'memory.used', 'cpu.cores[0]']) {
      await waitUntil(() => asked.some((s) => s.get('metric') === metric && Number(s.get('from')) === from && Number(s.get('to')) === to), `${metric} is asked for at the new window`);
    }
    assert.equal(await page.getByRole('group', { name: 'Time range' }).locator('[aria-pressed=true]').count(), 0);
    // It stands still.
    const shown = await page.getByTestId('window').textContent();
    await page.waitForTimeout(1500);
    assert.equal(await page.getByTestId('window').textContent(), shown);
    await shot(page, 'charts-fixed');
    await page.getByRole('button', { name: 'Back to live' }).click();
    await isLive(page, '5m');
    await waitUntil(async () => (await page.getByTestId('window').textContent()) !== shown, 'it moves again');
    noComplaints(complaints);
    await context.close();
  });

  check('is a link', async () => {
    const to = Date.now() - 10_000;
    const link = `?from=${to - 2 * minute}&to=${to}`;
    const { page, context, complaints } = await openHost(link);
    const shown = await page.getByTestId('window').textContent();
    await page.reload();
    await page.locator('[data-chart="CPU"] canvas').waitFor();
    assert.equal(await page.getByTestId('window').textContent(), shown);
    assert.equal(new URL(page.url()).hash, `#/host/${host}${link}`);
    // Another link of the same host, as somebody pastes it.
    await page.evaluate((hash) => (location.hash = hash), `#/host/${host}?range=6h`);
    await page.locator('[aria-pressed=true]', { hasText: '6 h' }).waitFor();
    // One that makes no sense leads to the usual window.
    await page.evaluate((hash) => (location.hash = hash), `#/host/${host}?from=%3Cb%3E&to=5`);
    await waitUntil(() => page.getByRole('button', { name: 'Back to live' }).isDisabled(), 'a broken link is live');
    await page.getByRole('link', { name: 'All machines' }).click();
    await page.locator(`main [data-host="${host}"]`).waitFor();
    await page.waitForTimeout(500);
    assert.equal(new URL(page.url()).hash, '#/');
    noComplaints(complaints);
    await context.close();
  });

  check('moves by keyboard', async () => {
    const { page, context, complaints } = await openHost('?range=1h');
    await surface(page).focus();
    await page.keyboard.press('ArrowLeft');
    await isFixed(page);
    const first = windowOf(page);
    assert.equal(first[1] - first[0], hour);
    await page.keyboard.press('Shift+ArrowLeft');
    await waitUntil(() => windowOf(page)[0] < first[0], 'it is earlier');
    const second = windowOf(page);
    assert.equal(first[0] - second[0], hour / 2);
    await page.keyboard.press('+');
    await waitUntil(() => windowOf(page)[1] - windowOf(page)[0] === hour / 2, 'half of it is shown');
    await page.keyboard.press('-');
    await waitUntil(() => windowOf(page).join() === second.join(), 'it is what it was');
    await page.keyboard.press('Escape');
    await isLive(page, '1h');
    await page.keyboard.press('-');
    await isLive(page, '2h');
    await page.keyboard.press('0');
    await isLive(page, '15m');
    // Buttons do the same.
    await page.getByRole('button', { name: 'Earlier' }).click();
    await isFixed(page);
    const later = page.getByRole('button', { name: 'Later' });
    await later.click();
    // Time may have gone on meanwhile: then the second step reaches it.
    if (await later.isEnabled()) await later.click();
    await isLive(page, '15m');
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await isLive(page, '450s');
    noComplaints(complaints);
    await context.close();
  });

  check('moves by wheel, by dragging with Shift and by double click', async () => {
    const { page, context, complaints } = await openHost('?range=1h');
    const box = await surface(page).boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -240);
    await page.keyboard.up('Control');
    await isFixed(page);
    const zoomed = windowOf(page);
    assert.ok(Math.abs(zoomed[1] - zoomed[0] - hour / 2) < 1000, `${zoomed[1] - zoomed[0]}`);
    assert.ok(Math.abs((zoomed[0] + zoomed[1]) / 2 - (Date.now() - hour / 2)) < 30_000, 'about the pointer');
    await page.mouse.wheel(-box.width / 4, 0);
    await waitUntil(() => windowOf(page)[0] < zoomed[0] - 5 * minute, 'a quarter earlier');
    const moved = windowOf(page);
    assert.equal(moved[1] - moved[0], zoomed[1] - zoomed[0]);
    await page.keyboard.down('Shift');
    await drag(page, 'CPU', 0.3, 0.8);
    await page.keyboard.up('Shift');
    await waitUntil(() => Math.abs(moved[0] - windowOf(page)[0] - hour / 4) < minute, 'half a window earlier');
    await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
    await waitUntil(() => Math.abs(windowOf(page)[1] - windowOf(page)[0] - hour) < 1000, 'twice as much is shown');
    // Without a key the wheel scrolls the page.
    const before = new URL(page.url()).hash;
    await page.mouse.wheel(0, 300);
    await waitUntil(() => page.evaluate(() => scrollY > 0), 'the page scrolls');
    assert.equal(new URL(page.url()).hash, before);
    noComplaints(complaints);
    await context.close();
  });

  check('is pinched, and read by touch', async () => {
    const { page, context, complaints } = await openHost('?range=1h', { figures: true, size: { width: 390, height: 844 } });
    await hasFigures(page);
    const wire = await context.newCDPSession(page);
    await wire.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 2 });
    await surface(page).scrollIntoViewIfNeeded();
    const box = await surface(page).boundingBox();
    const y = box.y + box.height / 2;
    const touch = (type, ...shares) => wire.send('Input.dispatchTouchEvent', { type, touchPoints: shares.map((share, id) => ({ x: box.x + box.width * share, y, id })) });
    await touch('touchStart', 0.5);
    await touch('touchEnd');
    await page.locator('[data-chart="CPU"] .pointed').waitFor();
    const time = await page.locator('[data-chart="CPU"] .time').textContent();
    assert.equal(await page.locator('[data-chart="Memory"] .time').textContent(), time);
    await touch('touchStart', 0.4, 0.6);
    for (const apart of [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]) await touch('touchMove', 0.5 - apart / 2, 0.5 + apart / 2);
    await touch('touchEnd');
    await isFixed(page);
    const [from, to] = windowOf(page);
    assert.ok(to - from < hour / 2.5, `pinched to ${(to - from) / minute} min`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    noComplaints(complaints);
    await context.close();
  });
});

describe('the crosshair', () => {
  check('stands at the same moment in all charts, with their values', async () => {
    const { page, context, complaints, loaded } = await openHost('?range=1h', { figures: true });
    await hasFigures(page);
    await loaded();
    const stand = await places(page);
    const box = await surface(page).boundingBox();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await page.locator('[data-chart="CPU"] .pointed').waitFor();
    assert.equal(await places(page), stand);
    const charts = await page.locator('.chart-panel').count();
    assert.ok(charts >= 5, `${charts} charts`);
    const times = await page.locator('.chart-panel .time').allTextContents();
    assert.equal(new Set(times).size, 1, times.join());
    assert.match(times[0], /^\d+ \w+ \d{4}, \d\d:\d\d:\d\d$/);
    assert.equal(await page.locator('[data-chart="Cores"] .time').textContent(), times[0]);
    // A line in each chart, in the cores and in the strip of presence.
    assert.equal(await page.locator('.hair').count(), (await page.getByRole('application').count()));
    const first = await page.locator('.chart-panel .value').allTextContents();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
    await waitUntil(async () => (await page.locator('.chart-panel .value').allTextContents()).join() !== first.join(), 'values follow');
    const hair = async () => (await page.locator('[data-chart="CPU"] .hair').boundingBox()).x - box.x;
    await waitUntil(async () => Math.abs((await hair()) - box.width * 0.6) < 5, 'the line is at the pointer');
    await shot(page, 'charts-crosshair');
    await page.mouse.move(5, 5);
    await page.locator('.hair').first().waitFor({ state: 'detached' });
    noComplaints(complaints);
    await context.close();
  });
});

describe('marks', () => {
  for (const [name, size, scheme] of [['desktop', { width: 1440, height: 1400 }, 'light'], ['desktop-dark', { width: 1440, height: 1400 }, 'dark'], ['phone', { width: 390, height: 844 }, 'light'], ['phone-dark', { width: 390, height: 844 }, 'dark']]) {
    check(`show alerts, restarts and presence: ${name}`, async () => {
      const { page, context, complaints } = await openHost('?range=24h', { figures: true, size, scheme });
      await hasFigures(page);
      await page.locator('[data-chart="CPU"] [data-mark=alert]').waitFor();
      assert.match(await page.locator('[data-chart="CPU"] [data-mark=alert]').getAttribute('title'), /^Warning: CPU, .* to /);
      assert.match(await page.locator('[data-chart="Memory"] [data-mark=alert]').getAttribute('title'), /^Critical: Memory, since /);
      assert.equal(await page.locator('[data-chart="Network"] [data-mark=alert]').count(), 0);
      assert.equal(await page.locator('[data-chart="Network"] [data-mark=restart]').count(), 3);
      const presence = page.getByTestId('presence');
      assert.deepEqual(await presence.locator('[data-state]').evaluateAll((spans) => spans.map((span) => span.dataset.state)), ['online', 'sleeping', 'online', 'lost', 'online', 'stopped', 'online']);
      assert.match(await presence.locator('li').nth(3).textContent(), /^Lost, .* to /);
      assert.match(await presence.locator('[data-mark=alert]').getAttribute('title'), /^Critical: Not reporting/);
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
      await shot(page, `charts-marks-${name}`, { fullPage: true });
      noComplaints(complaints);
      await context.close();
    });
  }

  check('come from what has happened to the machine', async () => {
    const { page, context, complaints } = await openHost('?range=5m', { past: false });
    await page.locator('[data-chart="Memory"] [data-mark=alert]').waitFor({ timeout: 30_000 });
    assert.match(await page.locator('[data-chart="Memory"] [data-mark=alert]').first().getAttribute('title'), /^(Warning|Critical): Memory, since /);
    await page.getByTestId('presence').locator('[data-state=online]').first().waitFor();
    assert.match(await page.getByTestId('presence').locator('.told').textContent(), /Presence\s*Online/);
    noComplaints(complaints);
    await context.close();
  });

  check('are none where the service keeps no record', async () => {
    const { page, context, complaints } = await openHost('', { past: false });
    await page.route('**/api/v1/hosts/*/events?*', (route) => route.fulfill({ status: 404, json: { title: 'Not Found' } }));
    await page.reload();
    await hasFigures(page);
    assert.equal(await page.locator('[data-mark]').count(), 0);
    assert.equal(await page.getByTestId('presence').locator('[data-state]').count(), 0);
    noComplaints(complaints.filter((complaint) => !/404/.test(complaint)));
    await context.close();
  });
});

describe('a host that measures much', () => {
  for (const [name, size, scheme] of [['desktop', { width: 1440, height: 1400 }, 'light'], ['phone-dark', { width: 390, height: 844 }, 'dark']]) {
    check(`has charts for each disk, interface, temperature and its battery: ${name}`, async () => {
      const { page, context, complaints, asked, loaded } = await openHost('?range=24h', { figures: true, adorned: true, size, scheme });
      for (const chart of ['CPU', 'Memory', 'Load average', 'Network', 'Disk throughput', 'Disk usage', 'Temperatures', 'Battery']) await hasFigures(page, chart);
      assert.match(await page.locator('[data-chart="Battery"] .charging').first().getAttribute('title'), /^Charging, .* to /);
      assert.equal(await page.locator('[data-chart="Network"] [aria-pressed=true]').textContent().then((words) => words.trim().split(/\s/)[0]), 'eth0');
      asked.length = 0;
      await page.locator('[data-chart="Network"]').getByRole('button', { name: 'wlan0' }).click();
      await waitUntil(() => asked.some((search) => search.get('metric') === 'network[wlan0].rx_bps'), 'the interface is asked for');
      await page.locator('[data-chart="Disk usage"]').getByRole('button', { name: mount }).click();
      await waitUntil(() => asked.some((search) => search.get('metric') === `disks[${mount}].percent`), 'the disk is asked for');
      await loaded();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
      const head = readFileSync(await download.path(), 'utf8').split('\r\n')[0];
      for (const cell of ['network[wlan0].rx_bps mean', 'temperatures[=cmd()].celsius mean', 'battery.charging mean', `"disks[${mount.replaceAll('"', '""')}].percent mean"`]) assert.ok(head.includes(cell), `${cell} in ${head}`);
      assert.ok(!head.includes('eth0'), head);
      assert.equal(await page.locator('main img').count(), 0);
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
      await shot(page, `charts-much-${name}`, { fullPage: true });
      noComplaints(complaints);
      await context.close();
    });
  }
});

describe('the figures', () => {
  check('are saved as a file of what is shown', async () => {
    const { page, context, complaints } = await openHost('?range=5m');
    await hasFigures(page);
    await waitUntil(async () => (await page.locator('[data-chart="CPU"] .value').first().textContent()) !== '–', 'figures are loaded');
    await moves(page, 3);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
    assert.match(download.suggestedFilename(), new RegExp(`^${host}_\\d{8}T\\d{6}Z_\\d{8}T\\d{6}Z\\.csv$`));
    const rows = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n').map((row) => row.split(','));
    const [head, ...figures] = rows;
    for (const name of ['time', 'ts', 'cpu.percent min', 'cpu.percent mean', 'cpu.percent max', 'memory.used mean', 'cpu.cores[0] mean']) assert.ok(head.includes(name), `${name} in ${head}`);
    assert.ok(figures.length >= 3, `${figures.length} rows`);
    const column = (name) => head.indexOf(name);
    const now = Date.now();
    for (const row of figures) {
      assert.equal(row.length, head.length);
      assert.equal(Date.parse(row[0]), Number(row[1]));
      assert.ok(Number(row[1]) > now - 6 * minute && Number(row[1]) <= now + 5000);
    }
    // The same that the service has.
    const to = Number(figures.at(-1)[1]);
    const answer = await page.request.get(`${org.base}/api/v1/hosts/${host}/history?metric=cpu.percent&from=${to - 5 * minute}&to=${to}&points=5000`);
    const stored = new Map((await answer.json()).points.map(([ts, , mean]) => [ts, mean]));
    const compared = figures.filter((row) => stored.has(Number(row[1])) && row[column('cpu.percent mean')] !== '');
    assert.ok(compared.length >= 3, `${compared.length} rows compared`);
    for (const row of compared) assert.ok(Math.abs(Number(row[column('cpu.percent mean')]) - stored.get(Number(row[1]))) < 0.01, row.slice(0, 5).join());
    noComplaints(complaints);
    await context.close();
  });

  check('that cannot be loaded are said, and asked for again', async () => {
    const { page, context } = await openHost('?range=6h');
    await page.route('**/history?*', (route) => route.fulfill({ status: 503, json: { title: 'busy' } }));
    await page.getByRole('button', { name: '1 h', exact: true }).click();
    const retry = page.getByRole('button', { name: 'Try again' });
    await retry.waitFor();
    await page.unroute('**/history?*');
    await retry.click();
    await retry.waitFor({ state: 'detached' });
    await hasFigures(page);
    await context.close();
  });
});
