import { contentHash, type OutFile } from './dataScripts.js';

/**
 * The program that keeps the site for offline use: it stores every file at the first visit, answers from the store, and asks the
 * network for the page itself where there is one, so that a new build is seen at once. File names tell their content.
 */
export function serviceWorker(files: readonly OutFile[]): OutFile {
  const names = files.map(({ path }) => path);
  const version = contentHash(files.map(({ path, content }) => `${path} ${contentHash(content)}`).join('\n'));
  const content = `const cacheName = 'pixelrnn-${version}';
const names = ${JSON.stringify(['./', ...names])};
const stored = new Set(names.map((name) => new URL(name, self.registration.scope).href));
self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(cacheName).then((cache) => cache.addAll(names)).then(() => self.skipWaiting()),
  );
});
self.addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('pixelrnn-') && name !== cacheName;
  event.waitUntil(
    caches.keys()
      .then((keys) => Promise.all(keys.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !stored.has(request.url.replace(/#.*$/, ''))) return;
  const own = () => caches.open(cacheName).then((cache) => cache.match(request, { ignoreVary: true }));
  event.respondWith(
    request.mode === 'navigate'
      ? fetch(request).catch(own)
      : own().then((found) => found ?? fetch(request)),
  );
});
`;
  return { path: 'sw.js', content };
}
