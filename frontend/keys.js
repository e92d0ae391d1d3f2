// Keys of a screen: an element with `data-key` is pressed by that key, where nobody is typing; `?` shows them all.
// The list is the `dialog` that the frame carries; it is filled from the elements, so that it can never be out of date.
const TYPED = 'input, select, textarea, [contenteditable]';

function keyed() {
  return [...document.querySelectorAll('[data-key]')].filter((element) => element.offsetParent !== null);
}

function list(dialog) {
  const rows = keyed().map((element) => {
    const [row, name, key] = ['div', 'dd', 'dt'].map((tag) => document.createElement(tag));
    const cap = document.createElement('kbd');
    cap.textContent = element.dataset.key;
    key.append(cap);
    name.textContent = (element.dataset.keyName ?? element.textContent).trim();
    row.append(key, name);
    return row;
  });
  dialog.querySelector('dl').replaceChildren(...rows);
  dialog.querySelector('[data-none]').hidden = rows.length > 0;
}

export function listenToKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPED)) return;
    const dialog = document.getElementById('keys');
    if (event.key === '?' && dialog && !dialog.open) { list(dialog); dialog.showModal(); event.preventDefault(); return; }
    if (dialog?.open) return;
    const element = keyed().find((candidate) => candidate.dataset.key === event.key.toLowerCase());
    if (!element) return;
    event.preventDefault();
    element.click();
  });
}
