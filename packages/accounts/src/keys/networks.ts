import { BlockList, isIP } from 'node:net';

/** An address, or a network in CIDR notation: `192.0.2.7`, `2001:db8::/32`. */
export function isNetwork(text: string): boolean {
  return parse(text) !== null;
}

/**
 * Whether an address lies in one of some networks. An IPv4 address that came in IPv6's form (`::ffff:192.0.2.7`) is the
 * IPv4 address.
 *
 * @param address absent when the client has gone: that is nowhere.
 */
export function isWithin(address: string | undefined, networks: readonly string[]): boolean {
  // Link-local addresses carry the name of their interface.
  const bare = (address ?? '').split('%', 1)[0] ?? '';
  const family = familyOf(bare);
  if (family === null) return false;
  const allowed = new BlockList();
  for (const text of networks) {
    const network = parse(text);
    if (network !== null) allowed.addSubnet(network.base, network.bits, network.family);
  }
  return allowed.check(bare, family);
}

function parse(text: string): { base: string; bits: number; family: 'ipv4' | 'ipv6' } | null {
  const [, base = '', bits] = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = familyOf(base);
  if (family === null) return null;
  const most = family === 'ipv4' ? 32 : 128;
  const wanted = bits === undefined ? most : Number(bits);
  return wanted <= most ? { base, bits: wanted, family } : null;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address);
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6';
}
