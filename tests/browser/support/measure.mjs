// What a page costs: bytes on the wire and tasks of its main thread.

// Counts what the page's server sends it, WebSocket frames included.
export async function wireBytes(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.webSocketFrameReceived', ({ response }) => (bytes += Buffer.byteLength(response.payloadData)));
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  return { received: () => bytes };
}

// A trace of the page's renderer, until stop() gives its events.
export async function startTrace(page) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  return { stop: async () => JSON.parse((await browser.stopTracing()).toString('utf8')).traceEvents };
}

// The main thread's tasks: what is over the limit, in ms of CPU and by the clock, and the longest ones. Time that another process
// had the processor is not the page's.
export function tasksOver(events, limit) {
  const main = events.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain').map((e) => `${e.pid}:${e.tid}`);
  const tasks = events
    .filter((e) => e.ph === 'X' && /RunTask$/.test(e.name) && main.includes(`${e.pid}:${e.tid}`))
    .map((e) => ({ wall: e.dur / 1000, cpu: (e.tdur ?? e.dur) / 1000 }))
    .sort((a, b) => b.cpu - a.cpu);
  return { over: tasks.filter((t) => t.cpu > limit), longest: tasks.slice(0, 5).map((t) => t.cpu) };
}

// How long after its time a sample that a row shows has been painted: `ts` is the host's clock, which is this machine's here. A frame that
// arrives is in the document when the next animation frame runs; the task after that one has it on the screen.
export async function paintDelays(page) {
  await page.addInitScript(() => {
    const delays = [];
    let on = false;
    const Native = globalThis.WebSocket;
    globalThis.WebSocket = class extends Native {
      constructor(...args) {
        super(...args);
        this.addEventListener('message', ({ data }) => {
          if (!on) return;
          const shown = new Set([...document.querySelectorAll('.rows li:not([hidden]) [data-host]')].map((row) => row.dataset.host));
          const fresh = (JSON.parse(data).hosts ?? []).filter((host) => host.ts && shown.has(host.id) && Date.now() - host.ts < 5000);
          if (fresh.length === 0) return;
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => fresh.forEach((host) => delays.push(performance.timeOrigin + performance.now() - host.ts));
            port2.postMessage(0);
          });
        });
      }
    };
    globalThis.paintDelays = { begin: () => ((on = true), (delays.length = 0)), end: () => ((on = false), delays) };
  });
  return {
    begin: () => page.evaluate(() => void globalThis.paintDelays.begin()),
    end: async () => {
      const all = (await page.evaluate(() => globalThis.paintDelays.end())).sort((a, b) => a - b);
      return { count: all.length, median: all[Math.floor(all.length / 2)] ?? NaN, p99: all[Math.floor(all.length * 0.99)] ?? NaN };
    },
  };
}
