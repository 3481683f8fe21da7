import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './fleet.mjs';

const packages = join(repository, 'web/ui/node_modules');
if (!existsSync(packages)) throw new Error(`${packages} is not there; run scripts/build`);
const { chromium } = await import(join(packages, 'playwright-core/index.mjs'));
const axeSource = readFileSync(join(packages, 'axe-core/axe.min.js'), 'utf8');

export const output = join(repository, 'tests/browser/output');
mkdirSync(output, { recursive: true });

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath, args: quiet });

// A browser with one profile, for what is to be shared with another program.
export const launchPersistent = (profile, args) => chromium.launchPersistentContext(profile, { executablePath, args: [...quiet, ...args] });

const open = new Set();

// Closes what a test left open; with a name, after a screenshot of each page.
export async function closePages(name) {
  for (const context of open) {
    if (name) {
      let number = 0;
      for (const page of context.pages()) await shot(page, `${name}-${++number}`).catch(() => {});
    }
    await context.close().catch(() => {});
  }
  open.clear();
}

// A page in a browser profile of its own that notes everything a careful reader would object to.
export async function openPage(browser, { base, size = { width: 1440, height: 900 }, scheme = 'light', locale = 'en-GB' }) {
  const context = await browser.newContext({ viewport: size, colorScheme: scheme, locale, reducedMotion: 'reduce' });
  open.add(context);
  context.once('close', () => open.delete(context));
  // Generous: a busy machine is no fault of the dashboard.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints = [];
  // What a page says while its server is away, or before somebody has signed in, is no fault of it.
  const expected = /Failed to load resource: (the server responded with a status of 401|net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|INCOMPLETE_CHUNKED_ENCODING|CONTENT_LENGTH_MISMATCH))|WebSocket connection to .* failed/;
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !expected.test(message.text())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.host !== new URL(base).host) complaints.push(`foreign request: ${url}`);
  });
  return { page, context, complaints };
}

export async function signIn(page, base, user, password) {
  await page.goto(`${base}/dashboard`);
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

// Without what /readyz says while a service is not ready.
export const beyondUnready = (complaints) => complaints.filter((one) => !/status of 503/.test(one));

// Everything that axe finds, as lines of text.
export async function accessibilityFaults(page) {
  // Half way between two themes nothing has the contrast that it is made with.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)));
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map((found) => `${found.id}: ${found.help} (${found.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')})`);
}

export const shot = (page, name, options = {}) => page.screenshot({ path: join(output, `${name}.png`), ...options });
