import { clock } from './clock.svelte';

// Whether somebody is reading a list: the pointer rests or moves in it, it was scrolled a moment ago, or the
// keyboard is in it. While that is so, rows keep their places.
export class Reading {
  #touched = $state(-Infinity);
  #focused = $state(false);
  readonly now = $derived.by(() => {
    void clock.now; // the span runs out by itself
    return this.#focused || Date.now() - this.#touched < 4000;
  });

  attach = (element: HTMLElement) => {
    const touch = () => (this.#touched = Date.now());
    const scroll = () => {
      if (window.scrollY > element.offsetTop / 2) touch();
    };
    // A focused row that leaves the document sends its last event in the middle of an update: state waits for its end.
    const later = (focused: boolean) => queueMicrotask(() => (this.#focused = focused));
    const focusIn = (event: FocusEvent) => later((event.target as HTMLElement).matches(':focus-visible'));
    const focusOut = () => later(false);
    element.addEventListener('pointermove', touch, { passive: true });
    element.addEventListener('focusin', focusIn);
    element.addEventListener('focusout', focusOut);
    window.addEventListener('scroll', scroll, { passive: true });
    return () => {
      element.removeEventListener('pointermove', touch);
      element.removeEventListener('focusin', focusIn);
      element.removeEventListener('focusout', focusOut);
      window.removeEventListener('scroll', scroll);
    };
  };
}
