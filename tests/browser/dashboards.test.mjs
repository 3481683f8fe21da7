// The three dashboards in a real browser, in front of the real broker, services and agents.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { accessibilityFaults, beyondUnready, openPage, output, shot, signIn } from './support/browser.mjs';
import { password, repository } from './support/fleet.mjs';
import { stage } from './support/stage.mjs';
import { waitUntil } from './support/wait.mjs';

const organisations = [
  { slug: 'acme', name: 'Acme Corp', title: 'Acme Fleet', color: '#00ff00', rgb: 'rgb(0, 255, 0)', hosts: ['acme-db-1', 'acme-web-1'] },
  { slug: 'beta', name: 'Beta Industries', title: 'Beta Machines', color: '#00ffff', rgb: 'rgb(0, 255, 255)', hosts: ['beta-db-1', 'beta-web-1'] },
  // Everything is above Gamma's memory threshold: its dashboard shows trouble.
  { slug: 'gamma', name: 'Gamma Labs', title: 'Gamma Watch', color: '#ff00ff', rgb: 'rgb(255, 0, 255)', hosts: ['gamma-db-1', 'gamma-web-1'], settings: { 'alerts.clear_margin': 0.5, 'alerts.memory_threshold': 1, 'alerts.hold_seconds': 1 } },
];

// A machine that these tests keep busy is in no trouble.
const calm = { 'alerts.overrides': '[{"match":{"host":"*"},"values":{"cpu":{"enabled":false}}}]' };

let fleet;
let browser;
let receiver; // of Beta's notifications
const received = [];

const check = stage('dashboards', async (...started) => {
  [fleet, browser] = started;
  await fleet.choosePorts(organisations.length);
  for (const { slug, name, title, color, settings } of organisations) fleet.setup({ slug, name, title, color, settings: { ...calm, ...settings }, flags: ['--report-interval', '2'] });
  receiver = createServer((request, response) => {
    received.push(request.url);
    request.resume().on('end', () => response.end());
  });
  await new Promise((done) => receiver.listen(0, '127.0.0.1', done));
  fleet.notify('beta', [{ type: 'slack', name: 'ops', url: `http://127.0.0.1:${receiver.address().port}/ops`, allow_local: true }]);
  await fleet.up();
  for (const { slug, hosts } of organisations) for (const host of hosts) fleet.agent(slug, host);
});

after(() => {
  receiver?.closeAllConnections();
  receiver?.close();
});

const org = (slug) => ({ ...organisations.find((o) => o.slug === slug), ...fleet.orgs.get(slug) });
const hostsShown = (page) => page.$$eval('main [data-host]', (cards) => cards.map((card) => card.dataset.host).sort());
const isLive = (page) => page.locator('[data-testid=connection][data-phase=live]').waitFor();
const figures = (page) => page.$$eval('main [role=meter], main .foot, main .net', (all) => all.map((one) => one.getAttribute('aria-valuetext') ?? one.textContent).join('|'));
const figuresMove = async (page) => {
  const first = await figures(page);
  await waitUntil(async () => (await figures(page)) !== first, 'the figures move');
};
const fleetIsComplete = async (page, { hosts }) => {
  await isLive(page);
  await waitUntil(async () => (await page.locator('main [data-host] [role=meter]').count()) >= 2 * hosts.length, 'both hosts show figures', { show: () => fleet.tails() });
};
const noComplaints = (complaints) => assert.deepEqual(complaints, []);

for (const { slug, color, rgb, hosts } of organisations) {
  describe(`the dashboard of ${slug}`, () => {
    check('carries its own title and colour before anybody has signed in', async () => {
      const { base, title, name } = org(slug);
      const { page, context, complaints } = await openPage(browser, { base });
      await page.goto(`${base}/`);
      assert.equal(new URL(page.url()).pathname, '/dashboard');
      const mark = page.getByTestId('brand-mark');
      await mark.waitFor();
      assert.equal(await page.getByTestId('title').textContent(), title);
      assert.equal(await page.title(), title);
      assert.match(await page.locator('main').innerText(), new RegExp(name));
      assert.equal(await mark.evaluate((e) => getComputedStyle(e).backgroundColor), rgb);
      await page.locator('link[rel=icon][href*=color]').waitFor({ state: 'attached' });
      const icon = await (await fetch(new URL(await page.locator('link[rel=icon]').getAttribute('href'), base))).text();
      assert.ok(icon.includes(`fill="${color}"`), icon);
      const manifest = await (await fetch(new URL(await page.locator('link[rel=manifest]').getAttribute('href'), base))).json();
      assert.deepEqual([manifest.name, manifest.theme_color, manifest.display], [title, color, 'standalone']);
      assert.deepEqual(await accessibilityFaults(page), []);
      await shot(page, `${slug}-login`);
      noComplaints(complaints);
      await context.close();
    });

    check('lets nobody in with a wrong password, and says so', async () => {
      const { base } = org(slug);
      const { page, context } = await openPage(browser, { base });
      await signIn(page, base, 'admin', 'not the password');
      await page.getByRole('alert').getByText('User name or password is wrong.').waitFor();
      assert.equal(await page.locator('[data-host]').count(), 0);
      await context.close();
    });

    check('shows exactly its own two hosts, with figures that move', async () => {
      const { base, title, name } = org(slug);
      const { page, context, complaints } = await openPage(browser, { base });
      await signIn(page, base, 'admin', password);
      await fleetIsComplete(page, { hosts });
      assert.deepEqual(await hostsShown(page), hosts);
      assert.equal(await page.getByTestId('title').textContent(), title);
      assert.equal(await page.getByTestId('organization').textContent(), name);
      assert.equal(await page.getByTestId('brand-mark').evaluate((e) => getComputedStyle(e).backgroundColor), rgb);
      assert.equal((await page.locator('[data-count=all] .number').textContent()).trim(), '2');
      await figuresMove(page);

      const everything = await page.content();
      for (const other of organisations.filter((o) => o.slug !== slug)) {
        for (const word of [...other.hosts, other.title, other.name]) assert.ok(!everything.includes(word), `${word} is shown to ${slug}`);
      }
      assert.deepEqual(await accessibilityFaults(page), []);
      await shot(page, `${slug}-fleet`);
      noComplaints(complaints);
      await context.close();
    });

    check('opens a host with charts', async () => {
      const { base } = org(slug);
      const { page, context, complaints } = await openPage(browser, { base, size: { width: 1440, height: 1300 } });
      await signIn(page, base, 'admin', password);
      await fleetIsComplete(page, { hosts });
      await page.locator(`[data-host="${hosts[1]}"]`).click();
      await page.getByRole('heading', { level: 1, name: hosts[1] }).waitFor();
      for (const chart of ['CPU', 'Memory', 'Network']) await page.locator(`[data-chart="${chart}"] canvas`).waitFor();
      // Lines are drawn: the canvas of the CPU chart has pixels of the accent colour.
      const drawn = () =>
        page.locator('[data-chart="CPU"] canvas').evaluate((canvas) => {
          const accent = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
          const [r, g, b] = [1, 3, 5].map((i) => parseInt(accent.slice(i, i + 2), 16));
          // A copy, so that reading it back does not change how the page's own canvas is drawn.
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] > 200) count++;
          return count;
        });
      await waitUntil(async () => (await drawn()) > 10, 'a line is drawn');
      const before = await page.locator('[data-chart="Network"] .value').allTextContents();
      await waitUntil(async () => (await page.locator('[data-chart="Network"] .value').allTextContents()).join() !== before.join(), 'the charts move');
      await page.getByRole('heading', { name: 'File systems' }).waitFor();
      // Because somebody looks: every second instead of every two.
      await page.locator('aside dd', { hasText: /^1\ss$/ }).waitFor();
      await page.locator('aside', { hasText: 'Linux' }).waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      await shot(page, `${slug}-host`);
      // Seconds of six hours: no line that could be seen, and so points.
      for (const range of ['1 h', '6 h']) {
        await page.getByRole('button', { name: range, exact: true }).click();
        await waitUntil(async () => (await drawn()) > 0, `something over ${range}`);
      }
      await page.getByRole('link', { name: 'All machines' }).click();
      await page.locator(`[data-host="${hosts[0]}"]`).waitFor();
      noComplaints(complaints);
      await context.close();
    });
  });
}

describe('between organisations', () => {
  check("a session of one is a stranger's to another", async () => {
    const [acme, beta] = [org('acme'), org('beta')];
    const { page, context } = await openPage(browser, { base: acme.base });
    await signIn(page, acme.base, 'admin', password);
    await isLive(page);
    const cookies = await context.cookies(acme.base);
    const session = cookies.find((cookie) => cookie.name.startsWith('atlas_session_'));
    assert.ok(session && session.httpOnly && session.sameSite === 'Strict', JSON.stringify(cookies));
    // Cookies do not know of ports: the browser sends Acme's to Beta as well, and Beta does not know it.
    const answer = await page.request.get(`${beta.base}/api/v1/hosts`);
    assert.equal(answer.status(), 401);
    const forged = await fetch(`${beta.base}/api/v1/hosts`, { headers: { Cookie: cookies.map((c) => `${c.name.replace(/_[0-9a-f]{8}$/, '')}=${c.value}`).join('; ') } });
    assert.equal(forged.status, 401);
    await context.close();
  });
});

describe('trouble', () => {
  check('stands in the counts, on the hosts and in the list of alerts', async () => {
    const { base, hosts } = org('gamma');
    const { page, context, complaints } = await openPage(browser, { base, scheme: 'dark' });
    await signIn(page, base, 'admin', password);
    await fleetIsComplete(page, { hosts });
    await waitUntil(async () => (await page.locator('[data-count=trouble] .number').textContent()).trim() === '2', 'both hosts are in trouble');
    // A busy machine may raise a CPU alert as well: then the badge counts.
    assert.equal(await page.locator('[data-host] .badge', { hasText: /Memory|alerts/ }).count(), 2);
    assert.match(await page.title(), /^\(2\) /);
    await shot(page, 'gamma-trouble-dark');
    await page.getByRole('link', { name: /^Alerts/ }).click();
    await page.getByRole('heading', { name: /^[2-4] active alerts$/ }).waitFor();
    assert.equal(await page.locator('tr[data-alert]', { hasText: 'Memory' }).count(), 2);
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, 'gamma-alerts-dark');
    await page.getByRole('link', { name: hosts[0] }).first().click();
    await page.getByRole('heading', { level: 1, name: hosts[0] }).waitFor();
    noComplaints(complaints);
    await context.close();
  });
});

describe('the fleet view', () => {
  check('searches, filters and remembers its layout', async () => {
    const { base, hosts } = org('acme');
    const { page, context, complaints } = await openPage(browser, { base });
    await signIn(page, base, 'admin', password);
    await fleetIsComplete(page, { hosts });
    await page.locator('body').press('/');
    await page.keyboard.type('web');
    await waitUntil(async () => (await hostsShown(page)).join() === 'acme-web-1', 'one host is found');
    await page.keyboard.press('Escape');
    await page.locator('[data-count=offline]').click();
    await page.getByText('No machine matches').waitFor();
    await page.getByRole('button', { name: 'Show all machines' }).click();
    await page.getByRole('button', { name: 'Table' }).click();
    await page.locator('.rows [data-host]').first().waitFor();
    await shot(page, 'acme-table');
    await page.reload();
    await page.locator('.rows [data-host]').first().waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.getByRole('button', { name: 'Account and appearance' }).click();
    await page.getByRole('button', { name: 'Dark', exact: true }).click();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, 'acme-table-dark');
    noComplaints(complaints);
    await context.close();
  });

  check('is used by keys alone', async () => {
    const { base, hosts } = org('acme');
    const { page, context, complaints } = await openPage(browser, { base });
    await signIn(page, base, 'admin', password);
    await fleetIsComplete(page, { hosts });
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard' });
    await help.getByText('next and previous machine').waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, 'acme-keys');
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await page.keyboard.press('3');
    await page.locator('[data-heat="2"]').waitFor();
    await page.keyboard.press('1');
    await page.locator('.cards [data-host]').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: hosts[0] }).waitFor();
    await page.keyboard.press('a');
    await page.getByRole('heading', { name: 'No active alerts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.cards [data-host]').first().waitFor();
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const before = await theme();
    await page.keyboard.press('t');
    assert.notEqual(await theme(), before);
    noComplaints(complaints);
    await context.close();
  });

  check('hangs on a wall', async () => {
    for (const [slug, scheme, size] of [['acme', 'dark', { width: 1920, height: 1080 }], ['gamma', 'light', { width: 1920, height: 1080 }], ['gamma', 'dark', { width: 390, height: 844 }]]) {
      const { base, hosts } = org(slug);
      const { page, context, complaints } = await openPage(browser, { base, scheme, size });
      await signIn(page, base, 'admin', password);
      await fleetIsComplete(page, { hosts });
      await page.keyboard.press('w');
      await page.locator('[data-heat="2"]').waitFor();
      if (slug === 'acme') await page.getByText('All quiet').waitFor();
      else await waitUntil(async () => (await page.locator('li[data-host]').count()) === 2, 'both hosts in trouble');
      assert.equal(await page.locator('header').count(), 0);
      assert.deepEqual(await accessibilityFaults(page), []);
      await shot(page, `${slug}-wall-${size.width}-${scheme}`);
      await page.keyboard.press('Escape');
      await page.locator('.cards [data-host]').first().waitFor();
      noComplaints(complaints);
      await context.close();
    }
  });

  check('shows what must fail at the broker, and that it did', async () => {
    const { base, hosts } = org('acme');
    const { page, context, complaints } = await openPage(browser, { base });
    await signIn(page, base, 'admin', password);
    await fleetIsComplete(page, { hosts });
    await page.locator('[data-testid=isolation][data-state=passed]').click({ timeout: 60_000 });
    const dialog = page.getByRole('dialog', { name: 'Isolation' });
    assert.match(await dialog.getByTestId('isolation-verdict').innerText(), /refuses all that it must\s+Last shown/);
    assert.equal(await dialog.locator('[data-attempt]').count(), 12);
    assert.equal(await dialog.locator('.allowed').count(), 0);
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, 'acme-isolation');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    noComplaints(complaints);
    await context.close();
  });

  check('sends a test message to where alerts are told of', async () => {
    const { base, hosts } = org('beta');
    const { page, context, complaints } = await openPage(browser, { base });
    await signIn(page, base, 'admin', password);
    await fleetIsComplete(page, { hosts });
    await page.getByTestId('notify').click();
    const dialog = page.getByRole('dialog', { name: 'Notifications' });
    const channel = dialog.locator('[data-channel=ops]');
    assert.match(await channel.innerText(), /ops Slack\s+Nothing delivered since the service started\./);
    await channel.getByRole('button', { name: 'Test' }).click();
    await channel.getByTestId('outcome').getByText('The test message was delivered.').waitFor();
    assert.deepEqual(received, ['/ops']);
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, 'beta-notifications');
    noComplaints(complaints);
    await context.close();
  });

  check('speaks German to a German browser, and English when told to', async () => {
    const { base, hosts } = org('acme');
    for (const size of [{ width: 1440, height: 900 }, { width: 360, height: 780 }]) {
      const { page, context, complaints } = await openPage(browser, { base, size, locale: 'de-AT' });
      await page.goto(`${base}/dashboard`);
      await page.getByRole('button', { name: 'Anmelden' }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), 'de-DE');
      await page.getByLabel('Benutzername').fill('admin');
      await page.getByLabel('Passwort', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Anmelden' }).click();
      await fleetIsComplete(page, { hosts });
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(await overflow(), 0);
      assert.match(await page.locator('main').innerText(), /Maschinen[^]*Arbeitsspeicher|Maschinen[^]*Speicher/);
      assert.deepEqual(await accessibilityFaults(page), []);
      await shot(page, `acme-german-${size.width}`);
      await page.locator(`[data-host="${hosts[0]}"]`).click();
      await page.locator('[data-chart="CPU"] canvas').waitFor();
      assert.equal(await overflow(), 0);
      await shot(page, `acme-german-host-${size.width}`);
      await page.locator('button[aria-controls=account-menu]').click();
      await page.getByText('English', { exact: true }).click();
      await page.locator('html[lang|=en]').waitFor();
      await page.reload();
      await isLive(page);
      assert.match(await page.locator('html').getAttribute('lang'), /^en/);
      noComplaints(complaints);
      await context.close();
    }
  });

  check('fits a telephone', async () => {
    const { base, hosts } = org('beta');
    const { page, context, complaints } = await openPage(browser, { base, size: { width: 360, height: 780 } });
    await signIn(page, base, 'admin', password);
    await fleetIsComplete(page, { hosts });
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(await overflow(), 0);
    await shot(page, 'beta-phone-fleet', { fullPage: true });
    await page.locator(`[data-host="${hosts[0]}"]`).click();
    await page.locator('[data-chart="CPU"] canvas').waitFor();
    assert.equal(await overflow(), 0);
    await shot(page, 'beta-phone-host', { fullPage: true });
    noComplaints(complaints);
    await context.close();
  });
});

describe('when something breaks', () => {
  check('a killed service is said, and the page mends itself', async () => {
    const { base, hosts, slug } = org('acme');
    const { page, context, complaints } = await openPage(browser, { base });
    await signIn(page, base, 'admin', password);
    await fleetIsComplete(page, { hosts });
    await page.evaluate(() => (globalThis.sameDocument = true));
    // Noted by the page itself: the service may be back before a test has looked.
    await page.evaluate(() => {
      globalThis.bannerSeen = false;
      new MutationObserver(() => (globalThis.bannerSeen ||= !!document.querySelector('[data-testid=connection-banner]'))).observe(document.body, { childList: true, subtree: true });
    });
    const pid = fleet.servicePid(slug);
    assert.ok(pid, 'the service of acme runs');
    process.kill(pid, 'SIGKILL');
    await waitUntil(() => page.evaluate(() => globalThis.bannerSeen), 'the banner appears', { every: 30 });
    await shot(page, 'acme-connection-lost');
    await waitUntil(() => fleet.servicePid(slug) ?? 0, 'the service is started again');
    await isLive(page);
    await page.getByTestId('connection-banner').waitFor({ state: 'detached' });
    await fleetIsComplete(page, { hosts });
    await figuresMove(page);
    assert.equal(await page.evaluate(() => globalThis.sameDocument), true);
    assert.deepEqual(await hostsShown(page), hosts);
    noComplaints(beyondUnready(complaints));
    await context.close();
  });

  check('a killed agent is shown as lost, and as online when it is back', async () => {
    const { base } = org('beta');
    const agent = fleet.agent('beta', 'beta-spare-1');
    const { page, context } = await openPage(browser, { base });
    await signIn(page, base, 'admin', password);
    const card = page.locator('[data-host="beta-spare-1"]');
    await card.getByText('Online').waitFor();
    agent.child.kill('SIGKILL');
    await card.getByText('Lost').waitFor();
    await waitUntil(async () => (await page.locator('[data-count=offline] .number').textContent()).trim() === '1', 'it is counted as offline');
    await shot(page, 'beta-lost');
    fleet.agent('beta', 'beta-spare-1');
    await card.getByText('Online').waitFor();
    await context.close();
  });

  check('a session that ended leads back to the login', async () => {
    const { base } = org('acme');
    const { page, context } = await openPage(browser, { base });
    await signIn(page, base, 'admin', password);
    await isLive(page);
    const second = await context.newPage();
    await second.goto(`${base}/dashboard`);
    await isLive(second);
    await second.getByRole('button', { name: 'Account and appearance' }).click();
    await second.getByRole('button', { name: 'Sign out' }).click();
    await second.getByRole('button', { name: 'Sign in' }).waitFor();
    await second.reload();
    await second.getByRole('button', { name: 'Sign in' }).waitFor();
    // The other tab notices, at the latest with its next request.
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await context.close();
  });
});

if (process.env.UPDATE_README_IMAGE === '1') {
  const minutes = 15;
  const body = async () => {
    const { base, hosts } = org('acme');
    const { page, context } = await openPage(browser, { base, size: { width: 1440, height: 1100 } });
    await signIn(page, base, 'admin', password);
    await fleetIsComplete(page, { hosts });
    // A full graph, and none of the browser's own work in it: nothing is open while it fills.
    await page.goto('about:blank');
    const spanned = async () => {
      const to = Date.now();
      const answer = await page.request.get(`${base}/api/v1/hosts/${hosts[1]}/history?metric=cpu.percent&from=${to - minutes * 60_000}&to=${to}&points=100`);
      const { points } = await answer.json();
      return points.at(-1)[0] - points[0][0] > (minutes - 0.5) * 60_000;
    };
    await waitUntil(spanned, `${minutes} minutes of history`, { seconds: (minutes + 2) * 60, every: 10_000 });
    await page.goto(`${base}/dashboard#/host/${hosts[1]}`);
    await page.locator('[data-chart="Network"] canvas').waitFor();
    const values = () => page.locator('[data-chart] .value').allTextContents();
    const first = (await values()).join();
    await waitUntil(async () => (await values()).join() !== first, 'the charts move');
    await shot(page, 'dashboard');
    mkdirSync(join(repository, 'docs/images'), { recursive: true });
    copyFileSync(join(output, 'dashboard.png'), join(repository, 'docs/images/dashboard.png'));
    await context.close();
  };
  check("the README's picture is renewed", body, (minutes + 5) * 60_000);
}
