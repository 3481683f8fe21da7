import type { HostInfo } from './types';

const families: Record<string, string> = { linux: 'Linux', macos: 'macOS' };

// "Debian GNU/Linux 12 (bookworm)", "macOS 14.5"
export function system(info: HostInfo | undefined): string {
  if (!info) return '';
  const family = families[info.os ?? ''] ?? info.os ?? '';
  const version = info.version ?? '';
  if (!version) return family;
  return /^[\d.]+$/.test(version) && family ? `${family} ${version}` : version;
}

// The same for narrow places: "Debian 12", "Ubuntu 24.04".
export function shortSystem(info: HostInfo | undefined): string {
  return system(info)
    .replace(/\s*\([^)]*\)/g, '')
    .replace(/\bGNU\/Linux\s*/, '')
    .replace(/\s+LTS$/, '')
    .trim();
}
