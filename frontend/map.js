// Draw the world into every `svg[data-world]`: attributes alone, for the policy allows no style of an element.
// `data-world` is the address of the atlas; `data-arcs`, where given, a JSON list of
// {"from": a state's number, "to": a state's number, "weight": 0 to 1}. An arc ends in the middle of a state; one to a
// territory too small for the atlas is left out. The table beside it says the same.
// `data-states`, where given, is a JSON object of a class for each state by its number (ISO 3166-1 numeric).
import { geoCentroid, geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT] = [960, 480];
const THINNEST = 0.75, THICKEST = 4;

function addPath(svg, className, shape, width) {
  const path = document.createElementNS(NAMESPACE, 'path');
  path.setAttribute('class', className);
  path.setAttribute('d', shape ?? '');
  if (width) path.setAttribute('stroke-width', width.toFixed(2));
  svg.append(path);
}

async function drawMap(svg) {
  const answer = await fetch(svg.dataset.world);
  if (!answer.ok) throw new Error(`The atlas is not there: ${answer.status}`);
  const atlas = await answer.json();
  const path = geoPath(geoNaturalEarth1().fitSize([WIDTH, HEIGHT], { type: 'Sphere' })).digits(1);
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.replaceChildren();
  const states = JSON.parse(svg.dataset.states ?? '{}');
  const countries = feature(atlas, atlas.objects.countries).features;
  for (const country of countries) addPath(svg, `land ${states[country.id] ?? ''}`.trim(), path(country));
  const middle = new Map(countries.map((country) => [country.id, geoCentroid(country)]));
  for (const { from, to, weight } of JSON.parse(svg.dataset.arcs ?? '[]')) {
    const coordinates = [middle.get(from), middle.get(to)];
    if (coordinates.every(Boolean))
      addPath(svg, 'arc', path({ type: 'LineString', coordinates }), THINNEST + weight * (THICKEST - THINNEST));
  }
  svg.dataset.drawn = 'yes';
  svg.closest('figure')?.removeAttribute('hidden'); // Without script there is the table alone.
}

export function drawMaps(root) {
  for (const svg of root.querySelectorAll('svg[data-world]:not([data-drawn])')) {
    svg.dataset.drawn = 'waiting';
    drawMap(svg).catch((error) => { svg.dataset.drawn = 'failed'; console.error(error.message); });
  }
}
