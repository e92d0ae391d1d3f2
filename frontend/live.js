// Keep an element with `data-live` up to date: the address of a stream of server-sent events. When something changed,
// the page is fetched again, at most once a second, and each `[data-part]` that differs is replaced and marked once.
// Where the connection is lost the last snapshot stays, and the element with `data-lost` says so and since when.
import { drawMaps } from './map.js';

const APART = 1000, RETRY = 3000, SILENCE = 40_000, LOOK = 5000;
const FOCUSED = 'a[href], button, input, summary';
const DIGITS = '٠١٢٣٤٥٦٧٨٩';

function keepOpen(now, next) {
  const open = [...now.querySelectorAll('details')].map((details) => details.open);
  [...next.querySelectorAll('details')].forEach((details, index) => { details.open = open[index] ?? details.open; });
}

class Live {
  constructor(root) {
    this.root = root;
    this.words = document.querySelector('[data-lost]');
    this.parts = new Map([...root.querySelectorAll('[data-part]')].map((part) => [part.dataset.part, part.innerHTML]));
    this.isLost = false;
    this.refreshed = this.heard = performance.now();
    this.connect();
    setInterval(() => { if (performance.now() - this.heard > SILENCE) { this.lose(); this.connect(); } }, LOOK);
  }

  connect() {
    this.heard = performance.now();
    this.source?.close();
    this.source = new EventSource(this.root.dataset.live);
    this.source.addEventListener('changed', () => this.hear(true));
    this.source.addEventListener('alive', () => this.hear(this.isLost));
    this.source.addEventListener('error', () => {
      this.lose();
      if (this.source.readyState === EventSource.CLOSED) setTimeout(() => this.connect(), RETRY);
    });
  }

  hear(isNews) {
    this.heard = performance.now();
    if (isNews) this.schedule(APART - (performance.now() - this.refreshed));
  }

  schedule(wait) {
    this.timer ??= setTimeout(() => { this.timer = undefined; this.refresh(); }, Math.max(0, wait));
  }

  async refresh() {
    this.refreshed = performance.now();
    try {
      const answer = await fetch(location.href, { redirect: 'manual', headers: { Accept: 'text/html' } });
      if (answer.type === 'opaqueredirect' || answer.status === 403) { this.end(); return; }
      if (!answer.ok) throw new Error(`${answer.status}`);
      this.take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      this.regain();
    } catch {
      this.lose();
      this.schedule(RETRY);
    }
  }

  take(page) {
    const next = page.querySelector('[data-live]');
    if (!next || next.querySelectorAll('[data-part]').length !== this.parts.size) { location.reload(); return; }
    this.root.dataset.shown = next.dataset.shown;
    for (const part of next.querySelectorAll('[data-part]')) {
      const name = part.dataset.part;
      if (!this.parts.has(name)) { location.reload(); return; }
      if (this.parts.get(name) === part.innerHTML) continue;
      this.parts.set(name, part.innerHTML);
      const shown = this.root.querySelector(`[data-part="${CSS.escape(name)}"]`);
      keepOpen(shown, part);
      part.classList.add('changed');
      this.replace(shown, document.importNode(part, true));
    }
    const [map, drawn] = [next, this.root].map((wall) => wall.querySelector('[data-states]'));
    if (map && drawn && map.dataset.states !== drawn.dataset.states) {
      drawn.dataset.states = map.dataset.states;
      delete drawn.dataset.drawn;
      drawMaps(this.root);
    }
  }

  // What is read stays where it is: the focus goes to the same place in the new part, and the page does not scroll.
  replace(shown, part) {
    const at = [...shown.querySelectorAll(FOCUSED)].indexOf(document.activeElement);
    shown.replaceWith(part);
    if (at >= 0) part.querySelectorAll(FOCUSED)[at]?.focus({ preventScroll: true });
  }

  say(text, isLost) {
    this.isLost = isLost;
    this.words.textContent = text;
    this.words.classList.toggle('lost', isLost);
  }

  lose() {
    if (!this.isLost) this.say(this.words.dataset.lost.replace('@', this.root.dataset.shown), true);
    if (this.source.readyState === EventSource.CLOSED) this.schedule(RETRY); // Signed out, or only away?
  }

  regain() { if (this.isLost) this.say(this.words.dataset.back, false); }

  end() {
    this.source.close();
    this.connect = this.lose = () => {};
    this.say(this.words.dataset.ended, true);
  }
}

function tick(clock) {
  const time = new Date().toISOString().slice(11, 16);
  const text = /[٠-٩]/.test(clock.textContent) ? time.replace(/\d/g, (digit) => DIGITS[digit]) : time;
  if (clock.textContent !== text) clock.textContent = text;
}

export function startLive() {
  for (const root of document.querySelectorAll('[data-live]')) new Live(root);
  for (const clock of document.querySelectorAll('[data-clock]')) setInterval(() => tick(clock), 1000);
}
