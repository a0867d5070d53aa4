import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { proxiedFetch, proxyFor, throughProxy } from './proxy.js';

const names = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/** The environment's proxies are these alone. */
function proxies(values: Record<string, string>): void {
  for (const name of names) vi.stubEnv(name, values[name] ?? '');
}
afterEach(() => vi.unstubAllEnvs());

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A proxy that forwards plain requests, and connects; what it was asked for and by whom. */
async function startProxy(refuse?: number) {
  const asked: string[] = [];
  const logins: (string | undefined)[] = [];
  const forward: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    logins.push(request.headers['proxy-authorization']);
    if (refuse) return response.writeHead(refuse).end();
    response.end('by way of the proxy');
  };
  const server = createServer(forward);
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    if (refuse) return socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
    const [host, port] = request.url!.split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  return { address: await listen(server), asked, logins };
}

test.each([
  [{ HTTP_PROXY: 'http://p:1' }, 'http://a.org/x', 'http://p:1', 'HTTP_PROXY'],
  [{ https_proxy: 'http://p:1', HTTP_PROXY: 'http://q:2' }, 'https://a.org', 'http://p:1', 'https_proxy'],
  [{ HTTPS_PROXY: 'https://p:1' }, 'https://a.org', 'https://p:1', 'HTTPS_PROXY'],
  [{ HTTPS_PROXY: 'p:3128' }, 'https://a.org', 'http://p:3128', 'HTTPS_PROXY'],
  [{ ALL_PROXY: 'http://p:1' }, 'https://a.org', 'http://p:1', 'ALL_PROXY'],
] as const)('%j for %s is %s', (environment, url, address, variable) => {
  proxies(environment);
  expect(proxyFor(url)).toEqual({ address, words: `the proxy ${address} (${variable})` });
  expect(throughProxy(url)).toBe(` through the proxy ${address} (${variable})`);
});

test.each([
  [{}, 'https://a.org'],
  [{ HTTP_PROXY: 'http://p:1' }, 'https://a.org'],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'b.org, a.org' }, 'https://a.org'],
  [{ HTTPS_PROXY: 'http://p:1', no_proxy: '*' }, 'https://a.org'],
] as const)('%j names none for %s', (environment, url) => {
  proxies(environment);
  expect(proxyFor(url)).toBeUndefined();
  expect(throughProxy(url)).toBe('');
});

test('a password is used and not told', async () => {
  const { address, logins } = await startProxy();
  proxies({ HTTP_PROXY: `http://me:se%20cret@${address}` });
  expect(proxyFor('http://a.org')!.words).toBe(`the proxy http://${address} (HTTP_PROXY)`);
  await (await proxiedFetch('http://a.org/')).text();
  expect(logins).toEqual([`Basic ${Buffer.from('me:se cret').toString('base64')}`]);
});

test('a password with an @ in it is not told either', () => {
  proxies({ HTTP_PROXY: 'http://me:se@cret@p:1' });
  expect(proxyFor('http://a.org')!.words).toBe('the proxy http://p:1 (HTTP_PROXY)');
});

test('http is asked of the proxy itself', async () => {
  const { address, asked } = await startProxy();
  proxies({ HTTP_PROXY: address });
  const response = await proxiedFetch('http://nowhere.invalid/a?b', { headers: { range: 'bytes=1-' } });
  expect(await response.text()).toBe('by way of the proxy');
  expect(asked).toEqual(['GET http://nowhere.invalid/a?b']);
});

test('for https the proxy connects, with the host that was asked for', async () => {
  const { address, asked } = await startProxy();
  const plain = await listen(createServer((_request, response) => response.end('no TLS here')));
  proxies({ HTTPS_PROXY: `http://${address}` });
  await expect(proxiedFetch(`https://${plain}/`)).rejects.toThrow('fetch failed'); // the server behind it has no TLS
  expect(asked).toEqual([`CONNECT ${plain}`]);
});

test.each(['http', 'https'])('a proxy that wants a password is named, for %s', async (protocol) => {
  const { address } = await startProxy(407);
  proxies({ [`${protocol.toUpperCase()}_PROXY`]: `http://${address}` });
  await expect(proxiedFetch(`${protocol}://nowhere.invalid/`)).rejects.toThrow(
    'the proxy answered with status 407, so it wants a name and a password: http://name:password@host:port',
  );
});

test('a proxy that refuses to connect is told with its status', async () => {
  const { address } = await startProxy(403);
  proxies({ HTTPS_PROXY: `http://${address}` });
  await expect(proxiedFetch('https://nowhere.invalid/')).rejects.toThrow(
    'the proxy answered with status 403',
  );
});

test('without one it is fetch itself, also where another host has one', async () => {
  const server = await listen(createServer((_request, response) => response.end('directly')));
  proxies({ HTTP_PROXY: 'http://nowhere.invalid:1', NO_PROXY: '127.0.0.1' });
  expect(await (await proxiedFetch(`http://${server}/`)).text()).toBe('directly');
});
