import type { SiteManifest } from '../manifest.js';
import './style/base.css';
import './style/controls.css';
import './style/pictures.css';
import './style/results.css';
import './style/reading.css';
import './style/narrow.css';
import { startDraw } from './alive/draw.js';
import { startFinish } from './alive/finish.js';
import { startLook } from './alive/look.js';
import { startMasks } from './alive/masks.js';
import { startWeigh } from './alive/weigh.js';
import { find } from './dom.js';
import { Engine } from './engine.js';
import { startFigures } from './figures.js';
import { keepOffline } from './offline.js';
import { startRuns } from './runs.js';
import { startTheme } from './theme.js';

const manifest = JSON.parse(find(document, '#manifest', HTMLScriptElement).text) as SiteManifest;

startTheme();
startMasks();
startFigures(manifest);
startRuns(manifest);
if (manifest.models.length > 0) {
  const engine = new Engine(manifest.worker);
  startDraw(manifest, engine);
  const painted = startFinish(manifest, engine);
  startLook(manifest, engine);
  startWeigh(manifest, engine, painted);
}
keepOffline();
