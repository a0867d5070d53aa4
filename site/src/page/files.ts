import type { SiteFile } from '../manifest.js';

declare global {
  interface Window {
    /** What a file that is a script hands its content to. */
    pixelrnnFile: (name: string, content: unknown) => void;
  }
}

const contents = new Map<string, unknown>();
const loading = new Map<string, Promise<unknown>>();

window.pixelrnnFile = (name, content) => contents.set(name, content);

/** Loads a script; a page opened from disk may do that too, other than `fetch`. */
export function loadScript(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () =>
      reject(new Error(`${address} could not be loaded; is the site whole, and the network there`));
    document.head.append(script);
  });
}

/** How often a file was no use: it is then asked for by another address, past every cache. */
const failures = new Map<string, number>();

/**
 * The content of a file that is written as a script.
 *
 * @throws Error where it cannot be loaded, or does not hold what its name says; it may be asked for again
 */
export async function fileContent({ script, name }: Pick<SiteFile, 'script' | 'name'>): Promise<unknown> {
  const known = loading.get(name) ?? load(script, name);
  loading.set(name, known);
  try {
    return await known;
  } catch (error) {
    forget({ name });
    throw error;
  }
}

/** Has a file loaded anew when it is asked for again, because what came was damaged. */
export function forget({ name }: Pick<SiteFile, 'name'>): void {
  loading.delete(name);
  failures.set(name, (failures.get(name) ?? 0) + 1);
}

async function load(script: string, name: string): Promise<unknown> {
  const failed = failures.get(name) ?? 0;
  await loadScript(failed > 0 ? `${script}?again=${failed}` : script);
  if (!contents.has(name)) throw new Error(`${script} is damaged: it does not hold ${name}`);
  const content = contents.get(name);
  contents.delete(name);
  return content;
}
