// The settings in a real browser, in front of a real service.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { accessibilityFaults, beyondUnready, openPage, shot, signIn } from './support/browser.mjs';
import { password } from './support/fleet.mjs';
import { stage } from './support/stage.mjs';
import { waitUntil } from './support/wait.mjs';

const settings = { 'alerts.clear_margin': 0.5, 'alerts.hold_seconds': 1 };
const hosts = ['acme-db-1', 'acme-web-1'];
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const sections = {
  branding: 'Appearance', alerts: 'Alerts', agents: 'Agents', notifications: 'Notifications', people: 'People', tokens: 'Tokens', sessions: 'Sessions', audit: 'Audit log', service: 'Service',
};

let fleet;
let browser;
let base;

const check = stage('settings', async (emptyFleet, launched) => {
  [fleet, browser] = [emptyFleet, launched];
  await fleet.choosePorts(1);
  ({ base } = fleet.setup({ slug: 'acme', name: 'Acme Corp', title: 'Acme Fleet', color: '#00aa44', settings, flags: ['--report-interval', '2'] }));
  await fleet.up();
  for (const host of hosts) fleet.agent('acme', host);
});

const noComplaints = (complaints) => assert.deepEqual(complaints.filter((one) => !/status of (400|404|409)/.test(one)), []);
const heading = (page, section) => page.getByRole('heading', { level: 2, name: sections[section], exact: true }).waitFor();
const field = (page, name) => page.locator('main').getByLabel(name, { exact: true });

async function open(section, options = {}, user = 'admin') {
  const opened = await openPage(browser, { base, ...options });
  await signIn(opened.page, base, user, options.password ?? password);
  await opened.page.locator('[data-testid=connection][data-phase=live]').waitFor();
  await opened.page.goto(`${base}/dashboard#/settings/${section}`);
  return opened;
}

describe('the settings', () => {
  for (const size of [wide, phone]) {
    for (const scheme of ['light', 'dark']) {
      check(`show every section at ${size.width} px, ${scheme}`, async () => {
        const { page, complaints } = await open('people', { size, scheme });
        await heading(page, 'people');
        for (const [section, name] of Object.entries(sections)) {
          await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name, exact: true }).click();
          await heading(page, section);
          await page.getByText('Loading …').waitFor({ state: 'detached' });
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${section} is no wider than the screen`);
          assert.deepEqual(await accessibilityFaults(page), [], section);
          await shot(page, `settings-${section}-${size.width}-${scheme}`, { fullPage: true });
        }
        noComplaints(complaints);
      });
    }
  }

  check('are reached from the menu by an administrator, and by nobody else', async () => {
    fleet.cli(['user', 'add', 'acme', 'vera', '--role', 'viewer', '--password-stdin'], `${password}\n`);
    for (const [user, links] of [['admin', 1], ['vera', 0]]) {
      const { page, complaints } = await open('audit', {}, user);
      if (links === 0) {
        await page.getByTestId('settings-forbidden').waitFor();
        assert.deepEqual(await accessibilityFaults(page), []);
        await shot(page, 'settings-forbidden');
      } else await heading(page, 'audit');
      await page.getByRole('button', { name: 'Account and appearance' }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      assert.equal(await page.getByRole('link', { name: 'Settings', exact: true }).count(), links);
      noComplaints(complaints);
    }
  });
});

describe('the appearance', () => {
  check('is previewed as it is typed, discarded, and saved', async () => {
    const { page, complaints } = await open('branding');
    const mark = page.getByRole('region', { name: 'Preview' }).getByTestId('brand-mark').first();
    const isColoured = (rgb) => waitUntil(async () => (await mark.evaluate((e) => getComputedStyle(e).backgroundColor)) === rgb, `the mark is ${rgb}`);
    await isColoured('rgb(0, 170, 68)');
    const primary = page.getByPlaceholder('#rrggbb').first();
    await primary.fill('#8800ff');
    await isColoured('rgb(136, 0, 255)');
    await shot(page, 'settings-branding-typed');
    await page.getByRole('button', { name: 'Discard' }).first().click();
    await isColoured('rgb(0, 170, 68)');
    await primary.fill('#zzz');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.locator('.field.wrong', { has: primary }).getByRole('alert').waitFor();
    await primary.fill('#0055cc');
    await field(page, 'Title').fill('Acme <b>Machines</b>');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText('Saved.', { exact: true }).waitFor();
    await field(page, 'Name of the organisation').fill('Acme & Daughters');
    await page.getByRole('button', { name: 'Save' }).last().click();
    await page.locator('header').getByText('Acme & Daughters').waitFor();
    assert.equal(await page.locator('main b', { hasText: /^Machines$/ }).count(), 0);
    noComplaints(complaints);
  });
});

describe('a logo', () => {
  const file = (name, mimeType, text) => ({ name, mimeType, buffer: Buffer.from(text) });
  const hostile = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100" onload="window.hacked = 1"><script>window.hacked = 1</script>
    <image href="https://evil.example/x.png"/><rect width="300" height="100" fill="red" onclick="window.hacked = 1"/></svg>`;

  check('is uploaded as a picture, shown in every open dashboard and on the login page, and taken away', async () => {
    fleet.cli(['user', 'add', 'acme', 'lena', '--role', 'viewer', '--password-stdin'], `${password}\n`);
    const other = await open('people', {}, 'lena');
    const { page, complaints } = await open('branding');
    const chooser = page.getByLabel('File of the logo');
    await chooser.setInputFiles(file('logo.html', 'text/html', '<b>'));
    await page.getByText('This is no PNG, JPEG, WebP, GIF or SVG image.').waitFor();
    await chooser.setInputFiles(file('logo.png', 'image/png', 'no image'));
    await page.getByText('The file cannot be read as an image.').waitFor();
    await chooser.setInputFiles(file('logo.svg', 'image/svg+xml', hostile));
    await page.getByRole('region', { name: 'Preview' }).locator('img.logo').first().waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, 'settings-logo');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText('Saved.', { exact: true }).waitFor();
    const { logo_url: logo } = await page.request.get(`${base}/api/v1/branding`).then((answer) => answer.json());
    assert.match(logo, /^data:image\/png;base64,iVBOR/, 'only its picture has left the browser');
    const stranger = await openPage(browser, { base });
    await stranger.page.goto(`${base}/dashboard`);
    for (const one of [page, other.page, stranger.page]) {
      const shown = one.locator('img.logo').first();
      await shown.waitFor();
      assert.ok(await shown.evaluate((image) => image.complete && image.naturalWidth === 300), 'it is drawn');
      assert.equal(await one.evaluate(() => window.hacked), undefined);
    }
    await page.getByRole('button', { name: 'Remove logo' }).click();
    await page.getByRole('button', { name: 'Save' }).first().click();
    await other.page.locator('header').getByTestId('brand-mark').waitFor();
    noComplaints([...complaints, ...other.complaints, ...stranger.complaints]);
  });
});

describe('the alerts', () => {
  check('are tried on what was measured, at the threshold of the slider', async () => {
    const { page, complaints } = await open('alerts');
    const memory = page.locator('[data-rule=memory]');
    await memory.getByRole('spinbutton').fill('100');
    await memory.getByRole('button', { name: /Try on the last 7 days/ }).click();
    await memory.getByText('would not have fired').waitFor();
    await memory.getByRole('slider').fill('1');
    assert.equal(await memory.getByRole('spinbutton').inputValue(), '1');
    await waitUntil(async () => {
      await memory.getByRole('button', { name: /Try on the last 7 days/ }).click();
      await memory.getByText(/would (not )?have fired/).waitFor();
      return (await memory.getByRole('status').textContent()).trim() === 'would have fired 2 times on 2 machines';
    }, 'both machines would have fired', { seconds: 60 });
    await memory.getByText('When and where').click();
    for (const host of hosts) await memory.locator('li', { hasText: host }).waitFor();
    const disk = page.locator('[data-rule=disk]');
    await disk.getByRole('slider').fill('1');
    await disk.getByRole('button', { name: /Try on the last 7 days/ }).click();
    await disk.getByText(/would have fired \d+ times? on 2 machines/).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, 'settings-dry-run', { fullPage: true });
    await memory.getByRole('spinbutton').fill('70');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.', { exact: true }).waitFor();
    noComplaints(complaints);
  });
});

describe('the agents', () => {
  check('report at the interval that is set, at once', async () => {
    const { page, complaints } = await open('agents');
    await field(page, 'Report interval in seconds').fill('1');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.', { exact: true }).waitFor();
    await waitUntil(async () => (await page.request.get(`${base}/api/v1/hosts/${hosts[0]}`).then((answer) => answer.json())).interval === 1, 'the agent reports every second');
    noComplaints(complaints);
  });
});

describe('people', () => {
  check('are added, changed and removed', async () => {
    const { page, complaints } = await open('people');
    await field(page, 'Name').fill('bert');
    await field(page, 'First password').fill('a good password');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('li', { hasText: 'bert' }).getByText('viewer').waitFor();
    await page.locator('li', { hasText: 'bert' }).getByRole('button', { name: /^Change/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Role', { exact: true }).selectOption('operator');
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, 'settings-person');
    await dialog.getByRole('button', { name: 'Change role' }).click();
    await page.locator('li', { hasText: 'bert' }).getByText('operator').waitFor();
    // The last administrator stays.
    await page.getByRole('button', { name: 'Remove: admin' }).click();
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await dialog.getByRole('alert').waitFor();
    await shot(page, 'settings-last-admin');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Remove: bert' }).click();
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.locator('li', { hasText: 'bert' }).waitFor({ state: 'detached' });
    noComplaints(complaints);
  });

  check('change their own password, and sign in again with it', async () => {
    fleet.cli(['user', 'add', 'acme', 'cleo', '--role', 'admin', '--password-stdin'], `${password}\n`);
    const { page } = await open('people', {}, 'cleo');
    await field(page, 'Present password').fill('not the password');
    await field(page, 'New password').fill('another good password');
    await page.getByRole('button', { name: 'Change and sign in again' }).click();
    await page.locator('main form').getByRole('alert').first().waitFor();
    await field(page, 'Present password').fill(password);
    await page.getByRole('button', { name: 'Change and sign in again' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await signIn(page, base, 'cleo', 'another good password');
    await page.locator('[data-testid=connection][data-phase=live]').waitFor();
  });
});

describe('tokens', () => {
  check('are made, shown once, and revoked', async () => {
    const { page, complaints } = await open('tokens');
    await field(page, 'Label').fill('ci <img src=x>');
    await page.getByRole('button', { name: 'Make token' }).click();
    const dialog = page.getByRole('dialog', { name: 'The new token' });
    const token = (await dialog.locator('code').textContent()).trim();
    const ask = async () => (await fetch(`${base}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } })).status;
    assert.equal(await ask(), 200);
    assert.deepEqual(await accessibilityFaults(page), []);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.ok(!(await page.content()).includes(token));
    await page.getByRole('button', { name: /^Revoke: ci/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('There are no tokens.').waitFor();
    assert.equal(await ask(), 401);
    noComplaints(complaints);
  });
});

describe('the service', () => {
  check('says how it is doing, also when it has lost the broker', async () => {
    const { page, complaints } = await open('service');
    await page.locator('[data-check=broker][data-ready=true]').waitFor();
    await page.locator('dl div', { hasText: 'Samples a second' }).getByText(/^[\d.]+$/).waitFor();
    await page.locator('dl div', { hasText: 'Open dashboards' }).getByText(/^[1-9]/).waitFor();
    await fleet.withoutBroker(async () => {
      await page.locator('[data-check=broker][data-ready=false]').waitFor();
      await page.getByTestId('service-banner').getByText('has lost the broker').waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      await shot(page, 'settings-service-without-broker');
    });
    await page.locator('[data-check=broker][data-ready=true]').waitFor();
    await page.getByTestId('service-banner').waitFor({ state: 'detached' });
    noComplaints(beyondUnready(complaints));
  });
});

describe('sessions and the audit log', () => {
  check('show this session, and end another', async () => {
    const other = await open('sessions');
    const { page, complaints } = await open('sessions');
    await page.getByTestId('this-session').waitFor();
    assert.equal(await page.getByTestId('this-session').count(), 1);
    const id = (await other.page.request.get(`${base}/api/v1/sessions`).then((answer) => answer.json())).sessions.find((one) => one.current).id;
    const before = await page.locator('main li').count();
    await page.locator(`[data-session="${id}"]`).getByRole('button', { name: /^End/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
    await waitUntil(async () => (await page.locator('main li').count()) === before - 1, 'one session less');
    await other.page.getByRole('button', { name: 'Sign in' }).waitFor();
    noComplaints(complaints);
  });

  check('are paged, newest first', async () => {
    for (let number = 0; number < 30; number++) {
      fleet.cli(['user', 'add', 'acme', `p${number}`, '--role', 'viewer', '--password-stdin'], `${password}\n`);
      fleet.cli(['user', 'remove', 'acme', `p${number}`]);
    }
    const { page, complaints } = await open('audit');
    const rows = page.locator('main li');
    await rows.nth(49).waitFor();
    assert.match(await rows.first().textContent(), /login/);
    await page.getByRole('button', { name: 'Load more' }).click();
    await rows.nth(50).waitFor();
    noComplaints(complaints);
  });
});
