import { backoffDelay } from './backoff';
import { parseFrame } from './frames';
import type { ViewFrame, ViewRequest } from './types';

export type LiveStatus =
  | { phase: 'connecting' }
  | { phase: 'live' }
  // `retryAt`: local time of the next attempt
  | { phase: 'waiting'; retryAt: number };

export type SessionState = 'in' | 'out' | 'unreachable';

// What the page has already: everything up to `seq` of these hosts.
export interface Known {
  seq: number;
  have: string[];
}

export interface LiveHandlers {
  // `first` of a connection.
  frame(frame: ViewFrame, first: boolean): void;
  status(status: LiveStatus): void;
  known(): Known | null;
  // Whether the session still holds: asked after a connection that the server did not accept, or a long quiet.
  checkSession(): Promise<SessionState>;
  // The session is over; the feed has stopped.
  expired(): void;
}

// The part of a WebSocket that the feed uses.
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  readyState: number;
  send(text: string): void;
  close(): void;
}

const sessionEnded = 4401; // close code of the service
const openState = 1;
const quietLimit = 45_000; // without a frame: ask whether the connection is still there
const viewPause = 110; // between two views: the service takes ten messages a second

// The live feed: keeps a WebSocket open, says what the page shows, hands frames over, reconnects with growing waits.
export class LiveFeed {
  private socket: Socket | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setInterval> | undefined;
  private lastFrame = 0;
  private focused = '';
  private shown: ViewRequest | null = null;
  private sent = ''; // the view that this connection knows
  private sentAt = -Infinity;
  private viewTimer: ReturnType<typeof setTimeout> | undefined;
  private running = false;

  constructor(
    private readonly open: () => Socket,
    private readonly handlers: LiveHandlers,
    private readonly now: () => number = Date.now,
  ) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    this.failures = 0;
    this.watchdog = setInterval(() => void this.probe(quietLimit), 5_000);
    this.connect();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
    clearTimeout(this.viewTimer);
    clearInterval(this.watchdog);
    this.drop();
  }

  // Connects at once when it waits; asks after a connection that has been quiet.
  wake(): void {
    if (!this.running) return;
    if (!this.socket) this.connect();
    else void this.probe(15_000);
  }

  // The host that somebody looks at, '' for none: the service makes it report every second.
  focus(host: string): void {
    if (host === this.focused) return;
    this.focused = host;
    this.send({ type: 'focus', host });
  }

  // What the page shows: at once, or a moment after the view before.
  show(view: ViewRequest): void {
    this.shown = view;
    clearTimeout(this.viewTimer);
    const wait = this.sentAt + viewPause - this.now();
    if (wait <= 0) this.sendView();
    else this.viewTimer = setTimeout(() => this.sendView(), wait);
  }

  private sendView(): void {
    const message = JSON.stringify({ type: 'view', ...this.shown });
    if (!this.shown || message === this.sent || this.socket?.readyState !== openState) return;
    this.sent = message;
    this.sentAt = this.now();
    this.socket.send(message);
  }

  private connect(): void {
    clearTimeout(this.timer);
    this.handlers.status({ phase: 'connecting' });
    const socket = this.open();
    this.socket = socket;
    this.sent = '';
    let accepted = false;
    let first = true;
    socket.onopen = () => {
      accepted = true;
      this.lastFrame = this.now();
      const known = this.handlers.known();
      if (known) this.send({ type: 'resume', ...known });
      if (this.focused) this.send({ type: 'focus', host: this.focused });
      this.sendView();
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket || typeof event.data !== 'string') return;
      this.lastFrame = this.now();
      const frame = parseFrame(event.data);
      if (!frame) return;
      this.failures = 0;
      this.handlers.frame(frame, first);
      if (first) this.handlers.status({ phase: 'live' });
      first = false;
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (this.running) void this.retry(accepted, event.code);
    };
  }

  private async retry(accepted: boolean, code: number): Promise<void> {
    if (code === sessionEnded) return this.expire();
    this.failures++;
    const wait = backoffDelay(this.failures);
    this.handlers.status({ phase: 'waiting', retryAt: this.now() + wait });
    this.timer = setTimeout(() => this.connect(), wait);
    // A refused upgrade carries no status that a page may read: a request tells whether the session is gone.
    if (!accepted && (await this.handlers.checkSession()) === 'out') this.expire();
  }

  private expire(): void {
    if (!this.running) return;
    this.stop();
    this.handlers.expired();
  }

  private async probe(limit: number): Promise<void> {
    const socket = this.socket;
    if (!socket || socket.readyState !== openState || this.now() - this.lastFrame < limit) return;
    this.lastFrame = this.now();
    const state = await this.handlers.checkSession();
    if (state === 'out') this.expire();
    else if (state === 'unreachable' && this.socket === socket) this.reconnect();
  }

  private reconnect(): void {
    if (!this.running) return;
    this.drop();
    void this.retry(true, 0);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private send(message: object): void {
    if (this.socket?.readyState === openState) this.socket.send(JSON.stringify(message));
  }
}
