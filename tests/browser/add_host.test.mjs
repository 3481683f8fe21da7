// "Add a machine": the line that an administrator makes, and the machines that come with it, in a real browser with the real installer.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accessibilityFaults, openPage, shot, signIn } from './support/browser.mjs';
import { password } from './support/fleet.mjs';
import { stage } from './support/stage.mjs';
import { waitUntil } from './support/wait.mjs';

let fleet;
let browser;
let base;

const check = stage('add-host', async (emptyFleet, launched) => {
  [fleet, browser] = [emptyFleet, launched];
  await fleet.choosePorts(1);
  ({ base } = fleet.setup({ slug: 'acme', name: 'Acme Corp', title: 'Acme Fleet', color: '#00ff00', flags: ['--report-interval', '2'] }));
  for (const role of ['viewer', 'operator']) fleet.cli(['user', 'add', 'acme', role, '--role', role, '--password-stdin'], `${password}\n`);
  await fleet.up();
});

const looks = [
  { name: 'desktop-light', scheme: 'light', size: { width: 1440, height: 900 } },
  { name: 'desktop-dark', scheme: 'dark', size: { width: 1440, height: 900 } },
  { name: 'phone-light', scheme: 'light', size: { width: 390, height: 844 } },
  { name: 'phone-dark', scheme: 'dark', size: { width: 390, height: 844 } },
];

// Signs in and opens the dialog from the menu, which is there whatever the fleet.
async function openDialog(page, user = 'admin') {
  await signIn(page, base, user, password);
  await page.getByRole('button', { name: 'Account and appearance' }).click();
  await page.getByRole('button', { name: 'Add a machine …' }).click();
  return page.getByRole('dialog', { name: 'Add a machine' });
}

// What is wider than the box that shows it.
const sticksOut = (page) =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('dialog, dialog .inner')]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => `${box.tagName}.${box.className}: ${box.scrollWidth} px in ${box.clientWidth}`),
  );

for (const { name, scheme, size } of looks) {
  check(`an empty fleet leads to the line (${name})`, async () => {
    const { page, context, complaints } = await openPage(browser, { base, size, scheme });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await signIn(page, base, 'admin', password);
    await page.getByRole('heading', { name: 'No machines yet' }).waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Add a machine' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a machine' });
    assert.equal(await dialog.getByLabel('The line is good for').inputValue(), 'day');
    assert.equal(await dialog.getByLabel('Number of machines').inputValue(), '1');
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, `add-host-form-${name}`);

    await dialog.getByLabel('The line is good for').selectOption('hour');
    await dialog.getByRole('button', { name: 'Make the line' }).click();
    await dialog.getByRole('heading', { name: 'Paste this line on the machine' }).waitFor();
    const line = await dialog.locator('code').innerText();
    assert.match(line, /^curl -fsSk http:\/\/127\.0\.0\.1:\d+\/api\/v1\/agent\/install\.sh -o install\.sh && .* && echo aft_[\w-]{43} \| sudo sh install\.sh --token-stdin$/);
    await dialog.getByText('Only the machine that the service runs on').waitFor();
    await dialog.getByText('Waiting for the machine …').waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual(await sticksOut(page), []);
    await shot(page, `add-host-line-${name}`);

    await dialog.getByRole('button', { name: 'Copy' }).click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), line);
    await dialog.getByRole('button', { name: 'macOS' }).click();
    const onMac = await dialog.locator('code').innerText();
    assert.ok(onMac.includes('shasum -a 256') && !onMac.includes('sudo'), onMac);
    await dialog.getByText('no agent for this system').waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);

    const { tokens } = JSON.parse(fleet.cli(['--json', 'token', 'list', 'acme']));
    const made = tokens.at(-1);
    assert.equal(made.max_uses, 1);
    assert.ok(Math.abs(made.expires - made.added - 3_600_000) < 60_000, 'an hour');

    // Shown once: the dialog begins anew.
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('main').getByRole('button', { name: 'Add a machine' }).click();
    await dialog.getByRole('button', { name: 'Make the line' }).waitFor();
    assert.equal(await dialog.locator('code').count(), 0);
    assert.deepEqual(complaints, []);
  });
}

for (const role of ['viewer', 'operator']) {
  check(`a ${role} is told whom to ask`, async () => {
    const { page, complaints } = await openPage(browser, { base });
    const dialog = await openDialog(page, role);
    await dialog.getByText('Only an administrator can let machines in.').waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Make the line' }).count(), 0);
    assert.equal(await dialog.locator('code').innerText(), "atlas-fleet token enroll 'Acme Corp'");
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual(complaints, []);
  });
}

check('a wrong number of machines is told beside its field', async () => {
  const { page, complaints } = await openPage(browser, { base });
  const dialog = await openDialog(page);
  await dialog.getByLabel('Number of machines').fill('0');
  await dialog.getByRole('button', { name: 'Make the line' }).click();
  assert.equal(await dialog.getByLabel('Number of machines').evaluate((field) => field.validity.valid), false);
  assert.equal(await dialog.getByRole('heading', { name: /Paste this line/ }).count(), 0);
  assert.deepEqual(complaints, []);
});

// A machine of its own to the installer: a home, and system commands that do nothing.
function machine(host) {
  const [home, stubs] = [join(fleet.root, `home of ${host}`), join(fleet.root, 'stubs')];
  for (const folder of [home, stubs]) mkdirSync(folder, { recursive: true });
  const bodies = {
    systemctl: "case $* in --version) echo 'systemd 252 (252.1)';; esac; exit 0",
    loginctl: 'exit 0',
    sleep: 'exit 0',
    sudo: 'exec "$@"',
    id: 'case $1 in -u) echo 501;; *) echo someone;; esac',
  };
  for (const [name, body] of Object.entries(bodies)) {
    writeFileSync(join(stubs, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(stubs, name), 0o755);
  }
  return { cwd: home, env: { ...process.env, HOME: home, PATH: `${stubs}:${process.env.PATH}` } };
}

// Pastes the line there, and starts the agent that it has installed.
async function paste(line, host) {
  const place = machine(host);
  // As at a terminal: the line stands in no list of arguments.
  const running = promisify(execFile)('sh', [], { ...place, timeout: 60_000 });
  running.child.stdin.end(`${line} --host-id ${host}\n`);
  const { stdout } = await running;
  assert.match(stdout, /fetched atlas-agent-Linux-/);
  const folder = join(place.cwd, '.fleet-agent');
  const [org] = readdirSync(folder);
  return () => fleet.start('atlas-agent', ['--config', join(folder, org, 'config.json')], `agent-${host}`);
}

check('machines that come with the line show by themselves', async () => {
  const { page, complaints } = await openPage(browser, { base });
  const dialog = await openDialog(page);
  await dialog.getByLabel('Number of machines').fill('2');
  await dialog.getByRole('button', { name: 'Make the line' }).click();
  await dialog.getByText('Waiting for 2 machines …').waitFor();
  const line = await dialog.locator('code').innerText();
  const newcomers = dialog.getByTestId('newcomers');

  const begin = await paste(line, 'new-1');
  await newcomers.getByText('has come in, its first figures are on their way').waitFor();
  begin();
  await newcomers.getByText('1 of 2 machines here. Waiting for the others …').waitFor();
  assert.deepEqual(await newcomers.getByRole('link').allInnerTexts(), ['new-1']);
  assert.deepEqual(await accessibilityFaults(page), []);

  (await paste(line, 'new-2'))();
  await newcomers.getByText('All 2 machines are here.').waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await shot(page, 'add-host-here');
  await assert.rejects(paste(line, 'new-3'), 'the line is used up');

  await newcomers.getByRole('link', { name: 'new-1' }).click();
  await page.getByRole('heading', { name: 'new-1' }).waitFor();
  assert.equal(new URL(page.url()).hash.replace(/\?.*/, ''), '#/host/new-1');
  assert.equal(await page.getByRole('dialog').count(), 0);
  await waitUntil(async () => (await page.locator('[data-host], [role=meter]').count()) > 0, 'the page shows figures');
  assert.deepEqual(complaints, []);
});
