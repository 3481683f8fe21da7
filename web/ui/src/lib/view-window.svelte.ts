import { edgesOf, fixed, fromQuery, live, pan, spanOf, toQuery, zoom, type TimeWindow } from './time-window';

// The window of a page: what gestures and buttons change, and every chart draws.
export class ViewWindow {
  #shown: TimeWindow = $state.raw(live(0));
  #lastLive = 0;
  #pointed = $state<number | null>(null);

  // `now`: the right edge of a live window, in ms. `home`: the span that is live when nothing else was chosen.
  constructor(
    private readonly now: () => number,
    private readonly home: () => number,
    query: string,
  ) {
    this.follow(query);
  }

  readonly live = $derived(this.#shown.live);
  readonly span = $derived(spanOf(this.#shown));
  readonly edges = $derived.by(() => edgesOf(this.#shown, this.#shown.live ? this.now() : 0));
  // Where all charts show their values, in ms; null: nobody points anywhere.
  readonly crosshair = $derived(this.#pointed !== null && this.#pointed >= this.edges.from && this.#pointed <= this.edges.to ? this.#pointed : null);
  // The fragment's query that leads here.
  readonly query = $derived(toQuery(this.#shown));

  point(at: number | null): void {
    this.#pointed = at;
  }
  follow(query: string): void {
    this.#show(fromQuery(query, this.now()) ?? live(this.home()));
  }
  choose(span: number): void {
    this.#show(live(span));
  }
  select(from: number, to: number): void {
    this.#show(fixed(from, to, this.now()));
  }
  pan(by: number): void {
    this.#show(pan(this.#shown, this.now(), by));
  }
  zoom(factor: number, at?: number): void {
    this.#show(zoom(this.#shown, this.now(), factor, at));
  }
  // To what was live last; from there to where the page began.
  backToLive(): void {
    this.#show(live((this.#shown.live ? 0 : this.#lastLive) || this.home()));
  }

  #show(next: TimeWindow): void {
    if (next.live) this.#lastLive = next.span;
    this.#shown = next;
  }
}
