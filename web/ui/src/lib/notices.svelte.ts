// Notifications of the browser: whether they may be shown, and how an alert looks in one.
import { alertHost, alertLimit, alertTitle, alertValue } from './alerts';
import { clock } from './clock.svelte';
import { Herald, isAudible, type Notice } from './herald';
import { prefs } from './prefs.svelte';
import { alertPagePath, alertPath } from './router.svelte';
import { session } from './session.svelte';
import { text, word } from './text';
import type { Alert } from './types';

type Permission = NotificationPermission | 'unsupported';

// Without HTTPS browsers refuse without asking.
const permission = (): Permission =>
  typeof Notification === 'undefined' || typeof isSecureContext === 'undefined' || !isSecureContext ? 'unsupported' : Notification.permission;

class Notices {
  #permission = $state<Permission>(permission());
  readonly supported = $derived(this.#permission !== 'unsupported');
  readonly denied = $derived(this.#permission === 'denied');
  readonly on = $derived(prefs.notices === 'on' && this.#permission === 'granted');
  readonly #herald = new Herald(
    (notice) => this.#show(notice),
    (alert) => session.fleet.book.firing.some((one) => one.id === alert.id && isAudible(one)),
  );

  async choose(wanted: boolean): Promise<void> {
    if (wanted && this.supported && permission() !== 'denied') await Notification.requestPermission();
    this.look();
    prefs.notices = wanted && this.#permission === 'granted' ? 'on' : 'off';
    if (!this.on) this.#herald.clear();
  }

  // It may have been changed in the browser's settings.
  look(): void {
    this.#permission = permission();
  }

  // Listens until the returned function is called.
  listen(): () => void {
    session.fleet.news = (alerts) => {
      this.look();
      if (this.on) this.#herald.take(alerts);
    };
    return () => {
      session.fleet.news = () => {};
      this.#herald.clear();
    };
  }

  #show(notice: Notice): void {
    const [title, options, path] = 'more' in notice ? this.#ofMany(notice.more) : this.#ofOne(notice.alert);
    try {
      const shown = new Notification(title, options);
      shown.onclick = () => {
        window.focus();
        location.hash = path;
        shown.close();
      };
    } catch {
      // Browsers of phones have the interface and refuse this use of it.
      this.#permission = 'unsupported';
    }
  }

  #ofOne(alert: Alert): [string, NotificationOptions, string] {
    const words = text.notices;
    const body = words.body(word(text.alerts.severities, alert.severity), alertValue(alert, clock.now), alertLimit(alert));
    return [words.title(alertTitle(alert), alertHost(alert)), { body, tag: alert.id, lang: text.locale }, alertPagePath(alert)];
  }

  #ofMany(count: number): [string, NotificationOptions, string] {
    return [text.notices.more(count), { tag: 'more', lang: text.locale }, alertPath('active')];
  }
}

export const notices = new Notices();
