import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { enrolledWith, Enrolment, type EnrolmentService } from '../src/lib/enrolment.svelte';
import { installLine, isOnlyLocal, processorsOf, type AgentFiles } from '../src/lib/install-line';
import type { AuditEntry, HostDetail } from '../src/lib/types';

const files: AgentFiles = {
  server: 'https://fleet.example.com:8768',
  files: [
    { name: 'install.sh', size: 7, sha256: 'ab12' },
    { name: 'atlas-agent-Linux-x86_64', size: 7, sha256: 'cd34' },
    { name: 'atlas-agent-Linux-aarch64', size: 7, sha256: 'ef56' },
  ],
};
const token = { id: '3f9a01bc', token: 'aft_secret', uses: 2, expires: 5_000 };

describe('the line to paste', () => {
  it('fetches the installer, checks it, and hands it the token through a pipe', () => {
    expect(installLine('linux', files, 'aft_a-B_1')).toBe(
      "curl -fsSk https://fleet.example.com:8768/api/v1/agent/install.sh -o install.sh && echo 'ab12  install.sh' | sha256sum -c - && echo aft_a-B_1 | sudo sh install.sh --token-stdin",
    );
  });
  it('does without sudo on macOS', () => {
    const line = installLine('macos', files, 'aft_1');
    expect(line).toContain('| shasum -a 256 -c -');
    expect(line).not.toContain('sudo');
  });
  it('lets nothing of an odd address reach the shell', () => {
    const odd = "https://[::1]:8768/$(touch x)'`";
    const echoed = installLine('linux', { ...files, server: odd }, 'aft_1').replace(/^curl -fsSk/, "printf '%s '").replace(/ -o install.sh .*$/s, '');
    expect(execFileSync('sh', ['-c', echoed], { encoding: 'utf8' })).toBe(`${odd}/api/v1/agent/install.sh `);
  });
  it('is none without an installer', () => expect(installLine('linux', { ...files, files: [] }, 'aft_1')).toBe(''));
  it('knows for which processors there are agents', () => {
    expect(processorsOf('linux', files)).toEqual(['x86_64', 'aarch64']);
    expect(processorsOf('macos', files)).toEqual([]);
  });
  it('serves this machine only without HTTPS', () => expect([isOnlyLocal(files), isOnlyLocal({ ...files, server: 'http://127.0.0.1:8768' })]).toEqual([false, true]));
});

const row = (id: number, object: string, action = 'host.enroll', outcome = 'done'): AuditEntry => ({ id, at: 1, who: 'a machine', from: '192.0.2.7', action, object, outcome });
const of = (host: string, which = token.id) => `${host} (token ${which})`;

describe('who has come with a token', () => {
  it('is read from the audit log, the first first', () => {
    const rows = [
      row(9, of('c')),
      row(8, of('b', '11111111')),
      row(7, of('b'), 'host.enroll', 'refused'),
      row(6, of('b'), 'host.readmit'),
      row(5, of('a')),
      row(4, `${token.id} (enrolment)`, 'token.create'),
    ];
    expect(enrolledWith(token.id, rows)).toEqual(['a', 'c']);
  });
});

describe('an enrolment', () => {
  let log: AuditEntry[] = [];
  let states: Record<string, string> = {};
  const service = {
    agentFiles: vi.fn(async () => files),
    makeEnrolmentToken: vi.fn(async () => token),
    // Two rows a page.
    audit: vi.fn(async (before: number | null) => {
      const older = log.filter((one) => before === null || one.id < before);
      return { audit: older.slice(0, 2), next: older.length > 2 ? older[1]!.id : null };
    }),
    host: vi.fn(async (id: string) => {
      if (!states[id]) throw new Error('not known');
      return { id, state: states[id] } as HostDetail;
    }),
  } satisfies EnrolmentService;
  const ids = (one: Enrolment) => one.hosts.map((host) => (host.reports ? `${host.id}!` : host.id));

  beforeEach(() => {
    vi.useFakeTimers();
    vi.clearAllMocks();
    log = [row(2, of('old'))];
    states = {};
  });
  afterEach(() => void vi.useRealTimers());

  it('shows each machine as it comes and as it is heard of, and stops when all are here', async () => {
    const enrolment = new Enrolment(service);
    await enrolment.make(2, 5_000);
    expect(service.makeEnrolmentToken).toHaveBeenCalledWith({ uses: 2, expires: 5_000 });
    const stop = enrolment.watch();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ids(enrolment)).toEqual([]);

    log = [row(3, of('a')), ...log];
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ids(enrolment)).toEqual(['a']);
    states.a = 'unknown';
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ids(enrolment)).toEqual(['a']);

    states = { a: 'online', b: 'online' };
    log = [row(9, 'x', 'login'), row(8, 'x', 'login'), row(7, of('b')), row(6, 'x', 'login'), row(5, 'x', 'login'), ...log];
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ids(enrolment)).toEqual(['a!', 'b!']);
    expect(enrolment.complete).toBe(true);
    const asked = service.audit.mock.calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(service.audit.mock.calls.length).toBe(asked);
    stop();
  });

  it('goes on after the service was away, and not after it was left', async () => {
    const enrolment = new Enrolment(service);
    await enrolment.make(2, 5_000);
    const stop = enrolment.watch();
    service.audit.mockRejectedValueOnce(new Error('away'));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(enrolment.failing).toBe(true);
    log = [row(3, of('a')), ...log];
    await vi.advanceTimersByTimeAsync(2_000);
    expect([enrolment.failing, ...ids(enrolment)]).toEqual([false, 'a']);
    stop();
    const asked = service.audit.mock.calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(service.audit.mock.calls.length).toBe(asked);
  });
});
