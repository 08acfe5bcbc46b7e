import { openTcpProxy, type TcpProxy } from '@dialgate/testing';

/** The network of one process to a server, or to several that stand in for each other. */
export interface Line extends Omit<TcpProxy, 'port'> {
  /** The URL of the same servers, or of something else on them, by way of this network. */
  readonly through: (url: string) => string;
}

/** What one process of the product reaches the rest of the world through. */
export interface Lines {
  readonly postgres: Line;
  readonly redis: Line;
  readonly asterisk: Line;
}

/** The hosts in a URL, which may name several. */
const HOSTS = /(?<=\/\/(?:[^@/?]*@)?)[^@/?]+(?![^/?]*@)/;

/** Such servers tell their clients themselves where they are: whoever comes by a proxy is sent past it. */
const TELLS_ADDRESSES = /^rediss?\+/;

/** @param random 0–1, of the campaign's seed. */
export async function openLine(url: string, random: () => number): Promise<Line> {
  if (TELLS_ADDRESSES.test(url)) return openAir();
  const hosts = HOSTS.exec(url)?.[0].split(',') ?? [];
  const proxies = await Promise.all(
    hosts.map((each) => {
      const [host = '', port] = each.split(':');
      return openTcpProxy({ host, port: Number(port) }, random);
    }),
  );
  return {
    through: (other) => other.replace(HOSTS, proxies.map(({ port }) => `127.0.0.1:${String(port)}`).join()),
    set: (weather, kind) => proxies.forEach((proxy) => proxy.set(weather, kind)),
    refuse: () => proxies.forEach((proxy) => proxy.refuse()),
    accept: async () => {
      await Promise.all(proxies.map((proxy) => proxy.accept()));
    },
    cut: (kind) => proxies.reduce((cut, proxy) => cut + proxy.cut(kind), 0),
    forget: () => proxies.reduce((forgotten, proxy) => forgotten + proxy.forget(), 0),
    stillHeld: () => proxies.reduce((held, proxy) => held + proxy.stillHeld(), 0),
    heal: async () => {
      await Promise.all(proxies.map((proxy) => proxy.heal()));
    },
    close: () => proxies.forEach((proxy) => proxy.close()),
  };
}

/** No network of ours: nothing can be done to it. */
function openAir(): Line {
  const unbreakable = (): never => {
    throw new Error('these servers are not reached by a network of the campaign');
  };
  return {
    through: (url) => url,
    set: unbreakable,
    refuse: unbreakable,
    accept: unbreakable,
    cut: unbreakable,
    forget: unbreakable,
    stillHeld: () => 0,
    heal: () => Promise.resolve(),
    close: () => undefined,
  };
}
