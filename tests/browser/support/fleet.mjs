import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntil } from './wait.mjs';

export const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const build = resolve(repository, process.env.ATLAS_BUILD_DIR ?? 'build/release');

function program(name) {
  const path = join(build, 'bin', name);
  if (!existsSync(path)) throw new Error(`${path} is not built; run scripts/build`);
  return path;
}

// Ports that are free now, all held at once so that they differ.
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((done, failed) => {
          const server = createServer();
          server.once('error', failed);
          server.listen(0, '127.0.0.1', () => done(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

// A home that is not there: no test reads or writes the developer's own fleet.
const environment = { ...process.env, HOME: '/nonexistent', NO_COLOR: '1', LC_ALL: 'C.UTF-8' };
delete environment.ATLAS_FLEET_ROOT;

function processes() {
  const table = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state !== 'Z') table.set(Number(name), { parent: Number(parent), words: readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0') });
    } catch {
      // ended meanwhile
    }
  }
  return table;
}

export const password = 'correct horse battery staple';

// A throw-away fleet: organisations, broker, services and agents, all real.
export class Fleet {
  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'atlas-browser-'));
    this.logs = join(this.root, 'logs');
    mkdirSync(this.logs);
    this.orgs = new Map();
    this.programs = [];
    // Whatever happens to this process, nothing of it stays.
    this.atExit = () => this.kill();
    process.once('exit', this.atExit);
    // A signal alone would end this process without its exit handlers.
    this.atSignal = () => process.exit(130);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, this.atSignal);
  }

  cli(args, input = '') {
    return execFileSync(program('atlas-fleet'), ['--root', this.root, ...args], { input, env: environment, encoding: 'utf8', timeout: 60_000, maxBuffer: 2 ** 26, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  async choosePorts(organisations) {
    const ports = await freePorts(organisations + 1);
    this.brokerPort = ports.pop();
    this.ports = ports;
  }

  setup({ slug, name, title, color, settings = {}, flags = [] }) {
    const port = this.ports.pop();
    this.cli(
      ['setup', '--yes', '--name', name, '--slug', slug, '--contact', `admin@${slug}.example`, '--port', String(port), '--title', title, '--primary-color', color,
        '--broker-url', `mqtts://localhost:${this.brokerPort}`, '--admin-user', 'admin', '--admin-password-stdin', ...flags],
      `${password}\n`,
    );
    for (const [key, value] of Object.entries(settings)) this.cli(['org', 'set', slug, key, String(value)]);
    const org = { slug, name, title, color, port, base: `http://127.0.0.1:${port}`, hosts: [] };
    this.orgs.set(slug, org);
    return org;
  }

  // Where the organisation's alerts are told of, from the service's next start on.
  notify(slug, channels) {
    const file = join(this.root, 'tenants', slug, 'tenant.json');
    const config = JSON.parse(readFileSync(file, 'utf8'));
    config.alerts.notify = channels;
    writeFileSync(file, JSON.stringify(config));
  }

  start(name, args, label = name) {
    return this.run(program(name), args, label);
  }

  // A program of anywhere, which ends with the fleet.
  run(path, args, label) {
    const log = openSync(join(this.logs, `${label}.log`), 'a');
    // A group of its own, so that kill() reaches what it starts.
    const child = spawn(path, args, { stdio: ['ignore', log, log], env: environment, detached: true });
    const running = { child, label, ended: new Promise((done) => child.once('exit', done)) };
    this.programs.push(running);
    return running;
  }

  async up() {
    this.supervisor = this.start('atlas-fleet', ['--root', this.root, 'up'], 'up');
    for (const org of this.orgs.values()) {
      await waitUntil(async () => (await fetch(`${org.base}/readyz`)).ok, `${org.slug} is ready`, { seconds: 90, show: () => this.tails() });
    }
  }

  agent(slug, host) {
    const file = join(this.root, `${host}.json`);
    this.cli(['agent-config', slug, '--host', host, '-o', file]);
    this.orgs.get(slug).hosts.push(host);
    return this.start('atlas-agent', ['--config', file], `agent-${host}`);
  }

  // Living processes that `root` started, however deep: the services are in groups of their own.
  descendants(root) {
    const table = processes();
    const found = [];
    for (const pid of table.keys()) {
      for (let at = table.get(pid)?.parent ?? 0; at > 1; at = table.get(at)?.parent ?? 0) {
        if (at === root) {
          found.push(pid);
          break;
        }
      }
    }
    return found;
  }

  // The process id of an organisation's service, as the supervisor started it.
  servicePid(slug) {
    const table = processes();
    const isIt = ({ words }) => words[0].endsWith('atlas-ingest') && words.includes(slug);
    return this.descendants(this.supervisor.child.pid).find((pid) => table.has(pid) && isIt(table.get(pid))) ?? null;
  }

  // The broker is gone meanwhile: who would start it again stands still.
  async withoutBroker(body) {
    const table = processes();
    const pid = this.descendants(this.supervisor.child.pid).find((one) => table.get(one)?.words[0].endsWith('mosquitto'));
    this.supervisor.child.kill('SIGSTOP');
    try {
      process.kill(pid, 'SIGKILL');
      await body();
    } finally {
      this.supervisor.child.kill('SIGCONT');
    }
  }

  tails(lines = 12) {
    return readdirSync(this.logs)
      .map((file) => `--- ${file}\n${readFileSync(join(this.logs, file), 'utf8').trimEnd().split('\n').slice(-lines).join('\n')}`)
      .join('\n');
  }

  async stop(keepLogsIn) {
    for (const { child, ended } of [...this.programs].reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
    }
    if (keepLogsIn) cpSync(this.logs, keepLogsIn, { recursive: true });
    this.kill();
    process.removeListener('exit', this.atExit);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeListener(signal, this.atSignal);
  }

  // At once: every program and what it started, and the root.
  kill() {
    for (const { child } of this.programs) {
      for (const pid of [...this.descendants(child.pid), child.pid]) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // gone already
        }
      }
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}
