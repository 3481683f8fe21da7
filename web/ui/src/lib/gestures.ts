// Hands on a time axis: what mouse, touch and keyboard do on a chart, told to its page's window.
import type { ViewWindow } from './view-window.svelte';

export interface GestureEvents {
  // A span that is being dragged, in ms; null: no longer.
  selecting: (span: { from: number; to: number } | null) => void;
  // The chart's own moment that is nearest to where somebody points.
  snap: (ms: number) => number;
  // The vertical place of the pointer, 0 at the top.
  height?: (share: number | null) => void;
}

const leastDrag = 6; // px: less is a click
const wheelStep = 240; // px of the wheel that double or halve what is shown

const keys: Record<string, (view: ViewWindow, far: boolean) => void> = {
  ArrowLeft: (view, far) => view.pan(-view.span * (far ? 0.5 : 0.1)),
  ArrowRight: (view, far) => view.pan(view.span * (far ? 0.5 : 0.1)),
  '+': (view) => view.zoom(0.5),
  '=': (view) => view.zoom(0.5),
  '-': (view) => view.zoom(2),
  _: (view) => view.zoom(2),
  '0': (view) => view.backToLive(),
  Escape: (view) => view.backToLive(),
};

// An attachment for the element that spans the window from its left to its right edge.
export const gestures = (view: ViewWindow, events: () => GestureEvents) => (element: HTMLElement) => {
  let drag: { kind: 'select' | 'pan'; x: number; start: number } | null = null;
  const touches = new Map<number, number>(); // pointer → x

  const share = (x: number) => {
    const box = element.getBoundingClientRect();
    return Math.min(1, Math.max(0, (x - box.left) / box.width));
  };
  const timeAt = (x: number) => view.edges.from + share(x) * view.span;
  const perPixel = () => view.span / element.clientWidth;
  const point = (event: PointerEvent) => {
    view.point(events().snap(timeAt(event.clientX)));
    events().height?.((event.clientY - element.getBoundingClientRect().top) / element.clientHeight);
  };
  const endDrag = () => {
    drag = null;
    events().selecting(null);
  };

  const down = (event: PointerEvent) => {
    element.setPointerCapture(event.pointerId);
    if (event.pointerType === 'touch') {
      touches.set(event.pointerId, event.clientX);
      if (touches.size === 1) point(event);
    } else if (event.button === 0) {
      drag = { kind: event.shiftKey ? 'pan' : 'select', x: event.clientX, start: timeAt(event.clientX) };
    }
  };

  const move = (event: PointerEvent) => {
    if (touches.size > 1 && touches.has(event.pointerId)) return pinch(event);
    point(event);
    if (drag?.kind === 'pan') {
      view.pan((drag.x - event.clientX) * perPixel());
      drag.x = event.clientX;
    } else if (drag && Math.abs(event.clientX - drag.x) >= leastDrag) {
      const now = timeAt(event.clientX);
      events().selecting({ from: Math.min(drag.start, now), to: Math.max(drag.start, now) });
    }
  };

  // The two moments under the fingers stay under them.
  const pinch = (event: PointerEvent) => {
    const other = [...touches].find(([id]) => id !== event.pointerId)![1];
    const before = touches.get(event.pointerId)!;
    touches.set(event.pointerId, event.clientX);
    const apart = Math.abs(event.clientX - other);
    if (apart < leastDrag) return;
    view.zoom(Math.min(2, Math.max(0.5, Math.abs(before - other) / apart)), timeAt(other));
  };

  const up = (event: PointerEvent) => {
    touches.delete(event.pointerId);
    if (drag?.kind === 'select' && Math.abs(event.clientX - drag.x) >= leastDrag) view.select(drag.start, timeAt(event.clientX));
    endDrag();
  };
  const cancel = (event: PointerEvent) => {
    touches.delete(event.pointerId);
    endDrag();
  };
  // A finger that is lifted leaves the crosshair, so that one can read.
  const leave = (event: PointerEvent) => {
    if (event.pointerType === 'touch') return;
    view.point(null);
    events().height?.(null);
  };
  const tapElsewhere = (event: PointerEvent) => {
    if (event.pointerType !== 'touch' || element.contains(event.target as Node)) return;
    events().height?.(null);
    view.point(null);
  };

  const wheel = (event: WheelEvent) => {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
    if (event.ctrlKey || event.metaKey) view.zoom(2 ** (Math.min(wheelStep, Math.max(-wheelStep, event.deltaY * unit)) / wheelStep), timeAt(event.clientX));
    else if (sideways !== 0) view.pan(sideways * unit * perPixel());
    else return; // the page scrolls
    event.preventDefault();
  };
  const twice = (event: MouseEvent) => view.zoom(2, timeAt(event.clientX));

  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    if (drag && event.key === 'Escape') endDrag();
    else act(view, event.shiftKey);
  };

  const listeners: [keyof HTMLElementEventMap, (event: never) => void, AddEventListenerOptions?][] = [
    ['pointerdown', down], ['pointermove', move], ['pointerup', up], ['pointercancel', cancel], ['pointerleave', leave],
    ['wheel', wheel, { passive: false }], ['dblclick', twice], ['keydown', key],
  ];
  for (const [name, listener, options] of listeners) element.addEventListener(name, listener as EventListener, options);
  document.addEventListener('pointerdown', tapElsewhere, true);
  return () => {
    for (const [name, listener] of listeners) element.removeEventListener(name, listener as EventListener);
    document.removeEventListener('pointerdown', tapElsewhere, true);
  };
};
