// The room's script: htmx with its live stream, the map, and the keys of a screen. A page without it works; with it, it moves.
import 'htmx.org';
import 'htmx.org/dist/ext/hx-sse.js'; // Registers itself on the global htmx: so it comes after it.
import { listenToKeys } from './keys.js';
import { startLive } from './live.js';
import { drawMaps } from './map.js';
import { offerPasskeys } from './passkeys.js';

const draw = () => drawMaps(document);
document.addEventListener('htmx:after:swap', draw);
const begin = () => { draw(); startLive(); offerPasskeys(); };
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
else begin();
listenToKeys();
// On a narrow screen the menu would stand before what the page is about.
if (matchMedia('(max-width: 60rem)').matches) document.querySelector('.menu details')?.removeAttribute('open');
