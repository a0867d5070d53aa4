import { getProxyForUrl } from 'proxy-from-env';

/** A proxy that the environment names. */
export interface Proxy {
  /** Its address, with a name and a password where it needs them. */
  address: string;
  /** 'the proxy http://host:3128 (HTTPS_PROXY)', without the password. */
  words: string;
}

/**
 * The proxy through which the environment wants an address to be reached: HTTP_PROXY or HTTPS_PROXY by the address's own
 * protocol, else ALL_PROXY, in small letters or capitals, and none for the hosts in NO_PROXY. One without a protocol of its
 * own is reached by http, as curl and pip do.
 */
export function proxyFor(url: string): Proxy | undefined {
  const found = getProxyForUrl(url);
  if (!found) return undefined;
  const protocol = new URL(url).protocol.slice(0, -1);
  const names = [`${protocol}_proxy`, `${protocol}_PROXY`.toUpperCase(), 'all_proxy', 'ALL_PROXY'];
  const variable = names.find((name) => process.env[name])!;
  const address = process.env[variable]!.includes('://') ? found : found.replace(/^\w+:/, 'http:');
  return { address, words: `the proxy ${withoutPassword(address)} (${variable})` };
}

/** Stands for a host that another program's configuration names. */
const someHost = 'https://host.invalid/';

/**
 * ' through the proxy http://host:3128 (HTTPS_PROXY)', or nothing.
 *
 * @param url what was asked for; a host reached by https when absent
 */
export function throughProxy(url = someHost): string {
  const proxy = proxyFor(url);
  return proxy ? ` through ${proxy.words}` : '';
}

/**
 * `fetch`, through the environment's proxy where it names one for the address: Node's own takes no notice of it.
 *
 * @throws what `fetch` throws; Error naming the status where the proxy refuses to connect
 */
export async function proxiedFetch(url: string, init: RequestInit = {}): Promise<Response> {
  const proxy = proxyFor(url);
  if (!proxy) return fetch(url, init);
  const undici = await import('undici');
  // Plain http is asked of the proxy itself: few connect to another port than 443.
  const dispatcher = new undici.ProxyAgent({ uri: proxy.address, proxyTunnel: false });
  try {
    const response = await undici.fetch(url, { ...(init as import('undici').RequestInit), dispatcher });
    return response as unknown as Response;
  } catch (error) {
    const status = statusOf(error);
    if (!status) throw error;
    const login =
      status === '407' ? ', so it wants a name and a password: http://name:password@host:port' : '';
    throw new Error(`the proxy answered with status ${status}${login}`);
  } finally {
    void dispatcher.close(); // once what is under way has ended
  }
}

/** The status with which a proxy refused: undici has it in the message of a cause. */
function statusOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const [, status] = /^Proxy .*\((\d{3})\)/.exec(cause.message) ?? [];
    if (status) return status;
  }
  return undefined;
}

function withoutPassword(address: string): string {
  return address.replace(/\/\/[^/]*@/, '//');
}
