// The one line that makes a machine a host of this fleet.
import { quoted } from './shell-quote';

export const systems = ['linux', 'macos'] as const;
export type System = (typeof systems)[number];

// What a new machine fetches: `server` is where it reaches the service.
export interface AgentFiles {
  server: string;
  files: { name: string; size: number; sha256: string }[];
}

const ways: Record<System, { uname: string; checksum: string; shell: string }> = {
  linux: { uname: 'Linux', checksum: 'sha256sum', shell: 'sudo sh' },
  // A LaunchAgent belongs to the user who logs in: no sudo.
  macos: { uname: 'Darwin', checksum: 'shasum -a 256', shell: 'sh' },
};

// Fetches the installer, makes sure by its checksum that it is this server's, whose certificate the machine may not know yet, and
// hands it the token through a pipe: it stands in no address and in no list of arguments. '' when there is no installer.
export function installLine(system: System, from: AgentFiles, token: string): string {
  const script = from.files.find((file) => file.name === 'install.sh');
  if (!script) return '';
  const { checksum, shell } = ways[system];
  return [
    `curl -fsSk ${quoted(`${from.server}/api/v1/agent/install.sh`)} -o install.sh`,
    `echo '${script.sha256}  install.sh' | ${checksum} -c -`,
    `echo ${quoted(token)} | ${shell} install.sh --token-stdin`,
  ].join(' && ');
}

// The processors of that system for which the server has the agent program, as `uname -m` calls them.
export function processorsOf(system: System, from: AgentFiles): string[] {
  const prefix = `atlas-agent-${ways[system].uname}-`;
  return from.files.filter((file) => file.name.startsWith(prefix)).map((file) => file.name.slice(prefix.length));
}

// Plain HTTP serves the machine that the service runs on, and no other one.
export const isOnlyLocal = (from: AgentFiles) => !from.server.startsWith('https://');
