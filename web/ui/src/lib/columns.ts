// The columns of the table of hosts. The name of the host is always there.
export interface Column {
  // Of the text catalogue, too.
  id: ColumnId;
  sort: string; // as the service names it; '' cannot be sorted by
  width: string; // of a grid's track
}

export const columnIds = [
  'state', 'cpu', 'trend', 'memory', 'disk', 'network', 'alerts',
  'load', 'swap', 'iowait', 'temperature', 'battery', 'uptime', 'processes', 'cores', 'ram', 'system', 'agent', 'tags', 'address', 'seen',
] as const;
export type ColumnId = (typeof columnIds)[number];

export const usualColumns: readonly ColumnId[] = ['state', 'cpu', 'trend', 'memory', 'disk', 'network', 'alerts'];

const meter = 'minmax(7.5rem, 1fr)';
const figure = 'minmax(5rem, 0.6fr)';
const words = 'minmax(7rem, 1fr)';
const shapes: Record<ColumnId, [sort: string, width: string]> = {
  state: ['state', 'minmax(8rem, 0.8fr)'],
  cpu: ['cpu', meter],
  trend: ['', 'minmax(6rem, 1.2fr)'],
  memory: ['memory', meter],
  disk: ['disk', meter],
  network: ['traffic', '7.5rem'],
  alerts: ['alerts', 'minmax(7rem, 9.5rem)'],
  load: ['load', figure],
  swap: ['swap', figure],
  iowait: ['iowait', figure],
  temperature: ['temperature', figure],
  battery: ['battery', figure],
  uptime: ['uptime', 'minmax(6rem, 0.6fr)'],
  processes: ['processes', figure],
  cores: ['cores', figure],
  ram: ['ram', figure],
  system: ['system', words],
  agent: ['agent', figure],
  tags: ['', words],
  address: ['', words],
  seen: ['last_seen', 'minmax(6rem, 0.6fr)'],
};

export const column = (id: ColumnId): Column => ({ id, sort: shapes[id][0], width: shapes[id][1] });

// In the order of the table, whatever was stored; the usual ones where nothing was.
export function parseColumns(stored: string | null): ColumnId[] {
  if (stored === null) return [...usualColumns];
  const chosen = new Set(stored.split(','));
  return columnIds.filter((id) => chosen.has(id));
}

export const tracks = (chosen: readonly ColumnId[]): string => ['minmax(9rem, 1.5fr)', ...chosen.map((id) => shapes[id][1])].join(' ');
