/** Stores the site for offline use once it is shown; where it is opened from disk, or came over plain http, it is as it is. */
export function keepOffline(): void {
  if (!location.protocol.startsWith('http') || !('serviceWorker' in navigator)) return;
  addEventListener('load', () => navigator.serviceWorker.register('sw.js'));
}
