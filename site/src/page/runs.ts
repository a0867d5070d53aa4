import type { SiteManifest } from '../manifest.js';
import { find, say, whenNear } from './dom.js';
import { fileContent } from './files.js';

/**
 * The details of all runs come after the first paint, which has their numbers. Where they cannot be loaded the page says so, and
 * asks again when a number leads to a run.
 */
export function startRuns({ details }: SiteManifest): void {
  const status = find(document, '#details-status', HTMLElement);
  let shown = false;
  const show = async (): Promise<void> => {
    try {
      const markup = (await fileContent(details)) as Record<string, string>;
      if (shown) return;
      shown = true;
      for (const run of document.querySelectorAll('.run')) {
        // Written by the build, which escapes what it takes from the results.
        run.insertAdjacentHTML('beforeend', markup[run.id] as string);
      }
      say(status, '');
      document.querySelector('#results :target')?.scrollIntoView(); // the details above it have moved it
    } catch (error) {
      say(status, `The details of the runs are not shown: ${(error as Error).message}.`, true);
    }
  };
  whenNear(document.body, show);
  addEventListener('hashchange', () => {
    if (!shown && document.querySelector('.run:target')) show();
  });
}
