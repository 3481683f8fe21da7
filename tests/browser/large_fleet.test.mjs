// A fleet of thousands in a real browser: the page asks for what it shows, and stays quick.
// ATLAS_TEST_HOSTS (1800) and ATLAS_TEST_SOAK (seconds of watching the heap, 20) make it larger; ATLAS_TEST_STRICT=1 holds it
// to the figures that we promise of a machine of its own, otherwise five times as much is allowed.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { accessibilityFaults, openPage, shot, signIn } from './support/browser.mjs';
import { password } from './support/fleet.mjs';
import { paintDelays, startTrace, tasksOver, wireBytes } from './support/measure.mjs';
import { stage } from './support/stage.mjs';
import { waitUntil } from './support/wait.mjs';

const hosts = Number(process.env.ATLAS_TEST_HOSTS ?? 1800);
const soak = Number(process.env.ATLAS_TEST_SOAK ?? 20);
const perSimulator = 900;
const strict = process.env.ATLAS_TEST_STRICT === '1';
const ease = strict ? 1 : 5;
const say = (what) => console.log(`# ${what}`);

let fleet;
let browser;
let acme;

const patience = 300_000 + soak * 1000;
const checkFor = stage('large', async (...started) => {
  [fleet, browser] = started;
  await fleet.choosePorts(1);
  acme = fleet.setup({ slug: 'acme', name: 'Acme Corp', title: 'Acme Fleet', color: '#00ff00', settings: { 'alerts.offline_after': 60 } });
  await fleet.up();
  for (let first = 0; first < hosts; first += perSimulator) {
    const name = `sim${first / perSimulator + 1}`;
    const some = Math.min(perSimulator, hosts - first);
    fleet.start('atlas-sim', ['--root', fleet.root, '--org', 'acme', '--hosts', String(some), '--prefix', `${name}-`, '--seed', String(first + 1), '--add', '--interval', '10s'], name);
    // One after the other: they register their hosts in one file.
    const registered = () => JSON.parse(fleet.cli(['host', 'list', 'acme', '--json'])).hosts.length;
    await waitUntil(() => registered() >= first + some, `${first + some} hosts are registered`, { seconds: 120, show: () => fleet.tails() });
  }
});
const check = (name, body) => checkFor(name, body, patience);

const count = async (page, name) => Number((await page.locator(`[data-count=${name}] .number`).textContent()).replace(/\D/g, ''));
const everybodyIsOnline = (page) => waitUntil(async () => (await count(page, 'online')) === hosts, `${hosts} hosts are online`, { seconds: 240, show: () => fleet.tails() });
const rowsShown = (page) => page.$$eval('.rows li:not([hidden]) [data-host]', (rows) => rows.map((row) => row.dataset.host));
const usable = async (page) => {
  await page.locator('.rows [data-host] [role=meter]').first().waitFor();
  return page.evaluate(() => performance.now());
};

describe(`a fleet of ${hosts} hosts`, () => {
  check('shows a table that scrolls without a long task, and is sent little', async () => {
    const { page, context, complaints } = await openPage(browser, { base: acme.base });
    const wire = await wireBytes(page);
    await signIn(page, acme.base, 'admin', password);
    await page.locator('[data-count=online]').waitFor();
    await everybodyIsOnline(page);

    // From the login to a table with figures.
    const again = await openPage(browser, { base: acme.base });
    await again.page.goto(`${acme.base}/dashboard`);
    await again.page.getByLabel('User name').fill('admin');
    await again.page.getByLabel('Password', { exact: true }).fill(password);
    const clicked = Date.now();
    await again.page.getByRole('button', { name: 'Sign in' }).click();
    await usable(again.page);
    const untilUsable = Date.now() - clicked;
    say(`usable ${untilUsable} ms after the login`);
    assert.ok(untilUsable < 2000 * ease, `usable after ${untilUsable} ms`);
    await again.context.close();

    assert.ok((await rowsShown(page)).length < 80, 'only what is on the screen is in the document');
    const sent = wire.received();
    const since = performance.now();
    await new Promise((done) => setTimeout(done, 10_000));
    const rate = (1000 * (wire.received() - sent)) / (performance.now() - since);
    say(`${Math.round(rate)} bytes a second to a browser that shows the table`);
    assert.ok(rate < 30_000, `${rate} bytes a second`);

    const trace = await startTrace(page);
    await page.mouse.move(700, 500);
    for (let i = 0; i < 60; i++) {
      await page.mouse.wheel(0, i % 20 === 19 ? -4000 : 900);
      await page.waitForTimeout(50);
    }
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await waitUntil(async () => (await rowsShown(page)).length > 5, 'rows at the end');
    const long = tasksOver(await trace.stop(), 50 * ease);
    say(`longest tasks while scrolling: ${long.longest.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    assert.deepEqual(long.over, []);
    await shot(page, 'large-table-end');
    assert.deepEqual(complaints, []);
    await context.close();
  });

  check('finds, sorts and groups on the server, and keeps that in the address', async () => {
    const { page, context, complaints } = await openPage(browser, { base: acme.base });
    await signIn(page, acme.base, 'admin', password);
    await everybodyIsOnline(page);
    await page.locator('body').press('/');
    await page.keyboard.type('sim1-0007');
    await waitUntil(async () => (await rowsShown(page)).join() === 'sim1-0007', 'one host is found');
    await waitUntil(() => page.url().includes('q=sim1-0007'), 'the address holds the search');
    await page.getByLabel('Search machines').fill('cpu>=0 sim1-');
    await waitUntil(async () => (await page.locator('.shown').textContent()).startsWith(`${Math.min(hosts, perSimulator)}`), 'a figure and a word');
    await page.getByLabel('Search machines').fill('');
    await page.getByRole('button', { name: 'CPU', exact: true }).click();
    const cpus = () => page.$$eval('.rows li:not([hidden])', (rows) => rows.sort((a, b) => a.dataset.place - b.dataset.place).slice(0, 8).map((row) => Number(row.querySelector('.cpu [role=meter]')?.getAttribute('aria-valuenow'))));
    await waitUntil(async () => { const all = await cpus(); return all.length === 8 && all.every((v, i) => i === 0 || v <= all[i - 1] + 3) && all[0] > 20; }, 'the busiest first', { show: async () => JSON.stringify(await cpus()) });
    const address = page.url();
    assert.match(address, /sort=-cpu/);
    await page.getByLabel('Group by').selectOption('os');
    await page.locator('.rows .heading').first().waitFor();
    await shot(page, 'large-groups');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByLabel('Load per core').check();
    await page.keyboard.press('Escape');
    await page.locator('.heads', { hasText: 'Load per core' }).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);

    // The same view for whoever opens the address.
    const other = await openPage(browser, { base: acme.base });
    await signIn(other.page, acme.base, 'admin', password);
    await other.page.goto(address);
    await waitUntil(async () => (await other.page.locator('.heads .sorted').textContent()).includes('CPU'), 'the order of the address');
    await other.context.close();

    // j and k lead through the rows, Enter opens.
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await waitUntil(() => page.evaluate(() => document.activeElement?.closest('[data-place]')?.dataset.place === '1'), 'the second row has the focus');
    await page.keyboard.press('Enter');
    await page.locator('[data-chart="CPU"] canvas').waitFor();
    await page.goBack();
    await page.locator('.rows [data-host]').first().waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  for (const scheme of ['light', 'dark']) {
    check(`shows every host as a square, ${scheme}`, async () => {
      const { page, context, complaints } = await openPage(browser, { base: acme.base, scheme });
      await signIn(page, acme.base, 'admin', password);
      await everybodyIsOnline(page);
      const trace = await startTrace(page);
      await page.getByRole('button', { name: 'Heat map' }).click();
      const map = page.locator('[data-heat]');
      await waitUntil(async () => Number(await map.getAttribute('data-heat')) === hosts, 'a square for each host');
      await page.getByLabel('Colour by').selectOption('memory');
      await page.waitForTimeout(3000);
      const long = tasksOver(await trace.stop(), 50 * ease);
      say(`longest tasks with the heat map: ${long.longest.map((ms) => ms.toFixed(0)).join(', ')} ms`);
      assert.deepEqual(long.over, []);
      await map.hover({ position: { x: 30, y: 20 } });
      await page.locator('.tip', { hasText: /sim\d+-\d+/ }).waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      await shot(page, `large-heat-${scheme}`);
      await map.focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      await page.locator('.tip', { hasText: /sim\d+-\d+/ }).waitFor();
      await page.keyboard.press('Enter');
      // The squares are in order of trouble: another host may have come to this place meanwhile.
      await page.waitForURL(/#\/host\/sim\d+-\d+/);
      const [, name] = /#\/host\/([^?]+)/.exec(page.url());
      await page.getByRole('heading', { level: 1, name }).waitFor();
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  check('paints a figure soon after it was measured', async () => {
    const { page, context } = await openPage(browser, { base: acme.base });
    const delays = await paintDelays(page);
    await signIn(page, acme.base, 'admin', password);
    await everybodyIsOnline(page);
    await usable(page);
    await delays.begin();
    await page.waitForTimeout(30_000);
    const { count: measured, median, p99 } = await delays.end();
    say(`from measured to painted: ${measured} values, median ${median.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`);
    assert.ok(measured > 50);
    assert.ok(median < 100 * ease, `median ${median}`);
    // A busy machine that stops for a second delays more than one in a hundred.
    if (strict) assert.ok(p99 < 350, `p99 ${p99}`);
    await context.close();
  });

  check('does not grow', async () => {
    const { page, context } = await openPage(browser, { base: acme.base });
    await signIn(page, acme.base, 'admin', password);
    await usable(page);
    const session = await context.newCDPSession(page);
    await session.send('HeapProfiler.enable');
    const heap = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6;
    };
    const sizes = [await heap()];
    for (let part = 0; part < 10; part++) {
      await page.waitForTimeout(soak * 100);
      sizes.push(await heap());
    }
    say(`heap: ${sizes.map((size) => size.toFixed(1)).join(' ')} MB`);
    assert.ok(Math.max(...sizes) < 150, 'under 150 MB');
    assert.ok(sizes.at(-1) < sizes[2] * 1.2 + 2, 'it does not grow');
    await context.close();
  });
});
