// The page of alerts: what fires, what is over, and silences, in front of a real service and agent.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { accessibilityFaults, beyondUnready, openPage, shot, signIn } from './support/browser.mjs';
import { password } from './support/fleet.mjs';
import { stage } from './support/stage.mjs';
import { waitUntil } from './support/wait.mjs';

let fleet;
let browser;
let acme;
let agent;

const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const noSideways = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'nothing is wider than the window');

async function openAlerts(tab, options = {}, user = 'admin', secret = password) {
  const opened = await openPage(browser, { base: acme.base, ...options });
  await signIn(opened.page, acme.base, user, secret);
  await opened.page.locator('[data-testid=connection][data-phase=live]').waitFor();
  await opened.page.goto(`${acme.base}/dashboard#/alerts${tab}`);
  return opened;
}

const check = stage('alerts', async (...started) => {
  [fleet, browser] = started;
  await fleet.choosePorts(1);
  // Everything is above this threshold.
  const settings = { 'alerts.clear_margin': 0.5, 'alerts.memory_threshold': 1, 'alerts.hold_seconds': 1 };
  acme = fleet.setup({ slug: 'acme', name: 'Acme Corp', title: 'Acme Fleet', color: '#00ff00', settings, flags: ['--report-interval', '2'] });
  fleet.cli(['user', 'add', 'acme', 'looker', '--role', 'viewer', '--password-stdin'], `${password}\n`);
  await fleet.up();
  agent = fleet.agent('acme', 'acme-web-1');
});

describe('the page of alerts', () => {
  check('moves an alert from the active ones to the history', async () => {
    const { page, complaints } = await openAlerts('');
    // A busy machine may raise a CPU alert as well.
    const firing = page.locator('tr[data-alert="acme-web-1:memory"]');
    await firing.getByRole('button', { name: 'Acknowledge' }).click();
    await firing.getByText('Acknowledged').waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByLabel('Part of a machine').waitFor();
    assert.match(page.url(), /#\/alerts\/history$/);
    // With this it is over; the supervisor starts the service anew.
    fleet.cli(['org', 'set', 'acme', 'alerts.memory_threshold', '99.9']);
    process.kill(fleet.servicePid('acme'), 'SIGKILL');
    const row = page.locator('tr[data-past="acme-web-1:memory"]').first();
    await row.waitFor();
    for (const words of ['Memory', 'acme-web-1', 'admin', '%']) assert.ok((await row.textContent()).includes(words), words);
    await page.getByLabel('Part of a machine').fill('nobody');
    await page.getByText('No alert that has ended fits this.').waitFor();
    await page.getByLabel('Part of a machine').fill('web');
    await row.waitFor();
    await page.getByLabel('What').selectOption('disk');
    await page.getByText('No alert that has ended fits this.').waitFor();
    assert.deepEqual(beyondUnready(complaints), []);
  });

  check('shows the history in both themes and on a phone', async () => {
    for (const [size, scheme] of [['wide', 'light'], ['wide', 'dark'], ['phone', 'dark']]) {
      const { page, context, complaints } = await openAlerts('/history', { size: sizes[size], scheme });
      await page.locator('tr[data-past]').first().waitFor();
      await noSideways(page);
      assert.deepEqual(await accessibilityFaults(page), []);
      await shot(page, `alerts-history-${size}-${scheme}`);
      assert.deepEqual(complaints, []);
      await context.close();
    }
  });

  check('makes silences and ends them', async () => {
    const { page, complaints } = await openAlerts('/silences');
    await page.getByText('There are no silences.').waitFor();
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'Name machines' }).waitFor();
    await page.getByLabel('Machines (').fill('db-<b>*');
    await page.getByLabel('Until').selectOption('morning');
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    const once = page.locator('[data-silence]', { hasText: 'db-<b>*' });
    await once.waitFor();
    const until = await page.evaluate(() => fetch('/api/v1/silences').then((answer) => answer.json()).then(({ silences }) => new Date(silences[0].until)).then((at) => [at.getHours(), at.getMinutes()]));
    assert.deepEqual(until, [8, 0]);
    await page.getByLabel('What').selectOption('cpu');
    await page.getByLabel('When').selectOption({ label: 'Again and again' });
    await page.getByRole('button', { name: 'Sat' }).click();
    await page.getByRole('button', { name: 'Sun' }).click();
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    const again = page.locator('[data-silence]', { hasText: 'Sat, Sun, 22:00 – 06:00' });
    await again.waitFor();
    await shot(page, 'alerts-silences');
    await again.getByRole('button', { name: /^End/ }).click();
    await again.waitFor({ state: 'detached' });
    assert.equal(await once.count(), 1);
    assert.deepEqual(complaints, []);
  });

  check('lets a viewer look at silences only', async () => {
    const { page, complaints } = await openAlerts('/silences', { size: sizes.phone, scheme: 'dark' }, 'looker');
    await page.locator('[data-silence]').first().waitFor();
    assert.equal(await page.locator('main form, main [data-silence] button').count(), 0);
    await noSideways(page);
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, 'alerts-silences-phone-dark');
    assert.deepEqual(complaints, []);
  });

  check('has the form of silences on a phone', async () => {
    const { page } = await openAlerts('/silences', { size: sizes.phone });
    await page.getByLabel('When').selectOption({ label: 'Again and again' });
    await noSideways(page);
    assert.deepEqual(await accessibilityFaults(page), []);
    await waitUntil(async () => (await page.getByRole('button', { name: 'Mon' }).count()) === 1, 'the days are there');
    await shot(page, 'alerts-silences-phone', { fullPage: true });
  });
});

// The page of one alert. Whoever sets the threshold below or above what its disk holds begins or ends the alert.
const threshold = (page, percent) =>
  page.evaluate(async (value) => {
    const body = JSON.stringify({ alerts: { disk_threshold: value } });
    const answer = await fetch('/api/v1/settings', { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body });
    if (!answer.ok) throw new Error(await answer.text());
  }, percent);
const disk = 'tr[data-alert="acme-web-1:disk:%2F"]';
const looks = [['wide', 'light'], ['wide', 'dark'], ['phone', 'light'], ['phone', 'dark']];
const fact = (page, name) => page.getByTestId('facts').locator('div', { has: page.locator('dt', { hasText: name }) }).locator('dd');
const deed = (page, kind) => page.locator(`[data-deed=${kind}]`);

async function isSound(page, name) {
  await noSideways(page);
  assert.deepEqual(await accessibilityFaults(page), []);
  await shot(page, name, { fullPage: true });
}

describe('the page of one alert', () => {
  check('is where a notification of the browser leads, and lets one acknowledge', async () => {
    const { page, context, complaints } = await openAlerts('');
    await context.grantPermissions(['notifications'], { origin: acme.base });
    await context.addInitScript(() => {
      globalThis.shown = [];
      globalThis.Notification = class {
        static permission = 'granted';
        static requestPermission = async () => 'granted';
        constructor(title, options) {
          globalThis.shown.push(Object.assign(this, { title, ...options }));
        }
        close() {}
      };
    });
    const menu = page.getByRole('button', { name: 'Account and appearance' });
    const notice = page.getByRole('switch', { name: 'Notify me in this browser' });
    const shown = () => page.evaluate(() => globalThis.shown.filter(({ tag }) => tag === 'acme-web-1:disk:%2F').map(({ title, body }) => ({ title, body })));
    await page.reload();
    await menu.click();
    assert.equal(await notice.getAttribute('aria-checked'), 'false');
    await notice.click();
    await page.locator('[role=switch][aria-checked=true]').waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, 'alerts-notices');
    await page.keyboard.press('Escape');

    await threshold(page, 1);
    await page.locator(disk).waitFor();
    await waitUntil(async () => (await shown()).length === 1, 'the browser tells of it');
    const [told] = await shown();
    assert.equal(told.title, 'Disk / – acme-web-1');
    assert.match(told.body, /^Critical: [\d.]+%, limit 1%$/);
    await page.evaluate(() => globalThis.shown.find(({ tag }) => tag === 'acme-web-1:disk:%2F').onclick());
    const heading = page.getByRole('heading', { level: 1, name: 'Disk / acme-web-1' });
    await heading.waitFor();
    assert.match(page.url(), /#\/alerts\/at\/acme-web-1%3Adisk%3A%252F\/\d+$/);
    // The choice is remembered, and what is there already is no news.
    await page.reload();
    await heading.waitFor();
    await menu.click();
    assert.equal(await notice.getAttribute('aria-checked'), 'true');
    assert.deepEqual(await shown(), []);
    await page.keyboard.press('Escape');
    await notice.waitFor({ state: 'detached' });

    await page.locator('[data-mark=limit]', { hasText: 'limit 1%' }).waitFor();
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await fact(page, 'State').filter({ hasText: 'Acknowledged' }).waitFor();
    await deed(page, 'acknowledged').filter({ hasText: 'admin acknowledged it' }).waitFor();
    await page.getByTestId('alert-audit').getByText('Acknowledged').first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Acknowledge' }).count(), 0);
    await page.getByRole('button', { name: 'Silence' }).click();
    await page.getByLabel('Why').fill('a <b>test</b>');
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await deed(page, 'silenced').filter({ hasText: 'a <b>test</b>' }).waitFor();
    await fact(page, 'State').getByText('Silenced').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(/#\/alerts$/);
    assert.deepEqual(complaints, []);
  });

  check('says kindly when the browser refuses to notify', async () => {
    const { page, context, complaints } = await openAlerts('', { size: sizes.phone, scheme: 'dark' });
    await context.addInitScript(() => Object.defineProperty(globalThis.Notification, 'permission', { get: () => 'denied' }));
    await page.reload();
    await page.getByRole('button', { name: 'Account and appearance' }).click();
    await page.getByText('Allow notifications for this site').waitFor();
    await page.getByRole('switch').click();
    assert.equal(await page.getByRole('switch').getAttribute('aria-checked'), 'false');
    await isSound(page, 'alerts-notices-denied');
    assert.deepEqual(complaints, []);
  });

  check('shows one that fires, opened from the list', async () => {
    for (const [size, scheme] of looks) {
      const { page, context, complaints } = await openAlerts('', { size: sizes[size], scheme });
      await page.locator(disk).getByRole('link', { name: 'Disk /' }).click();
      for (const [name, words] of [['Machine', 'acme-web-1'], ['Severity', 'Critical'], ['State', 'Acknowledged'], ['Now', '%'], ['Limit', '1%'], ['Worst value', '%'], ['Since', 'ago']]) {
        await fact(page, name).filter({ hasText: words }).waitFor();
      }
      assert.ok(await fact(page, 'Since').locator('time').getAttribute('title'));
      await page.locator('[data-mark=limit]').waitFor();
      await page.locator('[data-mark=alert]').first().waitFor();
      await isSound(page, `alert-active-${size}-${scheme}`);
      assert.deepEqual(complaints, []);
      await context.close();
    }
  });

  check('is opened from the page of its machine, and by a viewer who may only look', async () => {
    const { page, complaints } = await openAlerts('', {}, 'looker');
    await page.goto(`${acme.base}/dashboard#/host/acme-web-1`);
    await page.locator('aside').getByRole('link', { name: 'Disk /' }).click();
    await deed(page, 'silenced').waitFor();
    assert.equal(await page.locator('main').getByRole('button', { name: /Acknowledge|Silence/ }).count(), 0);
    assert.equal(await page.getByTestId('alert-audit').count(), 0);
    await page.getByRole('link', { name: 'All charts of the machine' }).click();
    await page.waitForURL(/#\/host\/acme-web-1\?range=/);
    assert.deepEqual(complaints, []);
  });

  check('says that it is over when it ends meanwhile, and is opened from the history', async () => {
    const { page, complaints } = await openAlerts('');
    await page.locator(disk).getByRole('link', { name: 'Disk /' }).click();
    await fact(page, 'State').filter({ hasText: 'Acknowledged' }).waitFor();
    await threshold(page, 100);
    await fact(page, 'State').filter({ hasText: 'Over' }).waitFor();
    await deed(page, 'resolved').waitFor();
    await fact(page, 'Ended').waitFor();
    assert.equal(await page.locator('main').getByRole('button', { name: /Acknowledge|Silence/ }).count(), 0);
    assert.deepEqual(complaints, []);
    for (const [size, scheme] of looks) {
      const { page, context, complaints } = await openAlerts('/history', { size: sizes[size], scheme });
      await page.locator('tr[data-past="acme-web-1:disk:%2F"]').first().getByRole('link', { name: 'Disk /' }).click();
      await fact(page, 'State').filter({ hasText: 'Over' }).waitFor();
      await deed(page, 'acknowledged').filter({ hasText: 'admin' }).waitFor();
      await deed(page, 'silenced').waitFor();
      await page.locator('[data-mark=limit]').waitFor();
      await page.locator('[data-mark=alert]').first().waitFor();
      // What lies over the plot is as large as it.
      await waitUntil(
        () => page.evaluate(() => {
          const [plot, mark] = ['.u-over', '[data-mark=alert]'].map((one) => document.querySelector(one).getBoundingClientRect().height);
          return Math.abs(plot - mark) < 1.5;
        }),
        'the mark is as high as the plot',
      );
      await isSound(page, `alert-over-${size}-${scheme}`);
      assert.deepEqual(complaints, []);
      await context.close();
    }
  });

  check('says so when there is none, and when it cannot be loaded', async () => {
    const { page } = await openAlerts('/at/acme-web-1%3Acpu/1000', { size: sizes.phone });
    await page.getByRole('heading', { name: 'This alert is not known here' }).waitFor();
    await isSound(page, 'alert-missing');
    await page.route('**/api/v1/alerts?*', (route) => route.abort());
    await page.goto(`${acme.base}/dashboard#/alerts/at/acme-web-1%3Amemory/1000`);
    await page.getByRole('heading', { name: 'The alert could not be loaded' }).waitFor();
    await isSound(page, 'alert-failed');
    await page.unroute('**/api/v1/alerts?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'This alert is not known here' }).waitFor();
  });

  check('shows the presence of a machine that is away', async () => {
    agent.child.kill('SIGKILL');
    const { page, complaints } = await openAlerts('', { size: sizes.phone, scheme: 'dark' });
    await page.locator('tr[data-alert="acme-web-1:offline"]').getByRole('link', { name: 'Not reporting' }).click();
    await page.getByTestId('presence').locator('[data-state=lost], [data-state=silent]').first().waitFor({ state: 'attached' });
    await page.getByTestId('presence').locator('[data-mark=alert]').waitFor();
    assert.equal(await page.locator('[data-chart]').count(), 0);
    await isSound(page, 'alert-offline-phone-dark');
    assert.deepEqual(complaints, []);
  });
});
